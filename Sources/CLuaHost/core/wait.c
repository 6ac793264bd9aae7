/* How a C function that Lua called waits: by yielding its task, through whatever coroutines of the script's are in
 * between. */
#include <string.h>

#include "core/error.h"
#include "core/hook.h"
#include "core/plan.h"
#include "core/timers.h"
#include "core/wait.h"

/* C functions that a wait can go through, so that they are never what is in the way. */
static const char *const transparent[] = {
    "pcall", "xpcall", "dofile", "require", "coroutine.resume", "error", "assert",
};

/* Pushes the name ("table.sort") under which package.loaded has the function on top of L's stack, which it replaces;
 * or nil. */
static void name_function(lua_State *L) {
    int function = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    int loaded = function + 1;
    lua_pushnil(L);
    while (lua_next(L, loaded)) {
        if (lua_type(L, -2) == LUA_TSTRING && lua_istable(L, -1)) {
            lua_pushnil(L);
            while (lua_next(L, -2)) {
                if (lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, function)) {
                    const char *module = lua_tostring(L, loaded + 1), *name = lua_tostring(L, -2);
                    if (strcmp(module, LUA_GNAME) == 0) lua_pushstring(L, name);
                    else lua_pushfstring(L, "%s.%s", module, name);
                    lua_replace(L, function);
                    lua_settop(L, function);
                    return;
                }
                lua_pop(L, 1);
            }
        }
        lua_pop(L, 1);
    }
    lua_settop(L, function);
    lua_pushnil(L);
    lua_replace(L, function);
}

/* Pushes on L what is in the way on the coroutine's stack, and tells whether there is anything. */
static bool push_obstacle(lua_State *L, lua_State *of, int level) {
    lua_Debug ar;
    for (; lua_getstack(of, level, &ar); level++) {
        lua_getinfo(of, "nS", &ar);
        if (strcmp(ar.namewhat, "metamethod") == 0 && ar.name != NULL && strstr(ar.name, "gc") != NULL) {
            lua_pushliteral(L, "a finalizer (__gc)");
            return true;
        }
        if (ar.what[0] != 'C') continue;
        if (!lua_checkstack(of, 1)) return false;
        lua_getinfo(of, "f", &ar);
        if (of != L) lua_xmove(of, L, 1);
        /* The function that coroutine.wrap returns has its coroutine as an upvalue, and a wait can go through it. */
        bool is_wrap = lua_getupvalue(L, -1, 1) != NULL;
        if (is_wrap) {
            is_wrap = lua_isthread(L, -1);
            lua_pop(L, 1);
        }
        name_function(L);
        const char *name = lua_tostring(L, -1);
        bool is_transparent = is_wrap;
        for (size_t index = 0; name != NULL && index < sizeof transparent / sizeof *transparent; index++) {
            if (strcmp(name, transparent[index]) == 0) is_transparent = true;
        }
        if (!is_transparent) {
            if (name == NULL) lua_pushfstring(L, "the C function '%s'", ar.name != NULL ? ar.name : "?");
            else lua_pushfstring(L, "'%s'", name);
            return true;
        }
        lua_pop(L, 1);
    }
    return false;
}

int luahost_raise_cannot_wait(lua_State *L, const char *what) {
    luahost_vm *vm = luahost_vm_of(L);
    luahost_loop *loop = vm->loop;
    luaL_checkstack(L, 10, NULL);
    if (luahost_vm_is_closing(vm)) luaL_error(L, "%s cannot wait: the script is ending", what);
    bool found = push_obstacle(L, L, 1);
    for (size_t index = loop->depth; !found && index-- > 0;) found = push_obstacle(L, loop->resumers[index], 0);
    if (!found) lua_pushliteral(L, "code that is not part of a task");
    return luaL_error(L, "%s cannot wait here, inside %s", what, lua_tostring(L, -1));
}

static void raise_cancelled(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    /* A loop around pcall(eio.sleep, 1) would never end. */
    if (++vm->slice.cancelled_raises > 100) luahost_loop_unwind(vm->loop, L);
    luahost_push_cancelled(L);
    lua_error(L);
}

bool luahost_can_wait(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    luahost_loop *loop = vm->loop;
    /* Another coroutine than the one that runs: a C module has resumed it, and would take the yield for its own. */
    if (vm->current == NULL || luahost_loop_running(loop) != L || !lua_isyieldable(L)) return false;
    for (size_t index = 0; index < loop->depth; index++) {
        if (!lua_isyieldable(loop->resumers[index])) return false;
    }
    return true;
}

void luahost_check_wait(lua_State *L, const char *what) {
    if (!luahost_can_wait(L)) luahost_raise_cannot_wait(L, what);
    if (luahost_vm_of(L)->current->cancelled) raise_cancelled(L);
}

