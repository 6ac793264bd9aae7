/* What the files of this target share. Never seen by Swift. */
#ifndef LUAHOST_HOST_H
#define LUAHOST_HOST_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "CLuaHost.h"
#include "base/buffer.h"

typedef struct luahost_task luahost_task;
typedef struct luahost_call luahost_call;
typedef struct luahost_pace luahost_pace;

/* Tasks that wait for the same thing, longest first. */
typedef struct luahost_list {
    luahost_task *first, *last;
    /* One of them is cancelled: returns true if it is to wait for the end of something first, and whoever ends that calls
     * luahost_task_end_wait for it. NULL: its wait ends at once. */
    bool (*on_cancel)(struct luahost_list *list);
    bool awaits_sockets; /* what is waited for may lie in a socket unread */
} luahost_list;

typedef enum luahost_task_state {
    LUAHOST_TASK_READY,   /* in the run queue, its values on its stack */
    LUAHOST_TASK_RUNNING,
    LUAHOST_TASK_WAITING,
    LUAHOST_TASK_DONE,
} luahost_task_state;

/* One coroutine of the host's: the main chunk, a handler, a background task. Freed when it is done and neither Lua's task
 * object nor anything else refers to it. */
struct luahost_task {
    luahost_vm *vm;
    lua_State *co;             /* from the pool; NULL when done */
    int co_ref;                /* anchors co in the registry */
    luahost_task_state state;
    luahost_where_kind kind;
    int values;                /* READY: how many values on co's stack the next resume takes */
    bool cancelled;            /* sticky: every wait raises */
    bool exposed;              /* coroutine.running() gave co away: not pooled again */
    bool object;               /* a Lua task object refers to this struct */
    bool failed;
    bool started;              /* its first slice has begun */
    bool raise_cancelled;      /* the wait that goes on now was ended by cancel() */
    bool waited;               /* is in vm->waited */
    bool has_left;             /* it has called disconnect() */
    bool owns_name;            /* `name` is to be freed with the struct */
    const char *name;          /* "message", the function's name, … for reports; NULL: none */
    luahost_client *client;    /* of a handler */
    luahost_call *call;        /* of LUAHOST_IN_CALL */
    unsigned group;            /* of a load test, in which it is: see loadtest.h; 0: none */
    luahost_pace *pace;        /* pace() in a task of its own; NULL: not called */
    int registered_ref;        /* LUA_NOREF, or a string "bot.lua:12": where the handler was registered (then it is the client's)
                                  or the task started (then it is the task's) */
    int result_ref;            /* of a task with an object: a table of its results (n = field "n"), or its error value */
    luahost_list joiners;
    /* While it waits: */
    luahost_list *waits_on;
    luahost_task *previous, *next; /* in that list, or next in the run queue */
    uint64_t deadline;         /* UINT64_MAX: none */
    size_t heap_index;         /* in vm->timers; SIZE_MAX: not there */
    unsigned char looks;       /* how often a deadline that is looked at late may be looked at again */
    lua_KFunction continuation; /* of luahost_parkk; NULL: of luahost_park */
    luahost_task *waited_previous, *waited_next; /* in vm->waited */
    int (*on_timeout)(lua_State *co); /* pushes what the wait gives at the deadline; NULL: nothing */
    void (*on_done)(luahost_task *task); /* called once, outside of any slice, when `co` is gone and before joiners wake */
    void (*on_first_wait)(luahost_task *task); /* called once when its first slice ends by waiting; NULL again after */
};

/* Registry keys are the addresses of these. */
extern const char luahost_key_errors;
/* The metatable of client tables; set by engineio.c. */
extern const char luahost_key_client_mt;

