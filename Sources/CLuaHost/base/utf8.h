#ifndef LUAHOST_UTF8_H
#define LUAHOST_UTF8_H

#include <stddef.h>

/* The offset of the first byte that is not part of a valid UTF-8 sequence (RFC 3629), or `length` when all is
 * valid. For a sequence that is cut off or malformed that is the offset of its lead byte. */
size_t luahost_utf8_validate(const char *text, size_t length);

/* Writes the 1 to 4 bytes of a code point, which is neither a surrogate nor above U+10FFFF; returns their count. */
static inline size_t luahost_utf8_encode(char *out, unsigned code_point) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

#endif
