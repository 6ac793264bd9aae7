#ifndef LUAHOST_FORMAT_H
#define LUAHOST_FORMAT_H

#include <stdarg.h>

#include "CLuaHostLoop.h"

/* vsnprintf whose result is the text that was written, which ends early if `size` is too small. */
luahost_slice luahost_format(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
