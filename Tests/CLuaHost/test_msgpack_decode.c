/* Reading msgpack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "msgpack/msgpack.h"
#include "tests.h"
#include "values.h"

static lua_State *L;

/* The bytes of hexadecimal digits, in a block of exactly their size, so that the sanitizer sees a read past its end. */
static char *from_hex(const char *text, size_t *length) {
    *length = strlen(text) / 2;
    char *data = malloc(*length == 0 ? 1 : *length);
    for (size_t index = 0; index < *length; index++) {
        unsigned byte;
        if (sscanf(text + 2 * index, "%2x", &byte) != 1) abort();
        data[index] = (char)byte;
    }
    return data;
}

static int decode(const char *text, luahost_json_error *error) {
    size_t length;
    char *data = from_hex(text, &length);
    int arguments = luahost_msgpack_decode_arguments(L, data, length, NULL, 0, error);
    free(data);
    return arguments;
}

static void expect_decoded(const char *text, const char *expected) {
    luahost_json_error error = {.message = ""};
    char chunk[512];
    lua_settop(L, 0);
    int arguments = decode(text, &error);
    EXPECT(arguments >= 0 && arguments == lua_gettop(L));
    snprintf(chunk, sizeof chunk, "return equal({n = select('#', ...), ...}, {%s})", expected);
    bool is_right = values_check(L, chunk);
    if (!is_right) fprintf(stderr, "%s is not %s %s\n", text, expected, error.message);
    EXPECT(is_right);
}

static void expect_refused(const char *text, const char *message, size_t offset) {
    luahost_json_error error = {.message = ""};
    lua_settop(L, 1);
    EXPECT(decode(text, &error) == -1 && lua_gettop(L) == 1);
    bool is_right = strcmp(error.message, message) == 0 && error.offset == offset;
    if (!is_right) fprintf(stderr, "%s: %s at %zu\n", text, error.message, error.offset);
    EXPECT(is_right);
}

static void golden_bytes(void) {
    expect_decoded("92a568656c6c6fa3796f75", "n = 2, 'hello', 'you'");
    expect_decoded("912a", "n = 1, 42");
    expect_decoded("92a162c403010203", "n = 2, 'b', bytes '\\1\\2\\3'");
    expect_decoded("90", "n = 0");
    expect_decoded("9182a3736964a3616263a3706964d40000", "n = 1, {sid = 'abc'}");
    expect_decoded("9182a76d657373616765a26e6fa464617461d40000", "n = 1, {message = 'no'}");
    expect_decoded("93d40000c091d40000", "n = 3, null, null, {null}");
    luahost_json_error error;
    lua_settop(L, 0);
    EXPECT(luahost_msgpack_decode(L, "\x81\xA1" "a\x90", 4, &error));
    EXPECT(values_check(L, "local t = ... return getmetatable(t.a) ~= nil and getmetatable(t) == nil"));
    EXPECT(luahost_msgpack_decode(L, "\xD4\0\0", 3, &error) && values_check(L, "return ... == null"));
    EXPECT(luahost_msgpack_decode(L, "\xA2hi", 3, &error) && values_check(L, "return ... == 'hi'"));
    EXPECT(!luahost_msgpack_decode(L, "\xA2hi\xC0", 4, &error) && lua_gettop(L) == 0 && error.offset == 3);
    EXPECT(!luahost_msgpack_decode(L, "", 0, &error) && lua_gettop(L) == 0);
}

static void numbers(void) {
    expect_decoded("9500017fffe0", "n = 5, 0, 1, 127, -1, -32");
    expect_decoded("96cc80ccffcc00d0dfd080d07f", "n = 6, 128, 255, 0, -33, -128, 127");
    expect_decoded("94cd0100cdffffd1ff7fd18000", "n = 4, 256, 65535, -129, -32768");
    expect_decoded("94ce00010000ceffffffffd2ffff7fffd280000000", "n = 4, 65536, 0xffffffff, -32769, -0x80000000");
    expect_decoded("94cf0000000100000000cf7fffffffffffffffd3ffffffff7fffffffd38000000000000000",
        "n = 4, 0x100000000, math.maxinteger, -0x80000001, math.mininteger");
    expect_decoded("92cf8000000000000000cfffffffffffffffff", "n = 2, 2.0 ^ 63, 2.0 ^ 64");
    expect_decoded("93cb3ff8000000000000ca3fc00000cacf000000", "n = 3, 1.5, 1.5, -2147483648.0");
    expect_decoded("92cb7ff0000000000000caff800000", "n = 2, 1/0, -1/0");
    lua_settop(L, 0);
    luahost_json_error error;
    EXPECT(decode("91cb7ff8000000000000", &error) == 1 && values_check(L, "return ... ~= ..."));
    expect_decoded("93c0c2c3", "n = 3, null, false, true");
}

