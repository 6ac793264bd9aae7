/* The module `socketio`, its class, and the ready client `sio`, which is made when a script first uses it. */
#include <math.h>

#include "core/arguments.h"
#include "core/module.h"
#include "core/options.h"
#include "core/stack.h"
#include "core/wait.h"
#include "socketio/acks.h"

/* ---- options ---- */

static const char *const option_names[] = {
#define LUAHOST_OPTION(name, type, by_default, docs) #name,
#include "client_options.def"
#include "socketio_options.def"
#undef LUAHOST_OPTION
    NULL,
};

static luahost_serializer check_serializer(const luahost_options *options, const char *name) {
    lua_State *L = options->L;
    luahost_slice text = luahost_option_string(options, name, "default");
    if (luahost_slice_is(text, "msgpack")) return LUAHOST_SERIALIZER_MSGPACK;
    if (!luahost_slice_is(text, "default")) {
        luahost_argument_error(
            L, options->number, options->function, "option 'serializer': 'default' or 'msgpack' expected, got '%s'",
            text.data);
    }
    return LUAHOST_SERIALIZER_JSON;
}

/* A part of an attempt is not an attempt, and 0 sets no limit. */
static void check_whole(const luahost_options *options, const char *name, double number) {
    if (number == floor(number)) return;
    lua_pushnumber(options->L, number);
    luahost_argument_error(
        options->L, options->number, options->function, "option '%s': whole number expected, got %s", name,
        lua_tostring(options->L, -1));
}

static void read_options(lua_State *L, int index, luahost_socketio_options *own) {
    int top = lua_gettop(L);
    luahost_options options = luahost_options_read(L, index, 1, "Client", option_names);
#define READ_BOOLEAN(name, by_default) own->name = luahost_option_boolean(&options, #name, by_default);
#define READ_NUMBER(name, by_default) own->name = luahost_option_number(&options, #name, by_default);
#define READ_LOGGER(name, by_default) own->name = luahost_option_logger(&options, #name);
#define READ_SERIALIZER(name, by_default) own->name = check_serializer(&options, #name);
#define LUAHOST_OPTION(name, type, by_default, docs) READ_##type(name, by_default)
#include "socketio_options.def"
#undef LUAHOST_OPTION
    check_whole(&options, "reconnection_attempts", own->reconnection_attempts);
    check_whole(&options, "max_attachments", own->max_attachments);
    int json = luahost_option_push(&options, "json");
    if (json == LUA_TBOOLEAN && !lua_toboolean(L, -1)) {
        luahost_argument_error(
            L, 1, "Client", "option 'json': true or {encode=, decode=} expected: the packets of Socket.IO are JSON");
    }
    if (json == LUA_TTABLE && own->serializer == LUAHOST_SERIALIZER_MSGPACK) {
        luahost_argument_error(L, 1, "Client", "option 'json': the packets are not JSON with serializer = 'msgpack'");
    }
    lua_settop(L, top);
}

static const luaL_Reg methods[16];

/* ---- attributes ---- */

enum {
    SID, CONNECTED, NAMESPACES, RECOVERED, EVENT, ENGINE, CONNECTION_URL, CONNECTION_NAMESPACES, PATH, STATE, NONE,
};

static const char *const attributes[NONE + 1] = {
    "sid", "connected", "namespaces", "recovered", "event", "eio", "connection_url", "connection_namespaces",
    "socketio_path", "state",
};

static int attribute_of(const char *name) {
    int which = 0;
    while (which < NONE && strcmp(attributes[which], name) != 0) which++;
    return which;
}

void luahost_sio_push_sid(lua_State *L, int userdata, const char *name_space) {
    int type = lua_getiuservalue(L, userdata, LUAHOST_SIO_NAMESPACES);
    if (type == LUA_TSTRING && (name_space == NULL || strcmp(name_space, "/") == 0)) return;
    if (type != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_pushnil(L);
        return;
    }
    int table = lua_gettop(L);
    lua_pushstring(L, name_space == NULL ? "/" : name_space);
    if (lua_rawget(L, table) == LUA_TNIL && name_space == NULL) {
        lua_pushnil(L);
        if (lua_next(L, table)) {
            lua_pushvalue(L, -2);
            bool is_only = lua_next(L, table) == 0;
            if (!is_only) {
                lua_pop(L, 2);
                lua_pushnil(L);
            }
        } else {
            lua_pushnil(L);
        }
    }
    lua_replace(L, table);
    lua_settop(L, table);
}

