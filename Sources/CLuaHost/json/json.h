#ifndef LUAHOST_JSON_H
#define LUAHOST_JSON_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attachments.h"
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

/* The arguments of one packet, in both directions: each takes a slot of the Lua stack, which has a million. */
#define LUAHOST_MAX_ARGUMENTS 8000

typedef struct luahost_json_error {
    /* A sentence without a full stop, valid UTF-8. Positions in it count from 1, as in Lua's strings. */
    char message[280];
    /* Decoding: where the text is wrong. Encoding: the first byte that is not UTF-8 in the string that is named
     * by the message. Counts from 0. */
    size_t offset;
    /* Encoding arguments: the number of the one that cannot be, from 1; 0 for any other error. */
    int argument;
} luahost_json_error;

/* Pushes the value of a JSON text, which the caller knows to be valid UTF-8, and returns true; or pushes nothing,
 * fills `error` and returns false. Raises Lua memory errors only. Finalizers may run in between: the text has to stay
 * where it is.
 *
 * `null` becomes a light userdata NULL. Arrays get the shared metatable, so that `[]` survives a round trip. The
 * last of equal keys wins. An integer that does not fit 64 bits becomes a float; a float that is too large,
 * infinity. A surrogate without its partner becomes U+FFFD, for Lua's string has to be valid UTF-8 to be sent
 * back. */
bool luahost_json_decode(lua_State *L, const char *text, size_t length, luahost_json_error *error);

/* Appends the value at `index` as compact JSON and returns true; or leaves `out` as it was, fills `error` and returns
 * false. No byte below 0x20 is written, U+001E neither, which separates packets in polling.
 *
 * Calls no metamethod and allocates no Lua object, so no finalizer can run in between and use `out` as well. */
bool luahost_json_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error);

/* ---- the arguments of a Socket.IO packet: a JSON array whose bytes are attachments ---- */

/* As luahost_json_decode for each element of an array: pushes them and returns their number, or pushes nothing, fills
 * `error` and returns -1. Makes room on the Lua stack, and leaves five free slots above the arguments.
 *
 * With attachments, `{"_placeholder":true,"num":N}` becomes the bytes of attachment N, counted from 0, and one with
 * any other `num` is an error. Without, it is a table like any other. Two placeholders with the same number are one
 * bytes object. Finalizers may run in between: the text and the attachments have to stay where they are. */
int luahost_json_decode_arguments(
    lua_State *L, const char *text, size_t length, const luahost_slice *attachments, size_t count,
    luahost_json_error *error);

/* Finds the first element of the array of an event: its name, a string, or a number, whose name is its text. The name
 * lies within the text, or in `scratch`, which is overwritten, if the string has escapes. `*rest` is where the text
 * goes on, for luahost_json_decode_rest. Allocates nothing of Lua. */
bool luahost_json_read_event_name(
    const char *text, size_t length, luahost_buffer *scratch, luahost_slice *name, size_t *rest,
    luahost_json_error *error);

/* As luahost_json_decode_arguments for the elements after the name of an event: `text` is the whole array. */
int luahost_json_decode_rest(
    lua_State *L, const char *text, size_t length, size_t rest, const luahost_slice *attachments, size_t count,
    luahost_json_error *error);

/* Whether luahost_json_decode_rest would read this text, if it had no attachments. False also where only the decoder
 * knows. Allocates nothing. */
bool luahost_json_is_readable_rest(const char *text, size_t length, size_t rest);

/* As luahost_json_encode for the values in the slots `first` to `last`, counted from 1, of which there are none if
 * `last` is `first` - 1: appends an array of them. An event is written by one call, with its name in the slot before
 * its arguments.
 *
 * Bytes are written as placeholders, numbered as they are written, and their places become the list of `attachments`,
 * whatever it had before. They are valid as long as the values are on the stack and no Lua code runs. A table with
 * `_placeholder = true` is an error if there are bytes, too: the receiver would put an attachment in its place. After
 * an error the list is empty; its argument 1 is the one in the slot `first`. */
bool luahost_json_encode_arguments(
    lua_State *L, int first, int last, luahost_buffer *out, luahost_attachments *attachments,
    luahost_json_error *error);

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

/* A bit for each byte in a block that a JSON string cannot hold as it is (`"`, `\` and control characters).
 * `*not_ascii` becomes nonzero when the block holds a byte above 0x7F. */
static inline unsigned luahost_json_special_bits(const char *block, uint64_t *not_ascii) {
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)block);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    *not_ascii |= (uint64_t)_mm_movemask_epi8(bytes);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)));
#else
    unsigned bits = 0;
    for (unsigned index = 0; index < LUAHOST_JSON_BLOCK; index++) {
        unsigned char byte = (unsigned char)block[index];
        if (byte < 0x20 || byte == '"' || byte == '\\') bits |= 1u << index;
        *not_ascii |= byte & 0x80;
    }
    return bits;
#endif
}

/* The index of the first of these bytes, or `LUAHOST_JSON_BLOCK` without one. */
static inline unsigned luahost_json_special(const char *block, uint64_t *not_ascii) {
    return (unsigned)__builtin_ctz(luahost_json_special_bits(block, not_ascii) | 1u << LUAHOST_JSON_BLOCK);
}

#endif
