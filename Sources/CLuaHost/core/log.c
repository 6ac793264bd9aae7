/* The host's own remarks. */
#include <stdarg.h>
#include <stdio.h>

#include "core/vm.h"

void luahost_log(luahost_vm *vm, int level, const char *format, ...) {
    if (luahost_vm_is_plan(vm)) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text) length = sizeof text - 1;
    vm->host.log(vm->context, level, false, (luahost_slice){text, (size_t)length});
}
