/* One Lua VM: made, run and destroyed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/host.h"
#include "core/loop.h"
#include "core/timers.h"

/* Slices of ready tasks in one luahost_vm_run, and handlers that start on queued messages after each of them. */
#define RUN_BUDGET 1000
#define PUMP_BUDGET 16

/* Bytes of a message of warn(): no more of it is shown. */
#define WARNING_LIMIT 1024

#define TIMER_SLACK UINT64_C(5000000)

uint64_t luahost_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void luahost_out_of_memory(void) {
    fputs("eio-lua: out of memory\n", stderr);
    abort();
}

void luahost_log(luahost_vm *vm, int level, const char *format, ...) {
    if (vm->options.is_plan) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text) length = sizeof text - 1;
    vm->host.log(vm->context, level, false, (luahost_slice){text, (size_t)length});
}

void luahost_call_undisturbed(lua_State *L, int arguments, int results) {
    bool collects = lua_gc(L, LUA_GCISRUNNING) > 0;
    if (collects) lua_gc(L, LUA_GCSTOP);
    int status = lua_pcall(L, arguments, results, 0);
    if (collects) lua_gc(L, LUA_GCRESTART);
    if (status != LUA_OK) lua_error(L);
}

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
/* The sanitizer is to see every block. */
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
        vm->memory_used -= old_size;
        return NULL;
    }
    if (size > old_size && vm->enforce_memory && vm->options.memory_limit != 0 &&
        vm->memory_used + (size - old_size) > vm->options.memory_limit) {
        return NULL;
    }
    void *moved = resize(&vm->loop->pool, block, old_size, size);
    if (moved == NULL) {
        if (!vm->enforce_memory && vm->L != NULL) luahost_out_of_memory();
        return NULL;
    }
    vm->memory_used += size - old_size;
    return moved;
}

/* While Lua closes, finalizers run and the watchdog may stop them. The last block that Lua frees is its main thread, which no signal
 * handler may touch from then on. */
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
    luahost_buffer *text = &vm->warning;
    if (text->length == 0 && !to_be_continued && message[0] == '@') {
        if (strcmp(message, "@off") == 0) vm->options.warnings = false;
        if (strcmp(message, "@on") == 0) vm->options.warnings = true;
        return;
    }
    size_t length = strlen(message), room = WARNING_LIMIT - text->length;
    luahost_buffer_append(text, message, length < room ? length : room);
    if (to_be_continued) return;
    if (vm->options.warnings) luahost_log(vm, LUAHOST_WARNING, "Lua warning: %.*s", (int)text->length, text->data);
    luahost_buffer_reset(text, 256);
}

static int open_libraries(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->options.ignore_environment) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luahost_libraries_open(L);
    luahost_report_open(L);
    luahost_print_open(L);
    luahost_require_open(L);
    luahost_source_open(L);
    luahost_user_open(L);
    luahost_loadtest_open(L);
    luahost_engineio_open(L);
    return 0;
}

luahost_vm *luahost_vm_create(
    luahost_loop *loop, const luahost_callbacks *callbacks, void *host, const luahost_vm_options *options) {
    luahost_vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    vm->loop = loop;
    vm->host = *callbacks;
    vm->context = host;
    vm->options = *options;
    vm->wake_at = UINT64_MAX;
    luahost_loop_retain(loop);
    size_t url_length = options->default_url.length;
    char *url = malloc(url_length + 1);
    if (url == NULL) goto failed;
    if (url_length > 0) memcpy(url, options->default_url.data, url_length);
    url[url_length] = '\0';
    vm->options.default_url.data = url;
    vm->L = lua_newstate(allocate, vm);
    if (vm->L == NULL) goto failed;
    *(luahost_vm **)lua_getextraspace(vm->L) = vm;
    lua_atpanic(vm->L, panic);
    lua_setwarnf(vm->L, warn, vm);
    lua_pushcfunction(vm->L, open_libraries);
    if (lua_pcall(vm->L, 0, 0, 0) != LUA_OK) {
        const char *message = lua_tostring(vm->L, -1);
        luahost_log(vm, LUAHOST_ERROR, "Lua does not start: %s", message != NULL ? message : "?");
        luahost_vm_destroy(vm);
        return NULL;
    }
    return vm;
failed:
    luahost_loop_release(loop);
    free(url);
    free(vm);
    return NULL;
}

/* ---- running ---- */

void luahost_vm_run(luahost_vm *vm) {
    if (vm->draining || vm->current != NULL || vm->exiting || vm->closing) return;
    if (vm->options.is_plan) {
        luahost_plan_run(vm);
        return;
    }
    vm->draining = true;
    vm->wake_asked = false;
    uint64_t now = luahost_now();
    /* Also if the host's timer fired a little early: it would not fire again by itself. */
    if (vm->wake_at <= now + TIMER_SLACK) vm->wake_at = UINT64_MAX;
    luahost_timers_expire(vm, now);
    /* By turns, so that neither the tasks nor the messages can use up every turn of the loop's. */
    int budget = RUN_BUDGET;
    do {
        if (vm->run_first != NULL) luahost_task_run_next(vm);
        luahost_clients_pump(vm, PUMP_BUDGET);
    } while (--budget > 0 && luahost_may_run(vm) && (vm->run_first != NULL || luahost_clients_have_messages(vm)));
    vm->draining = false;
    if (vm->input != NULL) luahost_input_settle(vm);
    if (vm->stop_due) luahost_vm_stop_now(vm);
    if (vm->exiting) return;
    if (vm->run_first != NULL || luahost_clients_have_messages(vm)) {
        vm->wake_at = now;
        vm->host.wake_at(vm->context, now);
    } else {
        luahost_ask_again(vm);
    }
    luahost_vm_check_finished(vm);
}

