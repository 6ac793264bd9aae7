/* Arguments of functions that scripts call both as c.sleep(1) and as c:sleep(1). */
#ifndef LUAHOST_ARGUMENTS_H
#define LUAHOST_ARGUMENTS_H

#include "base/cold.h"
#include "core/vm.h"

/* A field with this key marks the metatables of client tables. */
extern const char luahost_key_client_mt;

/* Takes a client as the first argument away, so that c:sleep(1) is c.sleep(1); returns 1 if there was one, else 0. */
int luahost_method_shift(lua_State *L);
/* The userdata of argument 1, whose metatable the registry must have under `key`; else raises an error that names
 * `type` and `function`. */
void *luahost_check_self(lua_State *L, const void *key, const char *type, const char *function);
/* Raises "bad argument #1 to 'sleep' (…)". Unlike luaL_argerror it does not count a method's self. Jumps. */
LUAHOST_COLD int luahost_argument_error(lua_State *L, int number, const char *function, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Pushes the name that scripts know the value's type by: also of a value of the host, such as bytes, and of null. */
const char *luahost_push_typename(lua_State *L, int index);
/* Pushes what an error message shows of a refused value: a number itself, of anything else the type. */
const char *luahost_push_refused(lua_State *L, int index);
/* A time in seconds: a number >= 0, not NaN; `by_default` for nil or none. `index` is where it is, `number` is its
 * number as an argument. */
lua_Number luahost_check_seconds(lua_State *L, int index, int number, const char *function, lua_Number by_default);

#endif