static void push_copy(lua_State *L, int userdata, int user_value) {
    lua_newtable(L);
    int copy = lua_gettop(L);
    lua_getiuservalue(L, userdata, user_value);
    if (user_value == LUAHOST_SIO_WANTED) luahost_sio_list_wanted(L);
    else if (lua_type(L, -1) == LUA_TSTRING) lua_setfield(L, copy, "/");
    if (lua_istable(L, copy + 1)) {
        for (lua_pushnil(L); lua_next(L, copy + 1);) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, copy);
        }
    }
    lua_settop(L, copy);
}

/* Pushes the path of the last connect(), or nil. */
static void push_path(lua_State *L, int userdata) {
    if (lua_getiuservalue(L, userdata, LUAHOST_SIO_WANTED) == LUA_TNIL) return;
    if (lua_getiuservalue(L, userdata, LUAHOST_SIO_PATH) == LUA_TNIL) lua_pushliteral(L, "socket.io");
}

/* The Engine.IO client below: the fields and functions that show its state. */
static int engine_index(lua_State *L) {
    static const luaL_Reg own[] = {
        {"transport", luahost_client_transport}, {"buffered", luahost_client_buffered},
        {"drain", luahost_client_drain}, {NULL, NULL},
    };
    const char *name = luaL_checkstring(L, 2);
    lua_pushcfunction(L, luahost_client_attribute);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    if (!lua_isnil(L, -1)) return 1;
    for (const luaL_Reg *method = own; method->name != NULL; method++) {
        if (strcmp(method->name, name) != 0) continue;
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushvalue(L, 1);
        lua_pushcclosure(L, method->func, 2);
        return 1;
    }
    /* The functions that all clients share; those of a session, and its attributes, are not its Engine.IO client's. */
    for (const luaL_Reg *method = methods; method->name != NULL; method++) {
        if (strcmp(method->name, name) == 0) return 0;
    }
    if (attribute_of(name) != NONE) return 0;
    lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_TABLE);
    lua_getfield(L, -1, name);
    return 1;
}

static void push_engine(lua_State *L, int userdata) {
    if (lua_getiuservalue(L, userdata, LUAHOST_SIO_ENGINE) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, userdata);
    lua_pushcclosure(L, engine_index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, userdata, LUAHOST_SIO_ENGINE);
}

/* (userdata, name) */
static int attribute(lua_State *L) {
    const luahost_sio *sio = lua_touserdata(L, 1);
    const char *name = lua_tostring(L, 2);
    int which = attribute_of(name);
    if (which == NONE) return 0;
    lua_settop(L, 1);
    switch (which) {
    case SID: luahost_sio_push_sid(L, 1, NULL); break;
    case CONNECTED:
        if (lua_getiuservalue(L, 1, LUAHOST_SIO_NAMESPACES) == LUA_TTABLE) lua_pushnil(L);
        lua_pushboolean(L, lua_type(L, 2) == LUA_TSTRING || (lua_istable(L, 2) && lua_next(L, 2) != 0));
        break;
    case NAMESPACES: push_copy(L, 1, LUAHOST_SIO_NAMESPACES); break;
    case CONNECTION_NAMESPACES: push_copy(L, 1, LUAHOST_SIO_WANTED); break;
    case RECOVERED: lua_pushboolean(L, sio->is_recovered); break;
    case EVENT: luahost_sio_push_event_table(L); break;
    case ENGINE: push_engine(L, 1); break;
    case CONNECTION_URL: lua_getiuservalue(L, 1, LUAHOST_SIO_URL); break;
    case PATH: push_path(L, 1); break;
    default: lua_pushstring(L, luahost_client_state_name(&sio->client)); break;
    }
    return 1;
}

/* ---- methods ---- */

static int get_sid(lua_State *L) {
    luahost_sio_self(L);
    lua_settop(L, 1);
    if (!lua_isnil(L, 1)) luahost_sio_check_namespace(L, 1, 1, "get_sid");
    luahost_sio_push_sid(L, lua_upvalueindex(1), lua_isnil(L, 1) ? "/" : lua_tostring(L, 1));
    return 1;
}

static int waited(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    const luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
    lua_pushboolean(L, !sio->has_given_up);
    if (!sio->has_given_up) return 1;
    lua_pushliteral(L, "reconnection failed");
    return 2;
}

