/* The `error` handler, which runs as a task of its own, after the task that has failed. */
#include "client/client.h"

static void handler_done(luahost_task *task) {
    luahost_client_unhold(task->client);
}

/* Pushes the client's handler, or nil; also nil for a client that is being collected. */
static void push_error_handler(lua_State *L, const luahost_client_shared *shared, const luahost_client *client) {
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, shared->error_clients_ref);
    if (lua_rawgetp(L, -1, client) == LUA_TUSERDATA) {
        lua_getiuservalue(L, -1, LUAHOST_UV_HANDLER + LUAHOST_EVENT_ERROR);
    } else {
        lua_pushnil(L);
    }
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
}

bool luahost_client_take_error(luahost_task *task, int error) {
    luahost_vm *vm = task->vm;
    if (vm->clients.first == NULL || vm->clients.first->shared->error_handlers == 0) return false;
    const luahost_client_shared *shared = vm->clients.first->shared;
    lua_State *L = vm->L;
    lua_pushnil(L);
    if (task->client != NULL) {
        push_error_handler(L, shared, task->client);
        lua_replace(L, -2);
    }
    if (lua_isnil(L, -1)) {
        for (luahost_client *other = vm->clients.first; other != NULL; other = other->next) {
            push_error_handler(L, shared, other);
            if (lua_isnil(L, -1)) lua_pop(L, 1); else lua_replace(L, -2);
        }
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return false;
    }
    int handler = lua_gettop(L);
    luahost_task *other = luahost_task_create(vm, LUAHOST_IN_HANDLER, LUAHOST_EVENT_ERROR, "error");
    if (task->client != NULL) {
        other->client = task->client;
        other->client_number = task->client_number;
        other->on_done = handler_done;
        luahost_client_keep(task->client);
    }
    const int values[] = {handler, error, error + 2, error + 3}; /* the function, the error itself, traceback, where */
    for (int index = 0; index < 4; index++) {
        lua_pushvalue(L, values[index]);
        lua_xmove(L, other->co, 1);
    }
    lua_settop(L, handler - 1);
    luahost_task_ready(other, 3);
    return true;
}
