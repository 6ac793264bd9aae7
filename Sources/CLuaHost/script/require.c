/* `require` whose module may wait while it loads. The search is Lua's own: package.searchers. A task that wants a
 * module which another one is loading waits for it, so that no module runs twice. */
#include <string.h>

#include "core/module.h"
#include "core/schedule.h"
#include "core/wait.h"
#include "library/library.h"
#include "script/script.h"

enum { NAME = 1, LOADED = 2, GUARD = 3, DATA = 4, VALUE = 5 };

/* Upvalues of require. */
enum { PACKAGE = 1, LOADING = 2, GUARD_METATABLE = 3 };

/* The module has run: its value is on top. */
static int loaded(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    const char *name = lua_tostring(L, NAME);
    if (!lua_isnil(L, VALUE)) {
        lua_pushvalue(L, VALUE);
        lua_setfield(L, LOADED, name);
    }
    /* The module may have set package.loaded itself; one that gave nothing at all is known by `true`. */
    if (lua_getfield(L, LOADED, name) == LUA_TNIL) {
        lua_pushboolean(L, 1);
        lua_copy(L, -1, -2);
        lua_setfield(L, LOADED, name);
    }
    lua_pushvalue(L, DATA);
    return 2;
}

/* Leaves the loader and its data on top, or raises with what every searcher had to say. */
static void find_loader(lua_State *L, const char *name) {
    if (lua_getfield(L, lua_upvalueindex(PACKAGE), "searchers") != LUA_TTABLE) {
        luaL_error(L, "'package.searchers' must be a table");
    }
    int searchers = lua_gettop(L);
    lua_pushliteral(L, "");
    int reasons = searchers + 1;
    for (lua_Integer index = 1;; index++) {
        if (lua_rawgeti(L, searchers, index) == LUA_TNIL) {
            luaL_error(L, "module '%s' not found:%s", name, lua_tostring(L, reasons));
        }
        lua_pushstring(L, name);
        lua_call(L, 1, 2);
        if (lua_isfunction(L, -2)) return;
        lua_pop(L, 1);
        if (lua_isstring(L, -1)) {
            lua_pushfstring(L, "%s\n\t%s", lua_tostring(L, reasons), lua_tostring(L, -1));
            lua_replace(L, reasons);
        }
        lua_pop(L, 1);
    }
}

/* The __close of a guard: its module is loaded, or was not to be. Upvalue 1: the guards by name. */
static int end_loading(lua_State *L) {
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, lua_upvalueindex(1));
    bool is_current = lua_rawequal(L, -1, 1);
    lua_pop(L, 1);
    if (is_current) {
        lua_pushnil(L);
        lua_rawset(L, lua_upvalueindex(1));
    }
    luahost_wait_queue *waiting = &luahost_vm_of(L)->parts.loading;
    while (waiting->first != NULL) luahost_task_wake(waiting->first, 0);
    return 0;
}

/* Whether another task loads the module and will go on with it. A module that requires itself, or two tasks that
 * wait for one another's, get what Lua's require would do: it is loaded again. */
static bool is_loading_elsewhere(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    lua_pushvalue(L, NAME);
    lua_rawget(L, lua_upvalueindex(LOADING));
    luahost_task *const *guard = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return guard != NULL && *guard != vm->current && (*guard)->waits_on != &vm->parts.loading && luahost_can_wait(L);
}

static int load_module(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    const char *name = lua_tostring(L, NAME);
    lua_settop(L, LOADED);
    lua_getfield(L, LOADED, name);
    if (lua_toboolean(L, -1)) return 1;
    lua_settop(L, LOADED);
    luahost_vm *vm = luahost_vm_of(L);
    if (is_loading_elsewhere(L)) return luahost_park_with(L, &vm->parts.loading, -1, NULL, "require", load_module);

    find_loader(L, name);
    /* A module in C may look for what belongs to `io` in the registry; those of the first searcher are not files. */
    bool is_file = lua_type(L, -1) == LUA_TSTRING && lua_tostring(L, -1)[0] != ':';
    if (is_file && lua_iscfunction(L, -2)) luahost_library_fill(L, LUA_IOLIBNAME);
    /* …, loader, data -> name, loaded, guard, data, loader */
    lua_copy(L, -1, DATA);
    lua_copy(L, -2, VALUE);
    lua_settop(L, VALUE);
    luahost_task **guard = lua_newuserdatauv(L, sizeof *guard, 1);
    *guard = vm->current;
    lua_pushvalue(L, NAME);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, lua_upvalueindex(GUARD_METATABLE));
    lua_setmetatable(L, -2);
    lua_replace(L, GUARD);
    if (vm->current != NULL) {
        lua_pushvalue(L, NAME);
        lua_pushvalue(L, GUARD);
        lua_rawset(L, lua_upvalueindex(LOADING));
    }
    lua_toclose(L, GUARD);
    lua_pushvalue(L, NAME);
    lua_pushvalue(L, DATA);
    lua_callk(L, 2, 1, 0, loaded);
    return loaded(L, LUA_OK, 0);
}

static int require(lua_State *L) {
    luaL_checkstring(L, NAME);
    lua_settop(L, NAME);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    return load_module(L, LUA_OK, 0);
}

/* The first of package.searchers: package.preload, as in Lua's own, and then the modules of the host. */
static int search_preload(lua_State *L) {
    const char *name = luaL_checkstring(L, NAME);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    bool is_found = lua_getfield(L, -1, name) != LUA_TNIL;
    for (const luahost_module *const *module = luahost_modules; !is_found && *module != NULL; module++) {
        if ((*module)->name == NULL || strcmp((*module)->name, name) != 0) continue;
        lua_pushcfunction(L, (*module)->load);
        is_found = true;
    }
    if (is_found) {
        lua_pushliteral(L, ":preload:");
        return 2;
    }
    lua_pushfstring(L, "no field package.preload['%s']", name);
    return 1;
}

void luahost_require_open(lua_State *L) {
    lua_getglobal(L, LUA_LOADLIBNAME);
    lua_getfield(L, -1, "searchers");
    lua_pushcfunction(L, search_preload);
    lua_rawseti(L, -2, 1);
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, end_loading, 1);
    lua_setfield(L, -2, "__close");
    lua_pushcclosure(L, require, 3);
    lua_setglobal(L, "require");
}
