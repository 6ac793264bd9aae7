/* c.on(event, f): which function is called for what. */
#include <string.h>

#include "client/client.h"

static const char *const event_names[LUAHOST_EVENTS] = {"connect", "message", "disconnect", "error"};

/* ---- registering ---- */

static bool is_callable(lua_State *L, int index) {
    if (lua_isfunction(L, index)) return true;
    if (luaL_getmetafield(L, index, "__call") == LUA_TNIL) return false;
    lua_pop(L, 1);
    return true;
}

static luahost_event_kind check_event(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING) {
        for (int event = 0; event < LUAHOST_EVENTS; event++) {
            if (strcmp(lua_tostring(L, 1), event_names[event]) == 0) return event;
        }
    }
    bool is_name = lua_type(L, 1) == LUA_TSTRING;
    return luahost_raise(
        L, "ValueError", "Invalid event %s%.64s%s; the events are connect, message, disconnect, error",
        is_name ? "'" : "(a ", is_name ? lua_tostring(L, 1) : luaL_typename(L, 1), is_name ? "'" : ")");
}

/* The reference of "bot.lua:12", the place that called. It is kept for the VM's lifetime: a handler that still runs may
 * have been registered there, and places are no more than lines of the script. */
static int place_ref(lua_State *L, const luahost_engine *engine) {
    lua_Debug ar;
    if (!lua_getstack(L, 1, &ar)) return LUA_NOREF;
    lua_getinfo(L, "Sl", &ar);
    if (ar.currentline <= 0) return LUA_NOREF;
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, engine->places_ref);
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
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

/* The function is at `handler`, the client's userdata is the first upvalue. */
static void add_handler(lua_State *L, luahost_client *client, luahost_event_kind event, int handler, bool is_ordered) {
    luahost_engine *engine = client->engine;
    int place = place_ref(L, engine);
    int message_ref = LUA_NOREF;
    if (event == LUAHOST_EVENT_MESSAGE && client->holds > 0) {
        lua_pushvalue(L, handler);
        message_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    if (event == LUAHOST_EVENT_ERROR) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, engine->error_clients_ref);
        if (lua_rawgetp(L, -1, client) == LUA_TNIL) engine->error_handlers++;
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_rawsetp(L, -3, client);
        lua_pop(L, 2);
    }
    lua_pushvalue(L, handler);
    lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_HANDLER + (int)event);
    client->place_refs[event] = place;
    if (event != LUAHOST_EVENT_MESSAGE) return;
    client->is_ordered = is_ordered;
    if (client->holds == 0) return;
    luaL_unref(L, LUA_REGISTRYINDEX, client->message_ref);
    client->message_ref = message_ref;
    luahost_mailbox_schedule(client);
}

static bool check_ordered(lua_State *L, int index, luahost_event_kind event) {
    static const char *const known[] = {"ordered", NULL};
    luahost_options options = luahost_options_read(L, index, index, "on", known);
    bool is_ordered = luahost_option_boolean(&options, "ordered", false);
    if (is_ordered && event != LUAHOST_EVENT_MESSAGE) {
        luahost_argument_error(L, index, "on", "option 'ordered' is for 'message' handlers only");
    }
    return is_ordered;
}

/* What on(event) returns. Upvalues: userdata, table, event, whether it is ordered. */
static int decorate(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    if (!is_callable(L, 1)) {
        return luahost_argument_error(L, 1, "on(event)", "handler: function expected, got %s", luaL_typename(L, 1));
    }
    luahost_event_kind event = lua_tointeger(L, lua_upvalueindex(3));
    add_handler(L, client, event, 1, lua_toboolean(L, lua_upvalueindex(4)));
    lua_settop(L, 1);
    return 1;
}

int luahost_client_on(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    luahost_event_kind event = check_event(L);
    if (lua_isnone(L, 2) || (lua_istable(L, 2) && !is_callable(L, 2))) {
        bool is_ordered = check_ordered(L, 2, event);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushinteger(L, event);
        lua_pushboolean(L, is_ordered);
        lua_pushcclosure(L, decorate, 4);
        return 1;
    }
    if (!is_callable(L, 2)) {
        return luahost_argument_error(L, 2, "on", "handler: function expected, got %s", luaL_typename(L, 2));
    }
    add_handler(L, client, event, 2, check_ordered(L, 3, event));
    return 0;
}

/* ---- calling ---- */

void luahost_handler_done(luahost_task *task) {
    luahost_client_unhold(task->client);
}

luahost_task *luahost_handler_task(luahost_client *client, luahost_event_kind event) {
    lua_State *L = client->vm->L;
    luahost_client_push(L, client, LUAHOST_UV_HANDLER + (int)event);
    bool is_there = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (!is_there) return NULL;
    luahost_task *task = luahost_task_create(client->vm, LUAHOST_IN_HANDLER, event_names[event]);
    task->client = client;
    task->registered_ref = client->place_refs[event];
    task->on_done = luahost_handler_done;
    luahost_client_keep(client);
    luahost_client_push(task->co, client, LUAHOST_UV_HANDLER + (int)event);
    return task;
}

/* ---- the `error` handler ---- */

/* Pushes the client's handler, or nil. A client that is being collected has none any more. */
static void push_error_handler(lua_State *L, const luahost_engine *engine, const luahost_client *client) {
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, engine->error_clients_ref);
    if (lua_rawgetp(L, -1, client) == LUA_TUSERDATA) {
        lua_getiuservalue(L, -1, LUAHOST_UV_HANDLER + LUAHOST_EVENT_ERROR);
    } else {
        lua_pushnil(L);
    }
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
}

/* The client's own, else that of the client that was made first. */
int luahost_client_error_handler(luahost_vm *vm, luahost_client *client) {
    if (vm->clients == NULL || vm->clients->engine->error_handlers == 0) return LUA_NOREF;
    const luahost_engine *engine = vm->clients->engine;
    lua_State *L = vm->L;
    lua_pushnil(L);
    if (client != NULL) {
        push_error_handler(L, engine, client);
        lua_replace(L, -2);
    }
    if (lua_isnil(L, -1)) {
        for (luahost_client *other = vm->clients; other != NULL; other = other->next) {
            push_error_handler(L, engine, other);
            if (lua_isnil(L, -1)) lua_pop(L, 1); else lua_replace(L, -2);
        }
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return LUA_NOREF;
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, engine->error_handler_ref);
    return engine->error_handler_ref;
}
