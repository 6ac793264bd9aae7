/* eio.log.debug/info/warning/error: lines for the host's log, with arguments as print takes them. */
#include "library/library.h"

/* Upvalues: the table of these functions, the level. */
static int write_line(lua_State *L) {
    if (lua_rawequal(L, 1, lua_upvalueindex(1))) lua_remove(L, 1);
    int count = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int index = 1; index <= count; index++) {
        if (index > 1) luaL_addchar(&line, '\t');
        luaL_tolstring(L, index, NULL);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    luahost_slice text;
    text.data = lua_tolstring(L, -1, &text.length);
    luahost_vm *vm = luahost_vm_of(L);
    if (luahost_vm_is_plan(vm)) return 0;
    vm->host.log(vm->context, (int)lua_tointeger(L, lua_upvalueindex(2)), true, text);
    return 0;
}

void luahost_log_open(lua_State *L) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    lua_createtable(L, 0, 4);
    for (int level = LUAHOST_DEBUG; level <= LUAHOST_ERROR; level++) {
        lua_pushvalue(L, -1);
        lua_pushinteger(L, level);
        lua_pushcclosure(L, write_line, 2);
        lua_setfield(L, -2, names[level]);
    }
    lua_setfield(L, -2, "log");
}
