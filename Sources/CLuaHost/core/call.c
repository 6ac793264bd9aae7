/* Functions of the script that the host calls: an iteration of a virtual user, setup, teardown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/call.h"
#include "core/schedule.h"
#include "core/wait.h"
#include "json/json.h"

struct luahost_call {
    luahost_call *next;
    luahost_task *task;
    uint64_t id;
    char *name;
    char *argument;
    size_t argument_length;
    luahost_buffer result;
    bool wants_result;
    bool exited;
    int exit_status;
};

static void free_call(luahost_call *call) {
    free(call->name);
    free(call->argument);
    luahost_buffer_free(&call->result);
    free(call);
}

void luahost_calls_free(luahost_vm *vm) {
    while (vm->parts.calls != NULL) {
        luahost_call *call = vm->parts.calls;
        vm->parts.calls = call->next;
        free_call(call);
    }
}

/* ---- the slice ---- */

static int returned(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_call *call = luahost_vm_of(L)->current->call;
    if (!call->wants_result || lua_isnil(L, -1)) return 0;
    luahost_json_error error;
    if (luahost_json_encode(L, lua_gettop(L), &call->result, &error)) return 0;
    return luaL_error(L, "%s() did not return valid JSON: %s", call->name, error.message);
}

static void push_argument(lua_State *L, const luahost_call *call) {
    luahost_json_error error = {.message = "it is not UTF-8"};
    bool is_text = luahost_utf8_validate(call->argument, call->argument_length) == call->argument_length;
    if (call->argument_length == 0) {
        lua_pushnil(L);
    } else if (!is_text || !luahost_json_decode(L, call->argument, call->argument_length, &error)) {
        luaL_error(L, "the argument of %s() is not valid JSON: %s", call->name, error.message);
    }
}

static void push_global(lua_State *L, const char *name, size_t length) {
    lua_pushglobaltable(L);
    lua_pushlstring(L, name, length);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

static int run(lua_State *L) {
    const luahost_call *call = luahost_vm_of(L)->current->call;
    push_global(L, call->name, strlen(call->name));
    if (!lua_isfunction(L, -1)) {
        return luaL_error(L, "the script has no global function '%s' (it is a %s)", call->name, luaL_typename(L, -1));
    }
    push_argument(L, call);
    lua_callk(L, 1, 1, 0, returned);
    return returned(L, LUA_OK, 0);
}

/* ---- the end ---- */

static void done(luahost_task *task) {
    luahost_vm *vm = task->vm;
    luahost_call *call = task->call;
    luahost_call **link = &vm->parts.calls;
    while (*link != call) link = &(*link)->next;
    *link = call->next;
    if (luahost_vm_may_resume(vm) && vm->host.call_ended != NULL) {
        luahost_call_outcome outcome = !task->failed ? LUAHOST_CALL_OK
            : task->cancelled                        ? LUAHOST_CALL_CANCELLED
                                                     : LUAHOST_CALL_FAILED;
        luahost_slice result = {NULL, 0};
        char status[16];
        if (call->exited) {
            outcome = LUAHOST_CALL_EXITED;
            result = (luahost_slice){status, (size_t)snprintf(status, sizeof status, "%d", call->exit_status)};
        } else if (outcome == LUAHOST_CALL_OK) {
            result = (luahost_slice){call->result.data, call->result.length};
        }
        vm->host.call_ended(vm->context, call->id, outcome, result);
    }
    free_call(call);
}

int luahost_calls_exit(lua_State *L, int status) {
    luahost_vm *vm = luahost_vm_of(L);
    for (luahost_call *call = vm->parts.calls; call != NULL; call = call->next) {
        if (!call->exited) call->exit_status = status;
        call->exited = true;
        if (call->task != vm->current) luahost_task_cancel(call->task);
    }
    return luahost_end_current(L);
}

/* ---- what the host says ---- */

bool luahost_vm_call(
    luahost_vm *vm, luahost_slice name, luahost_slice argument, bool wants_result, uint64_t call_id) {
    if (!luahost_vm_is_running(vm) || luahost_vm_is_plan(vm)) return false;
    luahost_call *call = luahost_allocate_zeroed(sizeof *call);
    call->id = call_id;
    call->name = luahost_copy(name.data, name.length);
    call->argument = luahost_copy(argument.data, argument.length);
    call->argument_length = argument.length;
    call->wants_result = wants_result;
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_CALL, LUAHOST_NO_EVENT, call->name);
    call->task = task;
    call->next = vm->parts.calls;
    vm->parts.calls = call;
    task->call = call;
    task->on_done = done;
    lua_pushcfunction(task->co, run);
    luahost_task_ready(task, 0);
    return true;
}

void luahost_vm_cancel_call(luahost_vm *vm, uint64_t call_id) {
    for (luahost_call *call = vm->parts.calls; call != NULL; call = call->next) {
        if (call->id != call_id) continue;
        luahost_task_cancel(call->task);
        return;
    }
}

bool luahost_vm_has_function(luahost_vm *vm, luahost_slice name) {
    luahost_enter(vm, vm->L);
    push_global(vm->L, name.data, name.length);
    bool is = lua_isfunction(vm->L, -1);
    lua_pop(vm->L, 1);
    luahost_leave(vm);
    return is;
}

/* The encoder's paths begin with $. */
static void name_path(luahost_buffer *out, luahost_slice name, const char *message) {
    const char *root = strstr(message, " at $");
    if (root == NULL) {
        luahost_buffer_append(out, message, strlen(message));
        return;
    }
    luahost_buffer_append(out, message, (size_t)(root - message) + 4);
    luahost_buffer_append(out, name.data, name.length);
    luahost_buffer_append(out, root + 5, strlen(root + 5));
}

luahost_global luahost_vm_global_json(luahost_vm *vm, luahost_slice name, luahost_slice *json) {
    luahost_buffer *out = &vm->scratch;
    out->length = 0;
    luahost_enter(vm, vm->L);
    push_global(vm->L, name.data, name.length);
    luahost_global result = LUAHOST_GLOBAL_NIL;
    luahost_json_error error;
    if (!lua_isnil(vm->L, -1)) {
        result = LUAHOST_GLOBAL_OK;
        if (!luahost_json_encode(vm->L, lua_gettop(vm->L), out, &error)) {
            result = LUAHOST_GLOBAL_NOT_JSON;
            name_path(out, name, error.message);
        }
    }
    lua_pop(vm->L, 1);
    luahost_leave(vm);
    *json = (luahost_slice){out->data, out->length};
    return result;
}
