/* The arguments of Socket.IO packets in msgpack: those that were read are written as bytes that read the same. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "msgpack/msgpack.h"

/* A block of exactly its size, so that the sanitizer sees a read past its end. */
static char *copy(const char *data, size_t length) {
    char *block = malloc(length == 0 ? 1 : length);
    if (length > 0) memcpy(block, data, length);
    return block;
}

/* An event is its name and the other arguments. */
static void check_event(lua_State *L, const char *data, size_t length, int arguments) {
    static luahost_buffer scratch;
    luahost_json_error error;
    luahost_slice name;
    size_t rest;
    int top = lua_gettop(L);
    if (!luahost_msgpack_read_event_name(data, length, &scratch, &name, &rest, &error)) {
        if (arguments > 0 && lua_type(L, top - arguments + 1) == LUA_TSTRING) abort();
        return;
    }
    int others = luahost_msgpack_decode_rest(L, data, length, rest, NULL, 0, &error);
    if (others != (arguments < 0 ? -1 : arguments - 1)) abort();
    if (arguments > 0 && lua_type(L, top - arguments + 1) == LUA_TSTRING) {
        size_t count;
        const char *first = lua_tolstring(L, top - arguments + 1, &count);
        if (count != name.length || memcmp(first, name.data, count) != 0) abort();
    }
    lua_settop(L, top);
}

/* The arguments are the values on the stack. */
static void check_round_trip(lua_State *L) {
    static luahost_buffer first, second;
    luahost_attachments none = {0};
    luahost_json_error error;
    int arguments = lua_gettop(L);
    first.length = second.length = 0;
    /* The table of an extension may be one level too deep. */
    if (!luahost_msgpack_encode_arguments(L, 1, arguments, &first, &none, &error)) return;
    char *data = copy(first.data, first.length);
    int read = luahost_msgpack_decode_arguments(L, data, first.length, NULL, 0, &error);
    free(data);
    if (read != arguments || lua_gettop(L) != 2 * arguments) abort();
    if (!luahost_msgpack_encode_arguments(L, arguments + 1, 2 * arguments, &second, &none, &error)) abort();
    /* The order of keys may differ. */
    if (second.length != first.length) abort();
}

int LLVMFuzzerTestOneInput(const char *data, size_t length) {
    static lua_State *L;
    if (L == NULL) {
        L = luaL_newstate();
        luahost_json_open(L);
    }
    char *block = copy(data, length);
    luahost_json_error error;
    lua_settop(L, 0);
    int arguments = luahost_msgpack_decode_arguments(L, block, length, NULL, 0, &error);
    if (lua_gettop(L) != (arguments < 0 ? 0 : arguments)) abort();
    check_event(L, block, length, arguments);
    if (arguments >= 0) check_round_trip(L);
    free(block);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCSTEP, 0);
    return 0;
}
