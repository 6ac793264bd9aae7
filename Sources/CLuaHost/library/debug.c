/* debug.sethook and gethook. In lua5.4 a hook is one coroutine's; here the main chunk, the tasks and the handlers
 * are coroutines that the script has not made, so to a hook they are one thread: what is set in one of them holds
 * for all, also for those that begin later. The script's own coroutines have hooks of their own, as in Lua. */
#include <string.h>

#include "core/hook.h"
#include "core/script_hook.h"
#include "library/library.h"

/* ---- debug.sethook ---- */

static int mask_of(const char *text, int count) {
    int mask = count > 0 ? LUA_MASKCOUNT : 0;
    if (strchr(text, 'c') != NULL) mask |= LUA_MASKCALL;
    if (strchr(text, 'r') != NULL) mask |= LUA_MASKRET;
    if (strchr(text, 'l') != NULL) mask |= LUA_MASKLINE;
    return mask;
}

/* The function is at `function`. */
static void set_for_tasks(lua_State *L, int function, int mask, int count) {
    luahost_vm *vm = luahost_vm_of(L);
    int reference = LUA_NOREF;
    if (mask != 0) {
        lua_pushvalue(L, function);
        reference = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    if (vm->hook.mask != 0) luaL_unref(L, LUA_REGISTRYINDEX, vm->hook.ref);
    vm->hook.ref = reference;
    vm->hook.mask = mask;
    vm->hook.count = count;
    for (luahost_task *task = vm->tasks.waited; task != NULL; task = task->waited_next) {
        luahost_hook_apply(vm, task->co);
    }
    for (luahost_task *task = vm->queue.first; task != NULL; task = task->next) luahost_hook_apply(vm, task->co);
    if (vm->current != NULL) luahost_hook_apply(vm, vm->current->co);
}

static void set_for_coroutine(lua_State *L, lua_State *co, int function, int mask, int count) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_hooks) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_createtable(L, 0, 1);
        lua_pushliteral(L, "k");
        lua_setfield(L, -2, "__mode");
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &luahost_key_hooks);
    }
    if (!lua_checkstack(co, 1)) luaL_error(L, "stack overflow");
    lua_pushthread(co);
    if (co != L) lua_xmove(co, L, 1);
    if (mask == 0) {
        lua_pushnil(L);
    } else {
        lua_createtable(L, 3, 0);
        lua_pushvalue(L, function);
        lua_rawseti(L, -2, 1);
        lua_pushinteger(L, mask);
        lua_rawseti(L, -2, 2);
        lua_pushinteger(L, count);
        lua_rawseti(L, -2, 3);
    }
    lua_rawset(L, -3);
    luahost_hook_set(luahost_vm_of(L)->loop, co, mask != 0 ? luahost_script_hook : NULL, mask, count);
}

static int sethook(lua_State *L) {
    int first = lua_isthread(L, 1) ? 2 : 1;
    lua_State *co = first == 2 ? lua_tothread(L, 1) : L;
    int mask = 0, count = 0;
    if (!lua_isnoneornil(L, first)) {
        const char *text = luaL_checkstring(L, first + 1);
        luaL_checktype(L, first, LUA_TFUNCTION);
        count = (int)luaL_optinteger(L, first + 2, 0);
        mask = mask_of(text, count);
    }
    lua_settop(L, first);
    if (luahost_mark_of(co) == LUAHOST_OF_TASK) set_for_tasks(L, first, mask, count);
    else set_for_coroutine(L, co, first, mask, count);
    return 0;
}

/* ---- debug.gethook ---- */

static int push_hook(lua_State *L, int mask, int count) {
    char text[4];
    size_t length = 0;
    if (mask & LUA_MASKCALL) text[length++] = 'c';
    if (mask & LUA_MASKRET) text[length++] = 'r';
    if (mask & LUA_MASKLINE) text[length++] = 'l';
    lua_pushlstring(L, text, length);
    lua_pushinteger(L, count);
    return 3;
}

static int gethook(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    if (luahost_mark_of(co) == LUAHOST_OF_TASK && vm->hook.mask != 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, vm->hook.ref);
        return push_hook(L, vm->hook.mask, vm->hook.count);
    }
    if (!lua_checkstack(co, 1)) return luaL_error(L, "stack overflow");
    if (luahost_mark_of(co) != LUAHOST_OF_TASK && luahost_push_own_hook(L, co)) {
        int mask = luahost_integer_at(L, 2), count = luahost_integer_at(L, 3);
        lua_rawgeti(L, -1, 1);
        return push_hook(L, mask, count);
    }
    if (lua_gethook(co) == NULL || lua_gethook(co) == luahost_script_hook) {
        luaL_pushfail(L);
        return 1;
    }
    lua_pushliteral(L, "external hook");
    return push_hook(L, lua_gethookmask(co), lua_gethookcount(co));
}

void luahost_debug_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"sethook", sethook}, {"gethook", gethook}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
