/* Reading the arguments of Socket.IO packets: JSON with attachments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "tests.h"
#include "values.h"
#include "host.h"

static lua_State *L;

/* The attachments are "one", "two" and so on. */
static const luahost_slice numbers[] = {{"one", 3}, {"two", 3}, {"three", 5}, {NULL, 0}};

/* In a block of exactly its size, so that the sanitizer sees a read past its end. */
static int decode(const char *text, size_t count, luahost_json_error *error) {
    size_t length = strlen(text);
    char *copy = malloc(length == 0 ? 1 : length);
    memcpy(copy, text, length);
    int arguments = luahost_json_decode_arguments(L, copy, length, numbers, count, error);
    free(copy);
    return arguments;
}

static void expect_decoded(const char *text, size_t count, const char *expected) {
    luahost_json_error error = {.message = ""};
    char chunk[512];
    lua_settop(L, 0);
    int arguments = decode(text, count, &error);
    EXPECT(arguments >= 0 && arguments == lua_gettop(L));
    snprintf(chunk, sizeof chunk, "return equal({n = select('#', ...), ...}, {%s})", expected);
    bool is_right = values_check(L, chunk);
    if (!is_right) fprintf(stderr, "%s is not %s %s\n", text, expected, error.message);
    EXPECT(is_right);
}

static void expect_refused(const char *text, size_t count, const char *message, size_t offset) {
    luahost_json_error error = {.message = ""};
    lua_settop(L, 1);
    EXPECT(decode(text, count, &error) == -1 && lua_gettop(L) == 1);
    bool is_right = strcmp(error.message, message) == 0 && error.offset == offset;
    if (!is_right) fprintf(stderr, "%s: %s at %zu\n", text, error.message, error.offset);
    EXPECT(is_right);
}

static void arrays_become_arguments(void) {
    expect_decoded("[]", 0, "n = 0");
    expect_decoded(" [ ] ", 0, "n = 0");
    expect_decoded("[1,\"2\",{\"3\":[true]},null]", 0, "n = 4, 1, '2', {['3'] = {true}}, null");
    expect_decoded(" [ 1 , [ ] , 2.0 ] ", 0, "n = 3, 1, {}, 2.0");
    expect_decoded("[\"\\ud83d\\ude00\"]", 0, "n = 1, '😀'");
    expect_decoded("[\"\\ud83d\"]", 0, "n = 1, '\\xef\\xbf\\xbd'");
    expect_decoded("[12345678901234567890123]", 0, "n = 1, 12345678901234567890123.0");
    luahost_json_error error;
    lua_settop(L, 0);
    EXPECT(decode("[[],{}]", 0, &error) == 2);
    EXPECT(values_check(L, "local a, o = ... return getmetatable(a) ~= nil and not getmetatable(o)"));
    EXPECT(decode("[0]", 1, &error) == 1 && values_check(L, "return ... == 0"));
}