struct luahost_vm {
    lua_State *L;
    luahost_loop *loop;
    luahost_callbacks host;
    void *context;
    luahost_vm_options options;
    size_t memory_used;
    bool enforce_memory;       /* only within a slice, and not while the host's own code runs */
    bool closing;              /* luahost_vm_destroy has begun: API calls raise */
    bool exiting;              /* os.exit was called: nothing is resumed any more */
    bool closes_at_exit;       /* with `true`: pending <close> variables and finalizers run */
    bool interrupted;          /* the program ends: by a signal, or by an error of the main chunk */
    bool stopped;              /* luahost_vm_stop was called: so do the tasks */
    bool stop_due;             /* and it was in no position to do it */
    bool finished_told;
    bool main_done;
    size_t error_count;
    size_t task_count;         /* not DONE, the main task included */
    size_t open_clients;       /* connecting, connected or disconnecting */
    size_t left_alone;         /* of these, those that the end of the program does not wait for */
    size_t cancelled_raises;   /* waits that raised the cancellation in this slice */
    size_t lost_clients;       /* see luahost_vm_lost */
    char *lost_reason;         /* or NULL */
    size_t farewells;          /* disconnect handlers that are not done */
    luahost_task *run_first, *run_last;
    luahost_task **timers;     /* a binary heap by deadline */
    size_t timer_count, timer_capacity;
    uint64_t wake_at;          /* what the host was last asked for */
    bool wake_asked;           /* and whether it was asked by `wake` since luahost_vm_run last began */
    bool draining;             /* luahost_vm_run is on the stack */
    luahost_task *current;     /* whose slice runs, or NULL */
    bool host_yield;           /* the yield that ends this slice is the host's, not the script's */
    lua_State **pool;          /* finished coroutines, anchored by pool_refs */
    int *pool_refs;
    size_t pool_count, pool_capacity;
    luahost_task *free_tasks;  /* linked by `next` */
    luahost_task *waited;      /* all that are alive and have waited once */
    luahost_list loading_waiters; /* for a module that another task loads */
    luahost_buffer scratch;    /* for JSON and messages; emptied by whoever uses it */
    luahost_client *clients;   /* all, linked by client->next */
    /* task.c, stdio.c, vm.c keep more here: */
    struct luahost_stdin *input;
    struct luahost_steps *steps;
    luahost_call *calls;       /* under way */
    size_t holds;              /* luahost_vm_hold */
    struct luahost_loadtest *loadtest; /* NULL until the script requires it */
    struct luahost_user user;
    bool has_user;             /* luahost_vm_set_user was called */
    int randomseed_ref;        /* math.randomseed as Lua made it; LUA_NOREF: `math` is not filled */
    uint64_t seed;             /* the last one; 0: Lua's own */
    int env_ref;               /* __ENV */
    int hook_ref;              /* what debug.sethook has set for the tasks; meaningless while hook_mask is 0 */
    int hook_mask, hook_count;
    luahost_plan plan;
    char *plan_place;
    luahost_buffer warning;    /* the pieces of a message of warn() */
    int inner_error_ref, inner_traceback_ref; /* report.c: an error that left a coroutine of the script's, and from where */
};

/* The extra space of every lua_State of a VM holds the VM's address and, in its low bits, one of these. Lua copies the main
 * thread's extra space into each new coroutine. */
