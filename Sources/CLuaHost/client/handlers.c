/* c.on(event, f): the functions that are called for events. */
#include <string.h>

#include "client/client.h"
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/stack.h"

static const char *const event_names[LUAHOST_EVENTS] = {"connect", "message", "disconnect", "error"};

/* ---- registering ---- */

bool luahost_is_callable(lua_State *L, int index) {
    if (lua_isfunction(L, index)) return true;
    if (luaL_getmetafield(L, index, "__call") == LUA_TNIL) return false;
    lua_pop(L, 1);
    return true;
}

static luahost_event check_event(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING) {
        for (int event = 0; event < LUAHOST_EVENTS; event++) {
            if (strcmp(lua_tostring(L, 1), event_names[event]) == 0) return (luahost_event)event;
        }
    }
    bool is_name = lua_type(L, 1) == LUA_TSTRING;
    return (luahost_event)luahost_raise(
        L, "ValueError", "Invalid event %s%.64s%s; the events are connect, message, disconnect, error",
        is_name ? "'" : "(a ", is_name ? lua_tostring(L, 1) : luaL_typename(L, 1), is_name ? "'" : ")");
}

/* Kept for the VM's lifetime: a handler that still runs may have been registered there, and places are no more than
 * lines of the script. */
int luahost_place_ref(lua_State *L, const luahost_client_shared *shared) {
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, shared->places_ref);
    if (!luahost_push_caller(L)) {
        lua_settop(L, top);
        return LUA_NOREF;
    }
    lua_pushvalue(L, -1);
    int ref;
    if (lua_rawget(L, top + 1) == LUA_TNUMBER) {
        ref = (int)lua_tointeger(L, -1);
    } else {
        lua_pushvalue(L, top + 2);
        ref = luaL_ref(L, LUA_REGISTRYINDEX);
        lua_pushvalue(L, top + 2);
        lua_pushinteger(L, ref);
        lua_rawset(L, top + 1);
    }
    lua_settop(L, top);
    return ref;
}

void luahost_client_add_handler(
    lua_State *L, luahost_client *client, luahost_event event, int handler, bool is_ordered) {
    luahost_client_shared *shared = client->shared;
    int place = luahost_place_ref(L, shared);
    int message_ref = LUA_NOREF;
    if (event == LUAHOST_EVENT_MESSAGE && client->anchor.holds > 0) {
        lua_pushvalue(L, handler);
        message_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    if (event == LUAHOST_EVENT_ERROR) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, shared->error_clients_ref);
        if (lua_rawgetp(L, -1, client) == LUA_TNIL) shared->error_handlers++;
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_rawsetp(L, -3, client);
        lua_pop(L, 2);
    }
    lua_pushvalue(L, handler);
    lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_HANDLER + (int)event);
    client->anchor.place_refs[event] = place;
    if (event != LUAHOST_EVENT_MESSAGE) return;
    client->mailbox.start = is_ordered ? LUAHOST_START_IN_ORDER : LUAHOST_START_AT_ONCE;
    if (client->anchor.holds == 0) return;
    luaL_unref(L, LUA_REGISTRYINDEX, client->anchor.message_ref);
    client->anchor.message_ref = message_ref;
    luahost_mailbox_schedule(client);
}

static bool check_ordered(lua_State *L, int index, luahost_event event) {
    static const char *const known[] = {"ordered", NULL};
    luahost_options options = luahost_options_read(L, index, index, "on", known);
    bool is_ordered = luahost_option_boolean(&options, "ordered", false);
    if (is_ordered && event != LUAHOST_EVENT_MESSAGE) {
        luahost_argument_error(L, index, "on", "option 'ordered' is for 'message' handlers only");
    }
    return is_ordered;
}

/* The function that on(event) returns. Upvalues: userdata, table, event, whether it is ordered. */
static int decorate(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    if (!luahost_is_callable(L, 1)) {
        return luahost_argument_error(L, 1, "on(event)", "handler: function expected, got %s", luaL_typename(L, 1));
    }
    luahost_event event = (luahost_event)lua_tointeger(L, lua_upvalueindex(3));
    luahost_client_add_handler(L, client, event, 1, lua_toboolean(L, lua_upvalueindex(4)));
    lua_settop(L, 1);
    return 1;
}

int luahost_client_on(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    luahost_event event = check_event(L);
    if (lua_isnone(L, 2) || (lua_istable(L, 2) && !luahost_is_callable(L, 2))) {
        bool is_ordered = check_ordered(L, 2, event);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushinteger(L, event);
        lua_pushboolean(L, is_ordered);
        lua_pushcclosure(L, decorate, 4);
        return 1;
    }
    if (!luahost_is_callable(L, 2)) {
        return luahost_argument_error(L, 2, "on", "handler: function expected, got %s", luaL_typename(L, 2));
    }
    luahost_client_add_handler(L, client, event, 2, check_ordered(L, 3, event));
    return 0;
}

/* ---- calling ---- */

void luahost_handler_done(luahost_task *task) {
    luahost_client_unhold(task->client);
}

luahost_task *luahost_handler_task(luahost_client *client, luahost_event event) {
    lua_State *L = client->vm->L;
    luahost_client_push(L, client, LUAHOST_UV_HANDLER + (int)event);
    bool is_there = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (!is_there) return NULL;
    luahost_task *task = luahost_task_create(client->vm, LUAHOST_IN_HANDLER, event, event_names[event]);
    task->client = client;
    task->client_number = client->number;
    task->registered_ref = client->anchor.place_refs[event];
    task->on_done = luahost_handler_done;
    luahost_client_keep(client);
    luahost_client_push(task->co, client, LUAHOST_UV_HANDLER + (int)event);
    return task;
}
