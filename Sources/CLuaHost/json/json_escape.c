#include <string.h>

#include "base/utf8.h"
#include "json/decoder.h"

const char *luahost_json_find_quote(luahost_json_decoder *d, const char *stop) {
    while (stop < d->end && *stop != '"') {
        if (*stop != '\\') return luahost_json_unexpected(d, stop, "a printable character or an escape");
        if (d->end - stop < 2) return luahost_json_unexpected(d, d->end, "an escape");
        stop = luahost_json_skip_plain(stop + 2, d->end);
    }
    return stop < d->end ? stop : luahost_json_unexpected(d, stop, "a closing quote");
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
static const char *read_escape(luahost_json_decoder *d, const char *at, char **out) {
    if (at + 1 == d->end) return luahost_json_unexpected(d, at + 1, "an escape");
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
        if (unit < 0) return luahost_json_fail(d, at, "\\u without four hexadecimal digits in a JSON string");
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
    default: return luahost_json_fail(d, at, "unknown escape in a JSON string");
    }
    *(*out)++ = plain;
    return at + 2;
}

const char *luahost_json_unescape(luahost_json_decoder *d, const char *at, const char *closing_quote, char **out) {
    while (at < closing_quote) {
        const char *stop = luahost_json_skip_plain(at, closing_quote);
        memcpy(*out, at, (size_t)(stop - at));
        *out += stop - at;
        at = stop;
        if (at < closing_quote && (at = read_escape(d, at, out)) == NULL) return NULL;
    }
    return at;
}
