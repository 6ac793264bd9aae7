#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int failures;
double host_max_block = 0.5;

typedef struct echo {
    struct echo *next;
    size_t length;
    bool is_binary;
    char data[];
} echo;

typedef struct peer {
    struct peer *next;
    host *host;
    luahost_client *client;
    enum { IDLE, CONNECTING, OPEN, CLOSING } state;
    enum { ORDINARY, SILENT, FAILS, EARLY, DROPS, ECHOES } kind;
    echo *first, *last;
    size_t count;
    bool tells_drained;
} peer;

luahost_slice slice(const char *text) { return (luahost_slice){text, strlen(text)}; }

static void write_down(host *host, const char *format, ...) {
    if (host->is_silent) return;
    if (sizeof host->log - host->logged < 4096) abort();
    va_list arguments;
    va_start(arguments, format);
    host->logged += (size_t)vsnprintf(
        host->log + host->logged, sizeof host->log - host->logged, format, arguments);
    va_end(arguments);
}

void expect(bool is_true, const char *what, const char *file, int line) {
    if (is_true) return;
    failures++;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
}

void expect_log(host *host, const char *text, const char *file, int line) {
    if (strcmp(host->log, text) != 0) {
        failures++;
        fprintf(stderr, "%s:%d: expected\n%s\ngot\n%s\n", file, line, text, host->log);
    }
    host->logged = 0;
    host->log[0] = '\0';
}

/* ---- the callbacks ---- */

static void wake(void *context) { ((host *)context)->is_wanted = true; }
static void wake_at(void *context, uint64_t deadline) { ((host *)context)->deadline = deadline; }

static void log_text(void *context, int level, bool by_script, luahost_slice text) {
    (void)by_script;
    if (level >= LUAHOST_WARNING) write_down(context, "log %.*s\n", (int)text.length, text.data);
}

static void report(void *context, const luahost_report *report) {
    host *host = context;
    bool was_silent = host->is_silent;
    host->is_silent = was_silent && report->kind != LUAHOST_IN_MAIN;
    write_down(
        context, "report %.*s: %.*s%s\n", (int)report->where.length, report->where.data, (int)report->message.length,
        report->message.data, report->handled ? " (handled)" : "");
    host->is_silent = was_silent;
}

static void exited(void *context, int status) {
    ((host *)context)->exit_status = status;
    write_down(context, "exit %d\n", status);
}

static void read_stdin(void *context) {
    ((host *)context)->wants_stdin = true;
    write_down(context, "stdin\n");
}

/* Of the input that VMs share. */
static host *holder, *next_holder;

static bool take_turn(void *context) {
    if (holder == NULL) holder = context; else next_holder = context;
    return holder == context;
}

static void give_turn(void *context) {
    EXPECT(holder == context);
    holder = next_holder;
    next_holder = NULL;
}

static void finished(void *context) {
    ((host *)context)->is_finished = true;
    ((host *)context)->is_silent = false;
    write_down(context, "finished\n");
}

static void *client_create(void *context, luahost_client *client, const luahost_client_options *options) {
    (void)options;
    peer *made = calloc(1, sizeof *made);
    made->client = client;
    made->host = context;
    made->next = made->host->peers;
    made->host->peers = made;
    return made;
}

static echo *take_echo(peer *peer) {
    echo *echo = peer->first;
    if (echo == NULL) return NULL;
    peer->first = echo->next;
    peer->count--;
    return echo;
}

static void drop_echoes(peer *peer) {
    for (echo *echo; (echo = take_echo(peer)) != NULL;) free(echo);
}

static void client_release(void *context) {
    ((peer *)context)->client = NULL;
    drop_echoes(context);
}

static int client_connect(void *context, const luahost_connect_options *options, luahost_error *error) {
    static const char *const names[] = {"", "silent", "fail", "early", "drop", "echo"};
    peer *peer = context;
    /* All of them are read: the sanitizer is to see what cannot be. */
    unsigned sum = 0;
    for (size_t index = 0; index < options->header_count; index++) {
        const luahost_pair *pair = &options->headers[index];
        for (size_t at = 0; at < pair->name.length; at++) sum += (unsigned char)pair->name.data[at];
        for (size_t at = 0; at < pair->value.length; at++) sum += (unsigned char)pair->value.data[at];
    }
    for (size_t at = 0; at < options->engineio_path.length; at++) sum += (unsigned char)options->engineio_path.data[at];
    peer->host->sum += sum;
    if (options->url.length == 6 && memcmp(options->url.data, "refuse", 6) == 0) {
        *error = (luahost_error){.type = slice("ValueError"), .message = slice("refused"), .code = -1};
        return 1;
    }
    peer->kind = ORDINARY;
    for (int kind = SILENT; kind <= ECHOES; kind++) {
        size_t length = strlen(names[kind]);
        if (options->url.length == length && memcmp(options->url.data, names[kind], length) == 0) peer->kind = kind;
    }
    peer->state = CONNECTING;
    write_down(peer->host, "connect\n");
    return 0;
}

