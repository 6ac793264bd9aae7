/* One Lua VM. */
#ifndef LUAHOST_VM_H
#define LUAHOST_VM_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "CLuaHost.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "core/task.h"

/* A VM's life. Nothing is resumed any more from LUAHOST_CLOSING_AT_ONCE on. */
typedef enum luahost_phase {
    LUAHOST_RUNNING,
    LUAHOST_INTERRUPTED,     /* the program ends: by a signal, or by an error of the main chunk */
    LUAHOST_STOPPING,        /* luahost_vm_stop was called, within a slice or a run: it happens right after */
    LUAHOST_STOPPED,         /* all tasks are cancelled, the clients are disconnected */
    LUAHOST_CLOSING,         /* luahost_vm_destroy has begun: API calls raise */
    LUAHOST_CLOSING_AT_ONCE, /* and os.exit was called, before or meanwhile */
    LUAHOST_EXITING,         /* os.exit was called */
    LUAHOST_EXITING_STOPPED, /* and before that luahost_vm_stop */
    LUAHOST_EXITING_CLEANLY, /* os.exit with `true`: destroying it runs pending <close> variables and finalizers */
} luahost_phase;

typedef struct luahost_life {
    luahost_phase phase;
    bool main_done;     /* the main task has ended */
    bool is_reported;   /* `finished` was called */
    size_t holds;       /* luahost_vm_hold */
    size_t errors;      /* that nothing caught */
} luahost_life;

typedef struct luahost_memory {
    size_t used;
    bool is_enforced;   /* the limit holds only within a slice, and not while the host's own code runs */
} luahost_memory;

/* The slice that runs. */
typedef struct luahost_slice_state {
    bool is_wait;             /* the yield that ends it is the host's, not the script's */
    size_t cancelled_raises;  /* waits that raised the cancellation in it */
} luahost_slice_state;

typedef struct luahost_run_queue {
    luahost_task *first, *last;
    uint64_t wake_at;   /* the time that the host was last asked for */
    bool wake_asked;    /* and whether `wake` was called since luahost_vm_run last began */
    bool is_draining;   /* luahost_vm_run is on the stack */
} luahost_run_queue;

typedef struct luahost_timers {
    luahost_task **heap; /* a binary heap by the `due` of the tasks */
    size_t count, capacity;
    luahost_task *delayed; /* whose deadline is to be set at the end of the run; some may not wait any more */
} luahost_timers;

/* Finished coroutines, anchored by `refs`. */
typedef struct luahost_coroutines {
    lua_State **idle;
    int *refs;
    size_t count, capacity;
} luahost_coroutines;

typedef struct luahost_tasks {
    size_t count;               /* not DONE, the main task included */
    size_t disconnect_handlers; /* of these */
    luahost_task *free;         /* linked by `next` */
    luahost_task *waited;       /* all that are alive and have waited once */
} luahost_tasks;

typedef struct luahost_clients {
    luahost_client *first; /* all, linked by client->next */
    unsigned made;
    size_t in_session;     /* connecting, connected or disconnecting */
    size_t left_alone;     /* of these, those that the end of the program does not wait for */
    size_t pending;        /* those with work for the pump of a module */
    size_t lost;           /* see luahost_vm_lost */
    char *lost_reason;     /* or NULL */
} luahost_clients;

/* The state of the modules; each is NULL until the script needs it. */
typedef struct luahost_parts {
    struct luahost_stdin *input;
    struct luahost_steps *steps;
    luahost_call *calls; /* under way */
    struct luahost_loadtest *loadtest;
    luahost_wait_queue loading; /* for a module that another task loads */
    luahost_task *statement; /* the chunk or statement that a prompt waits for */
    char *line;              /* that was read for a prompt, or NULL */
    size_t line_length;
} luahost_parts;

