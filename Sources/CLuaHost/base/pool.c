#define _GNU_SOURCE
#include "base/pool.h"

#include <sys/mman.h>

/* The beginning of a page, which keeps what follows aligned. */
#define PAGE_HEAD 16

/* Thousands of VMs use more pages of the system's usual size than the processor remembers the addresses of, and each
 * message would pay for finding some of them; with large pages it does not. */
static char *large_page(void) {
    char *page = aligned_alloc(LUAHOST_POOL_LARGE_PAGE, LUAHOST_POOL_LARGE_PAGE);
    /* Where the system has no large pages, it is memory all the same. */
    if (page != NULL) (void)madvise(page, LUAHOST_POOL_LARGE_PAGE, MADV_HUGEPAGE);
    return page;
}

void *luahost_pool_grow(luahost_pool *pool, size_t size) {
    int is_large = pool->page_count >= LUAHOST_POOL_SMALL_PAGES;
    char *page = is_large ? large_page() : malloc(LUAHOST_POOL_PAGE);
    if (page == NULL) return NULL;
    *(void **)page = pool->pages;
    pool->pages = page;
    pool->page_count++;
    pool->next = page + PAGE_HEAD + size;
    pool->end = page + (is_large ? LUAHOST_POOL_LARGE_PAGE : LUAHOST_POOL_PAGE);
    return page + PAGE_HEAD;
}

void luahost_pool_free(luahost_pool *pool) {
    while (pool->pages != NULL) {
        void *page = pool->pages;
        pool->pages = *(void **)page;
        free(page);
    }
}
