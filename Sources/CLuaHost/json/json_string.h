#ifndef LUAHOST_JSON_STRING_H
#define LUAHOST_JSON_STRING_H

#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* Two quotes, and a block is stored before it is known how much of it may stay. */
#define LUAHOST_JSON_STRING_SPARE (2 + LUAHOST_JSON_BLOCK)

/* A header, since a call for each string costs the encoder some percent. */

/* Whether a word holds a byte that a JSON string cannot hold as it is. */
static inline bool luahost_json_has_special(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    uint64_t below = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    return (below & tops) != 0;
}

/* Whether two words, of which the parts may be the same bytes, can be in a JSON string as they are. */
static inline bool luahost_json_are_plain(uint64_t first, uint64_t last, uint64_t *not_ascii) {
#if defined(__SSE2__)
    char block[LUAHOST_JSON_BLOCK];
    _mm_storeu_si128((__m128i *)block, _mm_set_epi64x((long long)last, (long long)first));
    return luahost_json_special_bits(block, not_ascii) == 0;
#else
    *not_ascii |= (first | last) & UINT64_C(0x8080808080808080);
    return !luahost_json_has_special(first) && !luahost_json_has_special(last);
#endif
}

/* Copies 1 to 15 bytes as words that may overlap. False when an escape is needed; `out` is scratch then. */
static inline bool luahost_json_copy_short(char *out, const char *text, size_t length, uint64_t *not_ascii) {
    uint64_t first, last;
    if (length >= sizeof first) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + length - sizeof last, sizeof last);
        memcpy(out, &first, sizeof first);
        memcpy(out + length - sizeof last, &last, sizeof last);
    } else if (length >= sizeof(uint32_t)) {
        uint32_t low, high;
        memcpy(&low, text, sizeof low);
        memcpy(&high, text + length - sizeof high, sizeof high);
        memcpy(out, &low, sizeof low);
        memcpy(out + length - sizeof high, &high, sizeof high);
        first = last = (uint64_t)high << 32 | low;
    } else {
        unsigned char low = (unsigned char)text[0], middle = (unsigned char)text[length / 2];
        unsigned char high = (unsigned char)text[length - 1];
        out[0] = (char)low;
        out[length / 2] = (char)middle;
        out[length - 1] = (char)high;
        first = low | (uint64_t)middle << 8 | (uint64_t)high << 16 | (uint64_t)low << 24;
        first = last = first << 32 | first;
    }
    return luahost_json_are_plain(first, last, not_ascii);
}

/* Copies the bytes before the first one that needs an escape, or some of them, and returns their number. `out` has room
 * for a block more. */
static inline size_t luahost_json_copy_plain(char *out, const char *text, size_t length, uint64_t *not_ascii) {
    size_t at = 0;
    for (; length - at >= LUAHOST_JSON_BLOCK; at += LUAHOST_JSON_BLOCK) {
        memcpy(out + at, text + at, LUAHOST_JSON_BLOCK);
        unsigned special = luahost_json_special(text + at, not_ascii);
        if (__builtin_expect(special < LUAHOST_JSON_BLOCK, 0)) return at + special;
    }
    if (at == length) return length;
    if (at == 0) return luahost_json_copy_short(out, text, length, not_ascii) ? length : 0;
    /* A block that begins in the one before. */
    size_t last = length - LUAHOST_JSON_BLOCK;
    memcpy(out + last, text + last, LUAHOST_JSON_BLOCK);
    return last + luahost_json_special(text + last, not_ascii);
}

/* Writes the rest of a string from its byte `at` on, with escapes: `out` is the place of that in the buffer. Returns
 * the place behind it. */
char *luahost_json_write_escaped(
    luahost_buffer *buffer, char *out, const char *text, size_t length, size_t at, uint64_t *not_ascii);

/* Appends the string in quotes, with escapes. False when it is not UTF-8; then `*invalid` says where. */
static inline bool luahost_json_write_string(
    luahost_buffer *buffer, const char *text, size_t length, size_t *invalid) {
    uint64_t not_ascii = 0;
    char *out = luahost_buffer_reserve(buffer, length + LUAHOST_JSON_STRING_SPARE);
    *out++ = '"';
    size_t at = luahost_json_copy_plain(out, text, length, &not_ascii);
    out += at;
    if (__builtin_expect(at < length, 0)) {
        out = luahost_json_write_escaped(buffer, out, text, length, at, &not_ascii);
    }
    *out++ = '"';
    buffer->length = (size_t)(out - buffer->data);
    if (__builtin_expect(not_ascii == 0, 1)) return true;
    *invalid = luahost_utf8_validate(text, length);
    return *invalid == length;
}

#endif
