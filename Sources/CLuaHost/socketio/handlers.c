/* sio.on, sio.event and sio.register_namespace, and how the handler of an event is found. */
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "socketio/socketio.h"

/* ---- registering ---- */

/* Pushes the table under `key`, a string on top of the stack that is replaced, of the table at `index`; makes it. */
static void push_subtable(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, index) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_insert(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, index);
        return;
    }
    lua_remove(L, -2);
}

/* Pushes the table that is a user value of the client of the method that runs; makes it. */
static void push_user_table(lua_State *L, int user_value) {
    if (lua_getiuservalue(L, lua_upvalueindex(1), user_value) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, lua_upvalueindex(1), user_value);
}

/* The name at `index`, kept as long as the client. Equal names that are long are several strings of Lua, and a table
 * keeps the first of them as its key: that one is the value as well, so that it is found. */
static luahost_slice keep_name(lua_State *L, int index) {
    int top = lua_gettop(L);
    push_user_table(L, LUAHOST_SIO_NAMES);
    lua_pushvalue(L, index);
    if (lua_rawget(L, top + 1) == LUA_TNIL) {
        lua_copy(L, index, top + 2);
        lua_pushvalue(L, index);
        lua_pushvalue(L, index);
        lua_rawset(L, top + 1);
    }
    luahost_slice name = luahost_sio_slice(L, top + 2);
    lua_settop(L, top);
    return name;
}

/* Drops the latest handler, which may be about to be replaced. */
static void forget_latest(lua_State *L, luahost_sio *sio) {
    luaL_unref(L, LUA_REGISTRYINDEX, sio->client.anchor.message_ref);
    sio->client.anchor.message_ref = LUA_NOREF;
}

/* Events that wait for receive() may be for a new handler, while there is a session. */
static void look_again(luahost_sio *sio) {
    if (sio->client.anchor.holds == 0) return;
    luahost_mailbox_offer_kept(&sio->client);
    sio->client.mailbox.start = LUAHOST_START_AT_ONCE;
    luahost_mailbox_schedule(&sio->client);
}

/* Registers the function at `function` for the event and the namespace, two strings at these indices. */
static void add_handler(lua_State *L, luahost_sio *sio, int event, int name_space, int function, bool is_ordered) {
    luahost_sio_handler *record = lua_newuserdatauv(L, sizeof *record, 1);
    int at = lua_gettop(L);
    lua_pushvalue(L, function);
    lua_setiuservalue(L, at, 1);
    record->place_ref = luahost_place_ref(L, sio->client.shared);
    record->is_ordered = is_ordered;
    record->name = keep_name(L, event);
    record->name_space = keep_name(L, name_space);
    forget_latest(L, sio);
    push_user_table(L, LUAHOST_SIO_HANDLERS);
    lua_pushvalue(L, name_space);
    push_subtable(L, -2);
    lua_pushvalue(L, event);
    lua_pushvalue(L, at);
    lua_rawset(L, -3);
    lua_settop(L, at - 1);
    look_again(sio);
}

/* Leaves the namespace on top of the stack: of the options at `index`, a string or a table; without them that of the
 * method, or "/". Returns whether the handler is ordered. */
static bool check_options(lua_State *L, int index, luahost_slice event) {
    static const char *const known[] = {"namespace", "ordered", NULL};
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushvalue(L, index);
        luahost_sio_check_namespaces(L, lua_gettop(L), index, "on");
        return false;
    }
    luahost_options options = luahost_options_read(L, index, index, "on", known);
    bool is_ordered = luahost_option_boolean(&options, "ordered", false);
    if (is_ordered && luahost_sio_is_reserved(event)) {
        luahost_argument_error(L, index, "on", "option 'ordered' is for the server's events, not for '%s'", event.data);
    }
    if (luahost_option_push(&options, "namespace") == LUA_TNIL) {
        lua_pop(L, 1);
        if (lua_type(L, lua_upvalueindex(3)) == LUA_TSTRING) lua_pushvalue(L, lua_upvalueindex(3));
        else lua_pushliteral(L, "/");
    } else {
        luahost_sio_check_namespaces(L, lua_gettop(L), index, "on");
    }
    return is_ordered;
}

static luahost_slice check_event(lua_State *L, int index, const char *function) {
    luahost_slice event;
    if (lua_type(L, index) != LUA_TSTRING) {
        luahost_argument_error(L, 1, function, "event: string expected, got %s", luahost_push_typename(L, index));
    }
    event.data = lua_tolstring(L, index, &event.length);
    return event;
}

/* The handler of errors is the client's, as that of eio. */
static bool is_error_event(luahost_slice event) { return luahost_slice_is(event, "error"); }

static void check_callable(lua_State *L, int index, int number, const char *function) {
    if (luahost_is_callable(L, index)) return;
    luahost_argument_error(L, number, function, "handler: function expected, got %s", luahost_push_typename(L, index));
}

