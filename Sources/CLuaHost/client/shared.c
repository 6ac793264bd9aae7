/* The functions and values that all clients share. */
#include <string.h>

#include "client/client.h"
#include "core/stack.h"
#include "json/json_api.h"
#include "library/library.h"

static void set_reasons(lua_State *L) {
    static const char *const names[] = {"CLIENT_DISCONNECT", "SERVER_DISCONNECT", "TRANSPORT_ERROR"};
    lua_createtable(L, 0, 3);
    for (int reason = LUAHOST_CLIENT_DISCONNECT; reason <= LUAHOST_TRANSPORT_ERROR; reason++) {
        lua_pushstring(L, luahost_reason_text((luahost_disconnect_reason)reason));
        lua_setfield(L, -2, names[reason]);
    }
    lua_setfield(L, -2, "reason");
}

/* Made when a script asks for it, because an idle virtual user has few of them. */
static const struct {
    const char *name;
    void (*open)(lua_State *L);
} shared_names[] = {
    {"sleep", luahost_sleep_open}, {"start_background_task", luahost_tasks_open}, {"cancelled", luahost_tasks_open},
    {"create_queue", luahost_queue_open}, {"queue_empty", luahost_queue_open}, {"queue_full", luahost_queue_open},
    {"get_queue_empty_exception", luahost_queue_open}, {"create_event", luahost_event_open},
    {"bytes", luahost_bytes_open}, {"json", luahost_json_api_open}, {"null", luahost_json_api_open},
    {"array", luahost_json_api_open}, {"object", luahost_json_api_open}, {"log", luahost_log_open},
    {"reason", set_reasons}, {"is_bytes", luahost_bytes_open}, {"inspect", luahost_inspect_open},
    {"time", luahost_clock_open}, {"monotonic", luahost_clock_open},
};

void luahost_shared_list(void (*add)(void *context, const char *name), void *context) {
    size_t count = sizeof shared_names / sizeof *shared_names;
    for (size_t index = 0; index < count; index++) add(context, shared_names[index].name);
}

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