static luahost_send_result client_send(
    void *context, const char *data, size_t length, bool is_binary, bool may_wait, size_t *offset) {
    (void)offset;
    peer *peer = context;
    if (peer->state != OPEN) return LUAHOST_NOT_CONNECTED;
    write_down(peer->host, "send %.*s\n", (int)length, data);
    if (peer->kind != ECHOES) return LUAHOST_SENT;
    if (!may_wait && peer->count >= 32) return LUAHOST_FULL;
    echo *echo = malloc(sizeof *echo + length);
    *echo = (struct echo){NULL, length, is_binary};
    memcpy(echo->data, data, length);
    if (peer->first != NULL) peer->last->next = echo; else peer->first = echo;
    peer->last = echo;
    return ++peer->count >= 8 ? LUAHOST_SENT_FULL : LUAHOST_SENT;
}

static void client_disconnect(void *context, double timeout, bool abort) {
    (void)timeout;
    peer *peer = context;
    peer->state = CLOSING;
    write_down(peer->host, abort ? "abandon\n" : "disconnect\n");
}

static void client_pause(void *context, bool paused) { (void)context, (void)paused; }
static size_t client_buffered(void *context) { return ((peer *)context)->count; }
static void client_notify_drained(void *context) { ((peer *)context)->tells_drained = true; }

static void call_ended(void *context, uint64_t id, luahost_call_outcome outcome, luahost_slice result) {
    static const char *const outcomes[] = {"ok", "failed", "cancelled", "exited"};
    host *host = context;
    write_down(host, "ended %d %s %.*s\n", (int)id, outcomes[outcome], (int)result.length, result.data);
    if (host->calls_on_end == 0) return;
    host->calls_on_end--;
    host_call(host, "default", "", id + 1);
}

static void abort_test(void *context, luahost_slice message) {
    host *host = context;
    write_down(host, "abort %.*s\n", (int)message.length, message.data);
    if (host->stops_on_abort) luahost_vm_stop(host->vm);
}

static uint32_t intern(void *context, luahost_name_kind kind, luahost_slice text) {
    static const char *const kinds[] = {"group", "check", "time"};
    write_down(context, "intern %s %.*s\n", kinds[kind], (int)text.length, text.data);
    uint32_t id = 0;
    for (size_t index = 0; index < text.length; index++) id += (unsigned char)text.data[index];
    return id;
}

static int32_t metric_create(
    void *context, luahost_metric_kind kind, luahost_slice name, bool is_time, luahost_slice *error) {
    static const char *const kinds[] = {"counter", "gauge", "rate", "trend"};
    host *host = context;
    if (host->refuses_metrics) {
        *error = slice("the host does not want it");
        return -1;
    }
    write_down(host, "%s %.*s%s\n", kinds[kind], (int)name.length, name.data, is_time ? " of times" : "");
    return (int32_t)kind;
}

static void write_tags(host *host, const luahost_tags *tags) {
    if (tags->group != 0) write_down(host, " in %u", tags->group);
    for (size_t index = 0; index < tags->count; index++) {
        const luahost_pair *pair = &tags->pairs[index];
        write_down(
            host, " %.*s=%.*s", (int)pair->name.length, pair->name.data, (int)pair->value.length, pair->value.data);
    }
    write_down(host, "\n");
}

static void metric_add(void *context, uint32_t metric, double value, const luahost_tags *tags) {
    write_down(context, "add %u %g", metric, value);
    write_tags(context, tags);
}

static void check_ended(void *context, uint32_t check, bool passed, const luahost_tags *tags) {
    write_down(context, "check %u %s", check, passed ? "passed" : "failed");
    write_tags(context, tags);
}

static void group_ended(void *context, double seconds, const luahost_tags *tags) {
    write_down(context, "group took %.1f", seconds);
    write_tags(context, tags);
}

static void time_ended(
    void *context, uint32_t name, double seconds, const luahost_slice *error, const luahost_tags *tags) {
    write_down(context, "time %u took %.1f", name, seconds);
    if (error != NULL) write_down(context, " (%.*s)", (int)error->length, error->data);
    write_tags(context, tags);
}

static void pace_ended(void *context, double service, double response, const luahost_tags *tags) {
    write_down(context, "pace %.1f %.1f", service, response);
    write_tags(context, tags);
}

/* ---- the life of a VM ---- */

static const luahost_callbacks plain = {
    .wake = wake, .wake_at = wake_at, .log = log_text, .report = report, .exit = exited, .read_stdin = read_stdin,
    .take_stdin = take_turn, .give_stdin = give_turn,
    .finished = finished, .client_create = client_create, .client_release = client_release,
    .client_connect = client_connect, .client_send = client_send, .client_disconnect = client_disconnect,
    .client_pause = client_pause, .client_buffered = client_buffered, .client_notify_drained = client_notify_drained,
};

