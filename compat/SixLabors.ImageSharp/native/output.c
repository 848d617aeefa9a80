#include "codecs.h"

#include <stdlib.h>
#include <string.h>

int images_append(images_output *output, const void *bytes, size_t length)
{
    if (length > output->capacity - output->length) {
        size_t capacity = output->capacity ? output->capacity : 1 << 16;
        while (capacity - output->length < length) {
            if (capacity > SIZE_MAX / 2)
                return -1;
            capacity *= 2;
        }
        uint8_t *grown = realloc(output->bytes, capacity);
        if (!grown)
            return -1;
        output->bytes = grown;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->length, bytes, length);
    output->length += length;
    return 0;
}

void images_free(images_output *output)
{
    free(output->bytes);
    *output = (images_output){ 0 };
}
