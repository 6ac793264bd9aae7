/* c.disconnect, c.wait and c.transport. */
#include <stdio.h>

#include "client/client.h"
#include "core/options.h"
#include "core/wait.h"

int luahost_client_wait(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    if (client->state == LUAHOST_DISCONNECTED) return 0;
    return luahost_park(L, &client->waits.wait, -1, NULL, "eio.wait");
}

int luahost_client_disconnect(lua_State *L) {
    static const char *const known[] = {"timeout", "abort", NULL};
    luahost_client *client = luahost_client_self(L);
    luahost_options options = luahost_options_read(L, 1, 1, "disconnect", known);
    double timeout = luahost_option_number(&options, "timeout", -1);
    bool abort = luahost_option_boolean(&options, "abort", false);
    if (client->state == LUAHOST_DISCONNECTED || luahost_client_is_shown(client)) {
        /* Messages that the last session could not write count also if the server ended it first. */
        lua_pushboolean(L, client->session.unwritten == 0);
        if (client->session.unwritten == 0) return 1;
        lua_pushinteger(L, (lua_Integer)client->session.unwritten);
        return 2;
    }
    luahost_check_wait(L, "eio.disconnect");
    client->has_left = client->state != LUAHOST_CONNECTING;
    client->vm->current->has_left = true;
    if (!luahost_client_is_over(client) && (client->state != LUAHOST_DISCONNECTING || abort)) {
        if (client->state == LUAHOST_CONNECTED) client->state = LUAHOST_DISCONNECTING;
        client->vm->host.client_disconnect(client->context, timeout, abort);
    }
    return luahost_park(L, &client->waits.disconnect, -1, NULL, "eio.disconnect");
}

int luahost_client_transport(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    static const char *const names[] = {NULL, "polling", "websocket"};
    lua_pushstring(L, names[client->session.transport]);
    return 1;
}

/* ---- the tasks that keep a script from its end ---- */

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
    if (!luahost_vm_chunk_returned(vm) || vm->clients.in_session > 0 || vm->life.holds > 0) return 0;
    size_t length = 0, count = 0;
    for (const luahost_task *task = vm->tasks.waited; task != NULL; task = task->waited_next) {
        /* This task goes on after it has disconnected, as the script intends. */
        if (task->has_left) return 0;
        if (count++ >= SHOWN || size - length < 160) continue;
        if (count > 1) length += (size_t)snprintf(text + length, size - length, ", ");
        length += (size_t)describe(task, text + length, size - length);
    }
    if (count > SHOWN) length += (size_t)snprintf(text + length, size - length, " and %zu more", count - SHOWN);
    return length;
}
