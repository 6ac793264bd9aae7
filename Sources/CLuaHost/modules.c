/* The modules of a VM, in the order in which they are set up. */
#include "core/module.h"

extern const luahost_module luahost_library_module, luahost_script_module;
extern const luahost_module luahost_loadtest_module, luahost_client_module, luahost_socketio_module;
/* The last one, because the others set globals. */
extern const luahost_module luahost_globals_module;

const luahost_module *const luahost_modules[] = {
    &luahost_library_module, &luahost_script_module, &luahost_loadtest_module, &luahost_client_module,
    &luahost_socketio_module, &luahost_globals_module, NULL,
};
