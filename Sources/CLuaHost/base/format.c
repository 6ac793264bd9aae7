#include "base/format.h"

#include <stdio.h>

luahost_slice luahost_format(char *text, size_t size, const char *format, va_list arguments) {
    int written = vsnprintf(text, size, format, arguments);
    size_t length = written < 0 ? 0 : (size_t)written;
    return (luahost_slice){text, length < size ? length : size - 1};
}
