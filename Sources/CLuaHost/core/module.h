/* The parts of a VM besides its core. A new library or a second kind of client is one more entry of luahost_modules;
 * any of the functions may be NULL. */
#ifndef LUAHOST_MODULE_H
#define LUAHOST_MODULE_H

#include "core/vm.h"

typedef struct luahost_module {
    /* Of a Lua module that `require` finds: its name, and the loader. A VM that never requires it has nothing of it. */
    const char *name;
    lua_CFunction load;
    /* Sets up its part of a new VM, in the order of the table; called inside a protected call, with an empty stack. */
    void (*set_up)(lua_State *L);
    /* Starts what is queued while vm->clients.pending is not 0: one piece, and up to `most` while luahost_may_run
     * allows it. */
    void (*pump)(luahost_vm *vm, int most);
    /* Between two runs, and not within a slice. */
    void (*settle)(luahost_vm *vm);
    /* A signal ends the program: notes what is neither disconnected nor waited for. */
    void (*leave_alone)(luahost_vm *vm);
    /* The script ends: disconnects what is open and not left alone. */
    void (*interrupt)(luahost_vm *vm);
    /* The task died of the error at index `error` of vm->L's stack, which `traceback` and `where` follow at error +
     * 2 and error + 3: returns whether a handler of the script takes it. */
    bool (*take_error)(luahost_task *task, int error);
    /* For a prompt. The value on top of the stack is an object of the module whose fields are not all in its table:
     * pushes one of them, else nothing and returns false; gives the names of those to `add`. No Lua runs. */
    bool (*push_field)(lua_State *L, const char *name, size_t length);
    void (*list_fields)(lua_State *L, void (*add)(void *context, const char *name), void *context);
    /* Before Lua is closed: the host's objects are released. */
    void (*release_objects)(luahost_vm *vm);
    /* Lua is closed: frees what is left. */
    void (*free_parts)(luahost_vm *vm);
} luahost_module;

/* Ends with NULL. */
extern const luahost_module *const luahost_modules[];

#endif
