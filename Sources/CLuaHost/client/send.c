/* c.send, c.buffered and c.drain. */
#include "base/utf8.h"
#include "client/client.h"
#include "core/arguments.h"
#include "core/error.h"
#include "core/stack.h"
#include "core/wait.h"
#include "library/library.h"
#include "json/json.h"

/* The most that the scratch buffer keeps from one message to the next. */
#define SCRATCH_KEPT 65536

static int not_connected(lua_State *L, luahost_client *client) {
    char place[LUAHOST_PLACE_SIZE];
    luahost_log(
        client->vm, client->logged.unconnected ? LUAHOST_DEBUG : LUAHOST_WARNING,
        "%sclient %u is not connected: send() dropped its message", luahost_place(L, place, ": "), client->number);
    client->logged.unconnected = true;
    lua_pushboolean(L, false);
    lua_pushliteral(L, "not connected");
    return 2;
}

/* Every result but a plain success. */
static int unusual_result(lua_State *L, luahost_client *client, luahost_send_result result, size_t offset) {
    switch (result) {
    case LUAHOST_SENT:
        break;
    case LUAHOST_SENT_FULL:
        /* It was taken; where Lua cannot wait the next one will be refused. */
        if (!luahost_can_wait(L)) break;
        return luahost_park(L, &client->waits.send, -1, NULL, "eio.send");
    case LUAHOST_NOT_CONNECTED:
        return not_connected(L, client);
    case LUAHOST_INVALID_UTF8:
        return luahost_argument_error(
            L, 1, "send", "the text is not UTF-8 at byte %d: send data that is not text as eio.bytes", (int)offset + 1);
    case LUAHOST_SEPARATOR:
        return luahost_argument_error(
            L, 1, "send", "byte %d is U+001E, which separates messages in polling: send it as eio.bytes",
            (int)offset + 1);
    case LUAHOST_FULL:
        return luahost_raise_cannot_wait(L, "eio.send, with max_buffered bytes unwritten,");
    }
    lua_pushboolean(L, true);
    return 1;
}

static inline int transmit(lua_State *L, luahost_client *client, const char *data, size_t length, bool is_binary) {
    size_t offset = 0;
    luahost_send_result result =
        client->vm->host.client_send(client->context, data, length, is_binary, luahost_can_wait(L), &offset);
    if (__builtin_expect(result != LUAHOST_SENT, 0)) {
        /* Whether a text can be sent at all does not depend on the connection. */
        if (result == LUAHOST_NOT_CONNECTED && !is_binary) {
            offset = luahost_utf8_validate(data, length);
            if (offset < length) result = LUAHOST_INVALID_UTF8;
        }
        return unusual_result(L, client, result, offset);
    }
    lua_pushboolean(L, true);
    return 1;
}

static int send_json(lua_State *L, luahost_client *client) {
    luahost_buffer *scratch = &client->vm->scratch;
    luahost_json_error error;
    scratch->length = 0;
    if (!luahost_json_encode(L, 1, scratch, &error)) {
        luahost_buffer_reset(scratch, SCRATCH_KEPT);
        return luahost_argument_error(L, 1, "send", "%s", error.message);
    }
    size_t offset = 0;
    luahost_send_result result = client->vm->host.client_send(
        client->context, scratch->data, scratch->length, false, luahost_can_wait(L), &offset);
    luahost_buffer_reset(scratch, SCRATCH_KEPT);
    return unusual_result(L, client, result, offset);
}

/* The script's encode function has returned. */
static int send_encoded(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    if (lua_type(L, -1) != LUA_TSTRING) {
        return luahost_raise(L, "TypeError", "json.encode returned a %s, not a string", luaL_typename(L, -1));
    }
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    if (client->context == NULL) return luaL_error(L, "the script is ending");
    return transmit(L, client, text, length, false);
}

static int send_table(lua_State *L, luahost_client *client) {
    if (client->json != LUAHOST_JSON_OWN) return send_json(L, client);
    lua_settop(L, 1);
    lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_ENCODE);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, send_encoded);
    return send_encoded(L, LUA_OK, 0);
}

int luahost_client_send(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    size_t length;
    const char *data;
    switch (lua_type(L, 1)) {
    case LUA_TSTRING:
        data = lua_tolstring(L, 1, &length);
        return transmit(L, client, data, length, false);
    case LUA_TNUMBER:
        lua_pushvalue(L, 1);
        data = lua_tolstring(L, -1, &length);
        return transmit(L, client, data, length, false);
    case LUA_TUSERDATA:
        data = luahost_to_bytes(L, 1, &length);
        if (data != NULL) return transmit(L, client, data, length, true);
        break;
    case LUA_TTABLE:
        return send_table(L, client);
    default:
        break;
    }
    return luahost_argument_error(
        L, 1, "send", "data: string, bytes, number or table expected, got %s", luaL_typename(L, 1));
}

/* Called within a slice, too, where a memory error would be raised in the wrong coroutine; booleans need no memory. */
void luahost_client_writable(luahost_client *client) {
    while (client->waits.send.first != NULL) {
        luahost_task *task = client->waits.send.first;
        lua_pushboolean(task->co, true);
        luahost_task_wake(task, 1);
    }
}

int luahost_client_buffered(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    lua_pushinteger(L, (lua_Integer)client->vm->host.client_buffered(client->context));
    return 1;
}

void luahost_client_drained(luahost_client *client) {
    while (client->waits.drain.first != NULL) luahost_task_wake(client->waits.drain.first, 0);
}

static int looked(lua_State *L, int status, lua_KContext top);

/* The first value on the stack is the deadline in ns, or -1. */
static int look(lua_State *L, luahost_client *client) {
    if (!luahost_client_is_open(client)) {
        lua_pushboolean(L, false);
        lua_pushliteral(L, "not connected");
        return 2;
    }
    if (client->vm->host.client_buffered(client->context) == 0) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_Integer deadline = lua_tointeger(L, 1);
    double seconds = -1;
    if (deadline >= 0) {
        lua_Integer left = deadline - (lua_Integer)luahost_now();
        if (left <= 0) return luahost_timeout_nil(L);
        seconds = (double)left / 1e9;
    }
    luahost_check_wait(L, "eio.drain");
    client->vm->host.client_notify_drained(client->context);
    return luahost_park_with(L, &client->waits.drain, seconds, NULL, "eio.drain", looked);
}

static int looked(lua_State *L, int status, lua_KContext top) {
    (void)status;
    (void)top;
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    if (client->context == NULL) return luaL_error(L, "the script is ending");
    return look(L, client);
}

int luahost_client_drain(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    lua_Number seconds = luahost_check_seconds(L, 1, 1, "drain", -1);
    lua_settop(L, 0);
    bool is_bounded = seconds >= 0 && seconds < 9e9;
    lua_pushinteger(L, is_bounded ? (lua_Integer)luahost_now() + (lua_Integer)(seconds * 1e9) : -1);
    return look(L, client);
}
