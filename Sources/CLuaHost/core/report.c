/* Errors that nobody caught: what the user is told about them. */
#include <string.h>

#include "client/client.h"
#include "core/host.h"

static const char cancelled_key;

/* ---- the value of a cancelled wait ---- */

void luahost_push_cancelled(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
}

bool luahost_is_cancelled(lua_State *L, int index) {
    index = lua_absindex(L, index);
    luahost_push_cancelled(L);
    bool is = lua_rawequal(L, index, -1);
    lua_pop(L, 1);
    return is;
}

static int cancelled_text(lua_State *L) {
    lua_pushliteral(L, "task cancelled");
    return 1;
}

/* ---- any value as text ---- */

static int value_text(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING && lua_type(L, 1) != LUA_TNUMBER && luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) {
        lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    } else {
        luaL_tolstring(L, 1, NULL);
    }
    return 1;
}

void luahost_push_error_text(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, value_text);
    lua_pushvalue(L, index);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK) return;
    lua_pop(L, 1);
    lua_pushfstring(L, "(error object is a %s value, and its __tostring raised an error)", luaL_typename(L, index));
}

/* ---- tracebacks ---- */

#define HEADING "stack traceback:"
#define NAMELESS "\n\t[C]: in ?"

static bool is_noted(lua_State *L, int error_index) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_vm_of(L)->inner_error_ref);
    bool is = lua_toboolean(L, -1) && lua_rawequal(L, error_index, -1);
    lua_pop(L, 1);
    return is;
}

static bool has_lua_function(lua_State *co) {
    lua_Debug ar;
    for (int level = 0; lua_getstack(co, level, &ar); level++) {
        lua_getinfo(co, "l", &ar);
        if (ar.currentline > 0) return true;
    }
    return false;
}

/* What coroutine.wrap returns has no name when it is called right there. */
static const char *skip_wrap(const char *traceback) {
    size_t length = sizeof NAMELESS - 1;
    return strncmp(traceback, NAMELESS, length) == 0 ? traceback + length : traceback;
}

/* The error on top of L's stack is that of `inner`. Replaces it by the whole traceback, from `level` on. */
static void push_traceback(lua_State *L, lua_State *inner, int level) {
    int error = lua_gettop(L);
    bool is_continued = is_noted(L, error);
    if (is_continued) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_vm_of(L)->inner_traceback_ref);
        if (!has_lua_function(inner)) {
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

/* Pushes on L what is on top of co's stack, whose room is not asked for: one that has overflown has none, and asking would raise
 * an error in a coroutine that does not run. */
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
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->inner_traceback_ref);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->inner_error_ref);
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
    if (task->client != NULL && task->client->engine->clients_made > 1) {
        lua_pushfstring(L, "%sclient %d", separator, (int)task->client->number);
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

/* An error value that is no string has no place in it, unless it is one of ours. Puts that of the innermost Lua function
 * before the text on top of L's stack. */
static void add_place(lua_State *L, int error, lua_State *co) {
    if (lua_type(L, error) == LUA_TSTRING) return;
    if (lua_istable(L, error)) {
        lua_pushliteral(L, "where");
        bool has_place = lua_rawget(L, error) == LUA_TSTRING;
        lua_pop(L, 1);
        if (has_place) return;
    }
    lua_Debug ar;
    for (int level = 0; lua_getstack(co, level, &ar); level++) {
        lua_getinfo(co, "Sl", &ar);
        if (ar.currentline <= 0) continue;
        lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
        lua_insert(L, -2);
        lua_concat(L, 2);
        return;
    }
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

/* The `error` handler runs as a task of its own, later; an error in it is the host's to print. */
static bool tell_script(luahost_task *task, int error) {
    luahost_vm *vm = task->vm;
    bool is_of_error_handler = task->kind == LUAHOST_IN_HANDLER && strcmp(task->name, "error") == 0;
    if (is_of_error_handler || vm->options.strict || vm->options.is_plan || vm->closing || vm->exiting) return false;
    int handler = luahost_client_error_handler(vm, task->client);
    if (handler == LUA_NOREF) return false;
    luahost_task *teller = luahost_task_create(vm, LUAHOST_IN_HANDLER, "error");
    if (task->client != NULL) {
        teller->client = task->client;
        teller->on_done = luahost_handler_done;
        luahost_client_keep(task->client);
    }
    lua_rawgeti(teller->co, LUA_REGISTRYINDEX, handler);
    const int values[] = {error, error + 2, error + 3}; /* the error itself, traceback, where */
    for (int index = 0; index < 3; index++) {
        lua_pushvalue(vm->L, values[index]);
        lua_xmove(vm->L, teller->co, 1);
    }
    luahost_task_ready(teller, 3);
    return true;
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
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->inner_error_ref);
    luahost_leave(vm);

    vm->error_count++;
    luahost_report report = {
        .kind = task->kind,
        .message = slice_at(L, error + 1),
        .traceback = slice_at(L, error + 2),
        .where = slice_at(L, error + 3),
        .is_measured = luahost_is_measured_error(L, error),
        .handled = tell_script(task, error),
    };
    vm->host.report(vm->context, &report);
    lua_settop(L, error - 1);
    if (vm->options.strict && !vm->exiting) {
        vm->exiting = true;
        vm->host.exit(vm->context, 1);
    }
}

void luahost_report_open(lua_State *L) {
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, cancelled_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "eio.cancelled");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled_key);
    luahost_vm *vm = luahost_vm_of(L);
    lua_pushboolean(L, 0);
    vm->inner_traceback_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushboolean(L, 0);
    vm->inner_error_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
