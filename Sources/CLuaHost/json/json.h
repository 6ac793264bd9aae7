#ifndef LUAHOST_JSON_H
#define LUAHOST_JSON_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Arrays and objects within one another, in both directions (Tarantool's limit, too). */
#define LUAHOST_JSON_MAX_DEPTH 128

/* The bytes of a text that is written, and the tables in it. One table may be in many places of a value: thirty
 * that each hold the next one twice are a thousand million. */
#define LUAHOST_JSON_MAX_LENGTH (256 << 20)
#define LUAHOST_JSON_MAX_TABLES 10000000

typedef struct luahost_json_error {
    /* A sentence without a full stop, valid UTF-8. Positions in it count from 1, as in Lua's strings. */
    char message[256];
    /* Decoding: where the text is wrong. Encoding: the first byte that is not UTF-8 in the string that is named
     * by the message. Counts from 0. */
    size_t offset;
} luahost_json_error;

/* Pushes the value of a JSON text, which the caller knows to be valid UTF-8, and returns 1; or pushes nothing,
 * fills `error` and returns 0. Raises Lua memory errors only.
 *
 * `null` becomes a light userdata NULL. Arrays get the shared metatable, so that `[]` survives a round trip. The
 * last of equal keys wins. An integer that does not fit 64 bits becomes a float; a float that is too large,
 * infinity. A surrogate without its partner becomes U+FFFD, for Lua's string has to be valid UTF-8 to be sent
 * back. */
int luahost_json_decode(lua_State *L, const char *text, size_t length, luahost_json_error *error);

/* Appends the value at `index` as compact JSON to an empty buffer and returns 1; or leaves `out` as it was, fills
 * `error` and returns 0.
 *
 * Calls no metamethod and allocates no Lua object, so no finalizer can run in between and use `out` as well. */
int luahost_json_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error);

/* Creates the metatables of `eio.array` and `eio.object`. Once for each virtual machine, before all else here. */
void luahost_json_open(lua_State *L);

void luahost_json_push_array_mt(lua_State *L);
void luahost_json_push_object_mt(lua_State *L);

/* The rest is shared by the decoder and the encoder. */

typedef struct luahost_json_number {
    bool is_integer;
    lua_Integer integer;
    lua_Number real;
} luahost_json_number;

/* Reads a number of JSON's grammar; returns its end, or NULL if `text` does not begin with one. */
const char *luahost_json_read_number(const char *text, const char *end, luahost_json_number *number);

void luahost_json_write_integer(luahost_buffer *out, lua_Integer value);

/* Writes the shortest text that reads back as the same float, and never as an integer. `value` is finite. */
void luahost_json_write_real(luahost_buffer *out, lua_Number value);

/* How many bytes `luahost_json_special` looks at. */
#define LUAHOST_JSON_BLOCK 16

/* The index of the first byte in a block that a JSON string cannot hold as it is (`"`, `\` and control
 * characters), or `LUAHOST_JSON_BLOCK` without one. `*not_ascii` becomes nonzero when the block holds a
 * byte above 0x7F. */
static inline unsigned luahost_json_special(const char *block, uint64_t *not_ascii) {
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)block);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    int mask = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)));
    *not_ascii |= (uint64_t)_mm_movemask_epi8(bytes);
    return (unsigned)__builtin_ctz((unsigned)mask | 1u << LUAHOST_JSON_BLOCK);
#else
    unsigned first = LUAHOST_JSON_BLOCK;
    for (unsigned index = LUAHOST_JSON_BLOCK; index-- > 0;) {
        unsigned char byte = (unsigned char)block[index];
        if (byte < 0x20 || byte == '"' || byte == '\\') first = index;
        *not_ascii |= byte & 0x80;
    }
    return first;
#endif
}

#endif
