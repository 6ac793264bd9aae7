#include "core/stack.h"

#include <stdio.h>

void luahost_call_undisturbed(lua_State *L, int arguments, int results) {
    bool collects = lua_gc(L, LUA_GCISRUNNING) > 0;
    if (collects) lua_gc(L, LUA_GCSTOP);
    int status = lua_pcall(L, arguments, results, 0);
    if (collects) lua_gc(L, LUA_GCRESTART);
    if (status != LUA_OK) lua_error(L);
}

int luahost_reset_coroutine(lua_State *co, lua_State *from) {
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread(co, from);
#else
    (void)from;
    return lua_resetthread(co);
#endif
}

/* ---- places ---- */

bool luahost_find_line(lua_State *L, int level, lua_Debug *ar) {
    for (; lua_getstack(L, level, ar); level++) {
        lua_getinfo(L, "Sl", ar);
        if (ar->currentline > 0) return true;
    }
    return false;
}

const char *luahost_place(lua_State *L, char text[LUAHOST_PLACE_SIZE], const char *suffix) {
    lua_Debug ar;
    text[0] = '\0';
    if (luahost_find_line(L, 0, &ar)) {
        snprintf(text, LUAHOST_PLACE_SIZE, "%s:%d%s", ar.short_src, ar.currentline, suffix);
    }
    return text;
}

bool luahost_push_caller(lua_State *L) {
    lua_Debug ar;
    if (!lua_getstack(L, 1, &ar)) return false;
    lua_getinfo(L, "Sl", &ar);
    if (ar.currentline <= 0) return false;
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
    return true;
}

/* ---- types and modules ---- */

void luahost_register_type(
    lua_State *L, const void *key, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods) {
    lua_createtable(L, 0, 4);
    if (metamethods != NULL) luaL_setfuncs(L, metamethods, 0);
    if (methods != NULL) {
        lua_newtable(L);
        luaL_setfuncs(L, methods, 0);
        lua_setfield(L, -2, "__index");
    }
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void luahost_set_loaded(lua_State *L, const char *name) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_insert(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}