static void strings_and_bytes(void) {
    expect_decoded("94a0a2c3a9d902c3a9da0002c3a9", "n = 4, '', 'é', 'é', 'é'");
    expect_decoded("91db00000001" "78", "n = 1, 'x'");
    expect_decoded("94c400c40100c5000100c60000000100", "n = 4, bytes '', bytes '\\0', bytes '\\0', bytes '\\0'");
    /* A string that is not UTF-8 is what its bytes are. */
    expect_decoded("93a1ffd902c328a3eda080", "n = 3, bytes '\\xff', bytes '\\xc3(', bytes '\\xed\\xa0\\x80'");
    /* One of all lengths below 300 at each end of its forms. */
    char text[1024];
    for (int length = 0; length < 300; length++) {
        int used = length < 32 ? sprintf(text, "91%02x", 0xA0 + length)
            : length < 256     ? sprintf(text, "91d9%02x", length)
                               : sprintf(text, "91da%04x", length);
        for (int index = 0; index < length; index++) used += sprintf(text + used, "61");
        char expected[64];
        sprintf(expected, "n = 1, ('a'):rep(%d)", length);
        expect_decoded(text, expected);
    }
}

static void extensions(void) {
    expect_decoded("91d7000000018bcfe56800", "n = 1, 1700000000000");
    expect_decoded("91d700ffffffffffffffff", "n = 1, -1");
    expect_decoded("93d40005d5000102c70300010203", "n = 3, bytes '\\5', bytes '\\1\\2', bytes '\\1\\2\\3'");
    expect_decoded("93d60001020304c8000100" "aac90000000100bb",
        "n = 3, bytes '\\1\\2\\3\\4', bytes '\\xaa', bytes '\\xbb'");
    expect_decoded("92c70000c7080000000000000000" "00", "n = 2, bytes '', bytes(('\\0'):rep(8))");
    expect_decoded("91d800000102030405060708090a0b0c0d0e0f",
        "n = 1, bytes '\\0\\1\\2\\3\\4\\5\\6\\7\\8\\9\\10\\11\\12\\13\\14\\15'");
    expect_decoded("92d405aad6ff00000001",
        "n = 2, {type = 5, data = bytes '\\xaa'}, {type = -1, data = bytes '\\0\\0\\0\\1'}");
    expect_decoded("91c701807f", "n = 1, {type = -128, data = bytes '\\x7f'}");
    expect_decoded("9181a161d405aa", "n = 1, {a = {type = 5, data = bytes '\\xaa'}}");
}

static void containers(void) {
    expect_decoded("939192a1618081a16281a16390dc0001c3", "n = 3, {{'a', {}}}, {b = {c = {}}}, {true}");
    expect_decoded("92dd00000001c2de0001a16101", "n = 2, {false}, {a = 1}");
    expect_decoded("91df00000001a16101", "n = 1, {a = 1}");
    expect_decoded("dc000101", "n = 1, 1");
    expect_decoded("dd00000001" "01", "n = 1, 1");
    /* Keys become text; the last of equal ones wins, and `undefined` is one. */
    expect_decoded("91860102ff03cb3ff800000000000004c305c206c007",
        "n = 1, {['1'] = 2, ['-1'] = 3, ['1.5'] = 4, ['true'] = 5, ['false'] = 6, null = 7}");
    expect_decoded("9182c401610102" "03", "n = 1, {a = 1, ['2'] = 3}");
    expect_decoded("9182a13101" "0102", "n = 1, {['1'] = 2}");
    expect_decoded("9182a16101a161d40000", "n = 1, {}");
    expect_decoded("9182a161d40000a16101", "n = 1, {a = 1}");
}

