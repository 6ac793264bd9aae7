/* A thread that looks at every loop each 100 ms. A permanent count hook would cost a factor of two, so only a slice
 * that takes long gets a hook, set by a signal handler on its own thread, as lua.c does for Ctrl-C. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/format.h"
#include "base/memory.h"
#include "core/hook.h"
#include "core/loop.h"

#define SECOND UINT64_C(1000000000)
#define TICK_MS 100
#define FLUSH_MS 500

_Atomic uint32_t luahost_tick;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static luahost_loop *loops;
static _Thread_local luahost_loop *loops_of_thread;
static bool started;
/* SIGURG: its default is to be ignored, so a stray one does no harm. */
#define DEMAND_SIGNAL SIGURG

static void on_demand(int signal) {
    (void)signal;
    for (luahost_loop *loop = loops_of_thread; loop != NULL; loop = loop->next_on_thread) {
        luahost_demand demand = (luahost_demand)atomic_exchange(&loop->order.demand, LUAHOST_DEMAND_NOTHING);
        uint64_t sequence = atomic_load(&loop->sequence);
        if (demand == LUAHOST_DEMAND_NOTHING || sequence != atomic_load(&loop->order.sequence)) continue;
        if (demand == LUAHOST_DEMAND_REPORT) luahost_hook_look(loop, luahost_loop_running(loop));
        luahost_hook_arm(loop, luahost_loop_running(loop), demand);
    }
}

static void demand_of(luahost_loop *loop, uint64_t sequence, luahost_demand demand) {
    atomic_store(&loop->order.sequence, sequence);
    atomic_store(&loop->order.demand, demand);
    pthread_kill(loop->thread, DEMAND_SIGNAL);
}

