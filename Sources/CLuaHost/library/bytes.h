/* Bytes objects, which scripts make with eio.bytes. */
#ifndef LUAHOST_BYTES_H
#define LUAHOST_BYTES_H

#include <lua.h>

/* Pushes a copy. Needs three free slots of the Lua stack; raises memory errors only. */
void luahost_push_bytes(lua_State *L, const char *data, size_t length);
/* NULL if the value is not a bytes object. Needs two free slots, and allocates nothing. */
const char *luahost_to_bytes(lua_State *L, int index, size_t *length);

#endif
