/* The parts of a script: the steps of the command line, its text, its modules. */
#ifndef LUAHOST_SCRIPT_H
#define LUAHOST_SCRIPT_H

#include "core/vm.h"

/* ---- steps.c ---- */
/* The path of the script, or NULL. */
const char *luahost_script_path(const luahost_vm *vm);

/* ---- prompt.c ---- */
/* The prompt waits for the end of the task. */
void luahost_prompt_watch(luahost_task *task);

/* ---- require.c ---- */
void luahost_require_open(lua_State *L);

/* ---- source.c; where the VM has a luahost_source ---- */
/* Has `require` read each module once, for all VMs. */
void luahost_source_open(lua_State *L);
/* luaL_loadfilex for the script; a path of NULL is the standard input. */
int luahost_source_load(lua_State *L, const char *path);

#endif
