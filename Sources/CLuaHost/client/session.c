/* The events of a client's session, and the tasks that wait for them. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "core/error.h"
#include "core/life.h"
#include "core/report.h"

/* ---- waking ---- */

/* Pushing on another task's stack must not raise: the error would not be that task's. */
static bool begin_push(luahost_vm *vm, luahost_task *task) {
    bool enforced = vm->memory.is_enforced;
    vm->memory.is_enforced = false;
    luahost_enter(vm, task->co);
    return enforced;
}

static void wake(luahost_task *task, int values, bool enforced) {
    task->vm->memory.is_enforced = enforced;
    luahost_task_wake(task, values);
}

static void push_reason(lua_State *L, const luahost_client *client) {
    luahost_client_push(L, client, LUAHOST_UV_REASON);
    if (lua_type(L, -1) == LUA_TSTRING) return;
    lua_pop(L, 1);
    lua_pushliteral(L, "not connected");
}

/* The script may have given either a metatable: none of its metamethods is to run here, where an error would find
 * nobody. */
static void set_detail_field(lua_State *L, int error, int detail, const char *name) {
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, detail);
    lua_rawset(L, error);
}

/* connect() has not returned and the session is over. */
static void push_closed_error(lua_State *L, const luahost_client *client, bool was_open) {
    push_reason(L, client);
    luahost_client_push(L, client, LUAHOST_UV_BASE_URL);
    lua_pushfstring(L, "Closed before connect() returned: %s (%s)", lua_tostring(L, -2), lua_tostring(L, -1));
    lua_remove(L, -2);
    luahost_error error = {.type = {"ConnectionError", 15}, .phase = {"open", 4}, .code = -1};
    if (was_open) error.phase = (luahost_slice){"probe", 5};
    error.message.data = lua_tolstring(L, -1, &error.message.length);
    luahost_push_error(L, &error, false);
    lua_replace(L, -3);
    lua_pop(L, 1);
    luahost_client_push(L, client, LUAHOST_UV_DETAIL);
    int detail = lua_gettop(L);
    if (lua_istable(L, detail)) {
        set_detail_field(L, detail - 1, detail, "cause");
        set_detail_field(L, detail - 1, detail, "status");
        set_detail_field(L, detail - 1, detail, "code");
    }
    lua_pop(L, 1);
}

static void wake_all(luahost_client *client, bool was_open) {
    luahost_vm *vm = client->vm;
    luahost_task *task;
    while ((task = client->waits.connect.first) != NULL) {
        if (!luahost_vm_is_running(vm) || task->cancelled) {
            luahost_task_end_wait(task);
            continue;
        }
        bool enforced = begin_push(vm, task);
        lua_pushboolean(task->co, client->has_left);
        if (!client->has_left) push_closed_error(task->co, client, was_open);
        wake(task, client->has_left ? 1 : 2, enforced);
    }
    while ((task = client->waits.receive.first) != NULL) {
        bool enforced = begin_push(vm, task);
        lua_pushnil(task->co);
        push_reason(task->co, client);
        wake(task, 2, enforced);
    }
    while ((task = client->waits.send.first) != NULL) {
        bool enforced = begin_push(vm, task);
        lua_pushboolean(task->co, false);
        lua_pushliteral(task->co, "not connected");
        wake(task, 2, enforced);
    }
    luahost_client_drained(client);
    while ((task = client->waits.disconnect.first) != NULL) {
        bool enforced = begin_push(vm, task);
        lua_pushboolean(task->co, client->session.unwritten == 0);
        if (client->session.unwritten > 0) lua_pushinteger(task->co, (lua_Integer)client->session.unwritten);
        wake(task, client->session.unwritten > 0 ? 2 : 1, enforced);
    }
    while (client->waits.wait.first != NULL) luahost_task_wake(client->waits.wait.first, 0);
}

void luahost_client_reset(luahost_client *client) {
    if (client->state == LUAHOST_DISCONNECTED) return;
    luahost_vm *vm = client->vm;
    bool was_open = client->state != LUAHOST_CONNECTING;
    client->state = LUAHOST_DISCONNECTED;
    luahost_mailbox_resume(client);
    lua_pushnil(vm->L);
    luahost_client_store(client, LUAHOST_UV_SID);
    wake_all(client, was_open);
    lua_pushnil(vm->L);
    luahost_client_store(client, LUAHOST_UV_DETAIL);
    vm->clients.in_session--;
    if (client->at_signal == LUAHOST_LEFT_ALONE) {
        vm->clients.left_alone--;
        client->at_signal = LUAHOST_IGNORES_SIGNALS;
    }
    bool was_last = client->has_left && vm->clients.in_session == 0;
    if (was_last && vm->host.disconnected != NULL) vm->host.disconnected(vm->context);
    luahost_client_unhold(client);
    luahost_vm_check_finished(vm);
}

