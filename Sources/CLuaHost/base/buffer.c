#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t smallest = 256;

static _Noreturn void out_of_memory(size_t wanted) {
    fprintf(stderr, "eio-lua: out of memory (a buffer of %zu bytes)\n", wanted);
    abort();
}

void luahost_buffer_grow(luahost_buffer *buffer, size_t extra) {
    if (extra > SIZE_MAX / 2 - buffer->length) out_of_memory(extra);
    size_t wanted = buffer->length + extra;
    size_t capacity = buffer->capacity < smallest ? smallest : buffer->capacity;
    while (capacity < wanted) capacity *= 2;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) out_of_memory(capacity);
    buffer->data = data;
    buffer->capacity = capacity;
}

void luahost_buffer_reset(luahost_buffer *buffer, size_t keep) {
    buffer->length = 0;
    if (buffer->capacity > keep) luahost_buffer_free(buffer);
}

void luahost_buffer_free(luahost_buffer *buffer) {
    free(buffer->data);
    *buffer = (luahost_buffer){0};
}
