/* eio.inspect for other files, and the part of it that has its own file. */
#ifndef LUAHOST_INSPECT_H
#define LUAHOST_INSPECT_H

#include "core/vm.h"

/* Pushes the function eio.inspect. */
void luahost_inspect_push_function(lua_State *L);

typedef struct luahost_inspect_key {
    /* Where the key is in the table of keys. */
    lua_Integer place;
    /* Keys of a lower rank come first: numbers, strings, booleans, others. */
    int rank;
    bool is_integer;
    lua_Integer integer;
    lua_Number number;
    /* Of a string, which the table of keys keeps alive; for sorting alone. */
    luahost_slice text;
} luahost_inspect_key;

/* Pushes a table with the keys of the one at `table`, at most `most`, and a userdata with their order, of `*count`
 * luahost_inspect_key. Returns whether these are all. */
bool luahost_inspect_push_keys(lua_State *L, int table, int most, int *count);

#endif
