/* The functions of scripts besides those of clients: Lua's own libraries, and tasks, queues, events and bytes. */
#ifndef LUAHOST_LIBRARY_H
#define LUAHOST_LIBRARY_H

#include "core/vm.h"
#include "library/bytes.h"

/* ---- libraries.c, which calls the functions below for the library on top of the stack ---- */

/* Makes the library what it is, if it is not filled yet. */
void luahost_library_fill(lua_State *L, const char *name);
void luahost_coroutine_open(lua_State *L);
void luahost_stdio_open(lua_State *L);
void luahost_os_open(lua_State *L);
void luahost_random_open(lua_State *L);
void luahost_debug_open(lua_State *L);
/* Of `os` and of `io`. */
void luahost_execute_open(lua_State *L);
void luahost_popen_open(lua_State *L);
/* The global function. */
void luahost_print_open(lua_State *L);

/* ---- shared by all clients: each adds some to the table on top of the stack, when one of them is asked for ---- */
void luahost_sleep_open(lua_State *L);
void luahost_tasks_open(lua_State *L);
void luahost_queue_open(lua_State *L);
void luahost_event_open(lua_State *L);
void luahost_bytes_open(lua_State *L);
void luahost_log_open(lua_State *L);
void luahost_inspect_open(lua_State *L);
void luahost_clock_open(lua_State *L);

/* ---- random.c ---- */
/* Seeds math.random, if `math` is filled. */
void luahost_random_seed(lua_State *L);

/* ---- input.c ---- */

/* io.read on the standard input: the formats are the values on L's stack. With `is_line_iterator` it raises what
 * else would be returned as nil, message, code. May wait. */
int luahost_input_read(lua_State *L, bool is_line_iterator);
void luahost_input_free(luahost_vm *vm);
/* Between two slices: nobody keeps the turn at an input that is shared and reads nothing. */
void luahost_input_settle(luahost_vm *vm);

#endif
