/* socketio.SimpleClient: one namespace, no handlers; what is sent waits while the client reconnects. */
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/acks.h"
#include "socketio/emit.h"

/* The methods have the userdata of the client and the table of the simple one as upvalues 1 and 2. */

/* Pushes the namespace of the last connect(), or "/". */
static luahost_slice push_namespace(lua_State *L) {
    if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_WANTED) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushliteral(L, "/");
    }
    return luahost_sio_slice(L, lua_gettop(L));
}

static bool is_over(const luahost_client *client) {
    return client->state == LUAHOST_DISCONNECTED || luahost_client_is_shown(client);
}

static int raise_disconnected(lua_State *L, const char *function) {
    lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_REASON);
    const char *reason = lua_tostring(L, -1);
    return luahost_raise(
        L, "DisconnectedError", "%s: the client is not connected%s%s%s", function, reason == NULL ? "" : " (",
        reason == NULL ? "" : reason, reason == NULL ? "" : ")");
}

/* ---- connect ---- */

/* The arguments become those of Client's connect(). */
static int connect(lua_State *L) {
    static const char *const known[] = {
        "headers", "auth", "transports", "namespace", "socketio_path", "wait_timeout", NULL,
    };
    luahost_sio *sio = luahost_sio_self(L);
    bool has_url = !lua_istable(L, 1) || !lua_isnone(L, 2);
    lua_settop(L, has_url ? 2 : 1);
    int given = lua_gettop(L);
    luahost_options options = luahost_options_read(L, given, given, "connect", known);
    lua_createtable(L, 0, 6);
    int made = lua_gettop(L);
    for (int index = 0; known[index] != NULL; index++) {
        if (luahost_option_push(&options, known[index]) == LUA_TNIL) {
            lua_pop(L, 1);
            continue;
        }
        bool is_name = strcmp(known[index], "namespace") == 0;
        if (is_name) luahost_sio_check_namespace(L, lua_gettop(L), given, "connect");
        lua_setfield(L, made, is_name ? "namespaces" : known[index]);
    }
    if (lua_getfield(L, made, "namespaces") == LUA_TNIL) {
        lua_pushliteral(L, "/");
        lua_setfield(L, made, "namespaces");
    }
    lua_settop(L, made);
    luahost_client *client = &sio->client;
    if (!is_over(client) && client->context != NULL && !client->vm->host.socketio_is_ending(client->context)) {
        return luahost_raise(L, "RuntimeError", "Already connected");
    }
    lua_replace(L, given);
    return luahost_sio_connect(L);
}

/* ---- emit and call ---- */

static const char no_callback[] = "a function: call() returns the ack, and there are no callbacks";

/* Whether the namespace may yet be connected, by itself. */
static bool may_follow(luahost_socketio_result result) {
    return result == LUAHOST_EMIT_CONNECTING || result == LUAHOST_EMIT_RECONNECTING || result == LUAHOST_EMIT_REFUSED;
}

static int emit_again(lua_State *L, int status, lua_KContext top);
static int call_again(lua_State *L, int status, lua_KContext top);

/* Sends the event, or waits until the client is connected again: then `again` sends it. The result is then that of the
 * wait, and *is_sent is false. */
static luahost_socketio_result send_or_wait(
    lua_State *L, luahost_sio *sio, const luahost_sio_request *request, bool wants_ack, uint64_t *id, bool *is_sent) {
    luahost_socketio_result result = luahost_sio_transmit(L, sio, request, wants_ack, id);
    *is_sent = result <= LUAHOST_EMIT_SENT_FULL;
    if (!*is_sent && (is_over(&sio->client) || !may_follow(result))) raise_disconnected(L, request->function);
    return result;
}

static int wait_until_ready(lua_State *L, luahost_sio *sio, int top, const char *what, lua_KFunction again) {
    lua_settop(L, top);
    return luahost_park_with(L, &sio->ready, -1, NULL, what, again);
}

