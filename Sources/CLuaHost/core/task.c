/* Tasks: coroutines of the host's, taken from a pool, run slice by slice. */
#include <stdlib.h>
#include <string.h>

#include "core/hook.h"
#include "core/host.h"
#include "core/loop.h"
#include "core/timers.h"

/* Coroutines that are kept for the next handlers. */
#define POOL_LIMIT 1024

int luahost_reset_coroutine(lua_State *co, lua_State *from) {
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread(co, from);
#else
    (void)from;
    return lua_resetthread(co);
#endif
}

void luahost_enter(luahost_vm *vm, lua_State *L) {
    if (luahost_loop_is_inside(vm->loop)) return;
    luahost_loop_set_running(vm->loop, L);
    luahost_loop_step(vm->loop);
}

void luahost_leave(luahost_vm *vm) {
    if (vm->current != NULL || !luahost_loop_is_inside(vm->loop)) return;
    luahost_loop_step(vm->loop);
}

/* ---- the pool ---- */

static void new_coroutine(luahost_vm *vm, luahost_task *task) {
    /* A memory error raised on the main thread would find nobody to catch it. */
    bool enforced = vm->enforce_memory;
    vm->enforce_memory = false;
    luaL_checkstack(vm->L, 2, NULL);
    task->co = lua_newthread(vm->L);
    luahost_set_mark(task->co, LUAHOST_OF_TASK);
    task->co_ref = luaL_ref(vm->L, LUA_REGISTRYINDEX);
    vm->enforce_memory = enforced;
}

static void grow_pool(luahost_vm *vm) {
    size_t capacity = vm->pool_capacity == 0 ? 4 : vm->pool_capacity * 2;
    lua_State **pool = realloc(vm->pool, capacity * sizeof *pool);
    if (pool == NULL) luahost_out_of_memory();
    vm->pool = pool;
    int *refs = realloc(vm->pool_refs, capacity * sizeof *refs);
    if (refs == NULL) luahost_out_of_memory();
    vm->pool_refs = refs;
    vm->pool_capacity = capacity;
}

/* Takes the coroutine, whose stack is empty, from the task. One that the script knows is left to it: libraries keep things
 * by coroutine, and a later task must not find them. Nor is one used again that has died of an error: if a hook raised it, Lua
 * calls no hook in that coroutine any more, and the watchdog could not stop what runs in it. */
static void give_back(luahost_vm *vm, luahost_task *task) {
    lua_State *co = task->co;
    task->co = NULL;
    if (__builtin_expect(lua_gethook(co) != NULL, 0)) lua_sethook(co, NULL, 0, 0);
    if (__builtin_expect(task->exposed || task->failed || vm->pool_count >= POOL_LIMIT, 0)) {
        luahost_set_mark(co, LUAHOST_OF_SCRIPT);
        luaL_unref(vm->L, LUA_REGISTRYINDEX, task->co_ref);
        return;
    }
    if (__builtin_expect(vm->pool_count == vm->pool_capacity, 0)) grow_pool(vm);
    vm->pool[vm->pool_count] = co;
    vm->pool_refs[vm->pool_count++] = task->co_ref;
}

bool luahost_is_farewell(const luahost_task *task) {
    return task->kind == LUAHOST_IN_HANDLER && task->name[0] == 'd' && strcmp(task->name, "disconnect") == 0;
}

static bool is_error_handler(const luahost_task *task) {
    return task->kind == LUAHOST_IN_HANDLER && strcmp(task->name, "error") == 0;
}

luahost_task *luahost_task_create(luahost_vm *vm, luahost_where_kind kind, const char *name) {
    luahost_task *task = vm->free_tasks;
    if (__builtin_expect(task != NULL, 1)) {
        vm->free_tasks = task->next;
        task->next = NULL;
    } else {
        task = calloc(1, sizeof *task);
        if (task == NULL) luahost_out_of_memory();
        task->vm = vm;
        task->registered_ref = task->result_ref = LUA_NOREF;
        task->heap_index = SIZE_MAX;
        task->deadline = UINT64_MAX;
    }
    if (__builtin_expect(vm->pool_count > 0, 1)) {
        task->co = vm->pool[--vm->pool_count];
        task->co_ref = vm->pool_refs[vm->pool_count];
    } else {
        new_coroutine(vm, task);
    }
    if (__builtin_expect(vm->hook_mask != 0, 0)) luahost_debug_apply(vm, task->co);
    task->kind = kind;
    task->name = name;
    bool is_farewell = luahost_is_farewell(task);
    task->cancelled = vm->closing || (vm->stopped && !is_farewell && !is_error_handler(task));
    task->state = LUAHOST_TASK_READY;
    vm->task_count++;
    if (is_farewell) vm->farewells++;
    if (vm->current == NULL) luahost_enter(vm, task->co);
    return task;
}