static void bad_data(void) {
    static const char *const within = "msgpack data ends within a value";
    static const char *const no_key = "a key of a msgpack map is not a string";
    expect_refused("", "msgpack data ends where a value should be", 0);
    expect_refused("80", "the arguments in msgpack are not an array", 0);
    expect_refused("c0", "the arguments in msgpack are not an array", 0);
    expect_refused("91", within, 0);
    expect_refused("9201", within, 0);
    expect_refused("910101", "msgpack data goes on after its value", 2);
    expect_refused("90c0", "msgpack data goes on after its value", 1);
    expect_refused("91c1", "byte 0xC1 where a msgpack value should be", 1);
    expect_refused("9181a161c1", "byte 0xC1 where a msgpack value should be", 4);
    expect_refused("91a2" "61", within, 1);
    expect_refused("91c40261", within, 1);
    expect_refused("91d9", within, 1);
    expect_refused("91da00", within, 1);
    expect_refused("91db00000002" "61", within, 1);
    expect_refused("91dbffffffff", within, 1);
    expect_refused("91c6ffffffff00", within, 1);
    expect_refused("91cb3ff80000000000", within, 1);
    expect_refused("91cf00000000000000", within, 1);
    expect_refused("91ca000000", within, 1);
    expect_refused("91d1ff", within, 1);
    expect_refused("91d4", within, 1);
    expect_refused("91d400", within, 1);
    expect_refused("91d70000000000000000", within, 1);
    expect_refused("91c70000" "00", "msgpack data goes on after its value", 4);
    expect_refused("91c701", within, 1);
    expect_refused("91c70100", within, 1);
    expect_refused("91c9ffffffff0000", within, 1);
    expect_refused("9181", within, 1);
    /* One byte is left, and the outer array needs it. */
    expect_refused("9291" "01", within, 1);
    expect_refused("9181a161", within, 2);
    expect_refused("9182a16101", within, 1);
    expect_refused("92a101", within, 1);
    expect_refused("91dd7fffffff" "010101", within, 1);
    expect_refused("91df80000000" "010101", within, 1);
    expect_refused("91dfffffffff", within, 1);
    expect_refused("ddffffffff", within, 0);
    expect_refused("918190" "01", no_key, 2);
    expect_refused("918180" "01", no_key, 2);
    expect_refused("9181d4050001", no_key, 2);
    expect_refused("9181d4000001", no_key, 2);
    expect_refused("9181a1ff01", "a key of a msgpack map is not UTF-8", 2);
    expect_refused("9181c401ff01", "a key of a msgpack map is not UTF-8", 2);
}

/* Counts are not believed: a table of 2^31 entries costs nothing, and all tables that a text claims together are not
 * larger than the text. */
static void counts_allocate_nothing(void) {
    luahost_json_error error;
    char data[1 << 16];
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
    size_t before = values_memory_used.bytes;
    values_memory_used.most = before;
    EXPECT(decode("91df80000000", &error) == -1 && decode("91dd80000000", &error) == -1);
    EXPECT(values_memory_used.most == before);
    /* Each of 120 arrays, one within another, claims all that is left. */
    memset(data, 0, sizeof data);
    data[0] = (char)0x91;
    for (size_t level = 0; level < 120; level++) {
        size_t count = sizeof data - 1 - 5 * (level + 1);
        char *at = data + 1 + 5 * level;
        at[0] = (char)0xDD;
        at[3] = (char)(count >> 8);
        at[4] = (char)count;
    }
    EXPECT(luahost_msgpack_decode(L, data, sizeof data, &error) == false);
    EXPECT(values_memory_used.most - before < 20 * sizeof data);
    lua_settop(L, 0);
}