/* Which user of a load test the script is. */
typedef struct luahost_identity {
    luahost_user user;
    bool is_set;        /* luahost_vm_set_user was called */
    int randomseed_ref; /* math.randomseed as Lua made it; LUA_NOREF: `math` is not filled */
    uint64_t seed;      /* the last one; 0: Lua's own */
    int env_ref;        /* __ENV */
} luahost_identity;

/* The hook that debug.sethook has set for the tasks; meaningless while `mask` is 0. */
typedef struct luahost_task_hook {
    int ref, mask, count;
} luahost_task_hook;

typedef struct luahost_plan_state {
    luahost_plan state;
    char *place;
} luahost_plan_state;

typedef struct luahost_messages {
    bool shows_warnings;
    luahost_buffer warning;   /* the pieces of a message of warn() */
    /* An error that left a coroutine of the script, and the traceback of that. */
    int inner_error_ref, inner_traceback_ref;
} luahost_messages;

struct luahost_vm {
    lua_State *L;
    luahost_loop *loop;
    luahost_callbacks host;
    void *context;
    luahost_vm_options options;
    luahost_memory memory;
    luahost_life life;
    luahost_task *current;     /* whose slice runs, or NULL */
    luahost_slice_state slice;
    luahost_run_queue queue;
    luahost_timers timers;
    luahost_coroutines coroutines;
    luahost_tasks tasks;
    luahost_clients clients;
    luahost_buffer scratch;    /* for JSON and messages; emptied by each user of it */
    luahost_parts parts;
    luahost_identity identity;
    luahost_task_hook hook;
    luahost_plan_state plan;
    luahost_messages messages;
};

/* ---- the phases ---- */

/* No signal, no stop, no os.exit has ended the script. */
static inline bool luahost_vm_is_running(const luahost_vm *vm) {
    return vm->life.phase == LUAHOST_RUNNING;
}

/* Tasks are resumed and the host is asked for runs: it is neither closed nor was os.exit called. */
static inline bool luahost_vm_may_resume(const luahost_vm *vm) {
    return vm->life.phase < LUAHOST_CLOSING;
}

/* os.exit was called. */
static inline bool luahost_vm_is_exiting(const luahost_vm *vm) {
    return vm->life.phase >= LUAHOST_CLOSING_AT_ONCE;
}

static inline bool luahost_vm_is_closing(const luahost_vm *vm) {
    return vm->life.phase == LUAHOST_CLOSING || vm->life.phase == LUAHOST_CLOSING_AT_ONCE;
}

static inline bool luahost_vm_is_plan(const luahost_vm *vm) {
    return vm->options.purpose == LUAHOST_READ_PLAN;
}

static inline bool luahost_vm_has_prompt(const luahost_vm *vm) {
    return vm->options.purpose == LUAHOST_RUN_WITH_PROMPT;
}

/* ---- from a Lua state to its VM ---- */

/* The extra space of every lua_State of a VM holds the VM's address and, in its low bits, one of these. Lua copies
 * the main thread's extra space into each new coroutine. */
enum {
    LUAHOST_OF_SCRIPT = 0,  /* the main thread, or a coroutine that the script made */
    LUAHOST_OF_TASK = 1,    /* a coroutine of the host: runs a task or lies in the pool */
    LUAHOST_WAITING = 2,    /* the script's, and a wait of the host goes through it */
    LUAHOST_MARK_BITS = 3,
};

static inline luahost_vm *luahost_vm_of(lua_State *L) {
    return (luahost_vm *)(*(uintptr_t *)lua_getextraspace(L) & ~(uintptr_t)LUAHOST_MARK_BITS);
}

static inline unsigned luahost_mark_of(lua_State *L) {
    return (unsigned)(*(uintptr_t *)lua_getextraspace(L) & LUAHOST_MARK_BITS);
}

static inline void luahost_set_mark(lua_State *L, unsigned mark) {
    uintptr_t *extra = lua_getextraspace(L);
    *extra = (*extra & ~(uintptr_t)LUAHOST_MARK_BITS) | mark;
}

/* ---- log.c ---- */
LUAHOST_COLD void luahost_log(luahost_vm *vm, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
