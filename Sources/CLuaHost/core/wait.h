/* How a C function that Lua called waits. */
#ifndef LUAHOST_WAIT_H
#define LUAHOST_WAIT_H

#include "core/schedule.h"

/* Ends a C function that Lua called by waiting: `return luahost_park(...)`. The task waits on `queue` (may be NULL:
 * only the deadline wakes it), for at most `seconds` (< 0: without a deadline). The values that the waker pushed are
 * what the function returns; at the deadline, what on_timeout pushes. Where Lua cannot wait here it raises an error
 * that names `what` ("eio.sleep") and the C function in the way. A cancelled task gets the cancellation raised. */
int luahost_park(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what);
/* The same, and when it goes on `k` is called with the values on top of L's stack as it was (their number is
 * lua_gettop(L) - the top at the time of the call, given to k as ctx). k may call luahost_park again. */
int luahost_park_with(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what,
    lua_KFunction k);
/* luahost_park_with right after luahost_check_wait, with nothing between them that may run Lua. */
int luahost_park_checked_with(
    lua_State *L, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co), const char *what,
    lua_KFunction k);
/* The same for a task that has not started, and has nothing on its stack but its function: that is called with what the
 * wait gives. */
void luahost_task_park(
    luahost_task *task, luahost_wait_queue *queue, double seconds, int (*on_timeout)(lua_State *co));
/* luahost_park_with, for a task that waited on the queue before and is to stay ahead of those that came after it. */
int luahost_park_first_with(lua_State *L, luahost_wait_queue *queue, const char *what, lua_KFunction k);
/* Raises luahost_park's error for where Lua cannot wait. Jumps. */
int luahost_raise_cannot_wait(lua_State *L, const char *what);
/* Raises that error now if Lua could not wait here, or the cancellation if the task is cancelled. */
void luahost_check_wait(lua_State *L, const char *what);
/* Whether luahost_park would be able to wait. */
bool luahost_can_wait(lua_State *L);
/* Ends the task where os.exit was called: it waits for nothing, or is unwound where it cannot wait. Jumps or yields. */
int luahost_stop_here(lua_State *L);
/* Raises the cancellation in the task that runs, whatever it catches. Jumps. */
int luahost_end_current(lua_State *L);
/* Ends the main task of a plan where it would wait for `what`: its slice ends and it is not resumed. */
int luahost_plan_wait(lua_State *L, const char *what);
/* Pushes nil, "timeout". */
int luahost_timeout_nil(lua_State *co);

#endif