/* ---- the beginning ---- */

static void store_slice(luahost_client *client, luahost_slice slice, int user_value) {
    lua_pushlstring(client->vm->L, slice.data, slice.length);
    luahost_client_store(client, user_value);
}

void luahost_client_keep_info(luahost_client *client, const luahost_session_info *info) {
    lua_State *L = client->vm->L;
    luahost_enter(client->vm, L);
    store_slice(client, info->sid, LUAHOST_UV_SID);
    store_slice(client, info->base_url, LUAHOST_UV_BASE_URL);
    lua_createtable(L, (int)info->upgrade_count, 0);
    for (size_t index = 0; index < info->upgrade_count; index++) {
        lua_pushlstring(L, info->upgrades[index].data, info->upgrades[index].length);
        lua_rawseti(L, -2, (lua_Integer)index + 1);
    }
    luahost_client_store(client, LUAHOST_UV_UPGRADES);
    lua_pushnil(L);
    luahost_client_store(client, LUAHOST_UV_REASON);
    luahost_leave(client->vm);
    client->session.ping_interval = info->ping_interval;
    client->session.ping_timeout = info->ping_timeout;
    client->session.transport = info->transport;
}

/* The message handler of the call below: an error that connect() does not raise needs its traceback. */
static int connect_handler_error(lua_State *L) {
    const luahost_client *client = luahost_vm_of(L)->current->client;
    if (client->opening == LUAHOST_OPENING) return 1;
    luahost_push_inner_traceback(L, L, 1);
    luahost_note_inner_traceback(L);
    return 1;
}

static int connect_handler_done(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) return 0;
    luahost_vm *vm = luahost_vm_of(L);
    luahost_client *client = vm->current->client;
    if (client->opening != LUAHOST_OPENING) return lua_error(L);
    luahost_push_error_text(L, -1);
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    vm->scratch.length = 0;
    luahost_buffer_append(&vm->scratch, text, length);
    client->opening = LUAHOST_OPENING_FAILED;
    return 0;
}

/* Nobody wants the session that is being made: the end of the attempt ends the wait of the task in connect(). */
static void abandon(luahost_client *client) {
    if (client->state == LUAHOST_CONNECTED) client->state = LUAHOST_DISCONNECTING;
    client->vm->host.client_disconnect(client->context, -1, true);
}

bool luahost_connect_cancelled(luahost_wait_queue *queue, luahost_task *task) {
    (void)task;
    luahost_client *client = (luahost_client *)((char *)queue - offsetof(luahost_client, waits.connect));
    if (client->state != LUAHOST_CONNECTING && client->state != LUAHOST_CONNECTED) return false;
    /* An error that the handler may still raise ends the attempt, too. */
    if (client->opening == LUAHOST_NOT_OPENING) abandon(client);
    return true;
}

int luahost_call_connect_handler(lua_State *L) {
    lua_pushcfunction(L, connect_handler_error);
    lua_insert(L, 1);
    return connect_handler_done(L, lua_pcallk(L, lua_gettop(L) - 2, 0, 1, 0, connect_handler_done), 0);
}

/* Returns whether it has failed. */
static bool run_connect_handler(luahost_client *client) {
    luahost_task *task = luahost_handler_task(client, LUAHOST_EVENT_CONNECT);
    if (task == NULL) return false;
    lua_pushcfunction(task->co, luahost_call_connect_handler);
    lua_insert(task->co, -2);
    client->opening = LUAHOST_OPENING;
    luahost_task_run_now(task, 1);
    bool has_failed = client->opening == LUAHOST_OPENING_FAILED;
    client->opening = LUAHOST_NOT_OPENING;
    return has_failed;
}

luahost_handler_outcome luahost_client_opened(
    luahost_client *client, const luahost_session_info *info, luahost_slice *message) {
    luahost_client_keep_info(client, info);
    client->state = LUAHOST_CONNECTED;
    client->logged = (luahost_logged){false, false, false};
    client->has_left = false;
    if (client->is_lost) client->vm->clients.lost--;
    client->is_lost = false;
    if (run_connect_handler(client)) {
        client->state = LUAHOST_CONNECTING;
        *message = (luahost_slice){client->vm->scratch.data, client->vm->scratch.length};
        return LUAHOST_HANDLER_RAISED;
    }
    if (client->waits.connect.first != NULL && client->waits.connect.first->cancelled) abandon(client);
    return LUAHOST_HANDLER_OK;
}

void luahost_client_upgraded(luahost_client *client) {
    client->session.transport = LUAHOST_WEBSOCKET;
}

void luahost_client_connected(luahost_client *client) {
    luahost_task *task = client->waits.connect.first;
    /* disconnect() was called meanwhile: connect() returns when the session is closed. */
    if (client->state != LUAHOST_CONNECTED || task == NULL) return;
    lua_pushboolean(task->co, true);
    luahost_task_wake(task, 1);
}

