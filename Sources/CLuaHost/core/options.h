/* A table of named options as an argument: Client{…}, connect(url, {…}), disconnect{…}. */
#ifndef LUAHOST_OPTIONS_H
#define LUAHOST_OPTIONS_H

#include "core/arguments.h"

typedef struct luahost_options {
    lua_State *L;
    int index;             /* of the table; 0: none was given */
    int number;            /* of the argument, and */
    const char *function;  /* the function's name, for errors */
} luahost_options;

/* The argument at `index`, a table or nil. A key that is not in `known` (which ends with NULL) is an error that names
 * the nearest of them. All functions below raise argument errors, too. */
luahost_options luahost_options_read(
    lua_State *L, int index, int number, const char *function, const char *const *known);
/* Whether it is one of the names, which end with NULL; the one that is the most like it, of which there is one. */
bool luahost_option_is_known(const char *name, const char *const *known);
const char *luahost_option_nearest(const char *name, const char *const *known);
/* Pushes the option's value, or nil; returns its type. */
int luahost_option_push(const luahost_options *options, const char *name);
bool luahost_option_boolean(const luahost_options *options, const char *name, bool by_default);
/* A number >= 0. */
lua_Number luahost_option_number(const luahost_options *options, const char *name, lua_Number by_default);
/* The value stays on the stack, which keeps the string: a finalizer may take it out of the table. */
luahost_slice luahost_option_string(const luahost_options *options, const char *name, const char *by_default);
/* "option 'headers': table expected, got number", about the value on top of the stack. Jumps. */
int luahost_option_error(const luahost_options *options, const char *name, const char *expected);

#endif
