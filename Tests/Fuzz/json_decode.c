/* The JSON reader of scripts: a value that was read is written as a text that can be read. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "bytes.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const char *data, size_t length) {
    static lua_State *L;
    if (L == NULL) {
        L = luaL_newstate();
        luahost_json_open(L);
    }
    lua_settop(L, 0);
    char *text = malloc(length == 0 ? 1 : length);
    memcpy(text, data, length);
    luahost_json_error error;
    /* A text that is not UTF-8 is refused before the reader sees it. */
    if (luahost_utf8_validate(text, length) == length && luahost_json_decode(L, text, length, &error)) {
        luahost_buffer out = {0};
        if (luahost_json_encode(L, 1, &out, &error) && !luahost_json_decode(L, out.data, out.length, &error)) abort();
        luahost_buffer_free(&out);
    }
    free(text);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCSTEP, 0);
    return 0;
}
