/* The arguments of a Socket.IO packet: a JSON array whose bytes are attachments. */
#include <string.h>

#include "json/decoder.h"
#include "library/bytes.h"

/* How many arguments one growth of the Lua stack has room for. */
#define ARGUMENTS_PER_CHECK 8

/* ---- placeholders ---- */

const char *luahost_json_read_usual_placeholder(
    const luahost_json_decoder *d, const char *at, lua_Integer *number) {
    static const char head[] = "{\"_placeholder\":true,\"num\":";
    const size_t length = sizeof head - 1;
    if ((size_t)(d->end - at) < length || memcmp(at, head, length) != 0) return NULL;
    luahost_json_number read;
    at = luahost_json_read_number(at + length, d->end, &read);
    if (at == NULL || at == d->end || *at != '}' || !read.is_integer) return NULL;
    *number = read.integer;
    return at + 1;
}

bool luahost_json_is_placeholder(lua_State *L, lua_Integer *number) {
    int table = lua_gettop(L);
    lua_pushliteral(L, "_placeholder");
    lua_rawget(L, table);
    bool is_placeholder = lua_isboolean(L, -1) && lua_toboolean(L, -1);
    if (is_placeholder) {
        lua_pushliteral(L, "num");
        /* A text is not a number here, whatever it reads as. */
        int is_integer = lua_rawget(L, table) == LUA_TNUMBER;
        if (is_integer) *number = lua_tointegerx(L, -1, &is_integer);
        if (!is_integer) *number = -1;
    }
    lua_settop(L, table);
    return is_placeholder;
}

/* Pushes each attachment once, so that a placeholder that occurs a thousand times costs no more memory than one. */
static bool push_attachments(luahost_json_decoder *d, const luahost_slice *attachments, size_t count) {
    if (count > LUAHOST_MAX_ATTACHMENTS || !lua_checkstack(d->L, (int)count + LUAHOST_JSON_SPARE_SLOTS)) {
        return luahost_json_fail(d, d->text, "no room on the Lua stack for %zu attachments", count) != NULL;
    }
    d->attachments = lua_gettop(d->L) + 1;
    d->attachment_count = (int)count;
    for (size_t index = 0; index < count; index++) {
        luahost_push_bytes(d->L, attachments[index].data, attachments[index].length);
    }
    return true;
}

/* ---- arguments ---- */

/* Pushes the elements from `at` to the closing bracket, whose place is returned; `*count` becomes their number. */
static const char *read_elements(luahost_json_decoder *d, const char *at, int *count) {
    for (;;) {
        if (*count == LUAHOST_MAX_ARGUMENTS) {
            return luahost_json_fail(d, at, "more than %d arguments", LUAHOST_MAX_ARGUMENTS);
        }
        bool has_room = *count % ARGUMENTS_PER_CHECK != 0 ||
            lua_checkstack(d->L, ARGUMENTS_PER_CHECK + LUAHOST_JSON_SPARE_SLOTS);
        if (!has_room) return luahost_json_fail(d, at, "no room on the Lua stack for the arguments");
        if ((at = luahost_json_read_value(d, at)) == NULL) return NULL;
        *count += 1;
        at = luahost_json_skip_space(at, d->end);
        if (at == d->end || (*at != ',' && *at != ']')) return luahost_json_unexpected(d, at, "a comma or ']'");
        if (*at == ']') return at;
        at = luahost_json_skip_space(at + 1, d->end);
    }
}

/* Pushes the elements that begin at `at`, or none if the closing bracket is there; to the end of the text. A failure
 * may leave values on the stack. */
static inline bool read_to_end(luahost_json_decoder *d, const char *at, int *count) {
    if (*at != ']' && (at = read_elements(d, at, count)) == NULL) return false;
    at = luahost_json_skip_space(at + 1, d->end);
    return __builtin_expect(at == d->end, 1) || luahost_json_unexpected(d, at, "the end") != NULL;
}

/* As decode_elements, with attachments. */
static __attribute__((noinline)) int decode_with_attachments(
    luahost_json_decoder *d, const char *at, const luahost_slice *attachments, size_t count) {
    int top = lua_gettop(d->L), arguments = 0;
    bool is_read = push_attachments(d, attachments, count) && read_to_end(d, at, &arguments);
    /* The attachments go to the top, and away. */
    if (is_read) lua_rotate(d->L, top + 1, -(int)count);
    lua_settop(d->L, is_read ? top + arguments : top);
    return is_read ? arguments : -1;
}