static void limits(void) {
    luahost_json_error error;
    static char data[400000];
    lua_settop(L, 0);
    memcpy(data, "\xDC\x1F\x40", 3);
    EXPECT(luahost_msgpack_decode_arguments(L, data, 8003, NULL, 0, &error) == 8000 && lua_gettop(L) == 8000);
    lua_settop(L, 0);
    data[2]++;
    EXPECT(luahost_msgpack_decode_arguments(L, data, 8004, NULL, 0, &error) == -1 && lua_gettop(L) == 0);
    EXPECT(strcmp(error.message, "more than 8000 arguments") == 0);
    memset(data, 0x91, sizeof data);
    data[129] = 0;
    EXPECT(luahost_msgpack_decode_arguments(L, data, 130, NULL, 0, &error) == 1);
    EXPECT(luahost_msgpack_decode(L, data + 1, 129, &error));
    data[129] = (char)0x91;
    EXPECT(luahost_msgpack_decode(L, data, sizeof data, &error) == false);
    EXPECT(strcmp(error.message, "msgpack data nested more than 128 levels") == 0 && error.offset == 128);
    lua_settop(L, 0);
}

/* A coroutine begins with forty slots. */
static void stacks_grow(void) {
    luahost_json_error error;
    char data[3 * 128 + 1];
    for (int level = 0; level < 128; level++) memcpy(data + 3 * level, "\x81\xA1" "a", 3);
    data[3 * 128] = 1;
    lua_settop(L, 0);
    EXPECT(luahost_msgpack_decode(lua_newthread(L), data, sizeof data, &error));
    char *many = calloc(1, 8003);
    memcpy(many, "\xDC\x1F\x40", 3);
    lua_State *thread = lua_newthread(L);
    EXPECT(luahost_msgpack_decode_arguments(thread, many, 8003, NULL, 0, &error) == 8000);
    free(many);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
}

static void expect_event(const char *text, const char *expected_name, const char *expected_rest) {
    static luahost_buffer scratch;
    luahost_json_error error = {.message = ""};
    luahost_slice name = {NULL, 0};
    size_t length, rest = 0;
    char *data = from_hex(text, &length), chunk[256];
    lua_settop(L, 0);
    bool is_named = luahost_msgpack_read_event_name(data, length, &scratch, &name, &rest, &error);
    EXPECT(is_named && name.length == strlen(expected_name) && memcmp(name.data, expected_name, name.length) == 0);
    int arguments = luahost_msgpack_decode_rest(L, data, length, rest, NULL, 0, &error);
    EXPECT(arguments >= 0 && arguments == lua_gettop(L));
    snprintf(chunk, sizeof chunk, "return equal({n = select('#', ...), ...}, {%s})", expected_rest);
    bool is_right = values_check(L, chunk);
    if (!is_right) fprintf(stderr, "%s: %s\n", text, error.message);
    EXPECT(is_right);
    free(data);
}

static void expect_no_event(const char *text, const char *message) {
    luahost_buffer scratch = {0};
    luahost_json_error error = {.message = ""};
    luahost_slice name;
    size_t length, rest = 0;
    char *data = from_hex(text, &length);
    lua_settop(L, 1);
    bool is_read = luahost_msgpack_read_event_name(data, length, &scratch, &name, &rest, &error) &&
        luahost_msgpack_decode_rest(L, data, length, rest, NULL, 0, &error) >= 0;
    if (strcmp(error.message, message) != 0) fprintf(stderr, "%s: %s\n", text, error.message);
    EXPECT(!is_read && strcmp(error.message, message) == 0 && lua_gettop(L) == 1);
    free(data);
    luahost_buffer_free(&scratch);
}

static void events_have_names(void) {
    expect_event("91a161", "a", "n = 0");
    expect_event("92a568656c6c6fa3796f75", "hello", "n = 1, 'you'");
    expect_event("92a0c0", "", "n = 1, null");
    expect_event("dc0002d902c3a981a16101", "é", "n = 1, {a = 1}");
    expect_event("9301c4" "0178c2", "1", "n = 2, bytes 'x', false");
    expect_event("91ff", "-1", "n = 0");
    expect_event("91cb3ff8000000000000", "1.5", "n = 0");
    static const char *const no_name = "the name of an event is not a string";
    expect_no_event("90", no_name);
    expect_no_event("91c0", no_name);
    expect_no_event("91c3", no_name);
    expect_no_event("91c40161", no_name);
    expect_no_event("91d40000", no_name);
    expect_no_event("9190", no_name);
    expect_no_event("91a1ff", no_name);
    expect_no_event("91cb7ff0000000000000", no_name);
    expect_no_event("80", "the arguments in msgpack are not an array");
    expect_no_event("", "msgpack data ends where a value should be");
    expect_no_event("91", "msgpack data ends within a value");
    expect_no_event("92a161", "msgpack data ends within a value");
    expect_no_event("92a16191", "msgpack data ends within a value");
    expect_no_event("91a161c0", "msgpack data goes on after its value");
    /* A place that no name ends at: nothing is read after the data. */
    size_t length;
    char *data = from_hex("930102" "03", &length);
    luahost_json_error error;
    for (size_t rest = 0; rest <= length; rest++) {
        lua_settop(L, 0);
        EXPECT(luahost_msgpack_decode_rest(L, data, length, rest, NULL, 0, &error) == (rest == 2 ? 2 : -1));
    }
    free(data);
}