/* The function that on(event) returns. Upvalues: userdata, table, event, namespace, whether it is ordered. */
static int decorate(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    check_callable(L, 1, 1, "on(event)");
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_pushvalue(L, lua_upvalueindex(4));
    if (is_error_event(check_event(L, 2, "on"))) {
        luahost_client_add_handler(L, &sio->client, LUAHOST_EVENT_ERROR, 1, false);
    } else {
        add_handler(L, sio, 2, 3, 1, lua_toboolean(L, lua_upvalueindex(5)));
    }
    lua_settop(L, 1);
    return 1;
}

int luahost_sio_on(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    luahost_slice event = check_event(L, 1, "on");
    bool is_table = lua_istable(L, 2) && !luahost_is_callable(L, 2);
    int options = lua_isnoneornil(L, 2) || lua_type(L, 2) == LUA_TSTRING || is_table ? 2 : 3;
    lua_settop(L, 3);
    bool is_ordered = check_options(L, options, event);
    int name_space = lua_gettop(L);
    if (options == 2) {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushvalue(L, 1);
        lua_pushvalue(L, name_space);
        lua_pushboolean(L, is_ordered);
        lua_pushcclosure(L, decorate, 5);
        return 1;
    }
    check_callable(L, 2, 2, "on");
    if (is_error_event(event)) luahost_client_add_handler(L, &sio->client, LUAHOST_EVENT_ERROR, 2, false);
    else add_handler(L, sio, 1, name_space, 2, is_ordered);
    return 0;
}

/* ---- sio.event ---- */

/* sio.event.news = f. Upvalues: userdata, table, namespace. */
static int set_event(lua_State *L) {
    luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
    if (sio->client.context == NULL) return luaL_error(L, "the script is ending");
    luahost_slice event = check_event(L, 2, "event");
    check_callable(L, 3, 2, "event");
    lua_settop(L, 3);
    lua_pushvalue(L, lua_upvalueindex(3));
    if (is_error_event(event)) luahost_client_add_handler(L, &sio->client, LUAHOST_EVENT_ERROR, 3, false);
    else add_handler(L, sio, 2, 4, 3, false);
    return 0;
}

static int call_event(lua_State *L);

/* Replaces the namespace on top of the stack by the table whose assignments register handlers. */
static void push_table_of_namespace(lua_State *L) {
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushvalue(L, -5);
    lua_pushcclosure(L, set_event, 3);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushcclosure(L, call_event, 2);
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

/* sio.event("/chat"). Upvalues: userdata, table. */
static int call_event(lua_State *L) {
    lua_settop(L, 2);
    luahost_sio_check_namespaces(L, 2, 1, "event");
    push_table_of_namespace(L);
    return 1;
}

static int make_event_table(lua_State *L) {
    lua_pushliteral(L, "/");
    push_table_of_namespace(L);
    return 1;
}

void luahost_sio_push_event_table(lua_State *L) {
    int userdata = lua_gettop(L);
    lua_pushvalue(L, userdata);
    lua_getiuservalue(L, userdata, LUAHOST_UV_TABLE);
    lua_pushcclosure(L, make_event_table, 2);
    lua_call(L, 0, 1);
}

/* ---- register_namespace ---- */

int luahost_sio_register_namespace(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    lua_settop(L, 2);
    if (lua_istable(L, 1)) {
        lua_getfield(L, 1, "namespace");
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushliteral(L, "/");
        }
        lua_replace(L, 2);
        lua_insert(L, 1);
    }
    luahost_sio_check_namespaces(L, 1, 1, "register_namespace");
    if (!lua_istable(L, 2)) {
        return luahost_argument_error(
            L, 2, "register_namespace", "table with functions on_… expected, got %s", luahost_push_typename(L, 2));
    }
    push_user_table(L, LUAHOST_SIO_CLASSES);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_rawset(L, -3);
    push_user_table(L, LUAHOST_SIO_PLACES);
    int place = luahost_place_ref(L, sio->client.shared);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, place);
    lua_rawset(L, -3);
    look_again(sio);
    lua_pushvalue(L, 2);
    return 1;
}

void luahost_sio_push_namespaces(lua_State *L, int userdata) {
    userdata = lua_absindex(L, userdata);
    lua_newtable(L);
    int list = lua_gettop(L);
    for (int which = LUAHOST_SIO_HANDLERS; which <= LUAHOST_SIO_CLASSES; which++) {
        if (lua_getiuservalue(L, userdata, which) != LUA_TTABLE) continue;
        int table = lua_gettop(L);
        for (lua_pushnil(L); lua_next(L, table); lua_settop(L, table + 1)) {
            if (strcmp(lua_tostring(L, table + 1), "*") == 0) continue;
            lua_pushvalue(L, table + 1);
            lua_rawseti(L, list, luaL_len(L, list) + 1);
        }
    }
    lua_settop(L, list);
    if (luaL_len(L, list) > 0) return;
    lua_pushliteral(L, "/");
    lua_rawseti(L, list, 1);
}
