/* Small things that Lua's API lacks. */
#ifndef LUAHOST_STACK_H
#define LUAHOST_STACK_H

#include "core/vm.h"

/* lua_pcall whose errors go on, without a collection in between: what is made when a script first asks for it is not
 * to be asked for again by a finalizer while it is half made. */
void luahost_call_undisturbed(lua_State *L, int arguments, int results);
/* lua_resetthread, by the name that this version of Lua has for it. */
int luahost_reset_coroutine(lua_State *co, lua_State *from);

/* The innermost function that is Lua, from `level` on: fills in source and line, or returns false. Allocates nothing
 * of Lua. */
bool luahost_find_line(lua_State *L, int level, lua_Debug *ar);
/* Writes "bot.lua:12" and `suffix` for that function, or nothing without one. Returns `text`. */
enum { LUAHOST_PLACE_SIZE = LUA_IDSIZE + 16 };
const char *luahost_place(lua_State *L, char text[LUAHOST_PLACE_SIZE], const char *suffix);
/* Pushes "bot.lua:12", the line that called the C function that runs; false, and nothing is pushed, if its caller is
 * not Lua. */
bool luahost_push_caller(lua_State *L);

/* Makes the metatable of a userdata, with `methods` as its __index unless that is NULL, and puts it in the registry
 * under `key`. */
void luahost_register_type(
    lua_State *L, const void *key, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods);
/* Pops the value on top of the stack into the registry's table of loaded modules. */
void luahost_set_loaded(lua_State *L, const char *name);

#endif
