/* Writing the arguments of Socket.IO packets: JSON with attachments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "tests.h"
#include "values.h"
#include "host.h"

static lua_State *L;

/* The text, and the attachments after a bar each. */
static void encode(int first, char *text, size_t size) {
    static luahost_buffer out;
    static luahost_attachments attachments;
    luahost_json_error error;
    out.length = 0;
    luahost_buffer_append(&out, "head", 4);
    attachments.count = 3;
    int top = lua_gettop(L);
    if (luahost_json_encode_arguments(L, first, top, &out, &attachments, &error)) {
        EXPECT(memcmp(out.data, "head", 4) == 0);
        size_t used = (size_t)snprintf(text, size, "%.*s", (int)(out.length - 4), out.data + 4);
        for (size_t index = 0; index < attachments.count && used < size; index++) {
            const luahost_slice *bytes = &attachments.items[index];
            used += (size_t)snprintf(text + used, size - used, "|%.*s", (int)bytes->length, bytes->data);
        }
    } else {
        EXPECT(out.length == 4 && attachments.count == 0);
        size_t used = (size_t)snprintf(text, size, "error: ");
        if (error.argument > 0) used += (size_t)snprintf(text + used, size - used, "argument %d: ", error.argument);
        snprintf(text + used, size - used, "%s", error.message);
    }
    EXPECT(lua_gettop(L) == top);
}

static void expect_encoded(const char *values, const char *expected) {
    char text[1024];
    values_push(L, values);
    encode(1, text, sizeof text);
    if (strcmp(text, expected) != 0) fprintf(stderr, "%s is\n%s, not\n%s\n", values, text, expected);
    EXPECT(strcmp(text, expected) == 0);
}

static void golden_texts(void) {
    expect_encoded("return 'x'", "[\"x\"]");
    expect_encoded("return 'x', 1, null, null", "[\"x\",1,null,null]");
    expect_encoded("return", "[]");
    expect_encoded("return 'é\\30', null, true, 1.0", "[\"é\\u001e\",null,true,1.0]");
    expect_encoded("return 'b', bytes 'one', {k = {bytes 'two'}}",
        "[\"b\",{\"_placeholder\":true,\"num\":0},{\"k\":[{\"_placeholder\":true,\"num\":1}]}]|one|two");
    expect_encoded("return 'bar', bytes ''", "[\"bar\",{\"_placeholder\":true,\"num\":0}]|");
    expect_encoded("return bytes 'x'", "[{\"_placeholder\":true,\"num\":0}]|x");
    expect_encoded("return array {}, {}, object {1}", "[[],{},{\"1\":1}]");
}

static void attachments_are_numbered_as_they_are_written(void) {
    expect_encoded("local b = bytes 'x' return {b, {bytes 'y'}, b}, bytes 'z'",
        "[[{\"_placeholder\":true,\"num\":0},[{\"_placeholder\":true,\"num\":1}],{\"_placeholder\":true,\"num\":2}],"
        "{\"_placeholder\":true,\"num\":3}]|x|y|x|z");
    /* An array that is written again from its beginning. */
    expect_encoded("return {[2] = bytes 'two', [1] = bytes 'one', [3] = bytes 'three'}",
        "[[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2}]]"
        "|one|two|three");
    expect_encoded("return bytes '0', {bytes '1', [2] = bytes '2', [3] = bytes '3', [4] = bytes '4'}",
        "[{\"_placeholder\":true,\"num\":0},[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2},"
        "{\"_placeholder\":true,\"num\":3},{\"_placeholder\":true,\"num\":4}]]|0|1|2|3|4");
    char text[64];
    values_push(L, "return 0, 'a', 'b'");
    encode(2, text, sizeof text);
    EXPECT(strcmp(text, "[\"a\",\"b\"]") == 0);
    values_push(L, "return 0, 'a', print");
    encode(2, text, sizeof text);
    EXPECT(strcmp(text, "error: argument 2: cannot encode a function at $") == 0);
}

