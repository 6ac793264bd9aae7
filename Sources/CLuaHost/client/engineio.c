/* The module `engineio` and the ready client `eio`. */
#include "client/client.h"
#include "json/json.h"

#include <string.h>

/* Upvalues: the engine (light, the registry keeps it), the module. */
static int client_class(lua_State *L) {
    if (lua_rawequal(L, 1, lua_upvalueindex(2))) lua_remove(L, 1);
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->closing) return luaL_error(L, "the script is ending");
    lua_settop(L, 1);
    return luahost_client_new(L, lua_touserdata(L, lua_upvalueindex(1)), 1);
}

static luahost_engine *push_engine(lua_State *L) {
    luahost_engine *engine = lua_newuserdatauv(L, sizeof *engine, 0);
    memset(engine, 0, sizeof *engine);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    engine->error_clients_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushboolean(L, false);
    engine->error_handler_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    engine->places_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return engine;
}

static void set_reasons(lua_State *L) {
    static const char *const reasons[][2] = {
        {"CLIENT_DISCONNECT", "client disconnect"},
        {"SERVER_DISCONNECT", "server disconnect"},
        {"TRANSPORT_ERROR", "transport error"},
    };
    lua_createtable(L, 0, 3);
    for (size_t index = 0; index < sizeof reasons / sizeof *reasons; index++) {
        lua_pushstring(L, reasons[index][1]);
        lua_setfield(L, -2, reasons[index][0]);
    }
    lua_setfield(L, -2, "reason");
}

/* Made when a script asks for it: an idle virtual user has few of them. */
static const struct {
    const char *name;
    void (*open)(lua_State *L);
} shared_names[] = {
    {"sleep", luahost_sleep_open}, {"start_background_task", luahost_tasks_open}, {"cancelled", luahost_tasks_open},
    {"create_queue", luahost_queue_open}, {"queue_empty", luahost_queue_open}, {"queue_full", luahost_queue_open},
    {"get_queue_empty_exception", luahost_queue_open}, {"create_event", luahost_event_open},
    {"bytes", luahost_bytes_open}, {"json", luahost_json_api_open}, {"null", luahost_json_api_open},
    {"array", luahost_json_api_open}, {"object", luahost_json_api_open}, {"log", luahost_log_open},
    {"reason", set_reasons},
};

/* Arguments: the table, the index in shared_names. */
static int open_shared(lua_State *L) {
    void (*open)(lua_State *L) = shared_names[lua_tointeger(L, 2)].open;
    lua_settop(L, 1);
    open(L);
    return 0;
}

bool luahost_shared_open(lua_State *L, int shared, const char *name) {
    size_t index = 0, count = sizeof shared_names / sizeof *shared_names;
    while (index < count && strcmp(shared_names[index].name, name) != 0) index++;
    if (index == count) return false;
    lua_pushvalue(L, shared);
    lua_pushstring(L, name);
    bool is_there = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 1);
    if (is_there) {
        lua_pop(L, 1);
        return true;
    }
    lua_pushcfunction(L, open_shared);
    lua_insert(L, -2);
    lua_pushinteger(L, (lua_Integer)index);
    luahost_call_undisturbed(L, 2, 0);
    return true;
}

/* Sets package.loaded[name] to the value on top of the stack, which it pops. */
static void set_loaded(lua_State *L, const char *name) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_insert(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

void luahost_engineio_open(lua_State *L) {
    luahost_error_open(L);
    luahost_engine *engine = push_engine(L);
    luaL_ref(L, LUA_REGISTRYINDEX);

    luahost_json_open(L);
    luahost_null_open(L);
    lua_newtable(L);
    luahost_client_open(L);
    lua_pop(L, 1);

    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, engine);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, client_class, 2);
    lua_setfield(L, -2, "Client");
    set_loaded(L, "engineio");

    lua_pushnil(L);
    luahost_client_new(L, engine, lua_gettop(L));
    lua_remove(L, -2);
    lua_pushvalue(L, -1);
    lua_setglobal(L, "eio");
    set_loaded(L, "eio");
}
