/* Reading a script's plan of its load test. */
#ifndef LUAHOST_PLAN_H
#define LUAHOST_PLAN_H

#include "core/vm.h"

/* The main task of the plan would wait here for `what`. */
void luahost_plan_note_wait(lua_State *L, const char *what);
/* The one slice of the main task. */
void luahost_plan_run(luahost_vm *vm);

#endif