static void errors_name_the_argument(void) {
    expect_encoded("return 'x', {a = {1, 2, print}}", "error: argument 2: cannot encode a function at $.a[3]");
    expect_encoded("return print", "error: argument 1: cannot encode a function at $");
    expect_encoded("return 1, nil, 3", "error: argument 2: cannot encode nil at $: eio.null is JSON's null");
    expect_encoded("return io.stdout", "error: argument 1: cannot encode a userdata at $");
    expect_encoded("return 1, 0/0 == 0 and 1 or math.huge",
        "error: argument 2: cannot encode inf at $: JSON has no such number");
    expect_encoded("return {b = '\\xff'}",
        "error: argument 1: byte 1 of the string is not UTF-8 at $.b: JSON is UTF-8 text, send bytes as eio.bytes or in"
        " base64");
    expect_encoded("return {['\\xff'] = 1}",
        "error: argument 1: byte 1 of a key is not UTF-8 at $: JSON is UTF-8 text");
    expect_encoded("return 1, 2, {[true] = 1}",
        "error: argument 3: cannot encode a key that is a boolean at $: JSON's keys are strings");
    expect_encoded("return {[1.5] = 1}",
        "error: argument 1: cannot encode a key that is a float at $: JSON's keys are strings");
    expect_encoded("return {1, a = 2}",
        "error: argument 1: cannot encode a table with string and integer keys at $: eio.object makes the integers"
        " strings");
    expect_encoded("return {1, [3] = 2}",
        "error: argument 1: cannot encode an array with a hole, index 2, at $: fill it with eio.null; eio.object makes"
        " integer keys strings");
    expect_encoded("return {[0] = 2}",
        "error: argument 1: cannot encode an array with the index 0 at $: arrays begin at 1; eio.object makes integer"
        " keys strings");
    expect_encoded("return array {a = 2}",
        "error: argument 1: cannot encode an eio.array with a string as a key at $: its keys are 1 to n");
    expect_encoded("return object {[1] = 1, ['1'] = 2}",
        "error: argument 1: cannot encode both the integer and the string as a key at $[\"1\"]");
    expect_encoded("local t = {} t[1] = t return t",
        "error: argument 1: cannot encode a cycle: a table contains itself at $[1]");
    expect_encoded("local t = 1 for i = 1, 129 do t = {t} end return t",
        "error: argument 1: cannot encode more than 128 levels of tables at "
        "$[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]"
        "...");
    expect_encoded("local t = {} for i = 1, 8001 do t[i] = i end return table.unpack(t)",
        "error: cannot encode more than 8000 arguments");
}

static void a_table_like_a_placeholder(void) {
    static const char *const at_a =
        "error: argument 2: cannot encode bytes beside a table with _placeholder = true at $.a: it reads like an"
        " attachment";
    expect_encoded("return 'x', {a = {_placeholder = true}}, bytes 'x'", at_a);
    expect_encoded("return bytes 'x', {a = {_placeholder = true, num = 0}}", at_a);
    expect_encoded("return 'x', {a = {_placeholder = true}}, {{bytes 'x'}}", at_a);
    expect_encoded("return bytes 'x', {_placeholder = 1}, {_placeholdeR = true}, {'_placeholder', true}, true",
        "[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":1},{\"_placeholdeR\":true},[\"_placeholder\",true],true]"
        "|x");
    /* Nothing is put in its place without attachments. */
    expect_encoded("return {_placeholder = true}, {{_placeholder = true}}",
        "[{\"_placeholder\":true},[{\"_placeholder\":true}]]");
}

static void plain_json_has_no_bytes(void) {
    luahost_buffer out = {0};
    luahost_json_error error;
    values_push(L, "return {a = bytes 'x'}");
    EXPECT(!luahost_json_encode(L, 1, &out, &error) && out.length == 0);
    static const char *const message =
        "cannot encode bytes or another userdata at $.a: send bytes by themselves or in base64";
    EXPECT(strcmp(error.message, message) == 0);
    values_push(L, "return {_placeholder = true}");
    EXPECT(luahost_json_encode(L, 1, &out, &error) && out.length == strlen("{\"_placeholder\":true}"));
    luahost_buffer_free(&out);
}

