/* sio.of(namespace): the functions of the client for one of its namespaces. */
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "socketio/socketio.h"

static int raise_result(lua_State *L, luahost_slice name_space, luahost_socketio_result result) {
    const char *why = result == LUAHOST_EMIT_CONNECTING ? "it is being connected"
        : result == LUAHOST_JOIN_CONNECTED             ? "it is connected already"
                                                       : "the client is not connected";
    return luahost_raise(L, "BadNamespaceError", "%.*s: %s", (int)name_space.length, name_space.data, why);
}

/* chat.connect([auth]): asks the open session for the namespace; its `connect` or `connect_error` handler follows. */
static int join(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    luahost_client *client = &sio->client;
    luahost_slice name_space = luahost_sio_slice(L, lua_upvalueindex(3));
    lua_settop(L, 1);
    luahost_slice payload;
    const char *problem = luahost_sio_encode_auth(L, sio, 1, &payload);
    if (problem != NULL) return luahost_argument_error(L, 1, "connect", "auth: %s", problem);
    if (client->context == NULL) return luaL_error(L, "the script is ending");
    luahost_socketio_result result = client->vm->host.socketio_join(client->context, name_space, payload);
    luahost_sio_encoded(sio);
    if (result > LUAHOST_EMIT_SENT_FULL) return raise_result(L, name_space, result);
    luahost_sio_forget_end(L, sio, name_space);
    lua_pushboolean(L, true);
    return 1;
}

static int leave(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    luahost_client *client = &sio->client;
    luahost_slice name_space = luahost_sio_slice(L, lua_upvalueindex(3));
    luahost_socketio_result result = client->vm->host.socketio_leave(client->context, name_space);
    lua_pushboolean(L, result <= LUAHOST_EMIT_SENT_FULL);
    return 1;
}

static const luaL_Reg methods[] = {
    {"on", luahost_sio_on}, {"emit", luahost_sio_emit_in_namespace}, {"send", luahost_sio_send_in_namespace},
    {"call", luahost_sio_call_in_namespace}, {"receive", luahost_sio_receive}, {"connect", join},
    {"disconnect", leave}, {NULL, NULL},
};

/* The field `sid`. Upvalues: the client's userdata, its table, the namespace. */
static int index_namespace(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "sid") != 0) return 0;
    luahost_sio_push_sid(L, lua_upvalueindex(1), lua_tostring(L, lua_upvalueindex(3)));
    return 1;
}

static void push_upvalues(lua_State *L, int table) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, table);
    lua_pushvalue(L, 1);
}

int luahost_sio_of(lua_State *L) {
    luahost_sio_self(L);
    lua_settop(L, 1);
    luahost_sio_check_namespace(L, 1, 1, "of");
    lua_createtable(L, 0, sizeof methods / sizeof *methods);
    for (const luaL_Reg *method = methods; method->name != NULL; method++) {
        push_upvalues(L, 2);
        lua_pushcclosure(L, method->func, 3);
        lua_setfield(L, 2, method->name);
    }
    lua_createtable(L, 0, 1);
    push_upvalues(L, 2);
    lua_pushcclosure(L, index_namespace, 3);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, 2);
    return 1;
}
