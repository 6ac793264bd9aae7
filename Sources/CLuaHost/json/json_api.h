/* eio.json, eio.null, eio.array and eio.object. */
#ifndef LUAHOST_JSON_API_H
#define LUAHOST_JSON_API_H

#include <lua.h>

/* Adds them to the table on top of the stack. */
void luahost_json_api_open(lua_State *L);
/* The text that JSON's null prints as. */
void luahost_null_open(lua_State *L);

#endif
