/* c.disconnect, c.wait and c.transport; and the end that a signal makes. */
#include <stdio.h>

#include "client/client.h"

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
    client->vm->current->has_left = true;
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

/* ---- what a script waits for ---- */

/* "task 'worker' (started at bot.lua:12)". Nothing is made in Lua, so that nothing of the script's runs. */
static int describe(const luahost_task *task, char *text, size_t size) {
    lua_State *L = task->vm->L;
    bool is_handler = task->kind == LUAHOST_IN_HANDLER;
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->registered_ref);
    const char *place = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
    const char *name = task->name == NULL ? "" : task->name;
    int length = is_handler ? snprintf(text, size, "'%.40s' handler (registered at %.80s)", name, place)
        : name[0] != '\0'    ? snprintf(text, size, "task '%.40s' (started at %.80s)", name, place)
                             : snprintf(text, size, "a task (started at %.80s)", place);
    lua_pop(L, 1);
    return length;
}

size_t luahost_vm_waits_for(luahost_vm *vm, char *text, size_t size) {
    enum { SHOWN = 2 };
    if (!vm->main_done || vm->interrupted || vm->exiting || vm->closing || vm->open_clients > 0 || vm->holds > 0) return 0;
    size_t length = 0, count = 0;
    for (const luahost_task *task = vm->waited; task != NULL; task = task->waited_next) {
        /* It goes on after it has disconnected: that is what the script is about. */
        if (task->has_left) return 0;
        if (count++ >= SHOWN || size - length < 160) continue;
        if (count > 1) length += (size_t)snprintf(text + length, size - length, ", ");
        length += (size_t)describe(task, text + length, size - length);
    }
    if (count > SHOWN) length += (size_t)snprintf(text + length, size - length, " and %zu more", count - SHOWN);
    return length;
}
