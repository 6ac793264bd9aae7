/* What the watchdog wants of a slice of Lua, done by a hook: in the slice's own time, where raising is allowed. */
#include "core/hook.h"

#include <stdio.h>
#include <string.h>

#include "core/host.h"

#define EVERYTHING (LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT)

/* The innermost function that is Lua, since a hook may fire on the return of a C function. */
static bool find_line(lua_State *L, lua_Debug *ar) {
    for (int level = 0; lua_getstack(L, level, ar); level++) {
        lua_getinfo(L, "Sl", ar);
        if (ar->currentline > 0) return true;
    }
    return false;
}

const char *luahost_place(lua_State *L, char text[LUAHOST_PLACE_SIZE], const char *suffix) {
    lua_Debug ar;
    text[0] = '\0';
    if (find_line(L, &ar)) snprintf(text, LUAHOST_PLACE_SIZE, "%s:%d%s", ar.short_src, ar.currentline, suffix);
    return text;
}

/* snprintf is not made for signal handlers. */
static void copy(char *to, size_t size, const char *from) {
    size_t length = from == NULL ? 0 : strnlen(from, size - 1);
    if (length > 0) memcpy(to, from, length);
    to[length] = '\0';
}

void luahost_block_begin(lua_State *L, const char *what) {
    luahost_loop *loop = luahost_vm_of(L)->loop;
    loop->block_sequence = 0;
    lua_Debug ar;
    if (!find_line(L, &ar)) return;
    atomic_signal_fence(memory_order_seq_cst);
    copy(loop->block_source, sizeof loop->block_source, ar.short_src);
    loop->block_line = ar.currentline;
    loop->block_function = what;
    atomic_signal_fence(memory_order_seq_cst);
    loop->block_sequence = atomic_load_explicit(&loop->sequence, memory_order_relaxed);
}

void luahost_block_end(lua_State *L) {
    luahost_vm_of(L)->loop->block_sequence = 0;
}

void luahost_hook_look(luahost_loop *loop, lua_State *L) {
    if (L == NULL) return;
    uint64_t sequence = atomic_load(&loop->sequence);
    luahost_vm *vm = luahost_vm_of(L);
    luahost_sight *sight = &loop->sight;
    const luahost_task *task = vm->current;
    sight->user = vm->has_user ? vm->user.id : 0;
    sight->kind = task == NULL ? LUAHOST_IN_MAIN : task->kind;
    copy(sight->name, sizeof sight->name, task == NULL ? NULL : task->name);
    bool is_blocked = loop->block_sequence == sequence;
    copy(sight->function, sizeof sight->function, is_blocked ? loop->block_function : NULL);
    copy(sight->source, sizeof sight->source, is_blocked ? loop->block_source : NULL);
    sight->line = is_blocked ? loop->block_line : 0;
    atomic_store(&loop->answered_sequence, sequence);
}

static void report_hook(lua_State *L, lua_Debug *ar);

void luahost_hook_disarm(luahost_loop *loop) {
    lua_State *L = loop->hooked;
    loop->hooked = NULL;
    if (lua_gethook(L) == report_hook) lua_sethook(L, loop->saved_hook, loop->saved_mask, loop->saved_count);
}

static void report_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_loop *loop = luahost_vm_of(L)->loop;
    if (loop->hooked == L) {
        luahost_hook_disarm(loop);
    } else {
        /* Lua gives a new coroutine the hook of the one that makes it. */
        luahost_debug_restore(L);
    }
    uint64_t sequence = atomic_load(&loop->sequence);
    /* It was set in a slice that ended before it could fire. */
    if (loop->report_sequence != sequence) return;
    char place[LUAHOST_PLACE_SIZE];
    if (luahost_place(L, place, "")[0] == '\0') return;
    snprintf(loop->location, sizeof loop->location, "%s", place);
    atomic_store(&loop->located_sequence, sequence);
}

static void stop_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_loop *loop = luahost_vm_of(L)->loop;
    /* It was set in a slice that ended; the coroutine goes on in another one. */
    if (loop->stop_sequence != atomic_load(&loop->sequence)) {
        luahost_debug_restore(L);
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
        char place[LUAHOST_PLACE_SIZE];
        if (luahost_place(L, place, "")[0] == '\0') snprintf(place, sizeof place, "?");
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

void luahost_hook_set(luahost_loop *loop, lua_State *L, lua_Hook hook, int mask, int count) {
    lua_Hook now = lua_gethook(L);
    /* The slice is to end, whatever it does. */
    if (now == stop_hook && loop->stop_sequence == atomic_load(&loop->sequence)) return;
    if (now == report_hook && loop->hooked == L) {
        loop->saved_hook = hook;
        loop->saved_mask = mask;
        loop->saved_count = count;
        return;
    }
    lua_sethook(L, hook, mask, count);
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
