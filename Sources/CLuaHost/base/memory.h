/* Memory that the host cannot go on without, and the clock. */
#ifndef LUAHOST_MEMORY_H
#define LUAHOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process with a message. */
_Noreturn void luahost_out_of_memory(void);
/* calloc, malloc and realloc that end the process if there is no memory. */
void *luahost_allocate_zeroed(size_t size);
void *luahost_reallocate(void *block, size_t size);
/* A copy that ends with a zero, to be freed by the caller. `bytes` may be NULL if `length` is 0. */
char *luahost_copy(const char *bytes, size_t length);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t luahost_now(void);

#endif
