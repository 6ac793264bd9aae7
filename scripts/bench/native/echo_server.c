/// An Engine.IO 4 server for the benchmark: WebSocket only, one thread, on the loopback address. A session whose path
/// begins with /socket.io/ speaks Socket.IO 5.
///
///     echo_server [--port N] [--mode echo|sink|flood] [--size BYTES] [--flood-rate N] [--ping-interval MS]
///                 [--ping-timeout MS] [--delay MS]
///
/// The first line on the standard output is {"port":N}; port 0, the default, takes a free one. GET /stats answers with
/// the counters as JSON. `echo` sends each message back, and an event that asks for an ack as its ack; `sink` only
/// counts it; `flood` sends messages of --size bytes to each client, --flood-rate of them a second, or as fast as the
/// client reads them at the default of 0. --delay keeps each echo for so many milliseconds.
#define _GNU_SOURCE
#include "delayed_echo.h"
#include "process.h"
#include "server_session.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { BACKLOG = 4096, EVENT_LIMIT = 1024, ACCEPT_LIMIT = 256, TICK_MS = 50, PACED_FLOOD_MS = 1 };

static void usage(void)
{
    fprintf(stderr, "usage: echo_server [--port N] [--mode echo|sink|flood] [--size BYTES] [--flood-rate N] "
                    "[--ping-interval MS] [--ping-timeout MS] [--delay MS]\n");
    exit(64);
}

static ServerMode parse_mode(const char *name)
{
    static const char *const names[] = {[MODE_ECHO] = "echo", [MODE_SINK] = "sink", [MODE_FLOOD] = "flood"};
    for (int mode = MODE_ECHO; mode <= MODE_FLOOD; mode++) {
        if (strcmp(name, names[mode]) == 0) {
            return (ServerMode)mode;
        }
    }
    usage();
    return MODE_ECHO;
}

static ServerOptions parse_options(int count, char **arguments)
{
    ServerOptions options = {.ping_interval_ms = 25000, .ping_timeout_ms = 20000, .flood_size = 32};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (value == NULL) {
            usage();
        } else if (strcmp(name, "--port") == 0) {
            options.port = atoi(value);
        } else if (strcmp(name, "--mode") == 0) {
            options.mode = parse_mode(value);
        } else if (strcmp(name, "--size") == 0) {
            options.flood_size = strtoul(value, NULL, 10);
        } else if (strcmp(name, "--flood-rate") == 0) {
            options.flood_rate = strtoul(value, NULL, 10);
        } else if (strcmp(name, "--ping-interval") == 0) {
            options.ping_interval_ms = strtoul(value, NULL, 10);
        } else if (strcmp(name, "--ping-timeout") == 0) {
            options.ping_timeout_ms = strtoul(value, NULL, 10);
        } else if (strcmp(name, "--delay") == 0) {
            options.delay_ns = (uint64_t)(strtod(value, NULL) * 1e6);
        } else {
            usage();
        }
    }
    return options;
}

static int listen_on(int port)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(descriptor, (struct sockaddr *)&address, length) < 0 || listen(descriptor, BACKLOG) < 0) {
        perror("listen");
        exit(1);
    }
    getsockname(descriptor, (struct sockaddr *)&address, &length);
    printf("{\"port\":%d}\n", ntohs(address.sin_port));
    fflush(stdout);
    return descriptor;
}

static void accept_waiting(int epoll, int listener)
{
    for (int i = 0; i < ACCEPT_LIMIT; i++) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (descriptor < 0) {
            break;
        }
        session_open(epoll, descriptor);
    }
}

/// Waits for events as long as nothing is due: finer than a millisecond where an echo is.
static int wait_for_events(int epoll, struct epoll_event *events, int64_t wait_ms)
{
    int64_t wait_ns = delayed_echo_wait_ns(monotonic_ns());
    if (wait_ns < 0 || wait_ns > wait_ms * 1000000) {
        return epoll_wait(epoll, events, EVENT_LIMIT, (int)wait_ms);
    }
    struct timespec wait = {.tv_nsec = wait_ns};
    return epoll_pwait2(epoll, events, EVENT_LIMIT, &wait, NULL);
}

static void serve(int epoll, int listener, const ServerOptions *options)
{
    bool paced_flood = options->mode == MODE_FLOOD && options->flood_rate > 0;
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening);

    static struct epoll_event events[EVENT_LIMIT];
    uint64_t next_tick_ms = 0;
    for (;;) {
        int count = options->delay_ns > 0 ? wait_for_events(epoll, events, TICK_MS)
                                          : epoll_wait(epoll, events, EVENT_LIMIT, paced_flood ? PACED_FLOOD_MS : TICK_MS);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL) {
                accept_waiting(epoll, listener);
            } else {
                session_handle(events[i].data.ptr, events[i].events);
            }
        }
        if (paced_flood) {
            sessions_flood();
        }
        if (options->delay_ns > 0) {
            delayed_echo_send(monotonic_ns());
        }
        uint64_t now = monotonic_ms_coarse();
        if (now >= next_tick_ms) {
            next_tick_ms = now + TICK_MS;
            sessions_tick();
        }
    }
}

int main(int count, char **arguments)
{
    ServerOptions options = parse_options(count, arguments);
    raise_descriptor_limit();
    sessions_configure(&options);
    int listener = listen_on(options.port);
    serve(epoll_create1(0), listener, &options);
}
