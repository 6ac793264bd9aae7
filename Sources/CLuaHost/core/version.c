#include <string.h>

#include <lua.h>

#include "CLuaHost.h"

/* The headers have the version that the program was compiled with; the library that is loaded may be a newer one. */
luahost_slice luahost_lua_version(void) {
    static const char before[] = "$LuaVersion: ", after[] = "  ";
    const char *start = strstr(lua_ident, before);
    if (start == NULL) return (luahost_slice){ LUA_RELEASE, strlen(LUA_RELEASE) };
    start += strlen(before);
    const char *end = strstr(start, after);
    return (luahost_slice){ start, end == NULL ? strlen(start) : (size_t)(end - start) };
}
