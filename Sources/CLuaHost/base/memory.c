#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void luahost_out_of_memory(void) {
    fputs("eio-lua: out of memory\n", stderr);
    abort();
}

void *luahost_allocate_zeroed(size_t size) {
    void *block = calloc(1, size);
    if (block == NULL) luahost_out_of_memory();
    return block;
}

void *luahost_reallocate(void *block, size_t size) {
    void *moved = realloc(block, size);
    if (moved == NULL) luahost_out_of_memory();
    return moved;
}

char *luahost_copy(const char *bytes, size_t length) {
    char *copy = luahost_reallocate(NULL, length + 1);
    if (length > 0) memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

uint64_t luahost_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
