/* c.disconnect, c.wait and c.transport; and the end that a signal makes. */
#include "client.h"

int luahost_client_wait(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    if (client->state == LUAHOST_DISCONNECTED) return 0;
    return luahost_park(L, &client->waiters, -1, NULL, "eio.wait");
}

int luahost_client_disconnect(lua_State *L) {
    static const char *const known[] = {"timeout", "abort", NULL};
    luahost_client *client = luahost_client_self(L);
    luahost_options options = luahost_options_read(L, 1, 1, "disconnect", known);
    double timeout = luahost_option_number(&options, "timeout", -1);
    bool abort = luahost_option_boolean(&options, "abort", false);
    if (client->state == LUAHOST_DISCONNECTED || client->ending == LUAHOST_END_TOLD) {
        /* What the last session could not write is not forgotten because the server ended it first. */
        lua_pushboolean(L, client->unwritten == 0);
        if (client->unwritten == 0) return 1;
        lua_pushinteger(L, (lua_Integer)client->unwritten);
        return 2;
    }
    luahost_check_wait(L, "eio.disconnect");
    client->has_left = client->event_due || client->ending == LUAHOST_END_DUE;
    if (client->ending == LUAHOST_NOT_ENDING && (client->state != LUAHOST_DISCONNECTING || abort)) {
        if (client->state == LUAHOST_CONNECTED) client->state = LUAHOST_DISCONNECTING;
        client->vm->host.client_disconnect(client->context, timeout, abort);
    }
    return luahost_park(L, &client->disconnecters, -1, NULL, "eio.disconnect");
}

int luahost_client_transport(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    static const char *const names[] = {NULL, "polling", "websocket"};
    lua_pushstring(L, names[client->transport]);
    return 1;
}

static bool is_open(const luahost_client *client) {
    return client->state != LUAHOST_DISCONNECTED && client->ending == LUAHOST_NOT_ENDING;
}

void luahost_clients_leave_alone(luahost_vm *vm) {
    if (vm->interrupted) return;
    for (luahost_client *client = vm->clients; client != NULL; client = client->next) {
        if (client->handles_sigint || !is_open(client) || client->state == LUAHOST_DISCONNECTING) continue;
        client->is_left_alone = true;
        vm->left_alone++;
    }
}

void luahost_clients_interrupt(luahost_vm *vm) {
    for (luahost_client *client = vm->clients; client != NULL; client = client->next) {
        if (!is_open(client) || client->is_left_alone) continue;
        if (client->state == LUAHOST_CONNECTED) client->state = LUAHOST_DISCONNECTING;
        vm->host.client_disconnect(client->context, -1, false);
    }
}
