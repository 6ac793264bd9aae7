/* The keys of a table, in an order. */
#include <stdlib.h>
#include <string.h>

#include "library/inspect.h"

static int compare_numbers(const luahost_inspect_key *a, const luahost_inspect_key *b) {
    if (a->is_integer && b->is_integer) return (a->integer > b->integer) - (a->integer < b->integer);
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_texts(luahost_slice a, luahost_slice b) {
    int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare(const void *first, const void *second) {
    const luahost_inspect_key *a = first, *b = second;
    int order = a->rank - b->rank;
    if (order == 0 && a->rank == 0) order = compare_numbers(a, b);
    if (order == 0 && a->rank == 1) order = compare_texts(a->text, b->text);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static luahost_inspect_key key_of(lua_State *L, int key, lua_Integer place) {
    luahost_inspect_key found = {.place = place, .rank = 3};
    switch (lua_type(L, key)) {
    case LUA_TNUMBER:
        found.rank = 0;
        found.is_integer = lua_isinteger(L, key);
        found.integer = found.is_integer ? lua_tointeger(L, key) : 0;
        found.number = lua_tonumber(L, key);
        break;
    case LUA_TSTRING:
        found.rank = 1;
        found.text.data = lua_tolstring(L, key, &found.text.length);
        break;
    case LUA_TBOOLEAN:
        found.rank = 2;
        break;
    }
    return found;
}

bool luahost_inspect_push_keys(lua_State *L, int table, int most, int *count) {
    int found = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (found++ < most) continue;
        lua_pop(L, 2);
        break;
    }
    int kept = found < most ? found : most;
    lua_createtable(L, kept, 0);
    int keys = lua_gettop(L);
    luahost_inspect_key *order = lua_newuserdatauv(L, (size_t)kept * sizeof *order, 0);
    /* Nothing below allocates, so that no finalizer changes the table any more. */
    int taken = 0;
    lua_pushnil(L);
    while (taken < kept && lua_next(L, table)) {
        lua_pop(L, 1);
        order[taken] = key_of(L, keys + 2, taken + 1);
        lua_pushvalue(L, keys + 2);
        lua_rawseti(L, keys, ++taken);
    }
    lua_settop(L, keys + 1);
    qsort(order, (size_t)taken, sizeof *order, compare);
    *count = taken;
    return found <= most;
}
