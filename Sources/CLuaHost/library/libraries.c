/* Lua's standard libraries. Those that many scripts never touch are empty tables until somebody does: an idle
 * virtual user is mostly its VM. */
#include <string.h>

#include "core/module.h"
#include "core/stack.h"
#include "library/library.h"

static const char lazy_key;

static const struct {
    const char *name;
    lua_CFunction open;
    void (*change)(lua_State *L); /* what the host does otherwise, with the library on top of the stack */
} lazy[] = {
    {LUA_COLIBNAME, luaopen_coroutine, luahost_coroutine_open},
    {LUA_IOLIBNAME, luaopen_io, luahost_stdio_open},
    {LUA_OSLIBNAME, luaopen_os, luahost_os_open},
    {LUA_MATHLIBNAME, luaopen_math, luahost_random_open},
    {LUA_UTF8LIBNAME, luaopen_utf8, NULL},
    {LUA_DBLIBNAME, luaopen_debug, luahost_debug_open},
};

/* Arguments: the table of the empty library, its index in `lazy`. */
static int fill(lua_State *L) {
    size_t index = (size_t)lua_tointeger(L, 2);
    lua_settop(L, 1);
    lua_pushcfunction(L, lazy[index].open);
    lua_pushstring(L, lazy[index].name);
    lua_call(L, 1, 1);
    if (lazy[index].change != NULL) lazy[index].change(L);
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 1);
    }
    lua_pushnil(L);
    lua_setmetatable(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lazy_key);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    lua_rawset(L, -3);
    return 0;
}

/* Fills the table at index 1, if it is a library that is still empty. */
static void fill_self(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &lazy_key);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, -2) == LUA_TNUMBER) {
        lua_pushcfunction(L, fill);
        lua_pushvalue(L, 1);
        lua_pushvalue(L, -3);
        luahost_call_undisturbed(L, 2, 0);
    }
    lua_settop(L, 3);
}

static int index_library(lua_State *L) {
    lua_settop(L, 3);
    fill_self(L);
    lua_pushvalue(L, 2);
    lua_rawget(L, 1);
    return 1;
}

/* Also os.execute = nil, which has to stay so. */
static int set_in_library(lua_State *L) {
    lua_settop(L, 3);
    fill_self(L);
    lua_rawset(L, 1);
    return 0;
}

static int pairs_of_library(lua_State *L) {
    lua_settop(L, 3);
    fill_self(L);
    lua_getglobal(L, "next");
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

void luahost_library_fill(lua_State *L, const char *name) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, name) == LUA_TTABLE) {
        lua_pushcfunction(L, index_library);
        lua_insert(L, -2);
        lua_call(L, 1, 0);
    } else {
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void open_libraries(lua_State *L) {
    static const luaL_Reg eager[] = {
        {LUA_GNAME, luaopen_base}, {LUA_LOADLIBNAME, luaopen_package}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {NULL, NULL},
    };
    static const luaL_Reg metamethods[] = {
        {"__index", index_library}, {"__newindex", set_in_library}, {"__pairs", pairs_of_library}, {NULL, NULL},
    };
    for (const luaL_Reg *library = eager; library->name != NULL; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    luaL_newlib(L, metamethods);
    lua_createtable(L, 0, sizeof lazy / sizeof *lazy);
    for (size_t index = 0; index < sizeof lazy / sizeof *lazy; index++) {
        lua_newtable(L);
        lua_pushvalue(L, -3);
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_pushinteger(L, (lua_Integer)index);
        lua_rawset(L, -4);
        lua_pushvalue(L, -1);
        lua_setglobal(L, lazy[index].name);
        lua_setfield(L, -4, lazy[index].name);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lazy_key);
    lua_pop(L, 2);
    luahost_print_open(L);
}

const luahost_module luahost_library_module = {
    .set_up = open_libraries,
    .settle = luahost_input_settle,
    .free_parts = luahost_input_free,
};
