/* The arguments of Socket.IO packets: those that were read are written as a text and attachments that read the same.
 * The first byte of an input is the number of attachments. */
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "bytes.h"
#include "json/json.h"

static const luahost_slice given[] = {{"one", 3}, {"", 0}, {"\0\x1E", 2}};

/* A block of exactly its size, so that the sanitizer sees a read past its end. */
static char *copy(const char *data, size_t length) {
    char *block = malloc(length == 0 ? 1 : length);
    memcpy(block, data, length);
    return block;
}

/* Within a string its quotes would be escaped. The block ends with a zero. */
static void check_numbers(const char *text, size_t attachments) {
    static const char head[] = "{\"_placeholder\":true,\"num\":";
    while ((text = strstr(text, head)) != NULL) {
        char *end;
        text += sizeof head - 1;
        long number = strtol(text, &end, 10);
        if (*end == '}' && (number < 0 || number >= (long)attachments)) abort();
    }
}

/* An event is its name and the other arguments. */
static void check_event(lua_State *L, const char *text, size_t length, size_t attachments, int arguments) {
    static luahost_buffer scratch;
    luahost_json_error error;
    luahost_slice name;
    size_t rest;
    int top = lua_gettop(L);
    if (!luahost_json_read_event_name(text, length, &scratch, &name, &rest, &error)) {
        if (arguments > 0 && lua_isstring(L, top - arguments + 1)) abort();
        return;
    }
    int others = luahost_json_decode_rest(L, text, length, rest, given, attachments, &error);
    if (others != arguments - 1 && (others != -1 || arguments != -1)) abort();
    bool is_readable = luahost_json_is_readable_rest(text, length, rest);
    if (attachments == 0 && is_readable && others < 0) abort();
    if (!is_readable && others >= 0 && memchr(text + rest, '\\', length - rest) == NULL) abort();
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
    static luahost_attachments attachments, again;
    luahost_json_error error;
    int arguments = lua_gettop(L);
    first.length = second.length = 0;
    /* Infinity can be read and not written. */
    if (!luahost_json_encode_arguments(L, 1, arguments, &first, &attachments, &error)) return;
    char *text = copy(first.data, first.length);
    int read = luahost_json_decode_arguments(
        L, text, first.length, attachments.items, attachments.count, &error);
    free(text);
    if (read != arguments || lua_gettop(L) != 2 * arguments) abort();
    if (!luahost_json_encode_arguments(L, arguments + 1, 2 * arguments, &second, &again, &error)) abort();
    if (again.count != attachments.count) abort();
    /* The order of keys may differ. */
    if (second.length != first.length) abort();
}

int LLVMFuzzerTestOneInput(const char *data, size_t length) {
    static lua_State *L;
    if (L == NULL) {
        L = luaL_newstate();
        luahost_json_open(L);
    }
    if (length == 0) return 0;
    size_t attachments = (unsigned char)data[0] % (sizeof given / sizeof *given + 1);
    char *text = copy(data + 1, --length), *terminated = strndup(data + 1, length);
    lua_settop(L, 0);
    /* A text that is not UTF-8 is refused before the reader sees it. */
    if (luahost_utf8_validate(text, length) == length) {
        luahost_json_error error;
        int arguments = luahost_json_decode_arguments(L, text, length, given, attachments, &error);
        if (lua_gettop(L) != (arguments < 0 ? 0 : arguments)) abort();
        check_event(L, text, length, attachments, arguments);
        if (arguments >= 0) check_round_trip(L);
        if (arguments >= 0 && attachments > 0) check_numbers(terminated, attachments);
    }
    free(terminated);
    free(text);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCSTEP, 0);
    return 0;
}
