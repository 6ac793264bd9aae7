#include "batch.h"

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

/* Has the processor fetch memory that is going to be used. An address that is none does no harm. */
static inline void epoll_loop_prefetch(const void *start, unsigned long length) {
    const char *end = (const char *)start + length;
    for (const char *line = (const char *)start; line < end; line += 64) __builtin_prefetch(line, 1);
}