static void placeholders_become_bytes(void) {
    expect_decoded("[\"a\",{\"_placeholder\":true,\"num\":0}]", 1, "n = 2, 'a', bytes 'one'");
    expect_decoded("[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]", 2,
        "n = 2, bytes 'two', bytes 'one'");
    expect_decoded("[{\"k\":[{\"_placeholder\":true,\"num\":2}]}]", 3, "n = 1, {k = {bytes 'three'}}");
    expect_decoded("[{\"_placeholder\":true,\"num\":3}]", 4, "n = 1, bytes ''");
    expect_decoded("[]", 4, "n = 0");
    expect_decoded("[1]", 4, "n = 1, 1");
    /* Further keys, blanks, another order, escapes, a float, equal keys. */
    expect_decoded("[{\"num\":1,\"_placeholder\":true}]", 2, "n = 1, bytes 'two'");
    expect_decoded("[{\"_placeholder\":true,\"num\":1,\"x\":[1]}]", 2, "n = 1, bytes 'two'");
    expect_decoded("[ { \"_placeholder\" : true , \"num\" : 1 } ]", 2, "n = 1, bytes 'two'");
    expect_decoded("[{\"_\\u0070laceholder\":true,\"num\":1.0}]", 2, "n = 1, bytes 'two'");
    expect_decoded("[{\"_placeholder\":true,\"num\":1e0}]", 2, "n = 1, bytes 'two'");
    expect_decoded("[{\"_placeholder\":true,\"num\":7,\"num\":1}]", 2, "n = 1, bytes 'two'");
    expect_decoded("[{\"_placeholder\":true,\"num\":1,\"_placeholder\":1}]", 2,
        "n = 1, {_placeholder = 1, num = 1}");
    expect_decoded("[{\"_placeholder\":true,\"num\":-0}]", 1, "n = 1, bytes 'one'");
    /* Only true counts. */
    expect_decoded("[{\"_placeholder\":1,\"num\":0}]", 1, "n = 1, {_placeholder = 1, num = 0}");
    expect_decoded("[{\"_placeholder\":false,\"num\":9}]", 1, "n = 1, {_placeholder = false, num = 9}");
    expect_decoded("[{\"num\":9}]", 1, "n = 1, {num = 9}");
    expect_decoded("[{\"_placeholder\":true,\"num\":0}]", 0, "n = 1, {_placeholder = true, num = 0}");
    expect_decoded("[{\"_placeholder\":true,\"num\":\"x\"}]", 0, "n = 1, {_placeholder = true, num = 'x'}");
    /* Forty keys: collected before the end. */
    expect_decoded(
        "[{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,"
        "\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"s\":1,\"t\":1,\"u\":1,\"v\":1,\"w\":1,\"x\":1,\"y\":1,\"z\":1,"
        "\"A\":1,\"B\":1,\"C\":1,\"D\":1,\"E\":1,\"F\":1,\"G\":1,\"_placeholder\":true,\"num\":0}]",
        1, "n = 1, bytes 'one'");
    luahost_json_error error;
    lua_settop(L, 0);
    EXPECT(decode("[{\"_placeholder\":true,\"num\":0},[{\"_placeholder\":true,\"num\":0}]]", 1, &error) == 2);
    EXPECT(values_check(L, "local a, b = ... return rawequal(a, b[1])"));
}

static void bad_texts(void) {
    static const char *const illegal = "illegal attachments: the number of a placeholder is not one of 0 to 1";
    expect_refused("[{\"_placeholder\":true,\"num\":2}]", 2, illegal, 1);
    expect_refused("[0,{\"_placeholder\":true,\"num\":-1}]", 2, illegal, 3);
    expect_refused("[{\"_placeholder\":true,\"num\":9223372036854775807}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true,\"num\":4294967296}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true,\"num\":\"0\"}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true,\"num\":0.5}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true,\"num\":null}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true}]", 2, illegal, 1);
    expect_refused("[{\"_placeholder\":true,\"num\":", 2, "JSON text ends where a value should be", 28);
    expect_refused("[{\"_placeholder\":true,\"num\":0", 2, "JSON text ends where a comma or '}' should be", 29);
    expect_refused("[{\"_placeholder\":true,\"num\":00}]", 2, "malformed number in JSON text", 28);
    expect_refused("", 0, "JSON text ends where an array should be", 0);
    expect_refused(" ", 0, "JSON text ends where an array should be", 1);
    expect_refused("{}", 0, "'{' in JSON text where an array should be", 0);
    expect_refused("null", 0, "'n' in JSON text where an array should be", 0);
    expect_refused("]", 0, "']' in JSON text where an array should be", 0);
    expect_refused("[", 0, "JSON text ends where a value or ']' should be", 1);
    expect_refused("[1", 0, "JSON text ends where a comma or ']' should be", 2);
    expect_refused("[1,", 0, "JSON text ends where a value should be", 3);
    expect_refused("[1,]", 0, "']' in JSON text where a value should be", 3);
    expect_refused("[,1]", 0, "',' in JSON text where a value should be", 1);
    expect_refused("[1 2]", 0, "'2' in JSON text where a comma or ']' should be", 3);
    expect_refused("[1]x", 1, "'x' in JSON text where the end should be", 3);
    expect_refused("[]]", 1, "']' in JSON text where the end should be", 2);
    expect_refused("[\"a", 0, "JSON text ends where a closing quote should be", 3);
    expect_refused("[{\"a\":[1,2,{}}]", 2, "'}' in JSON text where a comma or ']' should be", 13);
}

