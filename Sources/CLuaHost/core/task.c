/* Tasks: coroutines of the host's, taken from a pool, run slice by slice. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/hook.h"
#include "core/life.h"
#include "core/module.h"
#include "core/report.h"
#include "core/schedule.h"
#include "core/stack.h"
#include "core/timers.h"

/* Coroutines that are kept for the next handlers. */
#define POOL_LIMIT 1024

/* ---- the pool ---- */

static LUAHOST_COLD void new_coroutine(luahost_vm *vm, luahost_task *task) {
    /* A memory error raised on the main thread would find nobody to catch it. */
    bool enforced = vm->memory.is_enforced;
    vm->memory.is_enforced = false;
    luaL_checkstack(vm->L, 2, NULL);
    task->co = lua_newthread(vm->L);
    luahost_set_mark(task->co, LUAHOST_OF_TASK);
    task->co_ref = luaL_ref(vm->L, LUA_REGISTRYINDEX);
    vm->memory.is_enforced = enforced;
}

static LUAHOST_COLD void grow_pool(luahost_vm *vm) {
    size_t capacity = vm->coroutines.capacity == 0 ? 4 : vm->coroutines.capacity * 2;
    vm->coroutines.idle = luahost_reallocate(vm->coroutines.idle, capacity * sizeof *vm->coroutines.idle);
    vm->coroutines.refs = luahost_reallocate(vm->coroutines.refs, capacity * sizeof *vm->coroutines.refs);
    vm->coroutines.capacity = capacity;
}

/* Takes the coroutine, whose stack is empty, from the task. One that the script knows is left to it: libraries keep
 * things by coroutine, and a later task must not find them. Nor is one used again that has died of an error: if a
 * hook raised it, Lua calls no hook in that coroutine any more, and the watchdog could not stop what runs in it. */
static void give_back(luahost_vm *vm, luahost_task *task) {
    lua_State *co = task->co;
    task->co = NULL;
    if (__builtin_expect(lua_gethook(co) != NULL, 0)) lua_sethook(co, NULL, 0, 0);
    if (__builtin_expect(task->exposed || task->failed || vm->coroutines.count >= POOL_LIMIT, 0)) {
        luahost_set_mark(co, LUAHOST_OF_SCRIPT);
        luaL_unref(vm->L, LUA_REGISTRYINDEX, task->co_ref);
        return;
    }
    if (__builtin_expect(vm->coroutines.count == vm->coroutines.capacity, 0)) grow_pool(vm);
    vm->coroutines.idle[vm->coroutines.count] = co;
    vm->coroutines.refs[vm->coroutines.count++] = task->co_ref;
}

/* Once the tasks are stopped, and until Lua is closed. */
static bool runs_at_the_end(const luahost_vm *vm, luahost_event event) {
    return !luahost_vm_is_closing(vm) && (event == LUAHOST_EVENT_DISCONNECT || event == LUAHOST_EVENT_ERROR);
}

luahost_task *luahost_task_create(luahost_vm *vm, luahost_where_kind kind, luahost_event event, const char *name) {
    luahost_task *task = vm->tasks.free;
    if (__builtin_expect(task != NULL, 1)) {
        vm->tasks.free = task->next;
        task->next = NULL;
    } else {
        task = luahost_allocate_zeroed(sizeof *task);
        task->vm = vm;
        task->registered_ref = task->result_ref = LUA_NOREF;
        task->heap_index = SIZE_MAX;
        task->deadline = task->delay = UINT64_MAX;
    }
    if (__builtin_expect(vm->coroutines.count > 0, 1)) {
        task->co = vm->coroutines.idle[--vm->coroutines.count];
        task->co_ref = vm->coroutines.refs[vm->coroutines.count];
    } else {
        new_coroutine(vm, task);
    }
    if (__builtin_expect(vm->hook.mask != 0, 0)) luahost_hook_apply(vm, task->co);
    task->kind = kind;
    task->event = event;
    task->name = name;
    task->cancelled = __builtin_expect(vm->life.phase >= LUAHOST_STOPPING, 0) && !runs_at_the_end(vm, event);
    task->state = LUAHOST_TASK_READY;
    vm->tasks.count++;
    if (event == LUAHOST_EVENT_DISCONNECT) vm->tasks.disconnect_handlers++;
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
    if (__builtin_expect(task->pace != NULL, 0)) {
        free(task->pace);
        task->pace = NULL;
    }
    task->on_done = task->on_first_wait = NULL;
    task->next = vm->tasks.free;
    vm->tasks.free = task;
}

/* ---- the end of a task ---- */

