/* One Lua VM: made, run and destroyed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/life.h"
#include "core/module.h"
#include "core/plan.h"
#include "core/report.h"
#include "core/schedule.h"
#include "core/timers.h"

/* Slices of ready tasks in one luahost_vm_run, and handlers that start on queued messages after each of them. */
#define RUN_BUDGET 1000
#define PUMP_BUDGET 16

/* Bytes of a message of warn(): no more of it is shown. */
#define WARNING_LIMIT 1024

#define TIMER_SLACK UINT64_C(5000000)

/* The times of SecondLook, which does the same for the network's own timers. */
#define PUNCTUALITY UINT64_C(5000000)
#define TIME_TO_READ UINT64_C(20000000)

/* ---- what Lua needs of its state ---- */

/* gcc has a macro for it, clang a feature. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZES_ADDRESSES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZES_ADDRESSES
#endif
#endif

#ifdef SANITIZES_ADDRESSES
/* So that the sanitizer sees every block. */
static void *resize(luahost_pool *pool, void *block, size_t old_size, size_t size) {
    (void)pool, (void)old_size;
    return realloc(block, size);
}

static void give(luahost_pool *pool, void *block, size_t size) {
    (void)pool, (void)size;
    free(block);
}
#else
static void *resize(luahost_pool *pool, void *block, size_t old_size, size_t size) {
    if (block == NULL) return luahost_pool_take(pool, size);
    if (old_size > LUAHOST_POOL_LIMIT && size > LUAHOST_POOL_LIMIT) return realloc(block, size);
    if (luahost_pool_units(old_size) == luahost_pool_units(size)) return block;
    void *moved = luahost_pool_take(pool, size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, old_size < size ? old_size : size);
    luahost_pool_give(pool, block, old_size);
    return moved;
}

static void give(luahost_pool *pool, void *block, size_t size) {
    if (block != NULL) luahost_pool_give(pool, block, size);
}
#endif

/* Outside of a slice nobody could catch a memory error. */
static void *allocate(void *context, void *block, size_t old_size, size_t size) {
    luahost_vm *vm = context;
    if (block == NULL) old_size = 0;
    if (size == 0) {
        give(&vm->loop->pool, block, old_size);
        vm->memory.used -= old_size;
        return NULL;
    }
    if (size > old_size && vm->memory.is_enforced && vm->options.memory_limit != 0 &&
        vm->memory.used + (size - old_size) > vm->options.memory_limit) {
        return NULL;
    }
    void *moved = resize(&vm->loop->pool, block, old_size, size);
    if (moved == NULL) {
        if (!vm->memory.is_enforced && vm->L != NULL) luahost_out_of_memory();
        return NULL;
    }
    vm->memory.used += size - old_size;
    return moved;
}

/* While Lua closes, finalizers run and the watchdog may stop them. The last block that Lua frees is its main thread,
 * which no signal handler may touch from then on. */
static void *allocate_at_end(void *context, void *block, size_t old_size, size_t size) {
    luahost_vm *vm = context;
    if (size == 0 && block != NULL && block == lua_getextraspace(vm->L)) luahost_leave(vm);
    return allocate(context, block, old_size, size);
}

static int panic(lua_State *L) {
    const char *message = lua_tostring(L, -1);
    fprintf(stderr, "eio-lua: error outside of any protected call: %s\n", message != NULL ? message : "?");
    return 0;
}

static void warn(void *context, const char *message, int to_be_continued) {
    luahost_vm *vm = context;
    luahost_buffer *text = &vm->messages.warning;
    if (text->length == 0 && !to_be_continued && message[0] == '@') {
        if (strcmp(message, "@off") == 0) vm->messages.shows_warnings = false;
        if (strcmp(message, "@on") == 0) vm->messages.shows_warnings = true;
        return;
    }
    size_t length = strlen(message), room = WARNING_LIMIT - text->length;
    luahost_buffer_append(text, message, length < room ? length : room);
    if (to_be_continued) return;
    if (vm->messages.shows_warnings) {
        luahost_log(vm, LUAHOST_WARNING, "Lua warning: %.*s", (int)text->length, text->data);
    }
    luahost_buffer_reset(text, 256);
}

static int open_modules(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->options.ignore_environment) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luahost_error_open(L);
    luahost_report_open(L);
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->set_up != NULL) (*module)->set_up(L);
        lua_settop(L, 0);
    }
    return 0;
}

luahost_vm *luahost_vm_create(
    luahost_loop *loop, const luahost_callbacks *callbacks, void *host, const luahost_vm_options *options) {
    luahost_vm *vm = luahost_allocate_zeroed(sizeof *vm);
    vm->loop = loop;
    luahost_loop_retain(loop);
    vm->host = *callbacks;
    vm->context = host;
    vm->options = *options;
    vm->options.default_url.data = luahost_copy(options->default_url.data, options->default_url.length);
    vm->messages.shows_warnings = options->warnings;
    vm->queue.wake_at = UINT64_MAX;
    vm->L = lua_newstate(allocate, vm);
    if (vm->L == NULL) luahost_out_of_memory();
    *(luahost_vm **)lua_getextraspace(vm->L) = vm;
    lua_atpanic(vm->L, panic);
    lua_setwarnf(vm->L, warn, vm);
    lua_pushcfunction(vm->L, open_modules);
    if (lua_pcall(vm->L, 0, 0, 0) != LUA_OK) {
        const char *message = lua_tostring(vm->L, -1);
        luahost_log(vm, LUAHOST_ERROR, "Lua does not start: %s", message != NULL ? message : "?");
        luahost_vm_destroy(vm);
        return NULL;
    }
    return vm;
}

