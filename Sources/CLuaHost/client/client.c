/* The client object: how it is made, kept, read and collected. */
#include "client/client.h"

#include <string.h>

const char luahost_key_client;

/* ---- what keeps a client ---- */

void luahost_client_hold(lua_State *L, luahost_client *client, int userdata) {
    if (client->holds == 0) {
        userdata = lua_absindex(L, userdata);
        lua_pushvalue(L, userdata);
        client->anchor_ref = luaL_ref(L, LUA_REGISTRYINDEX);
        if (lua_getiuservalue(L, userdata, LUAHOST_UV_HANDLER + LUAHOST_EVENT_MESSAGE) == LUA_TNIL) lua_pop(L, 1);
        else client->message_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    client->holds++;
}

void luahost_client_unhold(luahost_client *client) {
    if (--client->holds > 0) return;
    lua_State *L = client->vm->L;
    luaL_unref(L, LUA_REGISTRYINDEX, client->message_ref);
    luaL_unref(L, LUA_REGISTRYINDEX, client->anchor_ref);
    client->message_ref = client->anchor_ref = LUA_NOREF;
}

void luahost_client_push(lua_State *L, const luahost_client *client, int user_value) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, client->anchor_ref);
    lua_getiuservalue(L, -1, user_value);
    lua_replace(L, -2);
}

void luahost_client_store(luahost_client *client, int user_value) {
    lua_State *L = client->vm->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, client->anchor_ref);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, user_value);
    lua_pop(L, 1);
}

/* ---- making and collecting ---- */

static int client_collect(lua_State *L) {
    luahost_client *client = lua_touserdata(L, 1);
    luahost_vm *vm = client->vm;
    if (vm == NULL) return 0;
    if (client->context != NULL) vm->host.client_release(client->context);
    client->context = NULL;
    luahost_mailbox_clear(client);
    if (client->previous != NULL) client->previous->next = client->next; else vm->clients = client->next;
    if (client->next != NULL) client->next->previous = client->previous;
    client->vm = NULL;
    return 0;
}

void luahost_clients_release(luahost_vm *vm) {
    for (luahost_client *client = vm->clients; client != NULL; client = client->next) {
        if (client->context != NULL) vm->host.client_release(client->context);
        client->context = NULL;
    }
}

static const char *const option_names[] = {
    "logger", "json", "request_timeout", "connect_timeout", "ssl_verify", "ca_file", "timestamp_requests",
    "handle_sigint", "max_message_size", "max_buffered", NULL,
};

/* true and false as in python; a level by name; a table like python's logging has nobody to call it. */
static int check_logger(const luahost_options *options) {
    lua_State *L = options->L;
    static const char expected[] = "true, false, 'info' or 'debug'";
    int level = 0;
    switch (luahost_option_push(options, "logger")) {
    case LUA_TNIL: break;
    case LUA_TBOOLEAN: level = lua_toboolean(L, -1); break;
    case LUA_TSTRING:
        if (strcmp(lua_tostring(L, -1), "info") == 0) level = 1;
        else if (strcmp(lua_tostring(L, -1), "debug") == 0) level = 2;
        else {
            luahost_argument_error(
                L, options->number, options->function, "option 'logger': %s expected, got '%s'", expected,
                lua_tostring(L, -1));
        }
        break;
    default: luahost_option_error(options, "logger", expected);
    }
    lua_pop(L, 1);
    return level;
}

/* Leaves encode and decode on the stack, or two nils. */
static luahost_json_mode check_json(const luahost_options *options) {
    lua_State *L = options->L;
    int type = luahost_option_push(options, "json");
    if (type == LUA_TTABLE) {
        static const char *const names[] = {"encode", "decode"};
        for (int index = 0; index < 2; index++) {
            lua_getfield(L, -1 - index, names[index]);
            if (!lua_isfunction(L, -1)) {
                luahost_argument_error(
                    L, options->number, options->function, "option 'json': its field '%s' must be a function, got %s",
                    names[index], luaL_typename(L, -1));
            }
        }
        lua_remove(L, -3);
        return LUAHOST_JSON_OWN;
    }
    if (type != LUA_TNIL && type != LUA_TBOOLEAN) {
        luahost_option_error(options, "json", "true, false or {encode=, decode=}");
    }
    luahost_json_mode mode = type == LUA_TNIL || lua_toboolean(L, -1) ? LUAHOST_JSON_ON : LUAHOST_JSON_OFF;
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_pushnil(L);
    return mode;
}

