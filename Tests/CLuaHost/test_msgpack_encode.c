/* Writing msgpack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "msgpack/msgpack.h"
#include "tests.h"
#include "values.h"

static lua_State *L;

static void to_hex(const char *data, size_t length, char *text, size_t size) {
    text[0] = '\0';
    for (size_t index = 0; index < length && 2 * index + 2 < size; index++) {
        sprintf(text + 2 * index, "%02x", (unsigned char)data[index]);
    }
}

/* The bytes of the arguments in hexadecimal digits, or the error. */
static void encode(char *text, size_t size) {
    static luahost_buffer out;
    luahost_attachments attachments = {.count = 3};
    luahost_json_error error;
    int top = lua_gettop(L);
    out.length = 0;
    luahost_buffer_append(&out, "head", 4);
    if (luahost_msgpack_encode_arguments(L, 1, top, &out, &attachments, &error)) {
        to_hex(out.data + 4, out.length - 4, text, size);
    } else {
        EXPECT(out.length == 4);
        size_t used = (size_t)snprintf(text, size, "error: ");
        if (error.argument > 0) used += (size_t)snprintf(text + used, size - used, "argument %d: ", error.argument);
        snprintf(text + used, size - used, "%s", error.message);
    }
    EXPECT(memcmp(out.data, "head", 4) == 0 && attachments.count == 0 && lua_gettop(L) == top);
}

static void expect_encoded(const char *values, const char *expected) {
    char text[2048];
    values_push(L, values);
    encode(text, sizeof text);
    if (strcmp(text, expected) != 0) fprintf(stderr, "%s is\n%s, not\n%s\n", values, text, expected);
    EXPECT(strcmp(text, expected) == 0);
}

static void golden_bytes(void) {
    expect_encoded("return 'hello', 'you'", "92a568656c6c6fa3796f75");
    expect_encoded("return 42", "912a");
    expect_encoded("return 'b', bytes '\\1\\2\\3'", "92a162c403010203");
    expect_encoded("return", "90");
    expect_encoded("return {sid = 'abc'}", "9181a3736964a3616263");
    expect_encoded("return {}, array {}, object {}, {{}}", "9480908091" "80");
    expect_encoded("return null, true, false", "93c0c3c2");
    luahost_buffer out = {0};
    luahost_json_error error;
    char text[64];
    values_push(L, "return {token = '123'}, print");
    EXPECT(luahost_msgpack_encode(L, -2, &out, &error));
    to_hex(out.data, out.length, text, sizeof text);
    EXPECT(strcmp(text, "81a5746f6b656ea3313233") == 0);
    EXPECT(!luahost_msgpack_encode(L, -1, &out, &error) && out.length == 11);
    EXPECT(strcmp(error.message, "cannot encode a function at $") == 0);
    luahost_buffer_free(&out);
}

static void integers_take_the_shortest_form(void) {
    expect_encoded("return 0, 1, 127, -1, -32", "9500017fffe0");
    expect_encoded("return 128, 255, -33, -128", "94cc80ccffd0dfd080");
    expect_encoded("return 256, 65535, -129, -32768", "94cd0100cdffffd1ff7fd18000");
    expect_encoded("return 65536, 0xffffffff, -32769, -0x80000000", "94ce00010000ceffffffffd2ffff7fffd280000000");
    expect_encoded("return 0x100000000, math.maxinteger, -0x80000001, math.mininteger",
        "94cf0000000100000000cf7fffffffffffffffd3ffffffff7fffffffd38000000000000000");
}

static void floats_have_64_bits(void) {
    expect_encoded("return 1.5, 1.0, -0.0", "93cb3ff8000000000000cb3ff0000000000000cb8000000000000000");
    expect_encoded("return 1e308, 1/0, -1/0", "93cb7fe1ccf385ebc8a0cb7ff0000000000000cbfff0000000000000");
    char text[64];
    values_push(L, "return 0/0");
    encode(text, sizeof text);
    EXPECT(strcmp(text, "91cb7ff8000000000000") == 0 || strcmp(text, "91cbfff8000000000000") == 0);
}