static host *start(const char *script, const luahost_vm_options *options, bool is_plain) {
    host *host = calloc(1, sizeof *host);
    host->loop = luahost_loop_create(host_max_block, NULL, NULL);
    host->exit_status = -1;
    host->deadline = UINT64_MAX;
    host->callbacks = plain;
    if (!is_plain) {
        host->callbacks.call_ended = call_ended;
        host->callbacks.abort_test = abort_test;
        host->callbacks.intern = intern;
        host->callbacks.metric_create = metric_create;
        host->callbacks.metric_add = metric_add;
        host->callbacks.check_ended = check_ended;
        host->callbacks.group_ended = group_ended;
        host->callbacks.time_ended = time_ended;
        host->callbacks.pace_ended = pace_ended;
    }
    luahost_vm_options none = {.ignore_environment = true};
    luahost_vm_options chosen = options != NULL ? *options : none;
    chosen.default_url = slice("any");
    host->vm = luahost_vm_create(host->loop, &host->callbacks, host, &chosen);
    FILE *file = fopen("t.lua", "w");
    fputs(script, file);
    fclose(file);
    luahost_vm_add_step(host->vm, LUAHOST_STEP_FILE, slice("t.lua"));
    luahost_slice argument = slice("t.lua");
    luahost_vm_start(host->vm, &argument, 1, 0);
    return host;
}

host *host_start(const char *script, const luahost_vm_options *options) { return start(script, options, false); }
host *host_start_plain(const char *script) { return start(script, NULL, true); }

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void send_back(peer *peer) {
    echo *echo = take_echo(peer);
    luahost_client_message(peer->client, echo->data, echo->length, echo->is_binary);
    free(echo);
    if (peer->client == NULL || peer->state != OPEN) return;
    if (peer->count < 4) luahost_client_writable(peer->client);
    if (peer->count > 0 || !peer->tells_drained) return;
    peer->tells_drained = false;
    luahost_client_drained(peer->client);
}

static void close_peer(peer *peer, const char *reason) {
    luahost_detail detail = {.cause = slice("client"), .message = slice("it ended"), .code = 7, .since_last_ping = -1};
    peer->state = IDLE;
    drop_echoes(peer);
    luahost_client_closed(peer->client, slice(reason), &detail, 0);
}

static void open_peer(peer *peer) {
    luahost_slice upgrades[] = {slice("websocket"), slice("another")};
    luahost_session_info info = {
        .sid = slice("s"), .base_url = slice("u"), .ping_interval = 25, .ping_timeout = 20, .transport = 2,
        .upgrades = upgrades, .upgrade_count = 2};
    luahost_slice message;
    peer->state = OPEN;
    luahost_client_opened(peer->client, &info, &message);
    if (peer->state == OPEN && peer->kind == EARLY) close_peer(peer, "transport error");
    if (peer->state == OPEN) luahost_client_connected(peer->client);
}

static bool serve(peer *peer) {
    luahost_error error = {
        .type = slice("ConnectionError"), .message = slice("abandoned"), .phase = slice("tcp"), .status = 1, .code = -1};
    if (peer->state == CONNECTING && peer->kind == FAILS) {
        peer->state = IDLE;
        luahost_client_connect_failed(peer->client, &error);
    } else if (peer->state == CONNECTING && peer->kind != SILENT) {
        open_peer(peer);
    } else if (peer->state == OPEN && peer->kind == DROPS) {
        close_peer(peer, "transport error");
    } else if (peer->state == OPEN && peer->count > 0) {
        send_back(peer);
    } else if (peer->state == CLOSING && peer->kind == SILENT) {
        peer->state = IDLE;
        luahost_client_connect_failed(peer->client, &error);
    } else if (peer->state == CLOSING) {
        close_peer(peer, "client disconnect");
    } else {
        return false;
    }
    return true;
}

static bool give_stdin(host *host) {
    if (!host->reads_stdin || !host->wants_stdin) return false;
    char chunk[100];
    ssize_t count = read(STDIN_FILENO, chunk, sizeof chunk);
    host->wants_stdin = false;
    luahost_vm_stdin(host->vm, (luahost_slice){chunk, count > 0 ? (size_t)count : 0}, 0);
    return true;
}

void host_run(host *host, double seconds) {
    uint64_t end = now() + (uint64_t)(seconds * 1e9);
    for (;;) {
        if (host->exit_status >= 0) return;
        bool was_busy = give_stdin(host);
        for (peer *peer = host->peers; peer != NULL; peer = peer->next) {
            if (peer->client != NULL) was_busy = serve(peer) || was_busy;
        }
        if (host->is_wanted || host->deadline <= now()) {
            was_busy = true;
            host->is_wanted = false;
            if (host->deadline <= now()) host->deadline = UINT64_MAX;
            luahost_loop_turn(host->loop);
            luahost_vm_run(host->vm);
        }
        if (was_busy) continue;
        if (now() >= end || host->deadline > end) return;
        struct timespec time = {0, 1000000};
        nanosleep(&time, NULL);
    }
}

void host_call(host *host, const char *name, const char *argument, uint64_t id) {
    if (!luahost_vm_call(host->vm, slice(name), slice(argument), true, id)) write_down(host, "no call\n");
}

void host_end(host *host) {
    luahost_vm_destroy(host->vm);
    luahost_loop_destroy(host->loop);
    while (host->peers != NULL) {
        peer *peer = host->peers;
        host->peers = peer->next;
        drop_echoes(peer);
        free(peer);
    }
    free(host);
}