/* Also: JSON with attachments makes the same values of them. */
static void random_round_trips(void) {
    luahost_buffer out = {0}, text = {0};
    luahost_attachments attachments = {0};
    luahost_json_error error;
    values_push(L, "math.randomseed(11)");
    for (int round = 0; round < 3000; round++) {
        int count = values_push(
            L, "local t = {} for i = 1, math.random(0, 4) do t[i] = random(4) end return table.unpack(t)");
        out.length = text.length = 0;
        EXPECT(luahost_msgpack_encode_arguments(L, 1, count, &out, &attachments, &error));
        EXPECT(luahost_json_encode_arguments(L, 1, count, &text, &attachments, &error));
        EXPECT(luahost_msgpack_decode_arguments(L, out.data, out.length, NULL, 0, &error) == count);
        EXPECT(count == luahost_json_decode_arguments(
            L, text.data, text.length, attachments.items, attachments.count, &error));
        EXPECT(values_check(L,
            "local n, all = select('#', ...) // 3, {...} for i = 1, n do\n"
            "if not equal(all[i], all[n + i]) or not equal(all[i], all[2 * n + i]) then return false end end\n"
            "return true"));
    }
    luahost_buffer_free(&out);
    luahost_buffer_free(&text);
    luahost_attachments_reset(&attachments, 0);
}

static int decode_protected(lua_State *state) {
    static const char data[] = "\x95\x81\xA1" "a\x93\x01\x02\xC4\x01x\xD4\x05\xAA\xA2hi\x91\x91\xA1\xFF\x81\x01\x02";
    luahost_json_error error;
    int count = luahost_msgpack_decode_arguments(state, data, sizeof data - 1, NULL, 0, &error);
    return count == 5 ? count : luaL_error(state, "%s", error.message);
}

/* Memory ends at each allocation in turn; finalizers that decode, too, run at each. */
static void decoding_without_memory(void) {
    lua_register(L, "decode", decode_protected);
    long limit = 0;
    for (int status = LUA_ERRMEM; status == LUA_ERRMEM && limit < 1000; limit++) {
        lua_settop(L, 0);
        lua_pushcfunction(L, decode_protected);
        values_memory_used.limit = limit;
        status = lua_pcall(L, 0, LUA_MULTRET, 0);
        values_memory_used.limit = -1;
        EXPECT(status == LUA_ERRMEM || (status == LUA_OK && lua_gettop(L) == 5));
    }
    EXPECT(limit > 10 && limit < 1000);
    values_push(L,
        "finalized = 0 local mt = {}\n"
        "mt.__gc = function() finalized = finalized + 1 decode() setmetatable({}, mt) end setmetatable({}, mt)\n"
        "collectgarbage('incremental', 1, 1000)");
    for (int round = 0; round < 2000; round++) {
        lua_settop(L, 0);
        EXPECT(decode_protected(L) == 5);
        EXPECT(values_check(L, "local t = ... return t.a[3] == bytes 'x' and select(2, ...).data == bytes '\\xaa'"));
    }
    values_push(L, "return finalized > 10");
    EXPECT(lua_toboolean(L, 1));
}

void test_msgpack_decode(void) {
    L = values_open();
    golden_bytes();
    numbers();
    strings_and_bytes();
    extensions();
    containers();
    bad_data();
    counts_allocate_nothing();
    limits();
    stacks_grow();
    events_have_names();
    random_round_trips();
    decoding_without_memory();
    lua_close(L);
}