/* The beginning of the bytes of one argument, and their number. */
static void expect_head(const char *value, const char *head, size_t length) {
    luahost_buffer out = {0};
    luahost_json_error error;
    char text[64];
    values_push(L, value);
    EXPECT(luahost_msgpack_encode(L, 1, &out, &error));
    to_hex(out.data, strlen(head) / 2, text, sizeof text);
    if (strcmp(text, head) != 0 || out.length != length) fprintf(stderr, "%s: %s, %zu\n", value, text, out.length);
    EXPECT(strcmp(text, head) == 0 && out.length == length);
    luahost_buffer_free(&out);
}

static void lengths_take_the_shortest_form(void) {
    expect_head("return ''", "a0", 1);
    expect_head("return ('x'):rep(31)", "bf78", 32);
    expect_head("return ('x'):rep(32)", "d92078", 34);
    expect_head("return ('x'):rep(255)", "d9ff78", 257);
    expect_head("return ('x'):rep(256)", "da010078", 259);
    expect_head("return ('x'):rep(65535)", "daffff78", 65538);
    expect_head("return ('x'):rep(65536)", "db0001000078", 65541);
    expect_head("return bytes ''", "c400", 2);
    expect_head("return bytes(('x'):rep(255))", "c4ff78", 257);
    expect_head("return bytes(('x'):rep(256))", "c5010078", 259);
    expect_head("return bytes(('x'):rep(65536))", "c60001000078", 65541);
    expect_head("local t = {} for i = 1, 15 do t[i] = 1 end return t", "9f01", 16);
    expect_head("local t = {} for i = 1, 16 do t[i] = 1 end return t", "dc001001", 19);
    expect_head("local t = {} for i = 1, 65536 do t[i] = 1 end return t", "dd0001000001", 65541);
    expect_head("local t = {} for i = 10, 24 do t['k' .. i] = 1 end return t", "8fa36b", 76);
    expect_head("local t = {} for i = 10, 25 do t['k' .. i] = 1 end return t", "de0010a36b", 83);
    expect_head("local t = {} for i = 100000, 165534 do t['k' .. i] = 1 end return t", "deffffa76b", 3 + 9 * 65535);
    expect_head("local t = {} for i = 100000, 165535 do t['k' .. i] = 1 end return t", "df00010000a76b", 5 + 9 * 65536);
}

/* The head of a map is inserted when its members fill the buffer, too. */
static void heads_find_room(void) {
    values_push(L, "local maps = {} for length = 1, 300 do\n"
        "local t = {text = ('x'):rep(length)} for i = 1, 15 do t['' .. i] = 1 end maps[length] = t end\n"
        "return table.unpack(maps)");
    for (int map = 1; map <= lua_gettop(L); map++) {
        luahost_buffer out = {0};
        luahost_json_error error;
        EXPECT(luahost_msgpack_encode(L, map, &out, &error) && (unsigned char)out.data[0] == 0xDE);
        luahost_buffer_free(&out);
    }
}

static void tables_are_what_json_makes_of_them(void) {
    expect_encoded("return {[2] = 'b', [1] = bytes 'a', [3] = 3}", "9193c40161a16203");
    expect_encoded("return {1, [2] = 2, [3] = 3, [4] = 4}", "919401020304");
    expect_encoded("local t = {1, 2, 3, 4, 5} t[5] = nil return t", "919401020304");
    expect_encoded("return object {'x'}, object {[-5] = 1}", "9281a131a17881a22d3501");
    expect_encoded("return setmetatable({1}, {__index = error, __len = error, __pairs = error})", "919101");
    /* Only JSON has placeholders. */
    expect_encoded("return bytes 'x', {_placeholder = true}", "92c4017881ac5f706c616365686f6c646572c3");
}

