#ifndef LUAHOST_NAME_H
#define LUAHOST_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is a name in Lua and in Prometheus: letters, digits and _, and no digit at its beginning. */
static inline bool luahost_is_name(const char *text, size_t length) {
    for (size_t index = 0; index < length; index++) {
        char byte = text[index];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
        if (!is_letter && (index == 0 || byte < '0' || byte > '9')) return false;
    }
    return length > 0;
}

#endif
