/* Reads of globals that are not defined, for a host that wants to know of them. */
#include <string.h>

#include "core/module.h"
#include "core/stack.h"

/* The most bytes of a name that the host gets. */
enum { LONGEST_NAME = 100 };

/* __index of the table of globals. Calls nothing of Lua while it has the name. */
static int index_globals(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    char place[LUAHOST_PLACE_SIZE];
    luahost_place(L, place, "");
    luahost_slice name;
    name.data = lua_tolstring(L, 2, &name.length);
    if (name.length > LONGEST_NAME) name.length = LONGEST_NAME;
    luahost_vm *vm = luahost_vm_of(L);
    vm->host.undefined_global(vm->context, name, (luahost_slice){place, strlen(place)});
    return 0;
}

/* The script may put its own metatable, or its own __index, in the place of this one. */
static void set_up(lua_State *L) {
    if (luahost_vm_of(L)->host.undefined_global == NULL) return;
    lua_pushglobaltable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, index_globals);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

const luahost_module luahost_globals_module = {.set_up = set_up};
