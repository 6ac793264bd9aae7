/* One event loop as the watchdog sees it. */
#ifndef LUAHOST_LOOP_H
#define LUAHOST_LOOP_H

#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "CLuaHost.h"
#include "base/pool.h"

/* Coroutines that have resumed one another. Lua itself gives up at 200 (LUAI_MAXCCALLS). */
#define LUAHOST_MAX_NESTING 208

/* "bot.lua:12" with its end. */
#define LUAHOST_PLACE (LUA_IDSIZE + 16)

typedef enum luahost_demand {
    LUAHOST_DEMAND_NOTHING,
    LUAHOST_DEMAND_REPORT,    /* say where Lua is */
    LUAHOST_DEMAND_STOP,      /* raise: more than max_block */
    LUAHOST_DEMAND_INTERRUPT, /* raise "interrupted!" */
    LUAHOST_DEMAND_END,       /* stop the VM as luahost_vm_stop does, and raise */
    LUAHOST_DEMAND_UNWIND,    /* raise, since os.exit was called where its caller cannot be left by waiting */
} luahost_demand;

/* The task that runs a slice, and the function of the host that it may be inside. */
typedef struct luahost_sight {
    uint64_t user; /* 0: not in a load test */
    luahost_where_kind kind;
    char name[64]; /* of the handler, function or task; empty: none */
    char function[32]; /* empty: the slice is not inside one that says so */
    char source[LUA_IDSIZE];
    int line;
} luahost_sight;

/* From the watchdog to the signal handler, which runs on the loop's thread: what is wanted of which slice. */
typedef struct luahost_order {
    _Atomic int demand;
    _Atomic uint64_t sequence;
} luahost_order;

/* From the signal handler to the hook of a report; both are on the loop's thread. */
typedef struct luahost_report_hook {
    volatile uint64_t sequence;
    lua_State *volatile hooked; /* whose hook these were */
    lua_Hook saved_hook;
    int saved_mask, saved_count;
} luahost_report_hook;

/* From the signal handler to the hook that ends a slice. */
typedef struct luahost_stop_hook {
    volatile uint64_t sequence;
    volatile luahost_demand reason;
    bool has_raised;
    char text[256];
} luahost_stop_hook;

/* From a function that may hold up the loop to the signal handler: the slice that called it (0: none), and where. */
typedef struct luahost_block {
    volatile uint64_t sequence;
    const char *function;
    char source[LUA_IDSIZE];
    int line;
} luahost_block;

/* Back to the watchdog. */
typedef struct luahost_answer {
    _Atomic uint64_t sight_sequence; /* the signal handler: `sight` is about this slice, which needs no look at Lua */
    luahost_sight sight;
    _Atomic uint64_t location_sequence; /* the hook: `location` is about this slice */
    char location[LUAHOST_PLACE];
} luahost_answer;

/* How far the watchdog has come with the slice that it saw last. */
typedef enum luahost_watch_state {
    LUAHOST_WATCHED,
    LUAHOST_ASKED,         /* for the slice's place */
    LUAHOST_REPORTED,
    LUAHOST_REPORTED_IN_C, /* inside a C function; that it has returned will be reported too */
} luahost_watch_state;

/* The watchdog's own. */
typedef struct luahost_watch {
    uint64_t sequence, since; /* the slice that it saw last, and since when */
    luahost_watch_state state;
    uint64_t max_block;       /* ns; 0: none */
    _Atomic uint64_t interrupt_at, end_at; /* CLOCK_MONOTONIC in ns; UINT64_MAX: never */
    luahost_slow_slice report;
    void *context;
} luahost_watch;

struct luahost_loop {
    luahost_pool pool; /* of its VMs */
    size_t vm_count;
    bool is_destroyed; /* freed with its last VM */
    pthread_t thread;
    luahost_loop *next;           /* of all loops; under the watchdog's lock */
    luahost_loop *next_on_thread;

    /* Written by the loop's thread. `sequence` is odd while Lua runs and `running` is the coroutine that does, so a
     * number that stays the same and odd is one slice. */
    _Atomic uint64_t sequence;
    _Atomic(lua_State *) running;
    lua_State *resumers[LUAHOST_MAX_NESTING]; /* those that wait for `running` to yield or return, outermost first */
    size_t depth;
    uint32_t turn_tick; /* luahost_tick at the last luahost_loop_turn */

    luahost_order order;
    luahost_report_hook report_hook;
    luahost_stop_hook stop;
    luahost_block block;
    luahost_answer answer;
    luahost_watch watch;
};

/* Counts the 100 ms since the watchdog has begun: a clock that costs a load. */
extern _Atomic uint32_t luahost_tick;

static inline bool luahost_loop_is_inside(luahost_loop *loop) {
    return atomic_load_explicit(&loop->sequence, memory_order_relaxed) & 1;
}

/* The signal handler runs on this thread: to it, the order of the stores is kept by the compiler barrier alone. */
static inline void luahost_loop_step(luahost_loop *loop) {
    uint64_t sequence = atomic_load_explicit(&loop->sequence, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    atomic_store_explicit(&loop->sequence, sequence + 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

static inline void luahost_loop_set_running(luahost_loop *loop, lua_State *L) {
    atomic_store_explicit(&loop->running, L, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

static inline lua_State *luahost_loop_running(luahost_loop *loop) {
    return atomic_load_explicit(&loop->running, memory_order_relaxed);
}

/* Writes what the files of the script have buffered: all of them, or where scripts run on other threads, which may
 * hold a file for as long as they like, the standard output. */
void luahost_flush(void);
/* A VM is made on the loop, or gone. */
void luahost_loop_retain(luahost_loop *loop);
void luahost_loop_release(luahost_loop *loop);
/* Makes the slice that runs raise at each of its steps until it has ended, whatever it catches. */
void luahost_loop_unwind(luahost_loop *loop, lua_State *L);

#endif
