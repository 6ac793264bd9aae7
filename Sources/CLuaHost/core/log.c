/* The host's own remarks. */
#include "base/format.h"
#include "core/vm.h"

void luahost_log(luahost_vm *vm, int level, const char *format, ...) {
    if (luahost_vm_is_plan(vm)) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    luahost_slice line = luahost_format(text, sizeof text, format, arguments);
    va_end(arguments);
    vm->host.log(vm->context, level, false, line);
}
