/* The ends of namespaces while the session stays: the reasons that receive() of one returns. */
#include "core/error.h"
#include "socketio/socketio.h"

void luahost_sio_push_end(luahost_sio *sio, const luahost_sio_change *change) {
    lua_State *L = sio->client.vm->L;
    int top = lua_gettop(L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_LEFT);
    if (!lua_istable(L, -1)) {
        lua_settop(L, top);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        luahost_client_store(&sio->client, LUAHOST_SIO_LEFT);
    }
    lua_pushlstring(L, change->name_space.data, change->name_space.length);
    lua_pushstring(L, luahost_reason_text(change->reason));
    lua_pushvalue(L, -1);
    lua_insert(L, -3);
    lua_rawset(L, top + 1);
    lua_remove(L, top + 1);
}

void luahost_sio_forget_end(lua_State *L, luahost_sio *sio, luahost_slice name_space) {
    int top = lua_gettop(L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_LEFT);
    if (lua_istable(L, -1)) {
        lua_pushlstring(L, name_space.data, name_space.length);
        lua_pushnil(L);
        lua_rawset(L, top + 1);
    }
    lua_settop(L, top);
}