void luahost_vm_check_finished(luahost_vm *vm) {
    if (vm->finished_told || vm->closing || vm->exiting || vm->draining || vm->current != NULL) return;
    if (vm->open_clients > vm->left_alone) return;
    bool is_idle = vm->task_count == 0 && !luahost_clients_have_messages(vm);
    bool is_over = vm->stopped ? !vm->stop_due && is_idle
        : vm->interrupted      ? vm->farewells == 0
                               : vm->main_done && is_idle && vm->holds == 0;
    if (!is_over) return;
    vm->finished_told = true;
    vm->host.finished(vm->context);
}

void luahost_vm_interrupt(luahost_vm *vm) {
    luahost_clients_leave_alone(vm);
    luahost_vm_end(vm);
}

void luahost_vm_end(luahost_vm *vm) {
    if (vm->interrupted || vm->closing || vm->exiting) return;
    vm->interrupted = true;
    luahost_clients_interrupt(vm);
    luahost_vm_check_finished(vm);
}

void luahost_vm_stop(luahost_vm *vm) {
    if (vm->stopped || vm->closing || vm->exiting || vm->options.is_plan) return;
    vm->stopped = vm->interrupted = true;
    if (vm->draining || vm->current != NULL) {
        vm->stop_due = true;
        luahost_ask_for_run(vm);
    } else {
        luahost_vm_stop_now(vm);
    }
}

bool luahost_vm_is_stopped(const luahost_vm *vm) {
    return vm->stopped;
}

/* The tasks first: what they send in their cleanup goes out before the clients are closed. */
void luahost_vm_stop_now(luahost_vm *vm) {
    vm->stop_due = false;
    for (luahost_task *task = vm->run_first; task != NULL; task = task->next) {
        if (!luahost_is_farewell(task)) task->cancelled = true;
    }
    for (luahost_task *task = vm->waited; task != NULL; task = task->waited_next) {
        if (!luahost_is_farewell(task)) luahost_task_cancel(task);
    }
    vm->draining = true;
    while (vm->run_first != NULL && !vm->exiting) luahost_task_run_next(vm);
    vm->draining = false;
    if (vm->exiting) return;
    luahost_clients_interrupt(vm);
    luahost_ask_again(vm);
    luahost_vm_check_finished(vm);
}

void luahost_vm_resume(luahost_vm *vm) {
    vm->stopped = vm->interrupted = vm->finished_told = false;
}

bool luahost_vm_chunk_returned(const luahost_vm *vm) {
    return vm->main_done && !vm->interrupted && !vm->closing && !vm->exiting;
}

void luahost_vm_hold(luahost_vm *vm) {
    vm->holds++;
}

void luahost_vm_release(luahost_vm *vm) {
    if (--vm->holds == 0) luahost_vm_check_finished(vm);
}

bool luahost_vm_closes_at_exit(const luahost_vm *vm) {
    return vm->closes_at_exit;
}

size_t luahost_vm_error_count(const luahost_vm *vm) {
    return vm->error_count;
}

size_t luahost_vm_memory(const luahost_vm *vm) {
    return vm->memory_used;
}

/* ---- the end ---- */

/* Every wait raises now, so each task ends in the slice that it gets here. */
static void end_tasks(luahost_vm *vm) {
    for (luahost_task *task = vm->run_first; task != NULL; task = task->next) task->cancelled = true;
    for (luahost_task *task = vm->waited; task != NULL; task = task->waited_next) luahost_task_cancel(task);
    while (vm->run_first != NULL && !vm->exiting) luahost_task_run_next(vm);
}

void luahost_vm_destroy(luahost_vm *vm) {
    vm->closing = true;
    if (vm->closes_at_exit) luahost_tasks_close(vm);
    else if (!vm->exiting && !vm->options.is_plan) end_tasks(vm);
    luahost_clients_release(vm);
    luahost_enter(vm, vm->L);
    lua_setallocf(vm->L, allocate_at_end, vm);
    lua_close(vm->L);
    luahost_tasks_free(vm);
    luahost_steps_free(vm);
    luahost_input_free(vm);
    luahost_loadtest_free(vm);
    free(vm->plan_place);
    free(vm->lost_reason);
    free((char *)vm->user.scenario.data);
    luahost_buffer_free(&vm->scratch);
    luahost_buffer_free(&vm->warning);
    free((char *)vm->options.default_url.data);
    luahost_loop_release(vm->loop);
    free(vm);
}
