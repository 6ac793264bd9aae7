/* os.exit ends the program by way of the host, which closes its sockets; the script does not get control back. */
#include <stdlib.h>

#include "core/call.h"
#include "core/life.h"
#include "core/loop.h"
#include "core/wait.h"
#include "library/library.h"

static int exit_program(lua_State *L) {
    int status = EXIT_SUCCESS;
    if (lua_isboolean(L, 1)) status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
    else status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    luahost_vm *vm = luahost_vm_of(L);
    if (luahost_vm_is_closing(vm) && vm->current == NULL) return luaL_error(L, "os.exit: the script has ended");
    if (vm->life.holds > 0 && vm->life.main_done && vm->current != NULL) return luahost_calls_exit(L, status);
    luahost_flush();
    if (luahost_vm_is_plan(vm) && !luahost_vm_is_exiting(vm)) vm->plan.state = LUAHOST_PLAN_EXITED;
    luahost_vm_exit(vm, status, lua_toboolean(L, 2));
    return luahost_stop_here(L);
}

void luahost_os_open(lua_State *L) {
    lua_pushcfunction(L, exit_program);
    lua_setfield(L, -2, "exit");
    luahost_execute_open(L);
}
