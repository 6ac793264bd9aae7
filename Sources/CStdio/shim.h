/* The parts of C's standard output that Swift does not import: the variable `stdout` and its buffer's size. */
#pragma once

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

/* Returns 0, or errno. Other files stay as they are: a flush of all would wait for those that another thread holds. */
static inline int stdio_flush_output(void) {
    return fflush(stdout) == 0 ? 0 : errno;
}

/* Flushes the standard output unless that could wait: for another thread, or for a reader. */
static inline void stdio_flush_output_without_waiting(void) {
    if (ftrylockfile(stdout) != 0) return;
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    size_t pending = __fpending(stdout);
    /* A pipe that is writable has room for at least PIPE_BUF bytes. */
    bool fits = pending > 0 && pending <= PIPE_BUF;
    if (fits && poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0) fflush(stdout);
    funlockfile(stdout);
}
