/* Errors that nobody caught, as the user gets to see them. */
#include "core/report.h"

#include <string.h>

#include "core/error.h"
#include "core/life.h"
#include "core/module.h"
#include "core/schedule.h"
#include "core/stack.h"

/* ---- tracebacks ---- */

#define HEADING "stack traceback:"
#define NAMELESS "\n\t[C]: in ?"

static bool is_noted(lua_State *L, int error_index) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_vm_of(L)->messages.inner_error_ref);
    bool is = lua_toboolean(L, -1) && lua_rawequal(L, error_index, -1);
    lua_pop(L, 1);
    return is;
}

/* The function that coroutine.wrap returns has no name when it is called right there. */
static const char *skip_wrap(const char *traceback) {
    size_t length = sizeof NAMELESS - 1;
    return strncmp(traceback, NAMELESS, length) == 0 ? traceback + length : traceback;
}

/* The error on top of L's stack is that of `inner`. Replaces it by the whole traceback, from `level` on. */
static void push_traceback(lua_State *L, lua_State *inner, int level) {
    int error = lua_gettop(L);
    bool is_continued = is_noted(L, error);
    if (is_continued) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_vm_of(L)->messages.inner_traceback_ref);
        lua_Debug ar;
        if (!luahost_find_line(inner, 0, &ar)) {
            lua_replace(L, error);
            return;
        }
        lua_pushliteral(L, "\ninside a coroutine, resumed by:");
    }
    luaL_traceback(L, inner, NULL, level);
    if (is_continued) {
        lua_pushstring(L, skip_wrap(lua_tostring(L, -1) + sizeof HEADING - 1));
        lua_remove(L, -2);
        lua_concat(L, 3);
    }
    lua_replace(L, error);
}

/* Pushes on L what is on top of co's stack, whose room is not asked for: one that has overflown has none, and asking
 * would raise an error in a coroutine that does not run. */
static void push_top_of(lua_State *L, lua_State *co) {
    if (co != L) lua_xmove(co, L, 1);
    lua_pushvalue(L, -1);
    if (co != L) lua_xmove(L, co, 1);
}

void luahost_push_inner_traceback(lua_State *outer, lua_State *inner, int level) {
    luaL_checkstack(outer, 8, NULL);
    push_top_of(outer, inner);
    push_traceback(outer, inner, level);
}

void luahost_note_inner_traceback(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->messages.inner_traceback_ref);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->messages.inner_error_ref);
}

/* ---- reports ---- */

void luahost_push_where(lua_State *L, const luahost_task *task) {
    if (task->kind == LUAHOST_IN_MAIN) {
        lua_pushliteral(L, "main chunk");
        return;
    }
    if (task->kind == LUAHOST_IN_CALL) {
        lua_pushfstring(L, "function '%s'", task->name);
        return;
    }
    bool is_handler = task->kind == LUAHOST_IN_HANDLER;
    int first = lua_gettop(L) + 1;
    luaL_checkstack(L, 8, NULL);
    if (task->name == NULL) lua_pushliteral(L, "task");
    else lua_pushfstring(L, is_handler ? "'%s' handler" : "task '%s'", task->name);
    const char *separator = " (";
    if (task->client != NULL && task->vm->clients.made > 1) {
        lua_pushfstring(L, "%sclient %d", separator, (int)task->client_number);
        separator = ", ";
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->registered_ref);
    if (lua_type(L, -1) == LUA_TSTRING) {
        lua_pushfstring(L, "%s%s at %s", separator, is_handler ? "registered" : "started", lua_tostring(L, -1));
        separator = ", ";
        lua_remove(L, -2);
    } else {
        lua_pop(L, 1);
    }
    if (separator[0] == ',') lua_pushliteral(L, ")");
    lua_concat(L, lua_gettop(L) - first + 1);
}

/* An error value that is not a string carries no place, unless it is one of our error tables. Puts the place of the
 * innermost Lua function before the text on top of L's stack. */
static void add_place(lua_State *L, int error, lua_State *co) {
    if (lua_type(L, error) == LUA_TSTRING) return;
    if (lua_istable(L, error)) {
        lua_pushliteral(L, "where");
        bool has_place = lua_rawget(L, error) == LUA_TSTRING;
        lua_pop(L, 1);
        if (has_place) return;
    }
    char place[LUAHOST_PLACE_SIZE];
    if (luahost_place(co, place, ": ")[0] == '\0') return;
    lua_pushstring(L, place);
    lua_insert(L, -2);
    lua_concat(L, 2);
}

/* Below the script's own functions there may be one of the host's. */
static void trim_traceback(lua_State *L) {
    static const char tail[] = NAMELESS;
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    if (length < sizeof tail - 1) return;
    if (memcmp(text + length - (sizeof tail - 1), tail, sizeof tail - 1) != 0) return;
    length -= sizeof tail - 1;
    if (length == sizeof HEADING - 1) length = 0;
    lua_pushlstring(L, text, length);
    lua_remove(L, -2);
}

static luahost_slice slice_at(lua_State *L, int index) {
    luahost_slice slice;
    slice.data = lua_tolstring(L, index, &slice.length);
    return slice;
}

static bool is_taken(luahost_task *task, int error) {
    luahost_vm *vm = task->vm;
    /* An error in an `error` handler is the host's to print. */
    if (task->event == LUAHOST_EVENT_ERROR || vm->options.strict || luahost_vm_is_plan(vm)) return false;
    if (!luahost_vm_may_resume(vm)) return false;
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->take_error != NULL && (*module)->take_error(task, error)) return true;
    }
    return false;
}

void luahost_report_failure(luahost_task *task) {
    luahost_vm *vm = task->vm;
    lua_State *L = vm->L, *co = task->co;
    luahost_enter(vm, L);
    luaL_checkstack(L, 16, NULL);
    int error = lua_gettop(L) + 1;
    push_top_of(L, co);
    luahost_push_error_text(L, error);
    add_place(L, error, co);
    lua_pushvalue(L, error);
    push_traceback(L, co, 0);
    trim_traceback(L);
    luahost_push_where(L, task);
    lua_pushboolean(L, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->messages.inner_error_ref);
    luahost_leave(vm);

    vm->life.errors++;
    luahost_report report = {
        .kind = task->kind,
        .message = slice_at(L, error + 1),
        .traceback = slice_at(L, error + 2),
        .where = slice_at(L, error + 3),
        .is_measured = luahost_is_measured_error(L, error),
        .handled = is_taken(task, error),
    };
    vm->host.report(vm->context, &report);
    lua_settop(L, error - 1);
    if (vm->options.strict) luahost_vm_exit(vm, 1, false);
}

void luahost_report_open(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    lua_pushboolean(L, 0);
    vm->messages.inner_traceback_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushboolean(L, 0);
    vm->messages.inner_error_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