int luahost_client_new(lua_State *L, luahost_engine *engine, int index) {
    luahost_options options = luahost_options_read(L, index, 1, "Client", option_names);
    luahost_vm *vm = luahost_vm_of(L);
    luahost_client_options settings = {
        .logger = check_logger(&options),
        .ssl_verify = luahost_option_boolean(&options, "ssl_verify", true),
        .ca_file = luahost_option_string(&options, "ca_file"),
        .request_timeout = luahost_option_number(&options, "request_timeout", 5),
        .connect_timeout = luahost_option_number(&options, "connect_timeout", 20),
        .timestamp_requests = luahost_option_boolean(&options, "timestamp_requests", true),
        .handle_sigint = luahost_option_boolean(&options, "handle_sigint", true),
        .max_message_size = luahost_option_number(&options, "max_message_size", 134217728),
        .max_buffered = luahost_option_number(&options, "max_buffered", 1048576),
    };
    luahost_json_mode json = check_json(&options);
    int decode = lua_gettop(L), encode = decode - 1;

    lua_createtable(L, 0, 1);
    luahost_client *client = lua_newuserdatauv(L, sizeof *client, LUAHOST_USER_VALUES);
    memset(client, 0, sizeof *client);
    client->json = json;
    client->encodes_itself = json == LUAHOST_JSON_OWN;
    client->handles_sigint = settings.handle_sigint;
    client->anchor_ref = client->message_ref = LUA_NOREF;
    client->connecters.on_cancel = luahost_connect_cancelled;
    client->receivers.awaits_sockets = true;
    for (int event = 0; event < LUAHOST_EVENTS; event++) client->place_refs[event] = LUA_NOREF;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_client);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, LUAHOST_UV_TABLE);
    lua_pushvalue(L, encode);
    lua_setiuservalue(L, -2, LUAHOST_UV_ENCODE);
    lua_pushvalue(L, decode);
    lua_setiuservalue(L, -2, LUAHOST_UV_DECODE);
    lua_rawsetp(L, -2, &luahost_key_client);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_client_mt);
    lua_setmetatable(L, -2);

    /* Nothing raises from here on. */
    client->vm = vm;
    client->engine = engine;
    client->number = ++engine->clients_made;
    client->next = vm->clients;
    if (client->next != NULL) client->next->previous = client;
    vm->clients = client;
    client->context = vm->host.client_create(vm->context, client, &settings);
    return 1;
}

/* ---- reading its fields ---- */

typedef enum attribute { SID, STATE, UPGRADES, PING_INTERVAL, PING_TIMEOUT, BASE_URL, ATTRIBUTES } attribute;

static const char *const attribute_names[ATTRIBUTES] = {
    "sid", "state", "upgrades", "ping_interval", "ping_timeout", "base_url",
};

static const luaL_Reg methods[] = {
    {"on", luahost_client_on}, {"connect", luahost_client_connect}, {"wait", luahost_client_wait},
    {"disconnect", luahost_client_disconnect}, {"send", luahost_client_send}, {"receive", luahost_client_receive},
    {"buffered", luahost_client_buffered}, {"drain", luahost_client_drain}, {"transport", luahost_client_transport},
    {NULL, NULL},
};

static const char *state_name(const luahost_client *client) {
    static const char *const names[] = {"disconnected", "connecting", "connected", "disconnecting"};
    return names[client->state];
}

/* The userdata is on top of the stack. */
static int push_attribute(lua_State *L, const luahost_client *client, attribute which) {
    switch (which) {
    case SID: lua_getiuservalue(L, -1, LUAHOST_UV_SID); break;
    case UPGRADES: lua_getiuservalue(L, -1, LUAHOST_UV_UPGRADES); break;
    case BASE_URL: lua_getiuservalue(L, -1, LUAHOST_UV_BASE_URL); break;
    case STATE: lua_pushstring(L, state_name(client)); break;
    case PING_INTERVAL:
    case PING_TIMEOUT:
        if (client->transport == 0) lua_pushnil(L);
        else lua_pushnumber(L, which == PING_INTERVAL ? client->ping_interval : client->ping_timeout);
        break;
    case ATTRIBUTES: break;
    }
    return 1;
}

/* The client whose table is the first argument, with its userdata pushed; NULL when the table is not a client's. A script
 * finds the key with next() and may put anything in its place, also the userdata of another client. */
static const luahost_client *push_userdata(lua_State *L) {
    if (lua_rawgetp(L, 1, &luahost_key_client) != LUA_TUSERDATA || !lua_getmetatable(L, -1)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_client);
    if (!lua_rawequal(L, -1, -2)) return NULL;
    lua_pop(L, 2);
    lua_getiuservalue(L, -1, LUAHOST_UV_TABLE);
    if (!lua_rawequal(L, -1, 1)) return NULL;
    lua_pop(L, 1);
    return lua_touserdata(L, -1);
}

static attribute find_attribute(const char *name) {
    attribute which = SID;
    while (which < ATTRIBUTES && strcmp(attribute_names[which], name) != 0) which++;
    return which;
}

static lua_CFunction find_method(const char *name) {
    const luaL_Reg *method = methods;
    while (method->name != NULL && strcmp(method->name, name) != 0) method++;
    return method->func;
}

/* What the table does not have itself. Upvalue: the functions that all clients share. What is no attribute is put into the
 * table, so that the next access does not come here. */
static int client_index(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *name = lua_tostring(L, 2);
    attribute which = find_attribute(name);
    lua_CFunction method = find_method(name);
    if (which != ATTRIBUTES || method != NULL) {
        const luahost_client *client = push_userdata(L);
        if (client == NULL) return luaL_error(L, "the table is not a client");
        if (which != ATTRIBUTES) return push_attribute(L, client, which);
        lua_pushvalue(L, 1);
        lua_pushcclosure(L, method, 2);
    } else {
        if (!luahost_shared_open(L, lua_upvalueindex(1), name)) return 0;
        lua_pushvalue(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
}

static int client_text(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    const luahost_client *client = push_userdata(L);
    if (client == NULL) lua_pushliteral(L, "engineio.Client");
    else lua_pushfstring(L, "engineio.Client %d (%s)", (int)client->number, state_name(client));
    return 1;
}

void luahost_client_open(lua_State *L) {
    int shared = lua_gettop(L);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, client_collect);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &luahost_key_client);

    lua_createtable(L, 0, 4);
    lua_pushvalue(L, shared);
    lua_pushcclosure(L, client_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, client_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "engineio.Client");
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__name");
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &luahost_key_client_mt);
}
