#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/decoder.h"

/* A table is made when its size is known, which spares it from growing (a rehash each time): until then its
 * values wait on the Lua stack. Past this many entries the wait costs more than it spares. */
#define MAX_WAITING_ENTRIES 32

/* How many entries one growth of the Lua stack has room for. */
#define ENTRIES_PER_CHECK 8

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

/* Every reader takes the place where its part begins and returns the place after it, or NULL after a failure. */
static const char *read_value(luahost_json_decoder *d, const char *at);

const char *luahost_json_fail(luahost_json_decoder *d, const char *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    d->error->offset = (size_t)(at - d->text);
    vsnprintf(d->error->message, sizeof d->error->message, format, arguments);
    va_end(arguments);
    return NULL;
}

const char *luahost_json_unexpected(luahost_json_decoder *d, const char *at, const char *expected) {
    if (at == d->end) return luahost_json_fail(d, at, "JSON text ends where %s should be", expected);
    unsigned char byte = (unsigned char)*at;
    if (byte >= 0x20 && byte < 0x7F) {
        return luahost_json_fail(d, at, "'%c' in JSON text where %s should be", byte, expected);
    }
    return luahost_json_fail(d, at, "byte 0x%02X in JSON text where %s should be", byte, expected);
}

/* Pushes a string that has escapes; `at` is after its opening quote and `stop` at the first special byte. */
static __attribute__((noinline)) const char *read_escaped(luahost_json_decoder *d, const char *at, const char *stop) {
    if ((stop = luahost_json_find_quote(d, stop)) == NULL) return NULL;
    size_t most = (size_t)(stop - at);
    char small[512];
    /* Lua owns the larger one: pushing the result may raise a memory error. */
    bool is_small = most <= sizeof small;
    char *content = is_small ? small : lua_newuserdatauv(d->L, most, 0);
    char *out = content;
    if (luahost_json_unescape(d, at, stop, &out) == NULL) return NULL;
    lua_pushlstring(d->L, content, (size_t)(out - content));
    if (!is_small) lua_remove(d->L, -2);
    return stop + 1;
}

/* Pushes the string whose opening quote is at `at`. */
static inline const char *read_string(luahost_json_decoder *d, const char *at) {
    at += 1;
    const char *stop = luahost_json_skip_plain(at, d->end);
    if (__builtin_expect(stop < d->end && *stop == '"', 1)) {
        lua_pushlstring(d->L, at, (size_t)(stop - at));
        return stop + 1;
    }
    return read_escaped(d, at, stop);
}

