/* The options of engineio.Client{…}: see client_options.def. */
#include <string.h>

#include "client/client.h"
#include "core/options.h"

const char *const luahost_client_option_names[] = {
#define LUAHOST_OPTION(name, type, by_default, docs) #name,
#include "client_options.def"
#undef LUAHOST_OPTION
    NULL,
};

/* true and false as in python; a level by name; nobody would call a table like python's logging. */
luahost_logger luahost_option_logger(const luahost_options *options, const char *name) {
    lua_State *L = options->L;
    static const char expected[] = "true, false, 'info' or 'debug'";
    luahost_logger level = LUAHOST_LOG_ERRORS;
    switch (luahost_option_push(options, name)) {
    case LUA_TNIL: break;
    case LUA_TBOOLEAN: level = lua_toboolean(L, -1) ? LUAHOST_LOG_INFO : LUAHOST_LOG_ERRORS; break;
    case LUA_TSTRING:
        if (strcmp(lua_tostring(L, -1), "info") == 0) level = LUAHOST_LOG_INFO;
        else if (strcmp(lua_tostring(L, -1), "debug") == 0) level = LUAHOST_LOG_DEBUG;
        else {
            luahost_argument_error(
                L, options->number, options->function, "option '%s': %s expected, got '%s'", name, expected,
                lua_tostring(L, -1));
        }
        break;
    default: luahost_option_error(options, name, expected);
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

luahost_json_mode luahost_client_options_read(
    lua_State *L, const luahost_client_kind *kind, int index, luahost_client_options *settings) {
    luahost_options options = luahost_options_read(L, index, 1, "Client", kind->option_names);
#define READ_LOGGER(name, by_default) settings->name = luahost_option_logger(&options, #name);
#define READ_BOOLEAN(name, by_default) settings->name = luahost_option_boolean(&options, #name, by_default);
#define READ_NUMBER(name, by_default) settings->name = luahost_option_number(&options, #name, by_default);
#define READ_TEXT(name, by_default) settings->name = luahost_option_string(&options, #name, by_default);
#define READ_JSON(name, by_default)
#define LUAHOST_OPTION(name, type, by_default, docs) READ_##type(name, by_default)
#include "client_options.def"
#undef LUAHOST_OPTION
    return check_json(&options);
}
