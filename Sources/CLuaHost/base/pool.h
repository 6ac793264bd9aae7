/* Memory for the small objects of all Lua VMs of a loop. */
#ifndef LUAHOST_POOL_H
#define LUAHOST_POOL_H

#include <stdint.h>
#include <stdlib.h>

/* Lua says how large a block was when it gives it back, so that none has a header: for thousands of idle VMs that is
 * a quarter of their memory. Blocks of one size are reused for that size, and pages are kept until the loop is
 * destroyed. */
enum { LUAHOST_POOL_UNIT = 8, LUAHOST_POOL_LIMIT = 2048, LUAHOST_POOL_PAGE = 64 << 10 };
/* A loop with many VMs has large pages from then on. */
enum { LUAHOST_POOL_SMALL_PAGES = 32, LUAHOST_POOL_LARGE_PAGE = 2 << 20 };

typedef struct luahost_pool {
    /* By size in units; each block holds the next one's address. */
    void *free[LUAHOST_POOL_LIMIT / LUAHOST_POOL_UNIT + 1];
    char *next, *end; /* what is left of the newest page */
    void *pages;      /* each begins with the address of the one before */
    int page_count;
} luahost_pool;

void luahost_pool_free(luahost_pool *pool);
/* A block from a new page, or NULL. */
void *luahost_pool_grow(luahost_pool *pool, size_t size);

static inline size_t luahost_pool_units(size_t size) {
    return (size + LUAHOST_POOL_UNIT - 1) / LUAHOST_POOL_UNIT;
}

/* `size` > 0. */
static inline void *luahost_pool_take(luahost_pool *pool, size_t size) {
    if (size > LUAHOST_POOL_LIMIT) return malloc(size);
    size_t units = luahost_pool_units(size);
    void *block = pool->free[units];
    if (__builtin_expect(block != NULL, 1)) {
        pool->free[units] = *(void **)block;
        return block;
    }
    size = units * LUAHOST_POOL_UNIT;
    if ((size_t)(pool->end - pool->next) < size) return luahost_pool_grow(pool, size);
    block = pool->next;
    pool->next += size;
    return block;
}

static inline void luahost_pool_give(luahost_pool *pool, void *block, size_t size) {
    if (size > LUAHOST_POOL_LIMIT) {
        free(block);
        return;
    }
    size_t units = luahost_pool_units(size);
    *(void **)block = pool->free[units];
    pool->free[units] = block;
}

#endif
