#ifndef LUAHOST_HOOK_H
#define LUAHOST_HOOK_H

#include "core/loop.h"
#include "core/vm.h"

/* Sets the hook that fulfils the demand. Safe in a signal handler on the loop's thread. */
void luahost_hook_arm(luahost_loop *loop, lua_State *L, luahost_demand demand);
/* Writes down whose slice it is. Safe in a signal handler on the loop's thread. */
void luahost_hook_look(luahost_loop *loop, lua_State *L);
/* Around what may hold up the loop where no hook reaches it: the line is known then. `what` is a literal. */
void luahost_block_begin(lua_State *L, const char *what);
void luahost_block_end(lua_State *L);

/* lua_sethook for the script, which does not get in the way of a hook of the watchdog's. */
void luahost_hook_set(luahost_loop *loop, lua_State *L, lua_Hook hook, int mask, int count);
/* Gives a task's coroutine the hook that the script has set for tasks, or none. */
void luahost_hook_apply(luahost_vm *vm, lua_State *co);
/* The coroutine whose hook was replaced for a report has stopped running: it gets its own back. */
void luahost_hook_disarm(luahost_loop *loop);

#endif
