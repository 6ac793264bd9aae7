/* Tasks: the host's coroutines, which run slice by slice. */
#ifndef LUAHOST_TASK_H
#define LUAHOST_TASK_H

#include <lauxlib.h>
#include <lua.h>

#include "CLuaHost.h"
#include "base/cold.h"

typedef struct luahost_task luahost_task;
typedef struct luahost_call luahost_call;
typedef struct luahost_pace luahost_pace;

/* Tasks that wait for the same thing, longest first. */
typedef struct luahost_wait_queue {
    luahost_task *first, *last;
    /* One of them, the task, is cancelled: returns true if it is to wait for the end of something first; when that has
     * ended, luahost_task_end_wait is called for it. NULL: its wait ends at once. */
    bool (*on_cancel)(struct luahost_wait_queue *queue, luahost_task *task);
    bool awaits_sockets; /* what is waited for may lie in a socket unread */
} luahost_wait_queue;

typedef enum luahost_task_state {
    LUAHOST_TASK_READY,   /* in the run queue, its values on its stack */
    LUAHOST_TASK_RUNNING,
    LUAHOST_TASK_WAITING,
    LUAHOST_TASK_DONE,
} luahost_task_state;

/* The event that a handler was started for. */
typedef enum luahost_event {
    LUAHOST_EVENT_CONNECT,
    LUAHOST_EVENT_MESSAGE,
    LUAHOST_EVENT_DISCONNECT,
    LUAHOST_EVENT_ERROR,
    LUAHOST_EVENT_NAMED, /* one that the server names; the task's name is that */
    LUAHOST_NO_EVENT,    /* the task is not a handler */
} luahost_event;

/* One coroutine of the host: the main chunk, a handler, a background task. Freed when it is done and neither Lua's
 * task object nor anything else refers to it. */
struct luahost_task {
    luahost_vm *vm;
    lua_State *co;             /* from the pool; NULL when done */
    int co_ref;                /* anchors co in the registry */
    luahost_task_state state;
    luahost_where_kind kind;
    luahost_event event;
    int values;                /* READY: how many values on co's stack the next resume takes */
    bool cancelled;            /* sticky: every wait raises */
    bool exposed;              /* coroutine.running() gave co away: not pooled again */
    bool object;               /* a Lua task object refers to this struct */
    bool failed;
    bool started;              /* its first slice has begun */
    bool raise_cancelled;      /* the wait that ends now was ended by cancel() */
    bool waited;               /* is in vm->tasks.waited */
    bool has_left;             /* it has called disconnect() */
    bool owns_name;            /* `name` is to be freed with the struct */
    bool is_delayed;           /* is in vm->timers.delayed */
    const char *name;          /* "message", the function's name, … for reports; or NULL */
    luahost_client *client;    /* of a handler */
    unsigned client_number;    /* of that client */
    luahost_call *call;        /* of LUAHOST_IN_CALL */
    unsigned group;            /* the group of a load test that it is in, see loadtest.h; 0: the root */
    luahost_pace *pace;        /* pace() in a task of its own, freed with it; NULL: not called */
    int registered_ref;        /* LUA_NOREF, or a string "bot.lua:12": where the handler was registered (then it
                                  is the client's) or the task started (then it is the task's) */
    int result_ref;            /* of a task with an object: a table of its results with their number as the field
                                  "n", or its error value */
    luahost_wait_queue joiners;
    /* While it waits: */
    luahost_wait_queue *waits_on;
    luahost_task *previous, *next; /* in that queue, or in the run queue */
    uint64_t ticket;           /* of a queue whose tasks wait for different things: a number of its owner */
    uint64_t deadline;         /* UINT64_MAX: none */
    uint64_t delay;            /* from the end of this run to its deadline, in ns; UINT64_MAX: the deadline is set */
    luahost_task *next_delayed; /* in vm->timers.delayed, while is_delayed */
    uint64_t due;              /* the time of its place in vm->timers; not after the deadline */
    size_t heap_index;         /* of that place; SIZE_MAX: it has none */
    unsigned char looks;       /* how often a deadline that is looked at late may be looked at again */
    lua_KFunction continuation; /* of luahost_park_with; NULL: of luahost_park */
    luahost_task *waited_previous, *waited_next; /* in vm->tasks.waited */
    int (*on_timeout)(lua_State *co); /* pushes what the wait gives at the deadline; NULL: nothing */
    /* Called once, outside of any slice, when `co` is gone and before joiners wake. */
    void (*on_done)(luahost_task *task);
    void (*on_first_wait)(luahost_task *task); /* called once when its first slice ends by waiting; NULL again after */
};

/* A new task with no function yet: push the function and `n` arguments on task->co, then call
 * luahost_task_ready(task, n) or luahost_task_run_now(task, n). `name` is not copied. */
luahost_task *luahost_task_create(luahost_vm *vm, luahost_where_kind kind, luahost_event event, const char *name);
/* Resumes at once if no slice runs, else the task is put into the run queue. */
void luahost_task_run_now(luahost_task *task, int values);
/* Ends a task whose first slice has not begun, and does not run it. */
LUAHOST_COLD void luahost_task_discard(luahost_task *task);
/* One slice of the task at the head of the run queue, which is not empty. */
void luahost_task_run_next(luahost_vm *vm);
/* Frees the struct if it is done and nothing refers to it. */
void luahost_task_release(luahost_task *task);
/* The task has ended because of its cancellation, not by an error of its own. */
bool luahost_was_cancelled(const luahost_task *task);
/* After os.exit(status, true): closes what the tasks have to close, without going on with them. */
void luahost_tasks_close(luahost_vm *vm);
/* Frees all tasks, the pool and the timers; Lua is closed. */
void luahost_tasks_free(luahost_vm *vm);

#endif
