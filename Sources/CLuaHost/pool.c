#include "pool.h"

/* The beginning of a page, which keeps what follows aligned. */
#define PAGE_HEAD 16

void *luahost_pool_grow(luahost_pool *pool, size_t size) {
    char *page = malloc(LUAHOST_POOL_PAGE);
    if (page == NULL) return NULL;
    *(void **)page = pool->pages;
    pool->pages = page;
    pool->next = page + PAGE_HEAD + size;
    pool->end = page + LUAHOST_POOL_PAGE;
    return page + PAGE_HEAD;
}

void luahost_pool_free(luahost_pool *pool) {
    while (pool->pages != NULL) {
        void *page = pool->pages;
        pool->pages = *(void **)page;
        free(page);
    }
}
