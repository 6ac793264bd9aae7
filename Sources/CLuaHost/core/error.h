/* Error values: tables with a type, and the cancellation. */
#ifndef LUAHOST_ERROR_H
#define LUAHOST_ERROR_H

#include "base/cold.h"
#include "core/vm.h"

/* The registry key of the metatable of error tables. */
extern const char luahost_key_errors;

void luahost_error_open(lua_State *L);
/* Raises the error table {type=, message=, where=}; tostring gives where .. message. Jumps. */
LUAHOST_COLD int luahost_raise(lua_State *L, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same; `is_measured`: as luahost_error has it. */
int luahost_raise_measured(lua_State *L, bool is_measured, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Pushes the error table of a luahost_error, with `where` of the caller if L is running (level 1), else without. */
void luahost_push_error(lua_State *L, const luahost_error *error, bool with_where);
/* Whether the value is an error table of which luahost_error.is_measured was set. */
bool luahost_is_measured_error(lua_State *L, int index);
/* Pushes the value that a cancelled wait raises; tostring gives "task cancelled". */
void luahost_push_cancelled(lua_State *L);
bool luahost_is_cancelled(lua_State *L, int index);
/* Turns any error value into text without ever raising; pushes the string on L. */
void luahost_push_error_text(lua_State *L, int index);

#endif
