/* The anchor that keeps a client alive, and its user values. */
#include "client/client.h"

const char luahost_key_client;

void luahost_client_hold(lua_State *L, luahost_client *client, int userdata) {
    if (client->anchor.holds == 0) {
        userdata = lua_absindex(L, userdata);
        lua_pushvalue(L, userdata);
        client->anchor.ref = luaL_ref(L, LUA_REGISTRYINDEX);
        if (lua_getiuservalue(L, userdata, LUAHOST_UV_HANDLER + LUAHOST_EVENT_MESSAGE) == LUA_TNIL) lua_pop(L, 1);
        else client->anchor.message_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    client->anchor.holds++;
}

void luahost_client_unhold(luahost_client *client) {
    if (--client->anchor.holds > 0) return;
    lua_State *L = client->vm->L;
    luaL_unref(L, LUA_REGISTRYINDEX, client->anchor.message_ref);
    luaL_unref(L, LUA_REGISTRYINDEX, client->anchor.ref);
    client->anchor.message_ref = client->anchor.ref = LUA_NOREF;
}

void luahost_client_push(lua_State *L, const luahost_client *client, int user_value) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, client->anchor.ref);
    lua_getiuservalue(L, -1, user_value);
    lua_replace(L, -2);
}

void luahost_client_store(luahost_client *client, int user_value) {
    lua_State *L = client->vm->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, client->anchor.ref);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, user_value);
    lua_pop(L, 1);
}

const char *luahost_reason_text(luahost_disconnect_reason reason) {
    static const char *const texts[] = {"client disconnect", "server disconnect", "transport error"};
    return texts[reason];
}