void luahost_task_release(luahost_task *task) {
    luahost_vm *vm = task->vm;
    if (task->state != LUAHOST_TASK_DONE || task->object) return;
    if (__builtin_expect(task->kind == LUAHOST_IN_TASK || task->result_ref != LUA_NOREF, 0)) {
        luaL_unref(vm->L, LUA_REGISTRYINDEX, task->result_ref);
        if (task->kind == LUAHOST_IN_TASK) luaL_unref(vm->L, LUA_REGISTRYINDEX, task->registered_ref);
        if (task->owns_name) free((char *)task->name);
    }
    task->result_ref = task->registered_ref = LUA_NOREF;
    task->exposed = task->has_left = task->failed = task->started = task->raise_cancelled = task->owns_name = false;
    task->client = NULL;
    task->call = NULL;
    task->group = 0;
    if (__builtin_expect(task->pace != NULL, 0)) luahost_pace_free(task);
    task->on_done = task->on_first_wait = NULL;
    task->next = vm->free_tasks;
    vm->free_tasks = task;
}

/* ---- the run queue ---- */

void luahost_ask_for_run(luahost_vm *vm) {
    if (vm->draining || vm->wake_asked || vm->exiting || vm->closing) return;
    vm->wake_asked = true;
    vm->host.wake(vm->context);
}

void luahost_task_ready(luahost_task *task, int values) {
    luahost_vm *vm = task->vm;
    luahost_leave(vm);
    task->state = LUAHOST_TASK_READY;
    task->values = values;
    task->next = NULL;
    task->previous = vm->run_last;
    if (vm->run_last != NULL) vm->run_last->next = task; else vm->run_first = task;
    vm->run_last = task;
    luahost_ask_for_run(vm);
}

static void stop_waiting(luahost_task *task) {
    luahost_timer_remove(task);
    luahost_list *list = task->waits_on;
    if (list == NULL) return;
    if (task->previous != NULL) task->previous->next = task->next; else list->first = task->next;
    if (task->next != NULL) task->next->previous = task->previous; else list->last = task->previous;
    task->waits_on = NULL;
}

void luahost_task_wake(luahost_task *task, int values) {
    if (task->state != LUAHOST_TASK_WAITING) return;
    stop_waiting(task);
    luahost_task_ready(task, values);
}

void luahost_task_cancel(luahost_task *task) {
    if (task->state == LUAHOST_TASK_DONE) return;
    task->cancelled = true;
    /* What a wait has already been given is not lost: then the next wait raises. */
    if (task->state != LUAHOST_TASK_WAITING) return;
    luahost_list *list = task->waits_on;
    if (list != NULL && list->on_cancel != NULL && !task->vm->closing && list->on_cancel(list)) return;
    luahost_task_end_wait(task);
}

void luahost_task_end_wait(luahost_task *task) {
    task->cancelled = task->raise_cancelled = true;
    luahost_task_wake(task, 0);
}

bool luahost_may_run(luahost_vm *vm) {
    return vm->current == NULL && !vm->exiting && !vm->closing &&
        vm->loop->turn_tick == atomic_load_explicit(&luahost_tick, memory_order_relaxed);
}

void luahost_ask_again(luahost_vm *vm) {
    if (vm->exiting || vm->closing || vm->timer_count == 0) return;
    uint64_t deadline = vm->timers[0]->deadline;
    if (deadline >= vm->wake_at) return;
    vm->wake_at = deadline;
    vm->host.wake_at(vm->context, deadline);
}

/* ---- the end of a task ---- */

static void finish(luahost_task *task) {
    luahost_vm *vm = task->vm;
    task->state = LUAHOST_TASK_DONE;
    give_back(vm, task);
    if (task->waited) {
        if (task->waited_previous != NULL) task->waited_previous->waited_next = task->waited_next;
        else vm->waited = task->waited_next;
        if (task->waited_next != NULL) task->waited_next->waited_previous = task->waited_previous;
        task->waited = false;
    }
    luahost_leave(vm);
    vm->task_count--;
    bool is_main_failure = false;
    if (task->kind == LUAHOST_IN_MAIN) {
        vm->main_done = true;
        is_main_failure = task->failed && !task->cancelled;
    } else if (luahost_is_farewell(task)) {
        vm->farewells--;
    }
    if (task->on_done != NULL) task->on_done(task);
    while (task->joiners.first != NULL) luahost_task_wake(task->joiners.first, 0);
    luahost_task_release(task);
    /* lua5.4 ends with its script; what is connected is closed in order first. */
    if (is_main_failure && !vm->closing) luahost_vm_end(vm);
    if (vm->task_count == 0 || vm->interrupted) luahost_vm_check_finished(vm);
}