void luahost_client_connect_failed(luahost_client *client, const luahost_error *error) {
    luahost_vm *vm = client->vm;
    luahost_task *task;
    client->session.unwritten = 0;
    while (luahost_vm_is_running(vm) && (task = client->waits.connect.first) != NULL && !task->cancelled) {
        bool enforced = begin_push(vm, task);
        lua_pushboolean(task->co, false);
        luahost_push_error(task->co, error, false);
        wake(task, 2, enforced);
    }
    luahost_client_reset(client);
}

/* ---- the end ---- */

static void set_text(lua_State *L, const char *name, luahost_slice value) {
    if (value.length == 0) return;
    lua_pushlstring(L, value.data, value.length);
    lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value, lua_Integer unknown) {
    if (value == unknown) return;
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void luahost_push_detail(lua_State *L, const luahost_detail *detail) {
    lua_createtable(L, 0, 6);
    set_text(L, "cause", detail->cause);
    set_text(L, "message", detail->message);
    set_text(L, "transport", detail->transport);
    set_text(L, "ws_reason", detail->ws_reason);
    set_integer(L, "status", detail->status, 0);
    set_integer(L, "code", detail->code, -1);
    set_integer(L, "ws_code", detail->ws_code, 0);
    if (detail->since_last_ping >= 0) {
        lua_pushnumber(L, detail->since_last_ping);
        lua_setfield(L, -2, "since_last_ping");
    }
}

void luahost_client_keep_detail(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail) {
    lua_State *L = client->vm->L;
    luahost_enter(client->vm, L);
    lua_pushstring(L, luahost_reason_text(reason));
    luahost_client_store(client, LUAHOST_UV_REASON);
    luahost_push_detail(L, detail);
    luahost_client_store(client, LUAHOST_UV_DETAIL);
    luahost_leave(client->vm);
}

void luahost_client_closed(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail, size_t unwritten) {
    bool was_open = luahost_client_is_open(client);
    if (!was_open && client->state != LUAHOST_CONNECTING) return;
    client->session.unwritten = unwritten;
    luahost_client_keep_detail(client, reason, detail);
    if (!was_open) {
        luahost_client_reset(client);
        return;
    }
    client->state = reason == LUAHOST_TRANSPORT_ERROR ? LUAHOST_LOST_UNSHOWN : LUAHOST_CLOSED_UNSHOWN;
    luahost_client_drained(client);
    if (luahost_may_run(client->vm) && !luahost_mailbox_is_startable(client)) luahost_client_show_end(client);
    else luahost_mailbox_schedule(client);
}

/* The disconnect handler has returned or waits. One that called connect() has a new session already. */
static void end_shown(luahost_task *task) {
    if (luahost_client_is_shown(task->client)) luahost_client_reset(task->client);
}

static void disconnect_handler_done(luahost_task *task) {
    end_shown(task);
    luahost_handler_done(task);
}

/* The script has no handler for the end, which after a lost connection is not what it wanted. */
void luahost_client_note_loss(luahost_client *client) {
    luahost_vm *vm = client->vm;
    if (client->state != LUAHOST_LOST_SHOWN || client->is_lost || !luahost_vm_is_running(vm)) return;
    if (client->waits.connect.first != NULL) return;
    client->is_lost = true;
    vm->clients.lost++;
    lua_State *L = vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    luahost_client_push(L, client, LUAHOST_UV_DETAIL);
    if (lua_istable(L, -1) && lua_getfield(L, -1, "message") == LUA_TSTRING) {
        free(vm->clients.lost_reason);
        vm->clients.lost_reason = strndup(lua_tostring(L, -1), 200);
    }
    lua_settop(L, top);
    luahost_leave(vm);
}

size_t luahost_vm_lost(const luahost_vm *vm, luahost_slice *reason) {
    const char *text = vm->clients.lost_reason;
    *reason = (luahost_slice){text, text == NULL ? 0 : strlen(text)};
    return vm->clients.lost;
}

void luahost_client_show_end(luahost_client *client) {
    client->state = client->state == LUAHOST_LOST_UNSHOWN ? LUAHOST_LOST_SHOWN : LUAHOST_CLOSED_SHOWN;
    luahost_task *task = luahost_handler_task(client, LUAHOST_EVENT_DISCONNECT);
    if (task == NULL) {
        luahost_client_note_loss(client);
        luahost_client_reset(client);
        return;
    }
    task->on_first_wait = end_shown;
    task->on_done = disconnect_handler_done;
    luahost_client_push(task->co, client, LUAHOST_UV_REASON);
    luahost_client_push(task->co, client, LUAHOST_UV_DETAIL);
    luahost_task_run_now(task, 2);
}