static void limits_of_decoding(void) {
    luahost_json_error error;
    lua_settop(L, 0);
    char *text = calloc(1, 400000), *end = text;
    *end++ = '[';
    for (int index = 0; index < 8000; index++) end = stpcpy(end, "1,");
    end[-1] = ']';
    EXPECT(decode(text, 1, &error) == 8000 && lua_gettop(L) == 8000);
    lua_settop(L, 0);
    stpcpy(end - 1, ",1]");
    EXPECT(decode(text, 1, &error) == -1 && strcmp(error.message, "more than 8000 arguments") == 0);
    /* As deep as luahost_json_encode_arguments writes. */
    memset(text, 0, 400000);
    memset(text, '[', 129);
    memset(text + 129, ']', 129);
    EXPECT(decode(text, 1, &error) == 1);
    memset(text, '[', 130);
    memset(text + 130, ']', 130);
    EXPECT(decode(text, 1, &error) == -1 && strcmp(error.message, "JSON text nested more than 128 levels") == 0);
    memset(text, '[', 100000);
    EXPECT(decode(text, 0, &error) == -1);
    free(text);
    lua_settop(L, 0);
    luahost_slice *many = calloc(LUAHOST_MAX_ATTACHMENTS + 1, sizeof *many);
    size_t most = LUAHOST_MAX_ATTACHMENTS;
    EXPECT(luahost_json_decode_arguments(L, "[1]", 3, many, most, &error) == 1 && lua_gettop(L) == 1);
    EXPECT(luahost_json_decode_arguments(L, "[1]", 3, many, most + 1, &error) == -1);
    EXPECT(strcmp(error.message, "no room on the Lua stack for 100001 attachments") == 0);
    free(many);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
}

/* A coroutine begins with forty slots. */
static void stacks_grow(void) {
    luahost_json_error error;
    char text[1024] = "[";
    for (int level = 0; level < 100; level++) strcat(text, "{\"a\":");
    strcat(text, "{\"_placeholder\":true,\"num\":0}");
    for (int level = 0; level < 100; level++) strcat(text, "}");
    for (int index = 0; index < 36; index++) strcat(text, ",1");
    strcat(text, "]");
    luahost_slice many[60] = {{"", 0}};
    lua_settop(L, 0);
    size_t length = strlen(text);
    EXPECT(luahost_json_decode_arguments(lua_newthread(L), text, length, numbers, 1, &error) == 37);
    EXPECT(luahost_json_decode_arguments(lua_newthread(L), "[1]", 3, many, 60, &error) == 1);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
}

/* ---- the name of an event ---- */

static void expect_event(const char *text, size_t count, const char *expected_name, const char *expected_rest) {
    static luahost_buffer scratch;
    luahost_json_error error = {.message = ""};
    luahost_slice name = {NULL, 0};
    size_t length = strlen(text), rest = 0;
    char *copy = malloc(length), chunk[256];
    memcpy(copy, text, length);
    lua_settop(L, 0);
    bool is_named = luahost_json_read_event_name(copy, length, &scratch, &name, &rest, &error);
    EXPECT(is_named && name.length == strlen(expected_name) && memcmp(name.data, expected_name, name.length) == 0);
    EXPECT(strchr(text, '\\') != NULL || (name.data > copy && name.data + name.length <= copy + length));
    EXPECT(luahost_json_decode_rest(L, copy, length, rest, numbers, count, &error) == lua_gettop(L));
    EXPECT(luahost_json_is_readable_rest(copy, length, rest));
    snprintf(chunk, sizeof chunk, "return equal({n = select('#', ...), ...}, {%s})", expected_rest);
    bool is_right = values_check(L, chunk);
    if (!is_right) fprintf(stderr, "%s: %s\n", text, error.message);
    EXPECT(is_right);
    free(copy);
}

static void expect_no_event(const char *text, const char *message) {
    luahost_buffer scratch = {0};
    luahost_json_error error = {.message = ""};
    luahost_slice name;
    size_t length = strlen(text), rest = 0;
    char *copy = malloc(length == 0 ? 1 : length);
    memcpy(copy, text, length);
    lua_settop(L, 1);
    bool is_read = luahost_json_read_event_name(copy, length, &scratch, &name, &rest, &error) &&
        luahost_json_decode_rest(L, copy, length, rest, numbers, 2, &error) >= 0;
    /* It does not know how many attachments there are. */
    if (rest > 0 && strstr(text, "_placeholder") == NULL) EXPECT(!luahost_json_is_readable_rest(copy, length, rest));
    if (strcmp(error.message, message) != 0) fprintf(stderr, "%s: %s\n", text, error.message);
    EXPECT(!is_read && strcmp(error.message, message) == 0 && lua_gettop(L) == 1);
    free(copy);
    luahost_buffer_free(&scratch);
}

