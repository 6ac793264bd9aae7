/* Bytes objects as library/bytes.c has them, without the functions of scripts. */
#include <lauxlib.h>
#include <string.h>

#include "library/bytes.h"

static int compare_bytes(lua_State *L) {
    size_t length = lua_rawlen(L, 1);
    lua_pushboolean(
        L, length == lua_rawlen(L, 2) && memcmp(lua_touserdata(L, 1), lua_touserdata(L, 2), length) == 0);
    return 1;
}

void luahost_push_bytes(lua_State *L, const char *data, size_t length) {
    void *bytes = lua_newuserdatauv(L, length, 0);
    if (length > 0) memcpy(bytes, data, length);
    if (luaL_newmetatable(L, "bytes")) {
        lua_pushcfunction(L, compare_bytes);
        lua_setfield(L, -2, "__eq");
    }
    lua_setmetatable(L, -2);
}

const char *luahost_to_bytes(lua_State *L, int index, size_t *length) {
    if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
    *length = lua_rawlen(L, index);
    return lua_touserdata(L, index);
}
