/* The user that a script is in a load test: __VU, __ITER, __ENV and the seed of math.random. */
#include <stdlib.h>

#include "core/schedule.h"
#include "library/library.h"
#include "loadtest/loadtest.h"

static void set_global(lua_State *L, const char *name, uint64_t value) {
    lua_pushglobaltable(L);
    lua_pushstring(L, name);
    lua_pushinteger(L, (lua_Integer)value);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

void luahost_vm_set_user(luahost_vm *vm, const luahost_user *user) {
    char *scenario = luahost_copy(user->scenario.data, user->scenario.length);
    free((char *)vm->identity.user.scenario.data);
    vm->identity.user = *user;
    vm->identity.is_set = true;
    vm->identity.user.scenario.data = scenario;
    luahost_enter(vm, vm->L);
    set_global(vm->L, "__VU", user->id);
    set_global(vm->L, "__ITER", user->iteration);
    if (user->seed != 0) {
        vm->identity.seed = user->seed;
        luahost_random_seed(vm->L);
    }
    luahost_loadtest_set_user(vm);
    luahost_leave(vm);
}

void luahost_vm_set_env(luahost_vm *vm, luahost_slice name, luahost_slice value) {
    luahost_enter(vm, vm->L);
    lua_rawgeti(vm->L, LUA_REGISTRYINDEX, vm->identity.env_ref);
    lua_pushlstring(vm->L, name.data, name.length);
    lua_pushlstring(vm->L, value.data, value.length);
    lua_rawset(vm->L, -3);
    lua_pop(vm->L, 1);
    luahost_leave(vm);
}

/* As in k6, what no option has set is what the shell has. */
static int look_up(lua_State *L) {
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    lua_pushstring(L, name != NULL ? getenv(name) : NULL);
    return 1;
}

void luahost_user_open(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    vm->identity.randomseed_ref = LUA_NOREF;
    vm->identity.seed = vm->options.seed;

    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, look_up);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    vm->identity.env_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_setglobal(L, "__ENV");
    vm->identity.user.id = luahost_vm_is_plan(vm) ? 0 : 1;
    set_global(L, "__VU", vm->identity.user.id);
    set_global(L, "__ITER", 0);
}

void luahost_user_free(luahost_vm *vm) {
    free((char *)vm->identity.user.scenario.data);
}
