/* Functions of the script that the host calls. */
#ifndef LUAHOST_CALL_H
#define LUAHOST_CALL_H

#include "core/vm.h"

/* os.exit in a virtual user: ends the calls that are under way. Jumps. */
int luahost_calls_exit(lua_State *L, int status);
void luahost_calls_free(luahost_vm *vm);

#endif