static int emit(lua_State *L) {
    static const char *const known[] = {NULL};
    int type = luahost_client_shift(L), top = lua_gettop(L);
    luahost_sio *sio = luahost_sio_of_method(L);
    luahost_sio_request request = {.function = "emit"};
    luahost_sio_read_request(L, &request, type, known);
    request.name_space = push_namespace(L);
    if (request.callback != 0) luahost_sio_refuse_callback(L, &request, no_callback);
    uint64_t id = 0;
    bool is_sent;
    luahost_socketio_result result = send_or_wait(L, sio, &request, false, &id, &is_sent);
    if (!is_sent) return wait_until_ready(L, sio, top, "SimpleClient.emit", emit_again);
    return luahost_sio_emitted(L, sio, result, "SimpleClient.emit");
}

static int emit_again(lua_State *L, int status, lua_KContext top) {
    (void)status;
    lua_settop(L, (int)top);
    return emit(L);
}

static int call(lua_State *L) {
    static const char *const known[] = {"timeout", NULL};
    int type = luahost_client_shift(L), top = lua_gettop(L);
    luahost_sio *sio = luahost_sio_of_method(L);
    luahost_sio_request request = {.function = "call", .timeout = 60};
    luahost_sio_read_request(L, &request, type, known);
    request.name_space = push_namespace(L);
    if (request.callback != 0) luahost_sio_refuse_callback(L, &request, no_callback);
    luahost_check_wait(L, "SimpleClient.call");
    request.may_wait = true;
    uint64_t id = 0;
    bool is_sent;
    send_or_wait(L, sio, &request, true, &id, &is_sent);
    if (!is_sent) return wait_until_ready(L, sio, top, "SimpleClient.call", call_again);
    return luahost_sio_await_ack(L, sio, &request, id);
}

static int call_again(lua_State *L, int status, lua_KContext top) {
    (void)status;
    lua_settop(L, (int)top);
    return call(L);
}

/* ---- receive ---- */

/* The values of an event become one table; nil and a reason become an error. */
static int received(lua_State *L, int status, lua_KContext top) {
    int count = luahost_sio_received(L, status, top), first = (int)top + 1;
    if (lua_isnil(L, first)) {
        if (strcmp(lua_tostring(L, first + 1), "timeout") != 0) return raise_disconnected(L, "receive");
        return luahost_raise(L, "TimeoutError", "receive: no event in time");
    }
    lua_createtable(L, count, 0);
    lua_insert(L, first);
    for (int index = count; index >= 1; index--) lua_rawseti(L, first, index);
    return 1;
}

static int receive(lua_State *L) {
    static const char *const known[] = {"timeout", NULL};
    luahost_sio *sio = luahost_sio_self(L);
    lua_settop(L, 1);
    luahost_sio_receiver wanted = {.name_space = push_namespace(L)};
    lua_Number seconds;
    if (lua_istable(L, 1)) {
        luahost_options options = luahost_options_read(L, 1, 1, "receive", known);
        seconds = luahost_option_number(&options, "timeout", -1);
    } else {
        seconds = luahost_check_seconds(L, 1, 1, "receive", -1);
    }
    return luahost_sio_receive_with(L, sio, &wanted, seconds, received);
}

/* ---- attributes ---- */

/* Upvalues: the userdata, and the table of the client. */
static int simple_index(lua_State *L) {
    const luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "client") == 0) {
        lua_pushvalue(L, lua_upvalueindex(2));
    } else if (strcmp(name, "sid") == 0) {
        luahost_sio_push_sid(L, lua_upvalueindex(1), push_namespace(L).data);
    } else if (strcmp(name, "transport") == 0 && !is_over(&sio->client)) {
        static const char *const names[] = {NULL, "polling", "websocket"};
        lua_pushstring(L, names[sio->client.session.transport]);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    {"connect", connect}, {"emit", emit}, {"call", call}, {"receive", receive},
    {"disconnect", luahost_client_disconnect}, {NULL, NULL},
};

int luahost_sio_simple(lua_State *L) {
    luahost_client_construct(L);
    lua_newtable(L);
    luahost_sio *sio = luahost_sio_make(L, 1, 2);
    sio->is_simple = true;
    int userdata = lua_gettop(L);
    lua_createtable(L, 0, sizeof methods / sizeof *methods);
    int table = userdata + 1;
    for (const luaL_Reg *method = methods; method->name != NULL; method++) {
        lua_pushvalue(L, userdata);
        lua_pushvalue(L, table);
        lua_pushcclosure(L, method->func, 2);
        lua_setfield(L, table, method->name);
    }
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, userdata);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, simple_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "socketio.SimpleClient");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, table);
    return 1;
}
