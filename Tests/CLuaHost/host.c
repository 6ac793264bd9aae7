#include "host.h"
#include "callbacks.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int failures;
double host_max_block = 0.5;

luahost_slice slice(const char *text) { return (luahost_slice){text, strlen(text)}; }

void write_down(host *host, const char *format, ...) {
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

/* ---- the life of a VM ---- */

static const luahost_callbacks plain = {
    .wake = wake, .wake_at = wake_at, .log = log_text, .report = report, .exit = exited, .read_stdin = read_stdin,
    .take_stdin = take_turn, .give_stdin = give_turn,
    .finished = finished,
};

static host *start(const char *script, const luahost_vm_options *options, bool is_plain) {
    host *host = calloc(1, sizeof *host);
    host->loop = luahost_loop_create(host_max_block, NULL, NULL);
    host->exit_status = -1;
    host->deadline = UINT64_MAX;
    host->callbacks = plain;
    add_peers(&host->callbacks);
    if (!is_plain) add_load_test(&host->callbacks);
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
        /* As each event of a socket does. */
        luahost_loop_turn(host->loop);
        was_busy = serve_peers(host) || was_busy;
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
    free_peers(host);
    free(host);
}