/* The task may have been woken for its end, and else has the continuation that its wait was given. */
static int go_on(lua_State *L, int status, lua_KContext top) {
    luahost_task *task = luahost_vm_of(L)->current;
    if (task->raise_cancelled) {
        task->raise_cancelled = false;
        raise_cancelled(L);
    }
    lua_KFunction continuation = task->continuation;
    if (continuation != NULL) return continuation(L, status, top);
    return lua_gettop(L) - (int)top;
}

static void append(luahost_wait_queue *queue, luahost_task *task) {
    task->previous = queue->last;
    task->next = NULL;
    if (queue->last != NULL) queue->last->next = task; else queue->first = task;
    queue->last = task;
}

static void prepend(luahost_wait_queue *queue, luahost_task *task) {
    task->previous = NULL;
    task->next = queue->first;
    if (queue->first != NULL) queue->first->previous = task; else queue->last = task;
    queue->first = task;
}

int luahost_end_current(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->current != NULL) {
        vm->current->cancelled = true;
        luahost_loop_unwind(vm->loop, L);
    }
    luahost_push_cancelled(L);
    return lua_error(L);
}

static void wait_for(
    luahost_task *task, luahost_wait_queue *queue, int (*on_timeout)(lua_State *co), lua_KFunction k) {
    luahost_vm *vm = task->vm;
    task->state = LUAHOST_TASK_WAITING;
    task->on_timeout = on_timeout;
    task->continuation = k;
    task->waits_on = queue;
    if (!task->waited) {
        task->waited = true;
        task->waited_previous = NULL;
        task->waited_next = vm->tasks.waited;
        if (vm->tasks.waited != NULL) vm->tasks.waited->waited_previous = task;
        vm->tasks.waited = task;
    }
}

static int yield_to_host(lua_State *L, luahost_wait_queue *queue, int (*on_timeout)(lua_State *co), lua_KFunction k) {
    luahost_vm *vm = luahost_vm_of(L);
    wait_for(vm->current, queue, on_timeout, k);
    vm->slice.is_wait = true;
    return lua_yieldk(L, 0, lua_gettop(L), go_on);
}

/* Puts the task into the queue, and sets its deadline. */
static inline void begin_wait(luahost_task *task, luahost_wait_queue *queue, double seconds) {
    if (queue != NULL) append(queue, task);
    bool awaits_sockets = queue != NULL && queue->awaits_sockets && seconds > 0;
    task->looks = awaits_sockets ? LUAHOST_SECOND_LOOKS : 0;
    /* Longer than centuries: a wait without a deadline. */
    if (!(seconds >= 0 && seconds < 9e9)) return;
    uint64_t delay = (uint64_t)(int64_t)(seconds * 1e9);
    /* Nothing can come by a socket while the run goes on. */
    if (awaits_sockets) luahost_timer_add_later(task, delay);
    else luahost_timer_add(task, luahost_now() + delay);
}

void luahost_task_park(
    luahost_task *task, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co)) {
    begin_wait(task, queue, seconds);
    wait_for(task, queue, on_timeout, NULL);
}

int luahost_park_checked_with(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what,
    lua_KFunction k) {
    if (luahost_vm_is_plan(luahost_vm_of(L))) return luahost_plan_wait(L, what);
    begin_wait(luahost_vm_of(L)->current, queue, seconds);
    return yield_to_host(L, queue, on_timeout, k);
}

int luahost_park_with(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what,
    lua_KFunction k) {
    luahost_check_wait(L, what);
    return luahost_park_checked_with(L, queue, seconds, on_timeout, what, k);
}

int luahost_park_first_with(lua_State *L, luahost_wait_queue *queue, const char *what, lua_KFunction k) {
    luahost_check_wait(L, what);
    prepend(queue, luahost_vm_of(L)->current);
    return yield_to_host(L, queue, NULL, k);
}

int luahost_plan_wait(lua_State *L, const char *what) {
    luahost_plan_note_wait(L, what);
    return yield_to_host(L, NULL, NULL, NULL);
}

int luahost_stop_here(lua_State *L) {
    if (luahost_can_wait(L)) return yield_to_host(L, NULL, NULL, NULL);
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->current != NULL) luahost_loop_unwind(vm->loop, L);
    luahost_push_cancelled(L);
    return lua_error(L);
}

int luahost_park(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what) {
    return luahost_park_with(L, queue, seconds, on_timeout, what, NULL);
}

int luahost_timeout_nil(lua_State *co) {
    lua_pushnil(co);
    lua_pushliteral(co, "timeout");
    return 2;
}