static void errors_name_the_argument(void) {
    expect_encoded("return 'x', {a = {1, 2, print}}", "error: argument 2: cannot encode a function at $.a[3]");
    expect_encoded("return 1, nil", "error: argument 2: cannot encode nil at $: eio.null is msgpack's null");
    expect_encoded("return io.stdout", "error: argument 1: cannot encode a userdata at $");
    expect_encoded("return {b = 'a\\xff'}",
        "error: argument 1: byte 2 of the string is not UTF-8 at $.b: send bytes as eio.bytes");
    expect_encoded("return {['\\xff'] = 1}", "error: argument 1: byte 1 of a key is not UTF-8 at $");
    expect_encoded("return {[true] = 1}",
        "error: argument 1: cannot encode a key that is a boolean at $: msgpack's keys are strings");
    expect_encoded("return {1, a = 2}",
        "error: argument 1: cannot encode a table with string and integer keys at $: eio.object makes the integers"
        " strings");
    expect_encoded("return {a = 2, 1}",
        "error: argument 1: cannot encode a table with string and integer keys at $: eio.object makes the integers"
        " strings");
    expect_encoded("return {1, [3] = 2}",
        "error: argument 1: cannot encode an array with a hole, index 2, at $: fill it with eio.null; eio.object makes"
        " integer keys strings");
    expect_encoded("return object {[1] = 1, ['1'] = 2}",
        "error: argument 1: cannot encode both the integer and the string as a key at $[\"1\"]");
    expect_encoded("return array {a = 2}",
        "error: argument 1: cannot encode an eio.array with a string as a key at $: its keys are 1 to n");
    expect_encoded("local t = {} t[1] = t return t",
        "error: argument 1: cannot encode a cycle: a table contains itself at $[1]");
    expect_encoded("local t = {} for i = 1, 8001 do t[i] = i end return table.unpack(t)",
        "error: cannot encode more than 8000 arguments");
    luahost_buffer out = {0};
    luahost_json_error error;
    values_push(L, "local t = 1 for i = 1, 128 do t = {t} end return t, {t}");
    EXPECT(luahost_msgpack_encode(L, 1, &out, &error) && out.length == 129);
    EXPECT(!luahost_msgpack_encode(L, 2, &out, &error) && out.length == 129);
    EXPECT(strstr(error.message, "cannot encode more than 128 levels of tables at $[1][1]") == error.message);
    out.length = 0;
    luahost_attachments none = {0};
    values_push(L, "local t = ('x'):rep((1 << 27) - 10) return t, t, t, bytes(t), {[t] = 1}");
    for (int last = 3; last <= 5; last++) {
        lua_pushvalue(L, last);
        lua_replace(L, 3);
        EXPECT(!luahost_msgpack_encode_arguments(L, 1, 3, &out, &none, &error));
        EXPECT(error.argument == 3 && strcmp(error.message, "cannot encode more than 268435456 bytes at $") == 0);
    }
    /* Strings that fit, and whose heads do not. */
    values_push(L, "local t = ('x'):rep((1 << 27) - 5) return t, t, 1");
    EXPECT(luahost_msgpack_encode_arguments(L, 1, 2, &out, &none, &error) == false);
    EXPECT(error.argument == 0 && strcmp(error.message, "cannot encode more than 268435456 bytes at $") == 0 && out.length == 0);
    luahost_buffer_free(&out);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
}

/* No object of Lua is made, so that no finalizer can run. */
static void encoding_runs_no_lua(void) {
    char text[256];
    values_push(L,
        "return 'x', {a = 1, b = {bytes 'x'}}, object {1, x = 2.5}, {[2] = 1, [1] = 2}, null, -1e10, {1, {print}}");
    size_t before = values_memory_used.objects;
    encode(text, sizeof text);
    EXPECT(strcmp(text, "error: argument 7: cannot encode a function at $[2][1]") == 0);
    lua_pop(L, 1);
    before = values_memory_used.objects;
    encode(text, sizeof text);
    EXPECT(values_memory_used.objects == before && strncmp(text, "96a178", 6) == 0);
}

void test_msgpack_encode(void) {
    L = values_open();
    golden_bytes();
    integers_take_the_shortest_form();
    floats_have_64_bits();
    lengths_take_the_shortest_form();
    heads_find_room();
    tables_are_what_json_makes_of_them();
    errors_name_the_argument();
    encoding_runs_no_lua();
    lua_close(L);
}