static void limits_of_encoding(void) {
    luahost_buffer out = {0};
    luahost_attachments attachments = {0};
    luahost_json_error error;
    values_push(L, "local t, b = {}, bytes '' for i = 1, 100000 do t[i] = b end return t, b");
    EXPECT(luahost_json_encode_arguments(L, 1, 1, &out, &attachments, &error));
    EXPECT(attachments.count == LUAHOST_MAX_ATTACHMENTS);
    EXPECT(!luahost_json_encode_arguments(L, 1, 2, &out, &attachments, &error));
    EXPECT(error.argument == 2 && strcmp(error.message, "cannot encode more than 100000 attachments at $") == 0);
    EXPECT(attachments.count == 0 && attachments.capacity >= 100000);
    luahost_attachments_reset(&attachments, 1 << 20);
    EXPECT(attachments.capacity > 0);
    luahost_attachments_reset(&attachments, 1000);
    EXPECT(attachments.capacity == 0 && attachments.items == NULL);
    luahost_buffer_reset(&out, 0);
    values_push(L, "local t = {} for i = 1, 8000 do t[i] = i end return table.unpack(t)");
    EXPECT(luahost_json_encode_arguments(L, 1, 8000, &out, &attachments, &error));
    out.length = 0;
    /* Thirty tables that each hold the next one twice; then a text that is too long. */
    values_push(L, "local t = 1 for i = 1, 30 do t = {t, t} end return 'x', t");
    EXPECT(!luahost_json_encode_arguments(L, 1, 2, &out, &attachments, &error));
    EXPECT(error.argument == 2);
    EXPECT(strncmp(error.message, "cannot encode more than 10000000 tables at $", 43) == 0);
    values_push(L, "local t = ('x'):rep((1 << 27) - 2) return t, t, t");
    EXPECT(!luahost_json_encode_arguments(L, 1, 3, &out, &attachments, &error));
    EXPECT(error.argument == 3 && strcmp(error.message, "cannot encode more than 268435456 bytes of text at $") == 0);
    EXPECT(!luahost_json_encode_arguments(L, 1, 2, &out, &attachments, &error));
    EXPECT(error.argument == 0 && strcmp(error.message, "cannot encode more than 268435456 bytes of text at $") == 0);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
    luahost_attachments_reset(&attachments, 0);
    luahost_buffer_free(&out);
}

/* No object of Lua is made, and no metamethod called, so that no finalizer can run. */
static void encoding_runs_no_lua(void) {
    values_push(L,
        "local function never() error 'called' end\n"
        "local hostile = setmetatable({a = 1, b = {bytes 'x'}}, {__index = never, __pairs = never, __len = never,\n"
        "  __tostring = never, __eq = never, __gc = never, __call = never, __metatable = never})\n"
        "return 'x', hostile, setmetatable({1, [3] = 1, [2] = 2}, getmetatable('').__index)");
    char text[256];
    encode(1, text, sizeof text);
    size_t before = values_memory_used.objects;
    encode(1, text, sizeof text);
    EXPECT(values_memory_used.objects == before);
    EXPECT(strstr(text, "[1,2,1]") != NULL);
    values_push(L, "return {1, 2, {print}}, bytes 'x'");
    before = values_memory_used.objects;
    encode(1, text, sizeof text);
    EXPECT(values_memory_used.objects == before);
    values_push(L, "getmetatable(bytes 'x').__gc = nil return");
}

void test_arguments_encode(void) {
    L = values_open();
    golden_texts();
    attachments_are_numbered_as_they_are_written();
    errors_name_the_argument();
    a_table_like_a_placeholder();
    plain_json_has_no_bytes();
    limits_of_encoding();
    encoding_runs_no_lua();
    lua_close(L);
}
