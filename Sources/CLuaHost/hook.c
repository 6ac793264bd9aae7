/* What the watchdog wants of a slice of Lua, done by a hook: in the slice's own time, where raising is allowed. */
#include "hook.h"

#include <stdio.h>

#include "host.h"

#define EVERYTHING (LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT)

/* "bot.lua:12" of the innermost function that is Lua, since a hook may fire on the return of a C function. */
static bool locate(lua_State *L, char *text, size_t size) {
    lua_Debug ar;
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0) {
            snprintf(text, size, "%s:%d", ar.short_src, ar.currentline);
            return true;
        }
    }
    return false;
}

static void report_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_vm *vm = luahost_vm_of(L);
    luahost_loop *loop = vm->loop;
    bool is_mine = loop->hooked == L;
    lua_sethook(L, is_mine ? loop->saved_hook : NULL, is_mine ? loop->saved_mask : 0, is_mine ? loop->saved_count : 0);
    loop->hooked = NULL;
    uint64_t sequence = atomic_load(&loop->sequence);
    /* It was set in a slice that ended before it could fire. */
    if (loop->report_sequence != sequence) return;
    char place[LUA_IDSIZE + 16];
    if (!locate(L, place, sizeof place)) return;
    const luahost_task *task = vm->current;
    if (task == NULL || task->name == NULL) {
        snprintf(loop->location, sizeof loop->location, "%s", place);
    } else {
        const char *what = task->kind == LUAHOST_IN_HANDLER ? "handler" : task->kind == LUAHOST_IN_CALL ? "function" : "task";
        snprintf(loop->location, sizeof loop->location, "%s: in %s '%s'", place, what, task->name);
    }
    atomic_store(&loop->located_sequence, sequence);
}

static void stop_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_loop *loop = luahost_vm_of(L)->loop;
    /* It was set in a slice that ended; the coroutine goes on in another one. */
    if (loop->stop_sequence != atomic_load(&loop->sequence)) {
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    for (size_t index = 0; index < loop->depth; index++) {
        lua_sethook(loop->resumers[index], stop_hook, EVERYTHING, 1);
    }
    if (loop->stop_reason == LUAHOST_DEMAND_END) {
        luahost_vm *vm = luahost_vm_of(L);
        if (vm->current != NULL) vm->current->cancelled = true;
        luahost_vm_stop(vm);
    }
    if (loop->stop_reason == LUAHOST_DEMAND_UNWIND || loop->stop_reason == LUAHOST_DEMAND_END) {
        luahost_push_cancelled(L);
        lua_error(L);
    }
    /* The place of the first raise is the one that tells something; the later ones are where pcall had caught it. */
    if (!loop->stop_raised) {
        loop->stop_raised = true;
        char place[LUA_IDSIZE + 16] = "?";
        locate(L, place, sizeof place);
        if (loop->stop_reason == LUAHOST_DEMAND_INTERRUPT) {
            snprintf(loop->stop_text, sizeof loop->stop_text, "%s: interrupted!", place);
        } else {
            snprintf(
                loop->stop_text, sizeof loop->stop_text, "%s: stopped: computed for more than %g s without waiting", place,
                (double)loop->max_block / 1e9);
        }
    }
    lua_pushstring(L, loop->stop_text);
    lua_error(L);
}

void luahost_hook_arm(luahost_loop *loop, lua_State *L, luahost_demand demand) {
    if (L == NULL) return;
    uint64_t sequence = atomic_load(&loop->sequence);
    bool stops = loop->stop_sequence == sequence;
    if (demand == LUAHOST_DEMAND_REPORT) {
        if (stops) return;
        loop->saved_hook = lua_gethook(L);
        loop->saved_mask = lua_gethookmask(L);
        loop->saved_count = lua_gethookcount(L);
        loop->hooked = L;
        loop->report_sequence = sequence;
        lua_sethook(L, report_hook, LUA_MASKCOUNT, 1);
        return;
    }
    if (!stops) {
        loop->stop_sequence = sequence;
        loop->stop_reason = demand;
        loop->stop_raised = false;
    }
    lua_sethook(L, stop_hook, EVERYTHING, 1);
}

void luahost_loop_unwind(luahost_loop *loop, lua_State *L) {
    loop->stop_sequence = atomic_load(&loop->sequence);
    loop->stop_reason = LUAHOST_DEMAND_UNWIND;
    lua_sethook(L, stop_hook, EVERYTHING, 1);
    for (size_t index = 0; index < loop->depth; index++) lua_sethook(loop->resumers[index], stop_hook, EVERYTHING, 1);
}
