/* `coroutine` for scripts whose coroutines may wait for the host: such a yield is not for the one who resumed, but
 * goes on outward, until it reaches the task, and comes back the same way. */
#include "core/hook.h"
#include "core/report.h"
#include "core/stack.h"
#include "library/library.h"

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co != NULL, 1, "coroutine");
    return co;
}

static int step(lua_State *L, lua_State *co, int arguments, bool is_wrap);

/* The wait is over: what it gives is on L's stack above the coroutine that it belongs to. */
static int step_on(lua_State *L, int status, lua_KContext is_wrap) {
    (void)status;
    lua_State *co = lua_tothread(L, 1);
    int values = lua_gettop(L) - 1;
    luahost_set_mark(co, LUAHOST_OF_SCRIPT);
    if (!lua_checkstack(co, values)) return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, values);
    return step(L, co, values, is_wrap != 0);
}

/* The coroutine has raised, or could not be resumed: its message is on top of its stack. */
static int failed(lua_State *L, lua_State *co, int status, bool is_wrap) {
    bool has_died = lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD;
    bool noted = has_died && status != LUA_ERRMEM;
    /* Until its error is taken no finalizer is to close it or to try to resume it. */
    if (has_died) luahost_set_mark(co, LUAHOST_OF_TASK);
    if (noted) luahost_push_inner_traceback(L, co, 0);
    if (is_wrap && has_died) {
        luahost_loop *loop = luahost_vm_of(L)->loop;
        loop->resumers[loop->depth++] = L;
        luahost_loop_set_running(loop, co);
        status = luahost_reset_coroutine(co, L);
        luahost_loop_set_running(loop, L);
        loop->depth--;
    }
    lua_xmove(co, L, 1);
    if (has_died) luahost_set_mark(co, LUAHOST_OF_SCRIPT);
    if (is_wrap && status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    if (noted) {
        lua_insert(L, -2);
        luahost_note_inner_traceback(L);
    }
    if (is_wrap) return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int step(lua_State *L, lua_State *co, int arguments, bool is_wrap) {
    luahost_vm *vm = luahost_vm_of(L);
    luahost_loop *loop = vm->loop;
    lua_State *previous = luahost_loop_running(loop);
    if (loop->depth >= LUAHOST_MAX_NESTING - 1) return luaL_error(L, "C stack overflow");
    loop->resumers[loop->depth++] = L;
    luahost_loop_set_running(loop, co);
    int results;
    int status = lua_resume(co, L, arguments, &results);
    if (loop->report_hook.hooked == co) luahost_hook_disarm(loop);
    luahost_loop_set_running(loop, previous);
    loop->depth--;
    if (status == LUA_YIELD && vm->slice.is_wait) {
        luahost_set_mark(co, LUAHOST_WAITING);
        lua_settop(L, 1);
        return lua_yieldk(L, 0, is_wrap, step_on);
    }
    if (status != LUA_OK && status != LUA_YIELD) return failed(L, co, status, is_wrap);
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        if (is_wrap) return luaL_error(L, "too many results to resume");
        lua_pushboolean(L, 0);
        lua_pushliteral(L, "too many results to resume");
        return 2;
    }
    if (!is_wrap) lua_pushboolean(L, 1);
    lua_xmove(co, L, results);
    return results + !is_wrap;
}

/* Why a coroutine cannot be resumed that Lua itself would resume, or NULL. */
static const char *refusal(lua_State *co) {
    switch (luahost_mark_of(co)) {
    case LUAHOST_OF_TASK: return "cannot resume non-suspended coroutine";
    case LUAHOST_WAITING: return "cannot resume a coroutine that is waiting on eio";
    default: return NULL;
    }
}

static int resume(lua_State *L) {
    lua_State *co = check_coroutine(L);
    const char *reason = refusal(co);
    int arguments = lua_gettop(L) - 1;
    if (reason == NULL && !lua_checkstack(co, arguments)) reason = "too many arguments to resume";
    if (reason != NULL) {
        lua_pushboolean(L, 0);
        lua_pushstring(L, reason);
        return 2;
    }
    lua_xmove(L, co, arguments);
    return step(L, co, arguments, false);
}

static int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    const char *reason = refusal(co);
    int arguments = lua_gettop(L);
    if (reason == NULL && !lua_checkstack(co, arguments)) reason = "too many arguments to resume";
    if (reason != NULL) return luaL_error(L, "%s", reason);
    lua_xmove(L, co, arguments);
    lua_pushvalue(L, lua_upvalueindex(1));
    return step(L, co, arguments, true);
}

static int wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int yield(lua_State *L) {
    if (luahost_mark_of(L) == LUAHOST_OF_TASK) {
        return luaL_error(
            L, "coroutine.yield outside of a coroutine that the script made (eio.sleep(0) lets the others go on)");
    }
    return lua_yield(L, lua_gettop(L));
}

static int running(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    bool is_main = lua_pushthread(L) || luahost_mark_of(L) == LUAHOST_OF_TASK;
    if (vm->current != NULL && vm->current->co == L) vm->current->exposed = true;
    lua_pushboolean(L, is_main);
    return 2;
}

static const char *status_of(lua_State *L, lua_State *co) {
    lua_Debug ar;
    if (L == co) return "running";
    if (luahost_mark_of(co) != LUAHOST_OF_SCRIPT) return "normal";
    switch (lua_status(co)) {
    case LUA_YIELD: return "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &ar)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    default: return "dead";
    }
}

static int status(lua_State *L) {
    lua_pushstring(L, status_of(L, check_coroutine(L)));
    return 1;
}

static int isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, luahost_mark_of(co) != LUAHOST_OF_TASK && lua_isyieldable(co));
    return 1;
}

static int close_coroutine(lua_State *L) {
    lua_State *co = check_coroutine(L);
    const char *is = status_of(L, co);
    if (is[0] == 'r' || is[0] == 'n') return luaL_error(L, "cannot close a %s coroutine", is);
    luahost_loop *loop = luahost_vm_of(L)->loop;
    if (loop->depth >= LUAHOST_MAX_NESTING - 1) return luaL_error(L, "C stack overflow");
    lua_State *previous = luahost_loop_running(loop);
    loop->resumers[loop->depth++] = L;
    luahost_loop_set_running(loop, co);
    int result = luahost_reset_coroutine(co, L);
    luahost_loop_set_running(loop, previous);
    loop->depth--;
    lua_pushboolean(L, result == LUA_OK);
    if (result == LUA_OK) return 1;
    lua_xmove(co, L, 1);
    return 2;
}

void luahost_coroutine_open(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"resume", resume}, {"wrap", wrap}, {"yield", yield}, {"running", running},
        {"status", status}, {"isyieldable", isyieldable}, {"close", close_coroutine}, {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
}
