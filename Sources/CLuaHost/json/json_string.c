/* Strings that JSON cannot hold as they are. */
#include "json/json_string.h"

/* Writes an escape for `byte` and returns the place behind it; at most six bytes. */
static char *write_escape(char *out, unsigned char byte) {
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

/* The bytes of `\u001f`. */
enum { LONGEST_ESCAPE = 6 };

char *luahost_json_write_escaped(
    luahost_buffer *buffer, char *out, const char *text, size_t length, size_t at, uint64_t *not_ascii) {
    while (at < length) {
        size_t plain = luahost_json_copy_plain(out, text + at, length - at, not_ascii);
        at += plain;
        out += plain;
        /* The bytes before it in a short text. */
        for (; at < length && (unsigned char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\'; at++) {
            *not_ascii |= text[at] & 0x80;
            *out++ = text[at];
        }
        if (at == length) break;
        buffer->length = (size_t)(out - buffer->data);
        out = luahost_buffer_reserve(buffer, length - at + LONGEST_ESCAPE + LUAHOST_JSON_STRING_SPARE);
        out = write_escape(out, (unsigned char)text[at++]);
    }
    return out;
}
