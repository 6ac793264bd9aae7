/* c.connect(url, {headers=, transports=, engineio_path=, try_all_transports=}). */
#include <string.h>

#include "client/client.h"
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/wait.h"

static const char *const option_names[] = {
#define LUAHOST_OPTION(name, type, by_default, docs) #name,
#include "connect_options.def"
#undef LUAHOST_OPTION
    NULL,
};

/* ---- headers ---- */

/* RFC 9110, 5.6.2. */
static bool is_token(const char *name, size_t length) {
    for (size_t index = 0; index < length; index++) {
        unsigned char byte = (unsigned char)name[index];
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && !is_digit && (byte == '\0' || strchr("!#$%&'*+-.^_`|~", byte) == NULL)) return false;
    }
    return length > 0;
}

/* Control characters would end the header or make the request unreadable. Returns where the first one is, or the
 * length. */
static size_t first_control(const char *value, size_t length) {
    for (size_t index = 0; index < length; index++) {
        unsigned char byte = (unsigned char)value[index];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return index;
    }
    return length;
}

/* The name and the value are on top of the stack; a number is replaced by its text. */
static luahost_pair check_header(const luahost_options *options) {
    lua_State *L = options->L;
    int number = options->number;
    const char *function = options->function;
    luahost_pair pair;
    if (lua_type(L, -2) != LUA_TSTRING) {
        luahost_argument_error(
            L, number, function, "option 'headers': its keys must be strings, got %s", luaL_typename(L, -2));
    }
    pair.name.data = lua_tolstring(L, -2, &pair.name.length);
    size_t bad = first_control(pair.name.data, pair.name.length);
    if (bad < pair.name.length) {
        luahost_argument_error(
            L, number, function, "option 'headers': a name has the control character %d at byte %d",
            (unsigned char)pair.name.data[bad], (int)bad + 1);
    }
    if (!is_token(pair.name.data, pair.name.length)) {
        luahost_argument_error(
            L, number, function, "option 'headers': '%s' is not a valid header name", pair.name.data);
    }
    if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER) {
        luahost_argument_error(
            L, number, function, "option 'headers': the value of '%s' must be a string or a number, got %s",
            pair.name.data, luaL_typename(L, -1));
    }
    pair.value.data = lua_tolstring(L, -1, &pair.value.length);
    size_t control = first_control(pair.value.data, pair.value.length);
    if (control < pair.value.length) {
        luahost_argument_error(
            L, number, function, "option 'headers': the value of '%s' has a control character (%d) at byte %d",
            pair.name.data, (unsigned char)pair.value.data[control], (int)control + 1);
    }
    return pair;
}

/* Pushes an array of the keys and values of the table at the index, in one pass; returns how many pairs there are.
 * The table itself may be changed by a finalizer wherever Lua allocates. */
static size_t copy_pairs(lua_State *L, int table) {
    lua_newtable(L);
    int copy = lua_gettop(L);
    lua_Integer count = 0;
    for (lua_pushnil(L); lua_next(L, table); count++) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, copy, 2 * count + 1);
        lua_rawseti(L, copy, 2 * count + 2);
    }
    return (size_t)count;
}

/* Leaves on the stack what keeps the pairs: an array of the strings, and the userdata that the pairs are in. */
luahost_pairs luahost_check_headers(const luahost_options *options, const char *option) {
    lua_State *L = options->L;
    int type = luahost_option_push(options, option);
    if (type == LUA_TNIL) return (luahost_pairs){NULL, 0};
    if (type != LUA_TTABLE) luahost_option_error(options, option, "table");
    size_t count = copy_pairs(L, lua_gettop(L));
    int copy = lua_gettop(L);
    luahost_pair *pairs = lua_newuserdatauv(L, count * sizeof *pairs, 0);
    for (size_t index = 0; index < count; index++) {
        lua_rawgeti(L, copy, 2 * (lua_Integer)index + 1);
        lua_rawgeti(L, copy, 2 * (lua_Integer)index + 2);
        pairs[index] = check_header(options);
        lua_rawseti(L, copy, 2 * (lua_Integer)index + 2);
        lua_pop(L, 1);
    }
    return (luahost_pairs){pairs, count};
}

/* ---- transports ---- */

/* The name is on top of the stack. Unknown names are dropped, as python does. */
static void add_transport(luahost_transports *out, const char *name) {
    luahost_transport named = strcmp(name, "polling") == 0 ? LUAHOST_POLLING
        : strcmp(name, "websocket") == 0                  ? LUAHOST_WEBSOCKET
                                                          : LUAHOST_NO_TRANSPORT;
    int count = 0;
    for (; out->order[count] != LUAHOST_NO_TRANSPORT; count++) {
        if (out->order[count] == named) return;
    }
    out->order[count] = named;
}