static void events_have_names(void) {
    expect_event("[\"a\"]", 0, "a", "n = 0");
    expect_event(" [ \"a\" ] ", 0, "a", "n = 0");
    expect_event("[\"\",1]", 0, "", "n = 1, 1");
    expect_event("[\"a\" , 1 , [] ] ", 0, "a", "n = 2, 1, {}");
    expect_event("[\"é '\",{\"_placeholder\":true,\"num\":1}]", 2, "é '", "n = 1, bytes 'two'");
    expect_event("[\"a name of more than sixteen bytes, in place\",null]", 0,
        "a name of more than sixteen bytes, in place", "n = 1, null");
    expect_event("[\"a\\n\\\"\\u00e9\\\\\",1]", 0, "a\n\"é\\", "n = 1, 1");
    expect_event("[\"\\u0063onnect\"]", 0, "connect", "n = 0");
    expect_event("[1,\"x\"]", 0, "1", "n = 1, 'x'");
    expect_event("[-1.5e3]", 0, "-1.5e3", "n = 0");
    expect_event("[123456789012345678901234567890]", 0, "123456789012345678901234567890", "n = 0");
    expect_no_event("", "JSON text ends where an array should be");
    expect_no_event("{}", "'{' in JSON text where an array should be");
    expect_no_event("[", "JSON text ends where a value or ']' should be");
    expect_no_event("[]", "the name of an event is not a string");
    expect_no_event("[null]", "the name of an event is not a string");
    expect_no_event("[true]", "the name of an event is not a string");
    expect_no_event("[{\"_placeholder\":true,\"num\":0}]", "the name of an event is not a string");
    expect_no_event("[01]", "the name of an event is not a string");
    expect_no_event("[-]", "the name of an event is not a string");
    expect_no_event("[\"a", "JSON text ends where a closing quote should be");
    expect_no_event("[\"a\\", "JSON text ends where an escape should be");
    expect_no_event("[\"\\x\"]", "unknown escape in a JSON string");
    expect_no_event("[\"\\u12\"]", "\\u without four hexadecimal digits in a JSON string");
    expect_no_event("[\"\n\"]", "byte 0x0A in JSON text where a printable character or an escape should be");
    expect_no_event("[\"a\"", "JSON text ends where a comma or ']' should be");
    expect_no_event("[\"a\"]x", "'x' in JSON text where the end should be");
    expect_no_event("[\"a\",", "JSON text ends where a value should be");
    expect_no_event("[\"a\",]", "']' in JSON text where a value should be");
    expect_no_event("[\"a\"\"b\"]", "'\"' in JSON text where a comma or ']' should be");
    expect_no_event("[\"a\",{\"_placeholder\":true,\"num\":2}]",
        "illegal attachments: the number of a placeholder is not one of 0 to 1");
    /* Places that no name ends at. */
    luahost_json_error error;
    for (size_t rest = 0; rest <= 6; rest++) {
        lua_settop(L, 0);
        int expected = rest == 4 ? 1 : rest == 6 ? 0 : -1;
        EXPECT(luahost_json_decode_rest(L, "[\"a\",1]", 7, rest, NULL, 0, &error) == expected);
        EXPECT(luahost_json_is_readable_rest("[\"a\",1]", 7, rest) == (expected >= 0));
    }
}

