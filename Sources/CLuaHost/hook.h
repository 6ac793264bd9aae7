#ifndef LUAHOST_HOOK_H
#define LUAHOST_HOOK_H

#include "loop.h"

/* Sets the hook that fulfils the demand. Safe in a signal handler on the loop's thread. */
void luahost_hook_arm(luahost_loop *loop, lua_State *L, luahost_demand demand);

#endif
