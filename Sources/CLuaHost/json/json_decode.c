#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* A table is made when its size is known, which spares it from growing (a rehash each time): until then its
 * values wait on the Lua stack. Past this many entries the wait costs more than it spares. */
#define MAX_WAITING_ENTRIES 32

/* How many entries one growth of the Lua stack has room for. */
#define ENTRIES_PER_CHECK 8

/* Needed by a level besides its entries: the finished table, a copied pair, the scratch of an escaped string. */
#define SPARE_SLOTS 5

/* The addresses are the registry's keys; the contents mean nothing. */
static const char array_mt_key, object_mt_key;

static void create_metatable(lua_State *L, const void *key, const char *name) {
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void luahost_json_open(lua_State *L) {
    create_metatable(L, &array_mt_key, "eio.array");
    create_metatable(L, &object_mt_key, "eio.object");
}

void luahost_json_push_array_mt(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &array_mt_key);
}

void luahost_json_push_object_mt(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &object_mt_key);
}

typedef struct decoder {
    lua_State *L;
    const char *text;
    const char *end;
    luahost_json_error *error;
    int depth;
} decoder;

/* Every reader takes the place where its part begins and returns the place behind it, or NULL after `fail`. */
static const char *read_value(decoder *d, const char *at);

__attribute__((format(printf, 3, 4))) static const char *fail(
    decoder *d, const char *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    d->error->offset = (size_t)(at - d->text);
    vsnprintf(d->error->message, sizeof d->error->message, format, arguments);
    va_end(arguments);
    return NULL;
}

static const char *fail_unexpected(decoder *d, const char *at, const char *expected) {
    if (at == d->end) return fail(d, at, "JSON text ends where %s should be", expected);
    unsigned char byte = (unsigned char)*at;
    if (byte >= 0x20 && byte < 0x7F) return fail(d, at, "'%c' in JSON text where %s should be", byte, expected);
    return fail(d, at, "byte 0x%02X in JSON text where %s should be", byte, expected);
}

