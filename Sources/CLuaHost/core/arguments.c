/* Arguments of functions that scripts call both as c.sleep(1) and as c:sleep(1). */
#include <stdarg.h>

#include "core/arguments.h"

const char luahost_key_client_mt;

int luahost_method_shift(lua_State *L) {
    if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1)) return 0;
    bool is_client = lua_rawgetp(L, -1, &luahost_key_client_mt) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    if (is_client) lua_remove(L, 1);
    return is_client;
}

void *luahost_check_self(lua_State *L, const void *key, const char *type, const char *function) {
    bool is_one = false;
    if (lua_type(L, 1) == LUA_TUSERDATA && lua_getmetatable(L, 1)) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, key);
        is_one = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    if (!is_one) luaL_error(L, "bad self of '%s' (%s expected, got %s)", function, type, luaL_typename(L, 1));
    return lua_touserdata(L, 1);
}

int luahost_argument_error(lua_State *L, int number, const char *function, const char *format, ...) {
    luaL_where(L, 1);
    lua_pushfstring(L, "bad argument #%d to '%s' (", number, function);
    va_list arguments;
    va_start(arguments, format);
    lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    lua_pushliteral(L, ")");
    lua_concat(L, 4);
    return lua_error(L);
}

const char *luahost_push_typename(lua_State *L, int index) {
    int type = lua_type(L, index);
    if (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL) return lua_pushliteral(L, "null");
    if (type == LUA_TUSERDATA) {
        int name = luaL_getmetafield(L, index, "__name");
        if (name == LUA_TSTRING) return lua_tostring(L, -1);
        if (name != LUA_TNIL) lua_pop(L, 1);
    }
    return lua_pushstring(L, lua_typename(L, type));
}

const char *luahost_push_refused(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TNUMBER) return luahost_push_typename(L, index);
    /* The sign of a NaN, which printf may show, means nothing. */
    lua_Number number = lua_tonumber(L, index);
    return number != number ? lua_pushliteral(L, "nan") : luaL_tolstring(L, index, NULL);
}

lua_Number luahost_check_seconds(lua_State *L, int index, int number, const char *function, lua_Number by_default) {
    if (lua_isnoneornil(L, index)) return by_default;
    if (lua_type(L, index) != LUA_TNUMBER || !(lua_tonumber(L, index) >= 0)) {
        luahost_argument_error(
            L, number, function, "seconds must be a number >= 0, got %s", luahost_push_refused(L, index));
    }
    return lua_tonumber(L, index);
}