enum {
    LUAHOST_OF_SCRIPT = 0,  /* the main thread, or a coroutine that the script made */
    LUAHOST_OF_TASK = 1,    /* a coroutine of the host's: runs a task or lies in the pool */
    LUAHOST_WAITING = 2,    /* the script's, and a wait of the host's goes through it */
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

/* ---- vm.c ---- */
uint64_t luahost_now(void); /* CLOCK_MONOTONIC, ns */
/* Calls `finished` if nothing can happen any more. */
void luahost_vm_check_finished(luahost_vm *vm);
/* Disconnects the clients as luahost_vm_interrupt does, but for an end that is no signal. */
void luahost_vm_end(luahost_vm *vm);
/* For stop_due, when no slice runs. */
void luahost_vm_stop_now(luahost_vm *vm);
/* Ends the process: the host cannot go on without this memory. */
_Noreturn void luahost_out_of_memory(void);
/* lua_pcall whose errors go on, without a collection in between: what is made when a script first asks for it is not to be asked
 * for again by a finalizer while it is half made. */
void luahost_call_undisturbed(lua_State *L, int arguments, int results);
/* Writes "bot.lua:12" and `suffix` for the innermost function that is Lua, or nothing where there is none. Allocates nothing
 * of Lua's. Returns `text`. */
enum { LUAHOST_PLACE_SIZE = LUA_IDSIZE + 16 };
const char *luahost_place(lua_State *L, char text[LUAHOST_PLACE_SIZE], const char *suffix);
void luahost_log(luahost_vm *vm, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- task.c ---- */

/* A new task with no function yet: push the function and `n` arguments on task->co, then luahost_task_ready(task, n) or
 * luahost_task_run_now(task, n); one of them has to follow. `name` is not copied. */
luahost_task *luahost_task_create(luahost_vm *vm, luahost_where_kind kind, const char *name);
void luahost_task_ready(luahost_task *task, int values);
/* One slice of the task at the head of the run queue, which is not empty. */
void luahost_task_run_next(luahost_vm *vm);
/* Asks for luahost_vm_run, unless it is on its way. */
void luahost_ask_for_run(luahost_vm *vm);
/* Raises the cancellation in the task that runs, whatever it catches. Jumps. */
int luahost_end_current(lua_State *L);
/* A disconnect handler: the one thing that still runs when the program ends. */
bool luahost_is_farewell(const luahost_task *task);
/* Tells the host when the next deadline is, unless it knows. */
void luahost_ask_again(luahost_vm *vm);
/* After os.exit(status, true): closes what the tasks have to close, without going on with them. */
void luahost_tasks_close(luahost_vm *vm);
/* Frees all tasks, the pool and the timers; Lua is closed. */
void luahost_tasks_free(luahost_vm *vm);
/* lua_resetthread, by the name that this version of Lua has for it. */
int luahost_reset_coroutine(lua_State *co, lua_State *from);
/* Resumes at once: only from outside of any slice (vm->current == NULL). */
void luahost_task_run_now(luahost_task *task, int values);
/* Wakes a waiting task: push the values that its wait returns on task->co first. Legal within another task's slice. */
void luahost_task_wake(luahost_task *task, int values);
/* Raises the cancellation in the wait that it is in, or else in its next one. Legal within another task's slice. */
void luahost_task_cancel(luahost_task *task);
/* Cancels a waiting task; its wait ends now. */
void luahost_task_end_wait(luahost_task *task);
/* Frees the struct if it is done and nothing refers to it. */
void luahost_task_release(luahost_task *task);
/* Around what is pushed outside of any slice (on a waiting task's stack, for a wake): an allocation may run a finalizer of the
 * script's, and the watchdog has to see it. luahost_task_create … _ready or _run_now do this by themselves. */
void luahost_enter(luahost_vm *vm, lua_State *L);
void luahost_leave(luahost_vm *vm);
/* Whether more slices may run before the loop looks at its sockets; false also within a slice. */
bool luahost_may_run(luahost_vm *vm);

/* Ends a C function that Lua called by waiting: `return luahost_park(...)`. The task waits on `list` (may be NULL: only the
 * deadline wakes it), for at most `seconds` (< 0: for ever). The values that the waker pushed are what the function
 * returns; at the deadline, what on_timeout pushes. Where Lua cannot wait here it raises an error that names `what`
 * ("eio.sleep") and the C function in the way. A cancelled task gets the cancellation raised. */
int luahost_park(lua_State *L, luahost_list *list, double seconds, int (*on_timeout)(lua_State *co), const char *what);
/* The same, and when it goes on `k` is called with the values on top of L's stack as it was (their number is
 * lua_gettop(L) - the top at the time of the call, given to k as ctx). k may call luahost_park again. */
int luahost_parkk(
    lua_State *L, luahost_list *list, double seconds, int (*on_timeout)(lua_State *co), const char *what, lua_KFunction k);
/* Raises luahost_park's error for where Lua cannot wait. Jumps. */
int luahost_raise_cannot_wait(lua_State *L, const char *what);
/* Raises that error now if Lua could not wait here, or the cancellation if the task is cancelled. */
void luahost_check_wait(lua_State *L, const char *what);
/* luahost_parkk, for a task that waited on the list before and is to stay ahead of those that came after it. */
int luahost_parkk_first(lua_State *L, luahost_list *list, const char *what, lua_KFunction k);
/* Whether luahost_park would be able to wait. */
bool luahost_can_wait(lua_State *L);
/* Waits for nothing: only where luahost_can_wait. */
int luahost_wait_for_ever(lua_State *L);
/* Ends the task where os.exit was called: it waits for nothing, or is unwound where it cannot wait. Jumps or yields. */
int luahost_stop_here(lua_State *L);
/* Pushes nil, "timeout". */
int luahost_timeout_nil(lua_State *co);

/* ---- arguments.c ---- */

/* Takes a client as the first argument away, so that c:sleep(1) is c.sleep(1); returns 1 if there was one, else 0. */
int luahost_method_shift(lua_State *L);
/* The userdata of argument 1, whose metatable the registry must have under `key`; else raises an error that names `type` and
 * `function`. */
void *luahost_check_self(lua_State *L, const void *key, const char *type, const char *function);
/* Raises "bad argument #1 to 'sleep' (…)". Unlike luaL_argerror it does not count a method's self. Jumps. */
int luahost_argument_error(lua_State *L, int number, const char *function, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Pushes what an error message shows of a refused value: a number itself, of anything else the type. */
const char *luahost_push_refused(lua_State *L, int index);
/* A time in seconds: a number >= 0, not NaN. nil or none: `otherwise`. `index` is where it is, `number` what it is called. */
lua_Number luahost_check_seconds(lua_State *L, int index, int number, const char *function, lua_Number otherwise);

/* ---- call.c ---- */

/* The task has ended because of its cancellation, not by an error of its own. */
bool luahost_was_cancelled(const luahost_task *task);
/* os.exit in a virtual user. Jumps. */
int luahost_calls_exit(lua_State *L, int status);
void luahost_calls_free(luahost_vm *vm);

/* ---- user.c ---- */
void luahost_user_open(lua_State *L);

/* ---- plan.c ---- */

/* Ends the main task of a plan where it would wait for `what`: its slice ends and it is not resumed. */
int luahost_plan_wait(lua_State *L, const char *what);
/* The one slice of the main task. */
void luahost_plan_run(luahost_vm *vm);

/* ---- loadtest.c ---- */
void luahost_loadtest_open(lua_State *L);
void luahost_loadtest_free(luahost_vm *vm);
void luahost_pace_free(luahost_task *task);

/* ---- source.c; where the VM has a luahost_source ---- */
/* Has `require` read each module once, for all VMs. */
void luahost_source_open(lua_State *L);
/* luaL_loadfilex for the script; a path of NULL is the standard input. */
int luahost_source_load(lua_State *L, const char *path);

/* ---- steps.c ---- */
/* The path of the script, or NULL. */
const char *luahost_script_path(const luahost_vm *vm);
void luahost_steps_free(luahost_vm *vm);

/* ---- input.c ---- */

/* io.read on the standard input: the formats are the values on L's stack. With `is_line_iterator` it raises what else would be
 * returned as nil, message, code. May wait. */
int luahost_input_read(lua_State *L, bool is_line_iterator);
void luahost_input_free(luahost_vm *vm);
/* Between two slices: nobody keeps the turn at an input that is shared and reads nothing. */
void luahost_input_settle(luahost_vm *vm);

/* ---- process.c: for the library on top of the stack ---- */
void luahost_execute_open(lua_State *L);
void luahost_popen_open(lua_State *L);

/* ---- watchdog.c ---- */
/* Writes what the files of the script have buffered: all of them, or where scripts run on other threads, which may hold a file for
 * as long as they like, the standard output. */
void luahost_flush(void);

/* ---- error.c ---- */

/* Raises the error table {type=, message=, where=}; tostring gives where .. message. Jumps. */
int luahost_raise(lua_State *L, const char *type, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Pushes the error table of a luahost_error, with `where` of the caller if L is running (level 1), else without. */
void luahost_push_error(lua_State *L, const luahost_error *error, bool with_where);
/* Whether the value is an error table of which luahost_error.is_measured was set. */
bool luahost_is_measured_error(lua_State *L, int index);
void luahost_error_open(lua_State *L); /* the metatables; once for each VM */

/* ---- report.c ---- */

/* Pushes the value that a cancelled wait raises; tostring gives "task cancelled". */
void luahost_push_cancelled(lua_State *L);
bool luahost_is_cancelled(lua_State *L, int index);
/* Pushes on L, which is not in the task's way, who and where the task is, as luahost_report.where. */
void luahost_push_where(lua_State *L, const luahost_task *task);

/* The task died with the error on top of co's stack: tells the `error` handler or the host, counts. */
void luahost_report_failure(luahost_task *task);
/* Turns any error value into text without ever raising; pushes the string on L. */
void luahost_push_error_text(lua_State *L, int index);
/* A coroutine of the script's died with the error on top of its stack: pushes its traceback, from `level` on, on `outer`,
 * below those of the coroutines within it that the error has left before. */
void luahost_push_inner_traceback(lua_State *outer, lua_State *inner, int level);
/* Remembers the two values on top of L, an error and the traceback of the coroutine that it left; pops the traceback. */
void luahost_note_inner_traceback(lua_State *L);

/* ---- what a VM is opened with; each leaves the stack as it was, called inside a protected call ---- */
void luahost_libraries_open(lua_State *L);
void luahost_print_open(lua_State *L);
void luahost_require_open(lua_State *L);
void luahost_report_open(lua_State *L);
/* What every client has besides its own: each adds some to the table on top of the stack, when one of them is asked for. */
void luahost_sleep_open(lua_State *L);
void luahost_tasks_open(lua_State *L);
void luahost_queue_open(lua_State *L);
void luahost_event_open(lua_State *L);
void luahost_bytes_open(lua_State *L);
void luahost_json_api_open(lua_State *L);
/* What JSON's null prints as. */
void luahost_null_open(lua_State *L);
/* Sets package.loaded for "engineio" and "eio", and the global `eio`. */
void luahost_engineio_open(lua_State *L);

/* ---- libraries.c, which calls the four below for the library on top of the stack ---- */

/* Makes the library what it is, if it is not filled yet. */
void luahost_library_fill(lua_State *L, const char *name);
void luahost_coroutine_open(lua_State *L);
void luahost_stdio_open(lua_State *L);
void luahost_os_open(lua_State *L);
void luahost_random_open(lua_State *L);
void luahost_debug_open(lua_State *L);

/* ---- debug.c ---- */

/* Gives a task's coroutine the hook that the script has set for tasks, or none. */
void luahost_debug_apply(luahost_vm *vm, lua_State *co);
/* Gives the coroutine that runs the script's hook back. */
void luahost_debug_restore(lua_State *L);

/* ---- bytes.c ---- */
void luahost_push_bytes(lua_State *L, const char *data, size_t length);
/* NULL if the value is no bytes object. */
const char *luahost_to_bytes(lua_State *L, int index, size_t *length);

/* ---- client.c ---- */

/* The registry reference of the function that reports errors for this client or any (the `error` handler), or LUA_NOREF. */
int luahost_client_error_handler(luahost_vm *vm, luahost_client *client);
/* Releases all clients' contexts; luahost_vm_destroy calls it before lua_close. */
void luahost_clients_release(luahost_vm *vm);
/* The end of the program is neither to disconnect nor to wait for the clients that ignore signals. */
void luahost_clients_leave_alone(luahost_vm *vm);
/* Disconnects every client that is not left alone. */
void luahost_clients_interrupt(luahost_vm *vm);
/* Starts handlers for queued messages: one, and up to `most` while luahost_may_run allows it. luahost_vm_run calls it
 * between slices. */
void luahost_clients_pump(luahost_vm *vm, int most);
bool luahost_clients_have_messages(const luahost_vm *vm);

#endif
