#ifndef LUAHOST_JSON_STRING_H
#define LUAHOST_JSON_STRING_H

#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* A header, since a call for each string costs the encoder some percent. */

/* Writes an escape for `byte` and returns the place behind it; at most six bytes. */
static inline char *luahost_json_write_escape(char *out, unsigned char byte) {
    static const char hex[] = "0123456789abcdef";
    *out++ = '\\';
    switch (byte) {
    case '"': *out++ = '"'; break;
    case '\\': *out++ = '\\'; break;
    case '\b': *out++ = 'b'; break;
    case '\t': *out++ = 't'; break;
    case '\n': *out++ = 'n'; break;
    case '\f': *out++ = 'f'; break;
    case '\r': *out++ = 'r'; break;
    default:
        memcpy(out, "u00", 3);
        out[3] = hex[byte >> 4];
        out[4] = hex[byte & 15];
        out += 5;
    }
    return out;
}

/* Whether a word holds a byte that a JSON string cannot hold as it is. */
static inline bool luahost_json_has_special(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    uint64_t below = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    return (below & tops) != 0;
}

/* Copies 4 to 15 bytes as two words that may overlap. False when an escape is needed; `out` is scratch then. */
static inline bool luahost_json_copy_plain(char *out, const char *byte, size_t length, uint64_t *not_ascii) {
    uint64_t first, last;
    if (length >= sizeof first) {
        memcpy(&first, byte, sizeof first);
        memcpy(&last, byte + length - sizeof last, sizeof last);
        memcpy(out, &first, sizeof first);
        memcpy(out + length - sizeof last, &last, sizeof last);
    } else {
        uint32_t low, high;
        memcpy(&low, byte, sizeof low);
        memcpy(&high, byte + length - sizeof high, sizeof high);
        memcpy(out, &low, sizeof low);
        memcpy(out + length - sizeof high, &high, sizeof high);
        first = last = (uint64_t)high << 32 | low;
    }
    *not_ascii |= (first | last) & UINT64_C(0x8080808080808080);
    return !luahost_json_has_special(first) && !luahost_json_has_special(last);
}

/* Appends the string in quotes, with escapes. False when it is not UTF-8; then `*invalid` says where. */
static inline bool luahost_json_write_string(
    luahost_buffer *buffer, const char *text, size_t length, size_t *invalid) {
    /* Two quotes, and a block is stored before it is known how much of it may stay. */
    const size_t spare = 2 + LUAHOST_JSON_BLOCK;
    const char *byte = text, *end = text + length;
    /* From here on all was copied as it is. */
    const char *plain = text;
    uint64_t not_ascii = 0;
    char *out = luahost_buffer_reserve(buffer, length + spare);
    *out++ = '"';
    for (;;) {
        while (end - byte >= LUAHOST_JSON_BLOCK) {
            unsigned plain = luahost_json_special(byte, &not_ascii);
            memcpy(out, byte, LUAHOST_JSON_BLOCK);
            if (plain < LUAHOST_JSON_BLOCK) {
                byte += plain;
                out += plain;
                break;
            }
            byte += LUAHOST_JSON_BLOCK;
            out += LUAHOST_JSON_BLOCK;
        }
        size_t rest = (size_t)(end - byte);
        bool is_copied = false;
        if (rest > 0 && rest < LUAHOST_JSON_BLOCK && byte - plain >= LUAHOST_JSON_BLOCK) {
            /* A block that begins in the one before. */
            const char *last = end - LUAHOST_JSON_BLOCK;
            is_copied = luahost_json_special(last, &not_ascii) == LUAHOST_JSON_BLOCK;
            if (is_copied) memcpy(out + rest - LUAHOST_JSON_BLOCK, last, LUAHOST_JSON_BLOCK);
        } else if (rest >= 4 && rest < LUAHOST_JSON_BLOCK) {
            is_copied = luahost_json_copy_plain(out, byte, rest, &not_ascii);
        }
        if (is_copied) {
            byte += rest;
            out += rest;
        }
        while (byte < end && (unsigned char)*byte >= 0x20 && *byte != '"' && *byte != '\\') {
            not_ascii |= *byte & 0x80;
            *out++ = *byte++;
        }
        if (byte == end) break;
        buffer->length = (size_t)(out - buffer->data);
        out = luahost_buffer_reserve(buffer, (size_t)(end - byte) + 6 + spare);
        out = luahost_json_write_escape(out, (unsigned char)*byte++);
        plain = byte;
    }
    *out++ = '"';
    buffer->length = (size_t)(out - buffer->data);
    if (__builtin_expect(not_ascii == 0, 1)) return true;
    *invalid = luahost_utf8_validate(text, length);
    return *invalid == length;
}

#endif
