#ifndef LUAHOST_BUFFER_H
#define LUAHOST_BUFFER_H

#include <stddef.h>
#include <string.h>

/* A growable run of bytes. A zeroed one is empty and ready for use.
 *
 * The virtual machine owns it, not a C function's frame: a Lua error may leave that frame by longjmp, and nothing
 * would then free the storage. */
typedef struct luahost_buffer {
    char *data;
    size_t length;
    size_t capacity;
} luahost_buffer;

/* Makes room for `extra` bytes behind the content. Out of memory ends the process with a message. */
void luahost_buffer_grow(luahost_buffer *buffer, size_t extra);

/* Empties the buffer; storage of more than `keep` bytes is given back, so that one huge message is not paid for
 * as long as the virtual machine lives. */
void luahost_buffer_reset(luahost_buffer *buffer, size_t keep);

void luahost_buffer_free(luahost_buffer *buffer);

/* The place behind the content, with room for at least `extra` bytes. A caller that writes there adds to
 * `length`. */
static inline char *luahost_buffer_reserve(luahost_buffer *buffer, size_t extra) {
    if (__builtin_expect(buffer->capacity - buffer->length < extra, 0)) luahost_buffer_grow(buffer, extra);
    return buffer->data + buffer->length;
}

static inline void luahost_buffer_append_byte(luahost_buffer *buffer, char byte) {
    *luahost_buffer_reserve(buffer, 1) = byte;
    buffer->length += 1;
}

static inline void luahost_buffer_append(luahost_buffer *buffer, const char *bytes, size_t count) {
    if (count == 0) return;
    memcpy(luahost_buffer_reserve(buffer, count), bytes, count);
    buffer->length += count;
}

#endif