/* Whatever the checker takes, the decoder reads; and it takes all that has no escape. */
static void checked_texts_are_read(void) {
    static const char whole[] =
        "[\"a\",1,-0.5e+3 ,true,false,null, {\"k\":[],\"\":{} , \"two\" : [1,\"x\"]},[[\"n\"],[]] ] ";
    char text[sizeof whole];
    luahost_json_error error;
    const size_t length = sizeof whole - 1;
    unsigned seed = 7, taken = 0;
    for (size_t cut = 4; cut <= length; cut++) {
        bool is_whole = cut >= length - 1;
        lua_settop(L, 0);
        EXPECT((luahost_json_decode_rest(L, whole, cut, 4, NULL, 0, &error) >= 0) == is_whole);
        EXPECT(luahost_json_is_readable_rest(whole, cut, 4) == is_whole);
    }
    for (int round = 0; round < 200000; round++) {
        static const char bytes[] = "[]{}\",:\\ 01-.eEtfn\x01";
        memcpy(text, whole, sizeof whole);
        for (int change = 0; change < 1 + round % 3; change++) {
            seed = seed * 1103515245u + 12345u;
            text[4 + (seed >> 8) % (length - 4)] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        lua_settop(L, 0);
        bool is_taken = luahost_json_is_readable_rest(text, length, 4);
        bool is_read = luahost_json_decode_rest(L, text, length, 4, NULL, 0, &error) >= 0;
        bool has_escape = memchr(text + 4, '\\', length - 4) != NULL;
        EXPECT(is_read ? is_taken || has_escape : !is_taken);
        taken += is_taken;
    }
    EXPECT(taken > 100);
    char deep[600] = "[\"a\",";
    for (int depth = LUAHOST_JSON_MAX_DEPTH; depth <= LUAHOST_JSON_MAX_DEPTH + 1; depth++) {
        memset(deep + 5, '[', (size_t)depth);
        memset(deep + 5 + depth, ']', (size_t)depth + 1);
        EXPECT(luahost_json_is_readable_rest(deep, 6 + 2 * (size_t)depth, 4) == (depth == LUAHOST_JSON_MAX_DEPTH));
    }
    char *many = malloc(4 + 2 * (LUAHOST_MAX_ARGUMENTS + 1) + 1);
    memcpy(many, "[\"a\"", 4);
    for (int count = 0; count <= LUAHOST_MAX_ARGUMENTS; count++) memcpy(many + 4 + 2 * count, ",1", 2);
    for (size_t count = LUAHOST_MAX_ARGUMENTS; count <= LUAHOST_MAX_ARGUMENTS + 1; count++) {
        char after = many[4 + 2 * count];
        many[4 + 2 * count] = ']';
        EXPECT(luahost_json_is_readable_rest(many, 5 + 2 * count, 4) == (count == LUAHOST_MAX_ARGUMENTS));
        many[4 + 2 * count] = after;
    }
    free(many);
}

/* ---- all values, and memory ---- */

static void random_round_trips(void) {
    luahost_buffer out = {0};
    luahost_attachments attachments = {0};
    luahost_json_error error;
    size_t bytes = 0;
    values_push(L, "math.randomseed(7)");
    for (int round = 0; round < 3000; round++) {
        int count = values_push(
            L, "local t = {} for i = 1, math.random(0, 4) do t[i] = random(4) end return table.unpack(t)");
        out.length = 0;
        EXPECT(luahost_json_encode_arguments(L, 1, count, &out, &attachments, &error));
        EXPECT(memchr(out.data, 0x1E, out.length) == NULL);
        bytes += attachments.count;
        EXPECT(count == luahost_json_decode_arguments(
            L, out.data, out.length, attachments.items, attachments.count, &error));
        EXPECT(values_check(L,
            "local n = select('#', ...) / 2 for i = 1, n do\n"
            "if not equal((select(i, ...)), (select(n + i, ...))) then return false end end return true"));
    }
    EXPECT(bytes > 1000);
    luahost_buffer_free(&out);
    luahost_attachments_reset(&attachments, 0);
}

static int decode_protected(lua_State *state) {
    static const char text[] =
        "[{\"a\":[1,2,{\"_placeholder\":true,\"num\":0}]},{\"num\":1,\"_placeholder\":true},\"\\n\",[[[[\"x\"]]]],{}]";
    luahost_json_error error;
    int count = luahost_json_decode_arguments(state, text, sizeof text - 1, numbers, 2, &error);
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
        EXPECT(values_check(L, "local t = ... return t.a[3] == bytes 'one' and select(2, ...) == bytes 'two'"));
    }
    values_push(L, "return finalized > 10");
    EXPECT(lua_toboolean(L, 1));
}

void test_arguments_decode(void) {
    L = values_open();
    arrays_become_arguments();
    placeholders_become_bytes();
    bad_texts();
    limits_of_decoding();
    stacks_grow();
    events_have_names();
    checked_texts_are_read();
    random_round_trips();
    decoding_without_memory();
    lua_close(L);
}
