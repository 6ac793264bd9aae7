/* Who a script is in a load test: __VU, __ITER, __ENV and the seed of math.random. */
#include <stdlib.h>
#include <string.h>

#include "core/host.h"
#include "loadtest/loadtest.h"

static void set_global(lua_State *L, const char *name, uint64_t value) {
    lua_pushglobaltable(L);
    lua_pushstring(L, name);
    lua_pushinteger(L, (lua_Integer)value);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* math.randomseed keeps its state in an upvalue, so it works whatever the script has put in its place. */
static void seed(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->seed == 0 || vm->randomseed_ref == LUA_NOREF) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->randomseed_ref);
    lua_pushinteger(L, (lua_Integer)vm->seed);
    lua_call(L, 1, 0);
}

void luahost_random_open(lua_State *L) {
    lua_getfield(L, -1, "randomseed");
    luahost_vm_of(L)->randomseed_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    seed(L);
}

void luahost_vm_set_user(luahost_vm *vm, const luahost_user *user) {
    char *scenario = malloc(user->scenario.length + 1);
    if (scenario == NULL) luahost_out_of_memory();
    if (user->scenario.length > 0) memcpy(scenario, user->scenario.data, user->scenario.length);
    free((char *)vm->user.scenario.data);
    vm->user = *user;
    vm->has_user = true;
    vm->user.scenario.data = scenario;
    luahost_enter(vm, vm->L);
    set_global(vm->L, "__VU", user->id);
    set_global(vm->L, "__ITER", user->iteration);
    if (user->seed != 0) {
        vm->seed = user->seed;
        seed(vm->L);
    }
    luahost_loadtest_set_user(vm);
    luahost_leave(vm);
}

void luahost_vm_set_env(luahost_vm *vm, luahost_slice name, luahost_slice value) {
    luahost_enter(vm, vm->L);
    lua_rawgeti(vm->L, LUA_REGISTRYINDEX, vm->env_ref);
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
    vm->randomseed_ref = LUA_NOREF;
    vm->seed = vm->options.seed;

    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, look_up);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    vm->env_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_setglobal(L, "__ENV");
    vm->user.id = vm->options.is_plan ? 0 : 1;
    set_global(L, "__VU", vm->user.id);
    set_global(L, "__ITER", 0);
}
