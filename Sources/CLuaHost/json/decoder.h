/* The decoder of JSON, for what reads more than one value. */
#ifndef LUAHOST_DECODER_H
#define LUAHOST_DECODER_H

#include "base/cold.h"
#include "json/json.h"

typedef struct luahost_json_decoder {
    lua_State *L;
    const char *text;
    const char *end;
    luahost_json_error *error;
    int depth;
    /* How many attachments there are as bytes on the Lua stack, and the slot of the first. */
    int attachment_count;
    int attachments;
} luahost_json_decoder;

/* Slots that a level needs besides its entries: the finished table, a copied pair, the scratch of an escaped string. */
#define LUAHOST_JSON_SPARE_SLOTS 5

/* Each reader takes the place where its part begins and returns the place after it, or NULL after a failure. */

/* Pushes a value. LUAHOST_JSON_SPARE_SLOTS are free; a failure may leave values on the stack. */
const char *luahost_json_read_value(luahost_json_decoder *d, const char *at);

/* Both fill the error and return NULL. */
LUAHOST_COLD const char *luahost_json_fail(luahost_json_decoder *d, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
LUAHOST_COLD const char *luahost_json_unexpected(luahost_json_decoder *d, const char *at, const char *expected);

/* ---- strings with escapes (json_escape.c) ---- */

/* The closing quote of a string whose first backslash or control character is `stop`, or NULL after a failure. */
const char *luahost_json_find_quote(luahost_json_decoder *d, const char *stop);
/* Copies a string's content to `*out`, which has room for all of the source: no escape is shorter than its meaning. */
const char *luahost_json_unescape(luahost_json_decoder *d, const char *at, const char *closing_quote, char **out);

/* ---- placeholders (json_arguments.c) ---- */

/* Reads a placeholder as every encoder writes it; NULL for anything else, which is not a failure. */
const char *luahost_json_read_usual_placeholder(
    const luahost_json_decoder *d, const char *at, lua_Integer *number);
/* Whether the table on top of the stack is a placeholder. Its number is -1 if it is not an integer. */
bool luahost_json_is_placeholder(lua_State *L, lua_Integer *number);

/* ---- plain text ---- */

/* The first quote, backslash or control character, or `end`; byte by byte, for short texts. */
static inline const char *luahost_json_skip_plain_bytes(const char *at, const char *end) {
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\') at++;
    return at;
}

/* The same. */
static inline const char *luahost_json_skip_plain(const char *at, const char *end) {
    const char *start = at;
    uint64_t unused = 0;
    while (end - at >= LUAHOST_JSON_BLOCK) {
        unsigned index = luahost_json_special(at, &unused);
        if (index < LUAHOST_JSON_BLOCK) return at + index;
        at += LUAHOST_JSON_BLOCK;
    }
    if (at > start && at < end) {
        /* A block that begins in the one before. */
        const char *last = end - LUAHOST_JSON_BLOCK;
        unsigned bits = luahost_json_special_bits(last, &unused) >> (at - last);
        return bits == 0 ? end : at + __builtin_ctz(bits);
    }
    return luahost_json_skip_plain_bytes(at, end);
}

static inline const char *luahost_json_skip_space(const char *at, const char *end) {
    /* Compact JSON, which is what machines send, leaves at the first test. */
    while (at < end && (unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

#endif
