#include "codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/* libjpeg reports a failure by a call that may not return: it comes back to the entry function, which frees everything. */
typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf entry;
    char *message;
} failure;

static void fail(j_common_ptr codec)
{
    failure *error = (failure *)codec->err;
    char text[JMSG_LENGTH_MAX];
    error->base.format_message(codec, text);
    snprintf(error->message, IMAGES_MESSAGE_SIZE, "%s", text);
    longjmp(error->entry, 1);
}

/* Damage that leaves a picture is no failure in ImageSharp either. */
static void warn(j_common_ptr codec, int level)
{
    if (level < 0)
        codec->err->num_warnings++;
}

static void stay_silent(j_common_ptr codec)
{
    (void)codec;
}

static struct jpeg_error_mgr *prepare(failure *error, char *message)
{
    jpeg_std_error(&error->base);
    error->base.error_exit = fail;
    error->base.emit_message = warn;
    error->base.output_message = stay_silent;
    error->message = message;
    return &error->base;
}

int images_jpeg_size(const uint8_t *bytes, size_t length, int32_t *width, int32_t *height, char *message)
{
    struct jpeg_decompress_struct decoder = { 0 };
    failure error;
    decoder.err = prepare(&error, message);
    if (setjmp(error.entry)) {
        jpeg_destroy_decompress(&decoder);
        return -1;
    }
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, bytes, length);
    jpeg_read_header(&decoder, TRUE);
    *width = (int32_t)decoder.image_width;
    *height = (int32_t)decoder.image_height;
    jpeg_destroy_decompress(&decoder);
    return 0;
}

/* ImageSharp goes by the Adobe marker and the number of components alone, libjpeg also by component names. */
static J_COLOR_SPACE stored_colours(const struct jpeg_decompress_struct *decoder)
{
    int transform = decoder->saw_Adobe_marker ? decoder->Adobe_transform : -1;
    switch (decoder->num_components) {
    case 1: return JCS_GRAYSCALE;
    case 3: return transform == 0 ? JCS_RGB : JCS_YCbCr;
    case 4: return transform == 2 ? JCS_YCCK : JCS_CMYK;
    default: return JCS_UNKNOWN;
    }
}

/* Four inks to red, green, blue, alpha in place; as every Adobe file does, 255 means no ink. */
static void inks_to_colours(uint8_t *row, size_t width)
{
    for (size_t x = 0; x < width; x++, row += 4) {
        unsigned black = row[3];
        for (int channel = 0; channel < 3; channel++)
            row[channel] = (uint8_t)((row[channel] * black + 127) / 255);
        row[3] = 255;
    }
}

int images_jpeg_decode(const uint8_t *bytes, size_t length, uint8_t *pixels, int32_t width, int32_t height, char *message)
{
    struct jpeg_decompress_struct decoder = { 0 };
    failure error;
    decoder.err = prepare(&error, message);
    if (setjmp(error.entry)) {
        jpeg_destroy_decompress(&decoder);
        return -1;
    }
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, bytes, length);
    jpeg_read_header(&decoder, TRUE);
    if (decoder.image_width != (JDIMENSION)width || decoder.image_height != (JDIMENSION)height)
        ERREXIT(&decoder, JERR_BAD_CROP_SPEC);

    decoder.jpeg_color_space = stored_colours(&decoder);
    int inks = decoder.num_components == 4;
    decoder.out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
    /* ImageSharp repeats chroma samples and smooths nothing. */
    decoder.dct_method = JDCT_ISLOW;
    decoder.do_fancy_upsampling = FALSE;
    decoder.do_block_smoothing = FALSE;

    jpeg_start_decompress(&decoder);
    while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW row = pixels + (size_t)decoder.output_scanline * (size_t)width * 4;
        if (jpeg_read_scanlines(&decoder, &row, 1) == 1 && inks)
            inks_to_colours(row, (size_t)width);
    }
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
    return 0;
}

typedef struct {
    struct jpeg_destination_mgr base;
    images_output *output;
    JOCTET block[1 << 14];
} destination;

static void start_block(j_compress_ptr encoder)
{
    destination *target = (destination *)encoder->dest;
    target->base.next_output_byte = target->block;
    target->base.free_in_buffer = sizeof target->block;
}

static void append_block(j_compress_ptr encoder, size_t length)
{
    destination *target = (destination *)encoder->dest;
    if (images_append(target->output, target->block, length))
        ERREXIT1(encoder, JERR_OUT_OF_MEMORY, 0);
}

static boolean full_block(j_compress_ptr encoder)
{
    append_block(encoder, sizeof ((destination *)encoder->dest)->block);
    start_block(encoder);
    return TRUE;
}

static void last_block(j_compress_ptr encoder)
{
    destination *target = (destination *)encoder->dest;
    append_block(encoder, sizeof target->block - target->base.free_in_buffer);
}

int images_jpeg_encode(const uint8_t *pixels, int32_t width, int32_t height, int32_t quality, int32_t halve_chroma,
                       images_output *output, char *message)
{
    struct jpeg_compress_struct encoder = { 0 };
    failure error;
    destination target;
    encoder.err = prepare(&error, message);
    if (setjmp(error.entry)) {
        jpeg_destroy_compress(&encoder);
        images_free(output);
        return -1;
    }
    jpeg_create_compress(&encoder);
    target.base.init_destination = start_block;
    target.base.empty_output_buffer = full_block;
    target.base.term_destination = last_block;
    target.output = output;
    encoder.dest = &target.base;

    encoder.image_width = (JDIMENSION)width;
    encoder.image_height = (JDIMENSION)height;
    encoder.input_components = 3;
    encoder.in_color_space = JCS_RGB;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, quality, TRUE);
    encoder.comp_info[0].h_samp_factor = halve_chroma ? 2 : 1;
    encoder.comp_info[0].v_samp_factor = halve_chroma ? 2 : 1;

    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < encoder.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)encoder.next_scanline * (size_t)width * 3);
        jpeg_write_scanlines(&encoder, &row, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    return 0;
}
