/* math.random, which a load test seeds for each user. */
#include "library/library.h"

/* math.randomseed keeps its state in an upvalue, so it works whatever the script has put in its place. */
void luahost_random_seed(lua_State *L) {
    const luahost_identity *identity = &luahost_vm_of(L)->identity;
    if (identity->seed == 0 || identity->randomseed_ref == LUA_NOREF) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, identity->randomseed_ref);
    lua_pushinteger(L, (lua_Integer)identity->seed);
    lua_call(L, 1, 0);
}

void luahost_random_open(lua_State *L) {
    lua_getfield(L, -1, "randomseed");
    luahost_vm_of(L)->identity.randomseed_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    luahost_random_seed(L);
}
