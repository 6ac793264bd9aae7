/* The hook that a script sets with debug.sethook. */
#include "core/script_hook.h"

const char luahost_key_hooks;

bool luahost_push_own_hook(lua_State *L, lua_State *co) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_hooks) != LUA_TTABLE) {
        lua_pop(L, 1);
        return false;
    }
    lua_pushthread(co);
    if (co != L) lua_xmove(co, L, 1);
    bool is_there = lua_rawget(L, -2) == LUA_TTABLE;
    lua_remove(L, -2);
    if (!is_there) lua_pop(L, 1);
    return is_there;
}

int luahost_integer_at(lua_State *L, int index) {
    lua_rawgeti(L, -1, index);
    int value = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

void luahost_script_hook(lua_State *L, lua_Debug *ar) {
    static const char *const events[] = {"call", "return", "line", "count", "tail call"};
    luahost_vm *vm = luahost_vm_of(L);
    if (luahost_mark_of(L) == LUAHOST_OF_TASK) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, vm->hook.ref);
    } else if (luahost_push_own_hook(L, L)) {
        lua_rawgeti(L, -1, 1);
        lua_remove(L, -2);
    } else {
        /* Lua gives each new coroutine the hook of the one that makes it. */
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    lua_pushstring(L, events[ar->event]);
    if (ar->currentline >= 0) lua_pushinteger(L, ar->currentline); else lua_pushnil(L);
    lua_call(L, 2, 0);
}

void luahost_script_hook_restore(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    if (luahost_mark_of(L) == LUAHOST_OF_TASK) {
        lua_sethook(L, vm->hook.mask != 0 ? luahost_script_hook : NULL, vm->hook.mask, vm->hook.count);
    } else if (luahost_push_own_hook(L, L)) {
        lua_sethook(L, luahost_script_hook, luahost_integer_at(L, 2), luahost_integer_at(L, 3));
        lua_pop(L, 1);
    } else {
        lua_sethook(L, NULL, 0, 0);
    }
}
