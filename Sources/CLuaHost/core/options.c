#include "core/options.h"

#include <string.h>

/* Longer names are compared by their beginning. */
#define NAME_LIMIT 64

/* How many letters have to be put in, left out or replaced to make one of the other (Levenshtein). */
static size_t edit_distance(const char *a, const char *b) {
    size_t row[NAME_LIMIT + 1];
    size_t width = strlen(b);
    if (width > NAME_LIMIT) width = NAME_LIMIT;
    for (size_t column = 0; column <= width; column++) row[column] = column;
    for (size_t line = 0; line < NAME_LIMIT && a[line] != '\0'; line++) {
        size_t diagonal = row[0];
        row[0] = line + 1;
        for (size_t column = 1; column <= width; column++) {
            size_t replaced = diagonal + (a[line] != b[column - 1]);
            diagonal = row[column];
            size_t least = row[column] < row[column - 1] ? row[column] + 1 : row[column - 1] + 1;
            row[column] = replaced < least ? replaced : least;
        }
    }
    return row[width];
}

const char *luahost_option_nearest(const char *name, const char *const *known) {
    const char *best = known[0];
    size_t least = SIZE_MAX;
    for (; *known != NULL; known++) {
        size_t distance = edit_distance(name, *known);
        if (distance < least) {
            least = distance;
            best = *known;
        }
    }
    return best;
}

bool luahost_option_is_known(const char *name, const char *const *known) {
    for (; *known != NULL; known++) {
        if (strcmp(name, *known) == 0) return true;
    }
    return false;
}

luahost_options luahost_options_read(
    lua_State *L, int index, int number, const char *function, const char *const *known) {
    luahost_options options = {L, 0, number, function};
    if (lua_isnoneornil(L, index)) return options;
    if (!lua_istable(L, index)) {
        luahost_argument_error(
            L, number, function, "table of options expected, got %s", luaL_typename(L, index));
    }
    options.index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, options.index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && luahost_option_is_known(lua_tostring(L, -1), known)) continue;
        const char *name = luaL_tolstring(L, -1, NULL);
        luahost_argument_error(
            L, number, function, "unknown option '%s'; the nearest one is '%s'", name,
            luahost_option_nearest(name, known));
    }
    return options;
}

int luahost_option_push(const luahost_options *options, const char *name) {
    if (options->index == 0) {
        lua_pushnil(options->L);
        return LUA_TNIL;
    }
    lua_pushstring(options->L, name);
    return lua_rawget(options->L, options->index);
}

int luahost_option_error(const luahost_options *options, const char *name, const char *expected) {
    lua_State *L = options->L;
    return luahost_argument_error(
        L, options->number, options->function, "option '%s': %s expected, got %s", name, expected,
        luahost_push_typename(L, -1));
}

bool luahost_option_boolean(const luahost_options *options, const char *name, bool by_default) {
    int type = luahost_option_push(options, name);
    if (type != LUA_TNIL) {
        if (type != LUA_TBOOLEAN) luahost_option_error(options, name, "boolean");
        by_default = lua_toboolean(options->L, -1);
    }
    lua_pop(options->L, 1);
    return by_default;
}

lua_Number luahost_option_number(const luahost_options *options, const char *name, lua_Number by_default) {
    lua_State *L = options->L;
    int type = luahost_option_push(options, name);
    if (type != LUA_TNIL) {
        by_default = lua_tonumber(L, -1);
        if (type != LUA_TNUMBER || !(by_default >= 0)) {
            luahost_argument_error(
                L, options->number, options->function, "option '%s': number >= 0 expected, got %s", name,
                luahost_push_refused(L, -1));
        }
    }
    lua_pop(L, 1);
    return by_default;
}

luahost_slice luahost_option_string(const luahost_options *options, const char *name, const char *by_default) {
    luahost_slice slice = {by_default, strlen(by_default)};
    int type = luahost_option_push(options, name);
    if (type != LUA_TNIL) {
        if (type != LUA_TSTRING) luahost_option_error(options, name, "string");
        slice.data = lua_tolstring(options->L, -1, &slice.length);
    }
    return slice;
}
