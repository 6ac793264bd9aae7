/* The hook that a script sets with debug.sethook. */
#ifndef LUAHOST_SCRIPT_HOOK_H
#define LUAHOST_SCRIPT_HOOK_H

#include "core/vm.h"

/* In the registry: a table with weak keys from coroutines of the script to {function, mask, count}. */
extern const char luahost_key_hooks;

/* Calls the script's function. */
void luahost_script_hook(lua_State *L, lua_Debug *ar);
/* Pushes the table {function, mask, count} of a coroutine of the script, and returns true; or pushes nothing. `L`
 * runs. */
bool luahost_push_own_hook(lua_State *L, lua_State *co);
/* The integer at that index of the table on top of the stack. */
int luahost_integer_at(lua_State *L, int index);
/* Gives the coroutine that runs the script's hook back. */
void luahost_script_hook_restore(lua_State *L);

#endif