static void keep_results(luahost_task *task, int count) {
    lua_State *co = task->co;
    luaL_checkstack(co, 3, NULL);
    lua_createtable(co, count, 1);
    lua_insert(co, -count - 1);
    int table = lua_gettop(co) - count;
    for (int index = count; index > 0; index--) lua_rawseti(co, table, index);
    lua_pushinteger(co, count);
    lua_setfield(co, table, "n");
    task->result_ref = luaL_ref(co, LUA_REGISTRYINDEX);
}

/* The error is on top of the dead coroutine's stack. */
static void fail(luahost_task *task) {
    luahost_vm *vm = task->vm;
    task->failed = true;
    bool is_end = vm->exiting || luahost_was_cancelled(task);
    bool is_joined = task->joiners.first != NULL;
    if (!is_end && !is_joined) luahost_report_failure(task);
    luahost_enter(vm, task->co);
    if (task->object) {
        luaL_checkstack(vm->L, 4, NULL);
        lua_xmove(task->co, vm->L, 1);
        lua_pushvalue(vm->L, -1);
        task->result_ref = luaL_ref(vm->L, LUA_REGISTRYINDEX);
        lua_xmove(vm->L, task->co, 1);
    }
    /* After os.exit not even a <close> variable runs, unless it was to close the state. */
    if (vm->exiting && !vm->closes_at_exit) return;
    if (vm->exiting) lua_sethook(task->co, NULL, 0, 0);
    luahost_reset_coroutine(task->co, NULL);
    lua_settop(task->co, 0);
}

/* It was cancelled before its first slice. */
static void discard(luahost_task *task) {
    task->failed = true;
    lua_settop(task->co, 0);
    if (task->object) {
        luahost_push_cancelled(task->co);
        task->result_ref = luaL_ref(task->co, LUA_REGISTRYINDEX);
    }
    finish(task);
}

/* ---- slices ---- */

static void run_slice(luahost_task *task, int values) {
    luahost_vm *vm = task->vm;
    lua_State *co = task->co;
    if (__builtin_expect(!task->started && (task->cancelled || vm->exiting), 0)) {
        discard(task);
        return;
    }
    luahost_loop *loop = vm->loop;
    bool is_first = !task->started;
    task->started = true;
    task->state = LUAHOST_TASK_RUNNING;
    luahost_loop_set_running(loop, co);
    if (!luahost_loop_is_inside(loop)) luahost_loop_step(loop);
    vm->current = task;
    vm->host_yield = false;
    vm->cancelled_raises = 0;
    vm->enforce_memory = true;
    int results;
    int status = lua_resume(co, NULL, values, &results);
    if (__builtin_expect(loop->hooked == co, 0)) luahost_hook_disarm(loop);
    vm->enforce_memory = false;
    vm->current = NULL;
    if (__builtin_expect(status == LUA_OK, 1)) {
        if (task->object) keep_results(task, results);
        lua_settop(co, 0);
        finish(task);
    } else if (status == LUA_YIELD && vm->host_yield) {
        luahost_loop_step(loop);
        if (is_first && task->on_first_wait != NULL) {
            void (*tell)(luahost_task *) = task->on_first_wait;
            task->on_first_wait = NULL;
            tell(task);
        }
    } else {
        if (status == LUA_YIELD) lua_pushliteral(co, "a C module has yielded outside of any coroutine of the script's");
        fail(task);
        finish(task);
    }
}

void luahost_task_run_now(luahost_task *task, int values) {
    luahost_vm *vm = task->vm;
    if (vm->current != NULL) {
        luahost_task_ready(task, values);
        return;
    }
    run_slice(task, values);
    if (!vm->draining) luahost_ask_again(vm);
}

void luahost_task_run_next(luahost_vm *vm) {
    luahost_task *task = vm->run_first;
    vm->run_first = task->next;
    if (vm->run_first != NULL) vm->run_first->previous = NULL; else vm->run_last = NULL;
    task->next = task->previous = NULL;
    run_slice(task, task->values);
}

void luahost_tasks_close(luahost_vm *vm) {
    for (luahost_task *task = vm->waited; task != NULL; task = task->waited_next) {
        luahost_enter(vm, task->co);
        lua_sethook(task->co, NULL, 0, 0);
        luahost_reset_coroutine(task->co, NULL);
        luahost_leave(vm);
    }
}

static void free_task(luahost_task *task) {
    luahost_pace_free(task);
    if (task->owns_name) free((char *)task->name);
    free(task);
}

void luahost_tasks_free(luahost_vm *vm) {
    while (vm->run_first != NULL) {
        luahost_task *task = vm->run_first;
        vm->run_first = task->next;
        if (!task->waited) free_task(task);
    }
    while (vm->waited != NULL) {
        luahost_task *task = vm->waited;
        vm->waited = task->waited_next;
        free_task(task);
    }
    while (vm->free_tasks != NULL) {
        luahost_task *task = vm->free_tasks;
        vm->free_tasks = task->next;
        free(task);
    }
    luahost_calls_free(vm);
    free(vm->timers);
    free(vm->pool);
    free(vm->pool_refs);
}
