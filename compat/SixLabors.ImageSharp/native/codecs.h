/* What the managed side calls. Every function returns 0, or -1 with a reason in `message`; none of them prints, aborts or throws. */
#ifndef FAASPS_IMAGES_CODECS_H
#define FAASPS_IMAGES_CODECS_H

#include <stddef.h>
#include <stdint.h>

#define IMAGES_API __attribute__((visibility("default")))
#define IMAGES_MESSAGE_SIZE 256

/* An encoder's output, grown as it is written; images_free gives it back. */
typedef struct {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
} images_output;

/* Adds to the output; returns -1 when memory is short, with what was there kept. */
int images_append(images_output *output, const void *bytes, size_t length);

IMAGES_API void images_free(images_output *output);

/* `pixels` receives width * height pixels of four bytes: red, green, blue, alpha. */
IMAGES_API int images_jpeg_size(const uint8_t *bytes, size_t length, int32_t *width, int32_t *height, char *message);
IMAGES_API int images_jpeg_decode(const uint8_t *bytes, size_t length, uint8_t *pixels, int32_t width, int32_t height, char *message);
IMAGES_API int images_png_size(const uint8_t *bytes, size_t length, int32_t *width, int32_t *height, char *message);
IMAGES_API int images_png_decode(const uint8_t *bytes, size_t length, uint8_t *pixels, int32_t width, int32_t height, char *message);

/* `pixels` holds width * height pixels of three bytes. halve_chroma: 4:2:0 instead of 4:4:4. */
IMAGES_API int images_jpeg_encode(const uint8_t *pixels, int32_t width, int32_t height, int32_t quality, int32_t halve_chroma,
                                  images_output *output, char *message);

/* `chunks` holds ancillary chunks as in a file, without their check sums: length (big endian), name, data. They follow the header. */
IMAGES_API int images_png_encode(const uint8_t *pixels, int32_t width, int32_t height, const uint8_t *chunks, size_t chunks_length,
                                 images_output *output, char *message);

#endif