static void finish(luahost_task *task) {
    luahost_vm *vm = task->vm;
    task->state = LUAHOST_TASK_DONE;
    give_back(vm, task);
    if (__builtin_expect(task->waited, 0)) {
        luahost_timer_remove(task);
        if (task->waited_previous != NULL) task->waited_previous->waited_next = task->waited_next;
        else vm->tasks.waited = task->waited_next;
        if (task->waited_next != NULL) task->waited_next->waited_previous = task->waited_previous;
        task->waited = false;
    }
    luahost_leave(vm);
    vm->tasks.count--;
    bool is_main_failure = false;
    if (__builtin_expect(task->kind == LUAHOST_IN_MAIN, 0)) {
        vm->life.main_done = true;
        is_main_failure = task->failed && !task->cancelled && !luahost_vm_has_prompt(vm);
    } else if (__builtin_expect(task->event == LUAHOST_EVENT_DISCONNECT, 0)) {
        vm->tasks.disconnect_handlers--;
    }
    if (task->on_done != NULL) task->on_done(task);
    while (task->joiners.first != NULL) luahost_task_wake(task->joiners.first, 0);
    luahost_task_release(task);
    /* lua5.4 ends with its script; what is connected is closed in order first. */
    if (__builtin_expect(is_main_failure, 0)) luahost_vm_end(vm);
    if (__builtin_expect(vm->tasks.count == 0 || !luahost_vm_is_running(vm), 0)) luahost_vm_check_finished(vm);
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

bool luahost_was_cancelled(const luahost_task *task) {
    if (!task->cancelled) return false;
    /* A script may turn the cancellation into an error of its own: what the host has ended is not a failure,
     * whatever the script makes of it. */
    bool is_stopped = luahost_vm_is_stopped(task->vm) || luahost_vm_is_closing(task->vm);
    return task->call != NULL || is_stopped || luahost_is_cancelled(task->co, -1);
}

/* The error is on top of the dead coroutine's stack. */
static LUAHOST_COLD void fail(luahost_task *task) {
    luahost_vm *vm = task->vm;
    task->failed = true;
    bool is_end = luahost_vm_is_exiting(vm) || luahost_was_cancelled(task);
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
    if (luahost_vm_is_exiting(vm) && vm->life.phase != LUAHOST_EXITING_CLEANLY) return;
    if (luahost_vm_is_exiting(vm)) lua_sethook(task->co, NULL, 0, 0);
    luahost_reset_coroutine(task->co, NULL);
    lua_settop(task->co, 0);
}

void luahost_task_discard(luahost_task *task) {
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
    if (__builtin_expect(!task->started && (task->cancelled || luahost_vm_is_exiting(vm)), 0)) {
        luahost_task_discard(task);
        return;
    }
    luahost_loop *loop = vm->loop;
    bool is_first = !task->started;
    task->started = true;
    task->state = LUAHOST_TASK_RUNNING;
    luahost_loop_set_running(loop, co);
    if (!luahost_loop_is_inside(loop)) luahost_loop_step(loop);
    vm->current = task;
    vm->slice.is_wait = false;
    vm->slice.cancelled_raises = 0;
    vm->memory.is_enforced = true;
    int results;
    int status = lua_resume(co, NULL, values, &results);
    if (__builtin_expect(loop->report_hook.hooked == co, 0)) luahost_hook_disarm(loop);
    vm->memory.is_enforced = false;
    vm->current = NULL;
    if (__builtin_expect(status == LUA_OK, 1)) {
        if (task->object) keep_results(task, results);
        lua_settop(co, 0);
        finish(task);
    } else if (status == LUA_YIELD && vm->slice.is_wait) {
        luahost_loop_step(loop);
        if (is_first && task->on_first_wait != NULL) {
            void (*on_first_wait)(luahost_task *) = task->on_first_wait;
            task->on_first_wait = NULL;
            on_first_wait(task);
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
    if (!vm->queue.is_draining && luahost_has_timers(vm)) luahost_ask_again(vm);
}

void luahost_task_run_next(luahost_vm *vm) {
    luahost_task *task = vm->queue.first;
    vm->queue.first = task->next;
    if (vm->queue.first != NULL) vm->queue.first->previous = NULL; else vm->queue.last = NULL;
    task->next = task->previous = NULL;
    run_slice(task, task->values);
}

void luahost_tasks_close(luahost_vm *vm) {
    for (luahost_task *task = vm->tasks.waited; task != NULL; task = task->waited_next) {
        luahost_enter(vm, task->co);
        lua_sethook(task->co, NULL, 0, 0);
        luahost_reset_coroutine(task->co, NULL);
        luahost_leave(vm);
    }
}

static void free_task(luahost_task *task) {
    free(task->pace);
    if (task->owns_name) free((char *)task->name);
    free(task);
}

void luahost_tasks_free(luahost_vm *vm) {
    while (vm->queue.first != NULL) {
        luahost_task *task = vm->queue.first;
        vm->queue.first = task->next;
        if (!task->waited) free_task(task);
    }
    while (vm->tasks.waited != NULL) {
        luahost_task *task = vm->tasks.waited;
        vm->tasks.waited = task->waited_next;
        free_task(task);
    }
    while (vm->tasks.free != NULL) {
        luahost_task *task = vm->tasks.free;
        vm->tasks.free = task->next;
        free(task);
    }
    free(vm->timers.heap);
    free(vm->coroutines.idle);
    free(vm->coroutines.refs);
}