luahost_transports luahost_check_transports(const luahost_options *options, const char *option) {
    lua_State *L = options->L;
    luahost_transports out = {{LUAHOST_NO_TRANSPORT}};
    switch (luahost_option_push(options, option)) {
    case LUA_TNIL:
        out = luahost_vm_of(L)->options.default_transports;
        if (out.order[0] != LUAHOST_NO_TRANSPORT) break;
        out = (luahost_transports){{LUAHOST_POLLING, LUAHOST_WEBSOCKET, LUAHOST_NO_TRANSPORT}};
        break;
    case LUA_TSTRING:
        add_transport(&out, lua_tostring(L, -1));
        break;
    case LUA_TTABLE:
        for (lua_Integer index = 1; lua_rawgeti(L, -1, index) != LUA_TNIL; index++) {
            if (lua_type(L, -1) != LUA_TSTRING) {
                luahost_argument_error(
                    L, options->number, options->function, "option 'transports': its item %d must be a string, got %s",
                    (int)index, luaL_typename(L, -1));
            }
            add_transport(&out, lua_tostring(L, -1));
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
        break;
    default:
        luahost_option_error(options, option, "string or list of strings");
    }
    lua_pop(L, 1);
    if (out.order[0] == LUAHOST_NO_TRANSPORT) luahost_raise(L, "ValueError", "No valid transports provided");
    return out;
}

/* ---- connect ---- */

luahost_slice luahost_check_url(lua_State *L) {
    luahost_slice url = luahost_vm_of(L)->options.default_url;
    if (!lua_isnoneornil(L, 1) || url.length == 0) {
        if (lua_isnoneornil(L, 1)) {
            luahost_argument_error(
                L, 1, "connect", "url: string expected, got %s; the option --url of the command line is the url of a "
                "connect() without one", luaL_typename(L, 1));
        }
        if (lua_type(L, 1) != LUA_TSTRING) {
            luahost_argument_error(L, 1, "connect", "url: string expected, got %s", luaL_typename(L, 1));
        }
        url.data = lua_tolstring(L, 1, &url.length);
    }
    return url;
}

/* connect() is over: true, or false and the error. */
int luahost_client_connect_returned(lua_State *L, int status, lua_KContext top) {
    (void)status;
    lua_settop(L, (int)top + 2);
    if (lua_toboolean(L, (int)top + 1)) {
        lua_settop(L, (int)top + 1);
        return 1;
    }
    lua_pushliteral(L, "where");
    luaL_where(L, 1);
    lua_rawset(L, -3);
    return lua_error(L);
}

int luahost_client_connect(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    luahost_vm *vm = client->vm;
    int number = 2;
    if (lua_istable(L, 1) && lua_isnone(L, 2) && vm->options.default_url.length > 0) {
        lua_pushnil(L);
        lua_insert(L, 1);
        number = 1;
    }
    luahost_connect_options out = {.url = luahost_check_url(L)};
    lua_settop(L, 2);
    luahost_options options = luahost_options_read(L, 2, number, "connect", option_names);
#define READ_HEADERS(name, by_default) out.name = luahost_check_headers(&options, #name);
#define READ_TRANSPORTS(name, by_default) out.name = luahost_check_transports(&options, #name);
#define READ_TEXT(name, by_default) out.name = luahost_option_string(&options, #name, by_default);
#define READ_BOOLEAN(name, by_default) out.name = luahost_option_boolean(&options, #name, by_default);
#define LUAHOST_OPTION(name, type, by_default, docs) READ_##type(name, by_default)
#include "connect_options.def"
#undef LUAHOST_OPTION

    if (!luahost_vm_is_running(vm) && vm->current != NULL) vm->current->cancelled = true;
    luahost_check_wait(L, "eio.connect");
    if (luahost_vm_is_plan(vm)) return luahost_plan_wait(L, "eio.connect");
    if (luahost_client_is_shown(client)) luahost_client_reset(client);
    if (client->state != LUAHOST_DISCONNECTED) {
        return luahost_raise(L, "ValueError", "Client is not in a disconnected state");
    }
    luahost_client_hold(L, client, lua_upvalueindex(1));
    luahost_error error = {.code = -1};
    if (vm->host.client_connect(client->context, &out, &error) != 0) {
        luahost_client_unhold(client);
        luahost_push_error(L, &error, true);
        return lua_error(L);
    }
    client->state = LUAHOST_CONNECTING;
    vm->clients.in_session++;
    /* Nobody asked for what is left of the former session; with a handler there is someone. */
    if (client->anchor.message_ref == LUA_NOREF) luahost_mailbox_clear(client);
    return luahost_park_with(L, &client->waits.connect, -1, NULL, "eio.connect", luahost_client_connect_returned);
}
