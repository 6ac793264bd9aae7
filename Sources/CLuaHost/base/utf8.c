#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The length of the valid multi-byte sequence at `byte`, or 0. `available` is at least 1. */
static inline size_t sequence_length(const unsigned char *byte, size_t available) {
    unsigned lead = byte[0];
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return available >= 2 && (byte[1] & 0xC0) == 0x80 ? 2 : 0;
    if (lead < 0xF0) {
        if (available < 3 || (byte[1] & 0xC0) != 0x80 || (byte[2] & 0xC0) != 0x80) return 0;
        if (lead == 0xE0 && byte[1] < 0xA0) return 0;  // overlong
        if (lead == 0xED && byte[1] > 0x9F) return 0;  // surrogates
        return 3;
    }
    if (lead > 0xF4 || available < 4) return 0;
    if ((byte[1] & 0xC0) != 0x80 || (byte[2] & 0xC0) != 0x80 || (byte[3] & 0xC0) != 0x80) return 0;
    if (lead == 0xF0 && byte[1] < 0x90) return 0;  // overlong
    if (lead == 0xF4 && byte[1] > 0x8F) return 0;  // above U+10FFFF
    return 4;
}

/* Skips ASCII in blocks; the rest of a block that holds other bytes is left to the caller. */
static inline const unsigned char *skip_ascii(const unsigned char *byte, const unsigned char *end) {
#if defined(__SSE2__)
    while (end - byte >= 16) {
        int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)byte));
        if (high != 0) return byte + __builtin_ctz((unsigned)high);
        byte += 16;
    }
#endif
    while (end - byte >= 8) {
        uint64_t word;
        memcpy(&word, byte, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) break;
        byte += 8;
    }
    while (byte < end && *byte < 0x80) byte += 1;
    return byte;
}

size_t luahost_utf8_validate(const char *text, size_t length) {
    const unsigned char *start = (const unsigned char *)text;
    const unsigned char *end = start + length;
    const unsigned char *byte = start;
    for (;;) {
        byte = skip_ascii(byte, end);
        /* Text in another script stays outside ASCII for long: it does not go back to the block scan for every
         * letter. */
        while (byte < end && *byte >= 0x80) {
            size_t count = sequence_length(byte, (size_t)(end - byte));
            if (count == 0) return (size_t)(byte - start);
            byte += count;
        }
        if (byte == end) return length;
    }
}