static int wait_for_end(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    if (sio->client.state == LUAHOST_DISCONNECTED) return waited(L, LUA_OK, 0);
    return luahost_park_with(L, &sio->client.waits.wait, -1, NULL, "sio.wait", waited);
}

static int shutdown(lua_State *L) { return luahost_client_disconnect(L); }

static const luaL_Reg methods[16] = {
    {"on", luahost_sio_on}, {"register_namespace", luahost_sio_register_namespace}, {"connect", luahost_sio_connect},
    {"emit", luahost_sio_emit}, {"send", luahost_sio_send}, {"call", luahost_sio_call}, {"of", luahost_sio_of},
    {"receive", luahost_sio_receive}, {"disconnect", luahost_client_disconnect}, {"shutdown", shutdown},
    {"wait", wait_for_end}, {"get_sid", get_sid}, {"transport", luahost_client_transport},
    {"buffered", luahost_client_buffered}, {"drain", luahost_client_drain}, {NULL, NULL},
};

static int construct(lua_State *L);

static void free_parts(luahost_client *client) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_sio_acks_free(sio->acks);
    sio->acks = NULL;
}

static const luahost_client_kind kind = {
    .type_name = "socketio.Client",
    .size = sizeof(luahost_sio),
    .user_values = LUAHOST_SIO_USER_VALUES,
    .methods = methods,
    .option_names = option_names,
    .attribute_names = attributes,
    .construct = construct,
    .attribute = attribute,
    .queues_all = true,
    .start_next = luahost_sio_start_next,
    .free_parts = free_parts,
};

luahost_sio *luahost_sio_make(lua_State *L, int index, int table) {
    luahost_client_options settings;
    luahost_socketio_options own;
    read_options(L, index, &own);
    luahost_sio *sio = (luahost_sio *)luahost_client_make(L, &kind, index, table, &settings);
    sio->serializer = own.serializer;
    sio->calls.on_cancel = luahost_sio_call_cancelled;
    sio->calls.awaits_sockets = true;
    /* Both protocols have one log. */
    if (own.engineio_logger > settings.logger) settings.logger = own.engineio_logger;
    luahost_vm *vm = sio->client.vm;
    sio->client.context = vm->host.socketio_create(vm->context, &sio->client, &settings, &own);
    lua_rawgetp(L, table, &luahost_key_client);
    return sio;
}

static int construct(lua_State *L) {
    luahost_client_construct(L);
    lua_createtable(L, 0, 1);
    luahost_sio_make(L, 1, 2);
    lua_settop(L, 2);
    return 1;
}

/* ---- the module ---- */

static int make_module(lua_State *L) {
    lua_createtable(L, 0, 2);
    luahost_client_class(L, &kind, -1);
    lua_setfield(L, -2, "Client");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, luahost_sio_simple, 1);
    lua_setfield(L, -2, "SimpleClient");
    return 1;
}

static int load(lua_State *L) {
    lua_pushcfunction(L, make_module);
    luahost_call_undisturbed(L, 0, 1);
    return 1;
}

/* The first access to a field of the global `sio`, which is a table without anything until then. */
static int make_ready_client(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (luahost_vm_is_closing(luahost_vm_of(L))) return luaL_error(L, "the script is ending");
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    /* The class is made by the module. */
    if (lua_getfield(L, 3, "socketio") == LUA_TNIL) {
        load(L);
        lua_setfield(L, 3, "socketio");
    }
    lua_pushnil(L);
    luahost_sio_make(L, lua_gettop(L), 1);
    lua_pushvalue(L, 2);
    lua_gettable(L, 1);
    return 1;
}

/* The client that is not made yet has no fields; the others are client/class.c's. */
static void list_fields(lua_State *L, void (*add)(void *context, const char *name), void *context) {
    if (!lua_istable(L, -1) || !lua_getmetatable(L, -1)) return;
    lua_pushliteral(L, "__index");
    lua_rawget(L, -2);
    bool is_ready_client = lua_tocfunction(L, -1) == make_ready_client;
    lua_pop(L, 2);
    if (is_ready_client) luahost_kind_list(&kind, add, context);
}

static void set_up(lua_State *L) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, make_ready_client);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setglobal(L, "sio");
}

const luahost_module luahost_socketio_module = {
    .name = "socketio", .load = load, .set_up = set_up, .list_fields = list_fields};
