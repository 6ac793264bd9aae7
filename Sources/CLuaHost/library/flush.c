/* The standard output's buffer, which the C library and so every script shares with the host. */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "CLuaHost.h"

void luahost_flush_without_waiting(void) {
    if (ftrylockfile(stdout) != 0) return;
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    size_t pending = __fpending(stdout);
    /* A pipe that is writable has room for so much at least. */
    bool fits = pending > 0 && pending <= PIPE_BUF;
    if (fits && poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0) fflush(stdout);
    funlockfile(stdout);
}