/* Pushes the elements that begin at `at`, and returns their number; or -1, and pushes nothing. */
static inline int decode_elements(
    luahost_json_decoder *d, const char *at, const luahost_slice *attachments, size_t count) {
    if (__builtin_expect(count > 0, 0)) return decode_with_attachments(d, at, attachments, count);
    int top = lua_gettop(d->L), arguments = 0;
    if (__builtin_expect(read_to_end(d, at, &arguments), 1)) return arguments;
    lua_settop(d->L, top);
    return -1;
}

/* The first element of the array, or its closing bracket; NULL after a failure. */
static const char *enter_array(luahost_json_decoder *d) {
    const char *at = luahost_json_skip_space(d->text, d->end);
    if (at == d->end || *at != '[') return luahost_json_unexpected(d, at, "an array");
    at = luahost_json_skip_space(at + 1, d->end);
    return at < d->end ? at : luahost_json_unexpected(d, at, "a value or ']'");
}

int luahost_json_decode_arguments(
    lua_State *L, const char *text, size_t length, const luahost_slice *attachments, size_t count,
    luahost_json_error *error) {
    luahost_json_decoder d = {.L = L, .text = text, .end = text + length, .error = error};
    const char *at = enter_array(&d);
    return at == NULL ? -1 : decode_elements(&d, at, attachments, count);
}

int luahost_json_decode_rest(
    lua_State *L, const char *text, size_t length, size_t rest, const luahost_slice *attachments, size_t count,
    luahost_json_error *error) {
    luahost_json_decoder d = {.L = L, .text = text, .end = text + length, .error = error};
    const char *at = luahost_json_skip_space(text + rest, d.end);
    if (at < d.end && *at == ',') {
        at = luahost_json_skip_space(at + 1, d.end);
        if (at < d.end && *at != ']') return decode_elements(&d, at, attachments, count);
        luahost_json_unexpected(&d, at, "a value");
        return -1;
    }
    if (at < d.end && *at == ']') return decode_elements(&d, at, attachments, count);
    luahost_json_unexpected(&d, at, "a comma or ']'");
    return -1;
}

/* ---- the name of an event ---- */

/* Sets the name to the string that begins at `at`; an escaped one is written to `scratch`. */
static const char *read_name(luahost_json_decoder *d, const char *at, luahost_buffer *scratch, luahost_slice *name) {
    const char *plain = luahost_json_skip_plain(at, d->end), *stop = luahost_json_find_quote(d, plain);
    if (stop == NULL) return NULL;
    *name = (luahost_slice){at, (size_t)(stop - at)};
    if (stop == plain) return stop + 1;
    scratch->length = 0;
    char *start = luahost_buffer_reserve(scratch, name->length), *out = start;
    if (luahost_json_unescape(d, at, stop, &out) == NULL) return NULL;
    scratch->length = (size_t)(out - start);
    *name = (luahost_slice){start, scratch->length};
    return stop + 1;
}

/* Reads what luahost_json_read_event_name does, however it is written. */
static __attribute__((noinline)) bool read_unusual_name(
    const char *text, size_t length, luahost_buffer *scratch, luahost_slice *name, size_t *rest,
    luahost_json_error *error) {
    luahost_json_decoder d = {.text = text, .end = text + length, .error = error};
    const char *at = enter_array(&d);
    if (at == NULL) return false;
    luahost_json_number number;
    const char *start = at;
    if (*at == '"') {
        if ((at = read_name(&d, at + 1, scratch, name)) == NULL) return false;
    } else if ((at = luahost_json_read_number(at, d.end, &number)) != NULL) {
        *name = (luahost_slice){start, (size_t)(at - start)};
    } else {
        luahost_json_fail(&d, start, "the name of an event is not a string");
        return false;
    }
    *rest = (size_t)(at - text);
    return true;
}

bool luahost_json_read_event_name(
    const char *text, size_t length, luahost_buffer *scratch, luahost_slice *name, size_t *rest,
    luahost_json_error *error) {
    /* Nearly every name is the first thing in the array, and has no escapes. */
    if (length > 2 && text[0] == '[' && text[1] == '"') {
        const char *stop = luahost_json_skip_plain_bytes(text + 2, text + length);
        if (stop < text + length && *stop == '"') {
            *name = (luahost_slice){text + 2, (size_t)(stop - text) - 2};
            *rest = (size_t)(stop - text) + 1;
            return true;
        }
    }
    return read_unusual_name(text, length, scratch, name, rest, error);
}