static void send_report(luahost_loop *loop, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void send_report(luahost_loop *loop, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    luahost_slice line = luahost_format(text, sizeof text, format, arguments);
    va_end(arguments);
    if (loop->watch.state != LUAHOST_REPORTED_IN_C) loop->watch.state = LUAHOST_REPORTED;
    if (loop->watch.report != NULL) loop->watch.report(loop->watch.context, line);
}

/* "user 3: bot.lua:12: in function 'default': " as far as it is known. */
static const char *describe(const luahost_loop *loop, const char *place, char *text, size_t size) {
    static const char *const kinds[] = {"main chunk", "handler", "task", "function"};
    const luahost_sight *sight = &loop->answer.sight;
    char user[32] = "", who[96] = "";
    if (sight->user != 0) snprintf(user, sizeof user, "user %llu: ", (unsigned long long)sight->user);
    if (sight->name[0] != '\0') snprintf(who, sizeof who, "in %s '%s': ", kinds[sight->kind], sight->name);
    snprintf(text, size, "%s%s%s%s", user, place, place[0] == '\0' ? "" : ": ", who);
    return text;
}

static void report(luahost_loop *loop, uint64_t sequence, uint64_t elapsed) {
    static const char *const others = "all else on its loop waits for it";
    char where[LUAHOST_PLACE + 128], place[LUAHOST_PLACE];
    double seconds = (double)elapsed / SECOND;
    bool is_answered = atomic_load(&loop->answer.sight_sequence) == sequence;
    if (atomic_load(&loop->answer.location_sequence) == sequence) {
        describe(loop, loop->answer.location, where, sizeof where);
        send_report(loop, "%sLua has computed for %.1f s without waiting; %s", where, seconds, others);
    } else if (is_answered && loop->answer.sight.function[0] != '\0') {
        snprintf(place, sizeof place, "%s:%d", loop->answer.sight.source, loop->answer.sight.line);
        describe(loop, place, where, sizeof where);
        send_report(
            loop, "%sinside a C function (%s) for %.1f s; %s", where, loop->answer.sight.function, seconds, others);
    } else if (is_answered && elapsed >= SECOND + 2 * TICK_MS * (SECOND / 1000)) {
        describe(loop, "", where, sizeof where);
        send_report(loop, "%sinside a C function for %.1f s; %s", where, seconds, others);
        loop->watch.state = LUAHOST_REPORTED_IN_C;
    } else if (elapsed >= 2 * SECOND) {
        send_report(loop, "inside a C function for %.1f s; %s", seconds, others);
    }
}

/* The hook of a report has fired at last. */
static void report_return(luahost_loop *loop, uint64_t elapsed) {
    if (loop->watch.state != LUAHOST_REPORTED_IN_C) return;
    if (atomic_load(&loop->answer.location_sequence) != loop->watch.sequence) return;
    loop->watch.state = LUAHOST_REPORTED;
    char where[LUAHOST_PLACE + 128];
    describe(loop, loop->answer.location, where, sizeof where);
    send_report(loop, "%sthe C function has returned after %.1f s", where, (double)elapsed / SECOND);
}

static void look_at(luahost_loop *loop, uint64_t now) {
    uint64_t sequence = atomic_load(&loop->sequence);
    uint64_t elapsed = now - loop->watch.since;
    report_return(loop, elapsed);
    if (!(sequence & 1) || sequence != loop->watch.sequence) {
        loop->watch.sequence = sequence;
        loop->watch.since = now;
        loop->watch.state = LUAHOST_WATCHED;
        return;
    }
    if (loop->watch.state == LUAHOST_ASKED) report(loop, sequence, elapsed);
    /* A slice that was seen only once may be one of many short ones, which an interrupt has no need to hit. */
    if (now >= atomic_load(&loop->watch.end_at)) {
        demand_of(loop, sequence, LUAHOST_DEMAND_END);
    } else if (now >= atomic_load(&loop->watch.interrupt_at)) {
        demand_of(loop, sequence, LUAHOST_DEMAND_INTERRUPT);
    } else if (loop->watch.max_block != 0 && elapsed >= loop->watch.max_block) {
        demand_of(loop, sequence, LUAHOST_DEMAND_STOP);
    } else if (loop->watch.state == LUAHOST_WATCHED && elapsed >= SECOND) {
        loop->watch.state = LUAHOST_ASKED;
        demand_of(loop, sequence, LUAHOST_DEMAND_REPORT);
    }
}

static void *watch(void *argument) {
    const struct timespec tick = {0, TICK_MS * 1000000L};
    for (;;) {
        uint64_t now = luahost_now();
        atomic_fetch_add(&luahost_tick, 1);
        pthread_mutex_lock(&lock);
        for (luahost_loop *loop = loops; loop != NULL; loop = loop->next) look_at(loop, now);
        pthread_mutex_unlock(&lock);
        nanosleep(&tick, NULL);
    }
    return argument;
}

/* With the lock held. Without it no script that computes could be ended. */
static void start(void) {
    if (started) return;
    started = true;
    struct sigaction action = {.sa_handler = on_demand, .sa_flags = SA_RESTART};
    sigaction(DEMAND_SIGNAL, &action, NULL);
    /* Signals for the process are to reach threads that expect them, never this one. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, watch, NULL);
    if (error != 0) {
        fprintf(stderr, "eio-lua: cannot start a thread: %s\n", strerror(error));
        _exit(1);
    }
    pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

luahost_loop *luahost_loop_create(double max_block, luahost_slow_slice report, void *context) {
    luahost_loop *loop = luahost_allocate_zeroed(sizeof *loop);
    loop->watch.max_block = max_block > 0 ? (uint64_t)(max_block * (double)SECOND) : 0;
    loop->watch.report = report;
    loop->watch.context = context;
    loop->thread = pthread_self();
    /* A thread has the signal mask of the one that made it, which may be a pool's that takes none. */
    sigset_t demand;
    sigemptyset(&demand);
    sigaddset(&demand, DEMAND_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &demand, NULL);
    atomic_store(&loop->watch.interrupt_at, UINT64_MAX);
    atomic_store(&loop->watch.end_at, UINT64_MAX);
    loop->next_on_thread = loops_of_thread;
    atomic_signal_fence(memory_order_seq_cst);
    loops_of_thread = loop;
    pthread_mutex_lock(&lock);
    start();
    loop->next = loops;
    loops = loop;
    pthread_mutex_unlock(&lock);
    loop->turn_tick = atomic_load(&luahost_tick);
    return loop;
}

static void free_loop(luahost_loop *loop) {
    pthread_mutex_lock(&lock);
    luahost_loop **link = &loops;
    while (*link != loop) link = &(*link)->next;
    *link = loop->next;
    pthread_mutex_unlock(&lock);
    link = &loops_of_thread;
    while (*link != NULL && *link != loop) link = &(*link)->next_on_thread;
    if (*link != NULL) *link = loop->next_on_thread;
    atomic_signal_fence(memory_order_seq_cst);
    luahost_pool_free(&loop->pool);
    free(loop);
}

void luahost_loop_retain(luahost_loop *loop) {
    loop->vm_count++;
}

void luahost_loop_release(luahost_loop *loop) {
    if (--loop->vm_count == 0 && loop->is_destroyed) free_loop(loop);
}

void luahost_loop_destroy(luahost_loop *loop) {
    loop->is_destroyed = true;
    if (loop->vm_count == 0) free_loop(loop);
}

void luahost_loop_turn(luahost_loop *loop) {
    loop->turn_tick = atomic_load_explicit(&luahost_tick, memory_order_relaxed);
}

static uint64_t after(double seconds) {
    return luahost_now() + (seconds > 0 ? (uint64_t)(seconds * (double)SECOND) : 0);
}

void luahost_loop_interrupt(luahost_loop *loop, double seconds) {
    atomic_store(&loop->watch.interrupt_at, after(seconds));
}

void luahost_loop_end(luahost_loop *loop, double seconds) {
    uint64_t end = after(seconds);
    uint64_t before = atomic_load(&loop->watch.end_at);
    while (end < before && !atomic_compare_exchange_weak(&loop->watch.end_at, &before, end)) continue;
}

/* ---- what is buffered ---- */

int luahost_flush_output(void) {
    return fflush(stdout) == 0 ? 0 : errno;
}

void luahost_flush(void) {
    pthread_mutex_lock(&lock);
    bool is_alone = loops == NULL || loops->next == NULL;
    pthread_mutex_unlock(&lock);
    fflush(is_alone ? NULL : stdout);
}

static sem_t flushed;

static void *flush_all(void *argument) {
    fflush(stdout);
    fflush(NULL);
    sem_post(&flushed);
    return argument;
}

/* A thread that is inside fread, or that nobody reads from, holds its file's lock: flushing is left to a thread of
 * its own, which may wait for it without end. */
_Noreturn void luahost_exit_now(int status) {
    pthread_t thread;
    if (sem_init(&flushed, 0, 0) == 0 && pthread_create(&thread, NULL, flush_all, NULL) == 0) {
        struct timespec end;
        clock_gettime(CLOCK_REALTIME, &end);
        end.tv_nsec += FLUSH_MS * 1000000L;
        if (end.tv_nsec >= 1000000000L) end.tv_sec++, end.tv_nsec -= 1000000000L;
        while (sem_timedwait(&flushed, &end) != 0 && errno == EINTR) continue;
    }
    _exit(status);
}
