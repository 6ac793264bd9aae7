/* The watchdog's demands on a slice of Lua, fulfilled by a hook: in the slice's own time, where raising is allowed. */
#include "core/hook.h"

#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/life.h"
#include "core/script_hook.h"
#include "core/stack.h"

#define EVERYTHING (LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT)

/* snprintf is not made for signal handlers. */
static void copy(char *to, size_t size, const char *from) {
    size_t length = from == NULL ? 0 : strnlen(from, size - 1);
    if (length > 0) memcpy(to, from, length);
    to[length] = '\0';
}

void luahost_block_begin(lua_State *L, const char *what) {
    luahost_loop *loop = luahost_vm_of(L)->loop;
    loop->block.sequence = 0;
    lua_Debug ar;
    if (!luahost_find_line(L, 0, &ar)) return;
    atomic_signal_fence(memory_order_seq_cst);
    copy(loop->block.source, sizeof loop->block.source, ar.short_src);
    loop->block.line = ar.currentline;
    loop->block.function = what;
    atomic_signal_fence(memory_order_seq_cst);
    loop->block.sequence = atomic_load_explicit(&loop->sequence, memory_order_relaxed);
}

void luahost_block_end(lua_State *L) {
    luahost_vm_of(L)->loop->block.sequence = 0;
}

void luahost_hook_look(luahost_loop *loop, lua_State *L) {
    if (L == NULL) return;
    uint64_t sequence = atomic_load(&loop->sequence);
    luahost_vm *vm = luahost_vm_of(L);
    luahost_sight *sight = &loop->answer.sight;
    const luahost_task *task = vm->current;
    sight->user = vm->identity.is_set ? vm->identity.user.id : 0;
    sight->kind = task == NULL ? LUAHOST_IN_MAIN : task->kind;
    copy(sight->name, sizeof sight->name, task == NULL ? NULL : task->name);
    bool is_blocked = loop->block.sequence == sequence;
    copy(sight->function, sizeof sight->function, is_blocked ? loop->block.function : NULL);
    copy(sight->source, sizeof sight->source, is_blocked ? loop->block.source : NULL);
    sight->line = is_blocked ? loop->block.line : 0;
    atomic_store(&loop->answer.sight_sequence, sequence);
}

static void report_hook(lua_State *L, lua_Debug *ar);

void luahost_hook_disarm(luahost_loop *loop) {
    lua_State *L = loop->report_hook.hooked;
    loop->report_hook.hooked = NULL;
    const luahost_report_hook *report = &loop->report_hook;
    if (lua_gethook(L) == report_hook) lua_sethook(L, report->saved_hook, report->saved_mask, report->saved_count);
}

static void report_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_loop *loop = luahost_vm_of(L)->loop;
    if (loop->report_hook.hooked == L) {
        luahost_hook_disarm(loop);
    } else {
        /* Lua gives a new coroutine the hook of the one that makes it. */
        luahost_script_hook_restore(L);
    }
    uint64_t sequence = atomic_load(&loop->sequence);
    /* It was set in a slice that ended before it could fire. */
    if (loop->report_hook.sequence != sequence) return;
    char place[LUAHOST_PLACE_SIZE];
    if (luahost_place(L, place, "")[0] == '\0') return;
    snprintf(loop->answer.location, sizeof loop->answer.location, "%s", place);
    atomic_store(&loop->answer.location_sequence, sequence);
}

static void stop_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luahost_loop *loop = luahost_vm_of(L)->loop;
    /* It was set in a slice that ended; the coroutine goes on in another one. */
    if (loop->stop.sequence != atomic_load(&loop->sequence)) {
        luahost_script_hook_restore(L);
        return;
    }
    for (size_t index = 0; index < loop->depth; index++) {
        lua_sethook(loop->resumers[index], stop_hook, EVERYTHING, 1);
    }
    if (loop->stop.reason == LUAHOST_DEMAND_END) {
        luahost_vm *vm = luahost_vm_of(L);
        if (vm->current != NULL) vm->current->cancelled = true;
        luahost_vm_stop_soon(vm);
    }
    if (loop->stop.reason == LUAHOST_DEMAND_UNWIND || loop->stop.reason == LUAHOST_DEMAND_END) {
        luahost_push_cancelled(L);
        lua_error(L);
    }
    /* The place of the first raise is the useful one; the later ones are where pcall had caught it. */
    if (!loop->stop.has_raised) {
        loop->stop.has_raised = true;
        char place[LUAHOST_PLACE_SIZE];
        if (luahost_place(L, place, "")[0] == '\0') snprintf(place, sizeof place, "?");
        if (loop->stop.reason == LUAHOST_DEMAND_INTERRUPT) {
            snprintf(loop->stop.text, sizeof loop->stop.text, "%s: interrupted!", place);
        } else {
            snprintf(
                loop->stop.text, sizeof loop->stop.text, "%s: stopped: computed for more than %g s without waiting",
                place, (double)loop->watch.max_block / 1e9);
        }
    }
    lua_pushstring(L, loop->stop.text);
    lua_error(L);
}

void luahost_hook_set(luahost_loop *loop, lua_State *L, lua_Hook hook, int mask, int count) {
    lua_Hook now = lua_gethook(L);
    /* The slice is to end, whatever it does. */
    if (now == stop_hook && loop->stop.sequence == atomic_load(&loop->sequence)) return;
    if (now == report_hook && loop->report_hook.hooked == L) {
        loop->report_hook.saved_hook = hook;
        loop->report_hook.saved_mask = mask;
        loop->report_hook.saved_count = count;
        return;
    }
    lua_sethook(L, hook, mask, count);
}

void luahost_hook_arm(luahost_loop *loop, lua_State *L, luahost_demand demand) {
    if (L == NULL) return;
    uint64_t sequence = atomic_load(&loop->sequence);
    bool stops = loop->stop.sequence == sequence;
    if (demand == LUAHOST_DEMAND_REPORT) {
        if (stops) return;
        loop->report_hook.saved_hook = lua_gethook(L);
        loop->report_hook.saved_mask = lua_gethookmask(L);
        loop->report_hook.saved_count = lua_gethookcount(L);
        loop->report_hook.hooked = L;
        loop->report_hook.sequence = sequence;
        lua_sethook(L, report_hook, LUA_MASKCOUNT, 1);
        return;
    }
    if (!stops) {
        loop->stop.sequence = sequence;
        loop->stop.reason = demand;
        loop->stop.has_raised = false;
    }
    lua_sethook(L, stop_hook, EVERYTHING, 1);
}

void luahost_loop_unwind(luahost_loop *loop, lua_State *L) {
    loop->stop.sequence = atomic_load(&loop->sequence);
    loop->stop.reason = LUAHOST_DEMAND_UNWIND;
    lua_sethook(L, stop_hook, EVERYTHING, 1);
    for (size_t index = 0; index < loop->depth; index++) lua_sethook(loop->resumers[index], stop_hook, EVERYTHING, 1);
}

void luahost_hook_apply(luahost_vm *vm, lua_State *co) {
    luahost_hook_set(vm->loop, co, vm->hook.mask != 0 ? luahost_script_hook : NULL, vm->hook.mask, vm->hook.count);
}
