/* The fields of a client that change by themselves: sid, state and the others of the handshake. */
#include "client/client.h"

enum { SID, STATE, UPGRADES, PING_INTERVAL, PING_TIMEOUT, BASE_URL };

const char *const luahost_client_attributes[] = {
    "sid", "state", "upgrades", "ping_interval", "ping_timeout", "base_url", NULL,
};

const char *luahost_client_state_name(const luahost_client *client) {
    static const char *const names[] = {
        "disconnected", "connecting", "connected", "disconnecting",
        "connected", "disconnecting", "connected", "disconnecting",
    };
    return names[client->state];
}

void luahost_client_push_attribute(lua_State *L, const luahost_client *client, int attribute) {
    bool had_session = client->session.transport != LUAHOST_NO_TRANSPORT;
    switch (attribute) {
    case SID: lua_getiuservalue(L, -1, LUAHOST_UV_SID); return;
    case UPGRADES: lua_getiuservalue(L, -1, LUAHOST_UV_UPGRADES); return;
    case BASE_URL: lua_getiuservalue(L, -1, LUAHOST_UV_BASE_URL); return;
    case STATE: lua_pushstring(L, luahost_client_state_name(client)); return;
    case PING_INTERVAL: if (had_session) lua_pushnumber(L, client->session.ping_interval); else lua_pushnil(L); return;
    default: if (had_session) lua_pushnumber(L, client->session.ping_timeout); else lua_pushnil(L); return;
    }
}