static inline const char *skip_space(const char *at, const char *end) {
    /* Compact JSON, which is what machines send, leaves at the first test. */
    while (at < end && (unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/* The first quote, backslash or control character, or `end`. */
static inline const char *skip_plain(const char *at, const char *end) {
    uint64_t unused = 0;
    while (end - at >= LUAHOST_JSON_BLOCK) {
        unsigned index = luahost_json_special(at, &unused);
        if (index < LUAHOST_JSON_BLOCK) return at + index;
        at += LUAHOST_JSON_BLOCK;
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\') at++;
    return at;
}

/* The value of four hexadecimal digits, or -1. */
static int hex4(const char *at, const char *end) {
    if (end - at < 4) return -1;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char digit = (unsigned char)at[i];
        unsigned char letter = digit | 0x20;
        if (digit >= '0' && digit <= '9') {
            value = value << 4 | (digit - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            value = value << 4 | (letter - 'a' + 10);
        } else {
            return -1;
        }
    }
    return value;
}

/* Reads the escape whose backslash is at `at` and appends what it stands for to `*out`. */
static const char *read_escape(decoder *d, const char *at, char **out) {
    if (at + 1 == d->end) return fail_unexpected(d, at + 1, "an escape");
    char plain;
    switch (at[1]) {
    case '"': plain = '"'; break;
    case '\\': plain = '\\'; break;
    case '/': plain = '/'; break;
    case 'b': plain = '\b'; break;
    case 'f': plain = '\f'; break;
    case 'n': plain = '\n'; break;
    case 'r': plain = '\r'; break;
    case 't': plain = '\t'; break;
    case 'u': {
        int unit = hex4(at + 2, d->end);
        if (unit < 0) return fail(d, at, "\\u without four hexadecimal digits in a JSON string");
        at += 6;
        unsigned code_point = (unsigned)unit;
        if (unit >= 0xD800 && unit <= 0xDFFF) {
            int low = unit < 0xDC00 && d->end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2, d->end) : -1;
            if (low >= 0xDC00 && low <= 0xDFFF) {
                code_point = 0x10000 + (((unsigned)unit - 0xD800) << 10) + ((unsigned)low - 0xDC00);
                at += 6;
            } else {
                code_point = 0xFFFD;
            }
        }
        *out += luahost_utf8_encode(*out, code_point);
        return at;
    }
    default: return fail(d, at, "unknown escape in a JSON string");
    }
    *(*out)++ = plain;
    return at + 2;
}

/* Copies a string's content to `out`, which has room for all of the source: no escape is shorter than its
 * meaning. */
static const char *unescape(decoder *d, const char *at, const char *closing_quote, char **out) {
    while (at < closing_quote) {
        const char *stop = skip_plain(at, closing_quote);
        memcpy(*out, at, (size_t)(stop - at));
        *out += stop - at;
        at = stop;
        if (at < closing_quote && (at = read_escape(d, at, out)) == NULL) return NULL;
    }
    return at;
}

/* Pushes a string that has escapes; `at` is behind its opening quote and `stop` at the first special byte. */
static __attribute__((noinline)) const char *read_escaped(decoder *d, const char *at, const char *stop) {
    while (stop < d->end && *stop != '"') {
        if (*stop != '\\') return fail_unexpected(d, stop, "a printable character or an escape");
        if (d->end - stop < 2) return fail_unexpected(d, d->end, "an escape");
        stop = skip_plain(stop + 2, d->end);
    }
    if (stop == d->end) return fail_unexpected(d, stop, "a closing quote");
    size_t most = (size_t)(stop - at);
    char small[512];
    /* Lua owns the larger one: pushing the result may raise a memory error. */
    bool is_small = most <= sizeof small;
    char *content = is_small ? small : lua_newuserdatauv(d->L, most, 0);
    char *out = content;
    if (unescape(d, at, stop, &out) == NULL) return NULL;
    lua_pushlstring(d->L, content, (size_t)(out - content));
    if (!is_small) lua_remove(d->L, -2);
    return stop + 1;
}

/* Pushes the string whose opening quote is at `at`. */
static inline const char *read_string(decoder *d, const char *at) {
    at += 1;
    const char *stop = skip_plain(at, d->end);
    if (__builtin_expect(stop < d->end && *stop == '"', 1)) {
        lua_pushlstring(d->L, at, (size_t)(stop - at));
        return stop + 1;
    }
    return read_escaped(d, at, stop);
}

/* Makes the Lua stack ready for the entry after the first `count` ones of a table. */
static inline bool has_room(decoder *d, int count) {
    return count % ENTRIES_PER_CHECK != 0 || count > MAX_WAITING_ENTRIES ||
        lua_checkstack(d->L, 2 * ENTRIES_PER_CHECK + SPARE_SLOTS);
}

/* Replaces `count` keys and values above `base` by a table of them. */
static void collect_object(lua_State *L, int base, int count, int capacity) {
    lua_createtable(L, 0, capacity);
    for (int i = 0; i < count; i++) {
        /* In the order of the text, so that the last of equal keys wins. */
        lua_pushvalue(L, base + 1 + 2 * i);
        lua_pushvalue(L, base + 2 + 2 * i);
        lua_rawset(L, -3);
    }
    if (count == 0) return;
    lua_replace(L, base + 1);
    lua_settop(L, base + 1);
}

static const char *read_object(decoder *d, const char *at) {
    lua_State *L = d->L;
    int base = lua_gettop(L);
    int waiting = 0;
    bool collected = false;
    at = skip_space(at + 1, d->end);
    if (at < d->end && *at == '}') {
        lua_createtable(L, 0, 0);
        return at + 1;
    }
    for (;;) {
        if (!has_room(d, waiting)) return fail(d, at, "no room on the Lua stack for the JSON object");
        if (at == d->end || *at != '"') return fail_unexpected(d, at, "a key in quotes");
        if ((at = read_string(d, at)) == NULL) return NULL;
        at = skip_space(at, d->end);
        if (at == d->end || *at != ':') return fail_unexpected(d, at, "a colon");
        if ((at = read_value(d, skip_space(at + 1, d->end))) == NULL) return NULL;
        if (collected) {
            lua_rawset(L, base + 1);
        } else if (++waiting == MAX_WAITING_ENTRIES) {
            collect_object(L, base, waiting, 2 * waiting);
            collected = true;
        }
        at = skip_space(at, d->end);
        if (at == d->end || (*at != ',' && *at != '}')) return fail_unexpected(d, at, "a comma or '}'");
        if (*at == '}') break;
        at = skip_space(at + 1, d->end);
    }
    if (!collected) collect_object(L, base, waiting, waiting);
    return at + 1;
}

/* Replaces `count` values above `base` by an array of them. */
static void collect_array(lua_State *L, int base, int count, int capacity) {
    lua_createtable(L, capacity, 0);
    luahost_json_push_array_mt(L);
    lua_setmetatable(L, -2);
    if (count == 0) return;
    lua_insert(L, base + 1);
    for (int i = count; i > 0; i--) lua_rawseti(L, base + 1, i);
}

static const char *read_array(decoder *d, const char *at) {
    lua_State *L = d->L;
    int base = lua_gettop(L);
    int waiting = 0;
    lua_Integer length = 0;
    bool collected = false;
    at = skip_space(at + 1, d->end);
    if (at < d->end && *at == ']') {
        collect_array(L, base, 0, 0);
        return at + 1;
    }
    for (;;) {
        if (!has_room(d, waiting)) return fail(d, at, "no room on the Lua stack for the JSON array");
        if ((at = read_value(d, at)) == NULL) return NULL;
        length += 1;
        if (collected) {
            lua_rawseti(L, base + 1, length);
        } else if (++waiting == MAX_WAITING_ENTRIES) {
            collect_array(L, base, waiting, 2 * waiting);
            collected = true;
        }
        at = skip_space(at, d->end);
        if (at == d->end || (*at != ',' && *at != ']')) return fail_unexpected(d, at, "a comma or ']'");
        if (*at == ']') break;
        at = skip_space(at + 1, d->end);
    }
    if (!collected) collect_array(L, base, waiting, waiting);
    return at + 1;
}

static const char *read_container(decoder *d, const char *at) {
    if (d->depth == LUAHOST_JSON_MAX_DEPTH) {
        return fail(d, at, "JSON text nested more than %d levels", LUAHOST_JSON_MAX_DEPTH);
    }
    /* For an empty container, too, which asks for no entry's room. */
    if (!lua_checkstack(d->L, SPARE_SLOTS)) return fail(d, at, "no room on the Lua stack for the JSON text");
    d->depth += 1;
    at = *at == '{' ? read_object(d, at) : read_array(d, at);
    d->depth -= 1;
    return at;
}

static inline bool is_word(const char *at, const char *end, const char *word, size_t length) {
    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

static const char *read_value(decoder *d, const char *at) {
    if (at == d->end) return fail_unexpected(d, at, "a value");
    switch (*at) {
    case '"': return read_string(d, at);
    case '{':
    case '[': return read_container(d, at);
    case 't':
        if (!is_word(at, d->end, "true", 4)) break;
        lua_pushboolean(d->L, 1);
        return at + 4;
    case 'f':
        if (!is_word(at, d->end, "false", 5)) break;
        lua_pushboolean(d->L, 0);
        return at + 5;
    case 'n':
        if (!is_word(at, d->end, "null", 4)) break;
        lua_pushlightuserdata(d->L, NULL);
        return at + 4;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': {
        luahost_json_number number;
        const char *behind = luahost_json_read_number(at, d->end, &number);
        if (behind == NULL) return fail(d, at, "malformed number in JSON text");
        if (number.is_integer) {
            lua_pushinteger(d->L, number.integer);
        } else {
            lua_pushnumber(d->L, number.real);
        }
        return behind;
    }
    }
    return fail_unexpected(d, at, "a value");
}

int luahost_json_decode(lua_State *L, const char *text, size_t length, luahost_json_error *error) {
    decoder d = {.L = L, .text = text, .end = text + length, .error = error};
    int top = lua_gettop(L);
    const char *at = NULL;
    if (!lua_checkstack(L, SPARE_SLOTS)) {
        fail(&d, text, "no room on the Lua stack for the JSON text");
    } else {
        at = read_value(&d, skip_space(text, d.end));
    }
    if (at != NULL) {
        at = skip_space(at, d.end);
        if (at == d.end) return 1;
        fail_unexpected(&d, at, "the end");
    }
    lua_settop(L, top);
    return 0;
}
