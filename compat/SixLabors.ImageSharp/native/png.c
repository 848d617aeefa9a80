#include "codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

/* libpng reports a failure by a call that may not return: it comes back to the entry function, which frees everything. */
static void fail(png_structp png, png_const_charp reason)
{
    snprintf(png_get_error_ptr(png), IMAGES_MESSAGE_SIZE, "%s", reason);
    png_longjmp(png, 1);
}

static void stay_silent(png_structp png, png_const_charp reason)
{
    (void)png;
    (void)reason;
}

typedef struct {
    const uint8_t *next;
    size_t left;
} source;

static void take(png_structp png, png_bytep bytes, size_t length)
{
    source *from = png_get_io_ptr(png);
    if (length > from->left)
        png_error(png, "the data ends too early");
    memcpy(bytes, from->next, length);
    from->next += length;
    from->left -= length;
}

int images_png_size(const uint8_t *bytes, size_t length, int32_t *width, int32_t *height, char *message)
{
    source from = { bytes, length };
    png_infop info = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, stay_silent);
    if (!png || !(info = png_create_info_struct(png)) || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_read_fn(png, &from, take);
    png_read_info(png, info);
    *width = (int32_t)png_get_image_width(png, info);
    *height = (int32_t)png_get_image_height(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int images_png_decode(const uint8_t *bytes, size_t length, uint8_t *pixels, int32_t width, int32_t height, char *message)
{
    source from = { bytes, length };
    png_infop info = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, stay_silent);
    if (!png || !(info = png_create_info_struct(png)) || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_read_fn(png, &from, take);
    png_read_info(png, info);

    /* Any kind of PNG to four bytes a pixel. 16 bits are rounded, as in ImageSharp, not cut. */
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * 4;
    if (png_get_image_width(png, info) != (png_uint_32)width || png_get_image_height(png, info) != (png_uint_32)height
        || png_get_rowbytes(png, info) != stride)
        png_error(png, "the rows have another size than the header says");

    for (int pass = 0; pass < passes; pass++)
        for (int32_t y = 0; y < height; y++)
            png_read_row(png, pixels + (size_t)y * stride, NULL);
    /* Like ImageSharp, no interest in what follows the last row. */
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

static void give(png_structp png, png_bytep bytes, size_t length)
{
    if (images_append(png_get_io_ptr(png), bytes, length))
        png_error(png, "not enough memory for the encoded picture");
}

static void flush(png_structp png)
{
    (void)png;
}

static void write_chunks(png_structp png, const uint8_t *chunks, size_t length)
{
    while (length >= 8) {
        size_t size = png_get_uint_32(chunks);
        if (size > length - 8)
            png_error(png, "a chunk is longer than the list of chunks");
        png_write_chunk(png, chunks + 4, chunks + 8, size);
        chunks += 8 + size;
        length -= 8 + size;
    }
}

int images_png_encode(const uint8_t *pixels, int32_t width, int32_t height, const uint8_t *chunks, size_t chunks_length,
                      images_output *output, char *message)
{
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, stay_silent);
    if (!png || !(info = png_create_info_struct(png)) || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        images_free(output);
        return -1;
    }
    png_set_write_fn(png, output, give, flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
    png_write_info(png, info);
    write_chunks(png, chunks, chunks_length);
    for (int32_t y = 0; y < height; y++)
        png_write_row(png, pixels + (size_t)y * (size_t)width * 3);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}
