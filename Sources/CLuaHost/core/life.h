/* The end of a script: what brings it about, and whether it is reached. */
#ifndef LUAHOST_LIFE_H
#define LUAHOST_LIFE_H

#include "core/vm.h"

/* Calls `finished` if nothing can happen any more. */
void luahost_vm_check_finished(luahost_vm *vm);
/* Disconnects the clients as luahost_vm_interrupt does, but for an end that is not a signal. */
void luahost_vm_end(luahost_vm *vm);
/* luahost_vm_stop, at the end of the slice or of the run. */
void luahost_vm_stop_soon(luahost_vm *vm);
/* Disconnects every client that is not left alone. */
void luahost_vm_disconnect_all(luahost_vm *vm);
/* os.exit: the host ends the program, and nothing is resumed any more. A second call does nothing. */
void luahost_vm_exit(luahost_vm *vm, int status, bool is_clean);

#endif
