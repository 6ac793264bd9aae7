/* The fields of a client that change by themselves: sid, state and the others of the handshake. */
#include <string.h>

#include "client/client.h"

const char *luahost_client_state_name(const luahost_client *client) {
    static const char *const names[] = {
        "disconnected", "connecting", "connected", "disconnecting",
        "connected", "disconnecting", "connected", "disconnecting",
    };
    return names[client->state];
}

const char *const luahost_client_attribute_names[] = {
    "sid", "upgrades", "base_url", "state", "ping_interval", "ping_timeout", NULL,
};

int luahost_client_attribute(lua_State *L) {
    static const struct { const char *name; int user_value; } kept[] = {
        {"sid", LUAHOST_UV_SID}, {"upgrades", LUAHOST_UV_UPGRADES}, {"base_url", LUAHOST_UV_BASE_URL},
    };
    const luahost_client *client = lua_touserdata(L, 1);
    const char *name = lua_tostring(L, 2);
    for (size_t index = 0; index < sizeof kept / sizeof *kept; index++) {
        if (strcmp(name, kept[index].name) != 0) continue;
        lua_getiuservalue(L, 1, kept[index].user_value);
        return 1;
    }
    if (strcmp(name, "state") == 0) {
        lua_pushstring(L, luahost_client_state_name(client));
        return 1;
    }
    bool is_interval = strcmp(name, "ping_interval") == 0;
    if (!is_interval && strcmp(name, "ping_timeout") != 0) return 0;
    const luahost_session *session = &client->session;
    if (session->transport == LUAHOST_NO_TRANSPORT) lua_pushnil(L);
    else lua_pushnumber(L, is_interval ? session->ping_interval : session->ping_timeout);
    return 1;
}