/* ---- running ---- */

static bool looks_again(luahost_task *task, uint64_t now) {
    if (task->looks == 0 || now - task->deadline <= PUNCTUALITY) return false;
    task->looks--;
    luahost_timer_add(task, now + TIME_TO_READ);
    return true;
}

/* Wakes every task whose deadline is not after `now`. Where the loop was held up, by a slice of this script's or
 * another's, or the process was suspended, a task that has looks left has the loop read its sockets first. */
static void expire_timers(luahost_vm *vm, uint64_t now) {
    luahost_task *task;
    while ((task = luahost_timer_first(vm, now)) != NULL) {
        if (looks_again(task, now)) continue;
        int values = 0;
        if (task->on_timeout != NULL) {
            luahost_enter(vm, task->co);
            values = task->on_timeout(task->co);
            luahost_leave(vm);
        }
        luahost_task_wake(task, values);
    }
}

static void pump(luahost_vm *vm) {
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->pump != NULL) (*module)->pump(vm, PUMP_BUDGET);
    }
}

static void settle(luahost_vm *vm) {
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->settle != NULL) (*module)->settle(vm);
    }
}

/* The tasks first: what they send in their cleanup goes out before the clients are closed. */
static void stop_now(luahost_vm *vm) {
    vm->life.phase = LUAHOST_STOPPED;
    for (luahost_task *task = vm->queue.first; task != NULL; task = task->next) {
        if (task->event != LUAHOST_EVENT_DISCONNECT) task->cancelled = true;
    }
    for (luahost_task *task = vm->tasks.waited; task != NULL; task = task->waited_next) {
        if (task->event != LUAHOST_EVENT_DISCONNECT) luahost_task_cancel(task);
    }
    vm->queue.is_draining = true;
    while (vm->queue.first != NULL && !luahost_vm_is_exiting(vm)) luahost_task_run_next(vm);
    vm->queue.is_draining = false;
    if (luahost_vm_is_exiting(vm)) return;
    luahost_vm_disconnect_all(vm);
    luahost_ask_again(vm);
    luahost_vm_check_finished(vm);
}

void luahost_vm_stop(luahost_vm *vm) {
    if (vm->life.phase > LUAHOST_INTERRUPTED || luahost_vm_is_plan(vm)) return;
    if (vm->queue.is_draining || vm->current != NULL) luahost_vm_stop_soon(vm);
    else stop_now(vm);
}

void luahost_vm_run(luahost_vm *vm) {
    if (vm->queue.is_draining || vm->current != NULL || !luahost_vm_may_resume(vm)) return;
    if (luahost_vm_is_plan(vm)) {
        luahost_plan_run(vm);
        return;
    }
    vm->queue.is_draining = true;
    vm->queue.wake_asked = false;
    uint64_t now = luahost_now();
    /* Also if the host's timer fired a little early: it would not fire again by itself. */
    if (vm->queue.wake_at <= now + TIMER_SLACK) vm->queue.wake_at = UINT64_MAX;
    expire_timers(vm, now);
    /* By turns, so that neither the tasks nor the messages can use up every turn of the loop. */
    int budget = RUN_BUDGET;
    do {
        if (vm->queue.first != NULL) luahost_task_run_next(vm);
        if (vm->clients.pending > 0) pump(vm);
    } while (--budget > 0 && luahost_may_run(vm) && (vm->queue.first != NULL || vm->clients.pending > 0));
    vm->queue.is_draining = false;
    settle(vm);
    if (vm->life.phase == LUAHOST_STOPPING) stop_now(vm);
    if (luahost_vm_is_exiting(vm)) return;
    if (vm->queue.first != NULL || vm->clients.pending > 0) {
        luahost_timer_set_delayed(vm);
        vm->queue.wake_at = now;
        vm->host.wake_at(vm->context, now);
    } else {
        luahost_ask_again(vm);
    }
    luahost_vm_check_finished(vm);
}

size_t luahost_vm_memory(const luahost_vm *vm) {
    return vm->memory.used;
}

/* ---- the end ---- */

/* Every wait raises now, so each task ends in the slice that it gets here. */
static void end_tasks(luahost_vm *vm) {
    for (luahost_task *task = vm->queue.first; task != NULL; task = task->next) task->cancelled = true;
    for (luahost_task *task = vm->tasks.waited; task != NULL; task = task->waited_next) luahost_task_cancel(task);
    while (vm->queue.first != NULL && !luahost_vm_is_exiting(vm)) luahost_task_run_next(vm);
}

void luahost_vm_destroy(luahost_vm *vm) {
    luahost_phase before = vm->life.phase;
    vm->life.phase = luahost_vm_is_exiting(vm) ? LUAHOST_CLOSING_AT_ONCE : LUAHOST_CLOSING;
    if (before == LUAHOST_EXITING_CLEANLY) luahost_tasks_close(vm);
    else if (before < LUAHOST_CLOSING && !luahost_vm_is_plan(vm)) end_tasks(vm);
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->release_objects != NULL) (*module)->release_objects(vm);
    }
    luahost_enter(vm, vm->L);
    lua_setallocf(vm->L, allocate_at_end, vm);
    lua_close(vm->L);
    luahost_tasks_free(vm);
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->free_parts != NULL) (*module)->free_parts(vm);
    }
    free(vm->plan.place);
    luahost_buffer_free(&vm->scratch);
    luahost_buffer_free(&vm->messages.warning);
    free((char *)vm->options.default_url.data);
    luahost_loop_release(vm->loop);
    free(vm);
}