/* Makes the Lua stack ready for the entry after the first `count` ones of a table. */
static inline bool has_room(luahost_json_decoder *d, int count) {
    return count % ENTRIES_PER_CHECK != 0 || count > MAX_WAITING_ENTRIES ||
        lua_checkstack(d->L, 2 * ENTRIES_PER_CHECK + LUAHOST_JSON_SPARE_SLOTS);
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

static const char *read_object(luahost_json_decoder *d, const char *at) {
    lua_State *L = d->L;
    int base = lua_gettop(L);
    int waiting = 0;
    bool collected = false;
    at = luahost_json_skip_space(at + 1, d->end);
    if (at < d->end && *at == '}') {
        lua_createtable(L, 0, 0);
        return at + 1;
    }
    for (;;) {
        if (!has_room(d, waiting)) return luahost_json_fail(d, at, "no room on the Lua stack for the JSON object");
        if (at == d->end || *at != '"') return luahost_json_unexpected(d, at, "a key in quotes");
        if ((at = read_string(d, at)) == NULL) return NULL;
        at = luahost_json_skip_space(at, d->end);
        if (at == d->end || *at != ':') return luahost_json_unexpected(d, at, "a colon");
        if ((at = read_value(d, luahost_json_skip_space(at + 1, d->end))) == NULL) return NULL;
        if (collected) {
            lua_rawset(L, base + 1);
        } else if (++waiting == MAX_WAITING_ENTRIES) {
            collect_object(L, base, waiting, 2 * waiting);
            collected = true;
        }
        at = luahost_json_skip_space(at, d->end);
        if (at == d->end || (*at != ',' && *at != '}')) return luahost_json_unexpected(d, at, "a comma or '}'");
        if (*at == '}') break;
        at = luahost_json_skip_space(at + 1, d->end);
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

static const char *read_array(luahost_json_decoder *d, const char *at) {
    lua_State *L = d->L;
    int base = lua_gettop(L);
    int waiting = 0;
    lua_Integer length = 0;
    bool collected = false;
    at = luahost_json_skip_space(at + 1, d->end);
    if (at < d->end && *at == ']') {
        collect_array(L, base, 0, 0);
        return at + 1;
    }
    for (;;) {
        if (!has_room(d, waiting)) return luahost_json_fail(d, at, "no room on the Lua stack for the JSON array");
        if ((at = read_value(d, at)) == NULL) return NULL;
        length += 1;
        if (collected) {
            lua_rawseti(L, base + 1, length);
        } else if (++waiting == MAX_WAITING_ENTRIES) {
            collect_array(L, base, waiting, 2 * waiting);
            collected = true;
        }
        at = luahost_json_skip_space(at, d->end);
        if (at == d->end || (*at != ',' && *at != ']')) return luahost_json_unexpected(d, at, "a comma or ']'");
        if (*at == ']') break;
        at = luahost_json_skip_space(at + 1, d->end);
    }
    if (!collected) collect_array(L, base, waiting, waiting);
    return at + 1;
}

/* Reads an object that may be the placeholder of an attachment, and puts the bytes in its place then. */
static __attribute__((noinline)) const char *read_placeholder(luahost_json_decoder *d, const char *at) {
    const char *start = at;
    lua_Integer number = -1;
    if ((at = luahost_json_read_usual_placeholder(d, start, &number)) == NULL) {
        if ((at = read_object(d, start)) == NULL) return NULL;
        if (!luahost_json_is_placeholder(d->L, &number)) return at;
        lua_pop(d->L, 1);
    }
    if (number < 0 || number >= d->attachment_count) {
        return luahost_json_fail(
            d, start, "illegal attachments: the number of a placeholder is not one of 0 to %d",
            d->attachment_count - 1);
    }
    lua_pushvalue(d->L, d->attachments + (int)number);
    return at;
}

static const char *read_container(luahost_json_decoder *d, const char *at) {
    if (d->depth == LUAHOST_JSON_MAX_DEPTH) {
        return luahost_json_fail(d, at, "JSON text nested more than %d levels", LUAHOST_JSON_MAX_DEPTH);
    }
    /* For an empty container, too, which asks for no entry's room. */
    if (!lua_checkstack(d->L, LUAHOST_JSON_SPARE_SLOTS)) {
        return luahost_json_fail(d, at, "no room on the Lua stack for the JSON text");
    }
    d->depth += 1;
    if (*at == '[') at = read_array(d, at);
    else if (__builtin_expect(d->attachment_count == 0, 1)) at = read_object(d, at);
    else at = read_placeholder(d, at);
    d->depth -= 1;
    return at;
}

static inline bool is_word(const char *at, const char *end, const char *word, size_t length) {
    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

static const char *read_value(luahost_json_decoder *d, const char *at) {
    if (at == d->end) return luahost_json_unexpected(d, at, "a value");
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
        if (behind == NULL) return luahost_json_fail(d, at, "malformed number in JSON text");
        if (number.is_integer) {
            lua_pushinteger(d->L, number.integer);
        } else {
            lua_pushnumber(d->L, number.real);
        }
        return behind;
    }
    }
    return luahost_json_unexpected(d, at, "a value");
}

const char *luahost_json_read_value(luahost_json_decoder *d, const char *at) {
    return read_value(d, at);
}

bool luahost_json_decode(lua_State *L, const char *text, size_t length, luahost_json_error *error) {
    luahost_json_decoder d = {.L = L, .text = text, .end = text + length, .error = error};
    int top = lua_gettop(L);
    const char *at = NULL;
    if (!lua_checkstack(L, LUAHOST_JSON_SPARE_SLOTS)) {
        luahost_json_fail(&d, text, "no room on the Lua stack for the JSON text");
    } else {
        at = read_value(&d, luahost_json_skip_space(text, d.end));
    }
    if (at != NULL) {
        at = luahost_json_skip_space(at, d.end);
        if (at == d.end) return true;
        luahost_json_unexpected(&d, at, "the end");
    }
    lua_settop(L, top);
    return false;
}
