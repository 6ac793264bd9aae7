/* Errors that nobody caught. */
#ifndef LUAHOST_REPORT_H
#define LUAHOST_REPORT_H

#include "core/vm.h"

void luahost_report_open(lua_State *L);
/* Pushes on L, which is not in the task's way, which task it is and where it comes from, as luahost_report.where. */
void luahost_push_where(lua_State *L, const luahost_task *task);
/* The task died with the error on top of co's stack: it goes to an `error` handler and to the host, and is counted. */
void luahost_report_failure(luahost_task *task);
/* A coroutine of the script died with the error on top of its stack: pushes its traceback, from `level` on, on `outer`,
 * below those of the coroutines within it that the error has left before. */
void luahost_push_inner_traceback(lua_State *outer, lua_State *inner, int level);
/* Remembers the two values on top of L, an error and the traceback of the coroutine that it left; pops the
 * traceback. */
void luahost_note_inner_traceback(lua_State *L);

#endif
