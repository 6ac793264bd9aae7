/* Tasks as scripts see them: eio.sleep, eio.start_background_task and the task objects. */
#include <stdlib.h>
#include <string.h>

#include "core/arguments.h"
#include "core/error.h"
#include "core/report.h"
#include "core/schedule.h"
#include "core/stack.h"
#include "core/wait.h"
#include "library/library.h"

static const char task_key;

/* ---- task objects ---- */

/* The place that holds the task: NULL in it once it was collected, which a script can bring about by calling __gc. */
static luahost_task **check_place(lua_State *L, const char *function) {
    return luahost_check_self(L, &task_key, "task", function);
}

static luahost_task *check_object(lua_State *L, const char *function) {
    luahost_task *task = *check_place(L, function);
    if (task == NULL) luaL_error(L, "bad self of '%s' (the task has been collected)", function);
    return task;
}

static int push_outcome(lua_State *L, const luahost_task *task) {
    lua_pushboolean(L, !task->failed);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->result_ref);
    if (task->failed) return 2;
    int results = lua_gettop(L);
    lua_getfield(L, results, "n");
    int count = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    luaL_checkstack(L, count, "too many results");
    for (int index = 1; index <= count; index++) lua_rawgeti(L, results, index);
    lua_remove(L, results);
    return count + 1;
}

static int joined(lua_State *L, int status, lua_KContext top) {
    (void)status;
    int values = lua_gettop(L) - (int)top;
    return values > 0 ? values : push_outcome(L, check_object(L, "join"));
}

static int join(lua_State *L) {
    luahost_task *task = check_object(L, "join");
    lua_Number seconds = luahost_check_seconds(L, 2, 1, "join", -1);
    if (task->state == LUAHOST_TASK_DONE) return push_outcome(L, task);
    if (task == luahost_vm_of(L)->current) return luaL_error(L, "a task cannot join itself");
    return luahost_park_with(L, &task->joiners, seconds, luahost_timeout_nil, "task:join", joined);
}

static int cancel(lua_State *L) {
    luahost_task *task = check_object(L, "cancel");
    lua_pushboolean(L, task->state != LUAHOST_TASK_DONE);
    luahost_task_cancel(task);
    return 1;
}

static int done(lua_State *L) {
    lua_pushboolean(L, check_object(L, "done")->state == LUAHOST_TASK_DONE);
    return 1;
}

static int text(lua_State *L) {
    luahost_task *task = check_object(L, "tostring");
    static const char *const states[] = {"ready", "running", "waiting", "done"};
    const char *state = states[task->state];
    if (task->state == LUAHOST_TASK_DONE && task->failed) state = task->cancelled ? "cancelled" : "failed";
    luahost_push_where(L, task);
    lua_pushfstring(L, ": %s", state);
    lua_concat(L, 2);
    return 1;
}

static int collect(lua_State *L) {
    luahost_task **place = check_place(L, "__gc");
    luahost_task *task = *place;
    if (task == NULL) return 0;
    *place = NULL;
    task->object = false;
    luahost_task_release(task);
    return 0;
}

/* ---- eio.start_background_task ---- */

/* A function has no name of its own: the one that its starter calls it by, or NULL. Copied, since the debug
 * information that holds it may be collected. */
static char *name_of(lua_State *L, int function) {
    lua_Debug ar;
    const char *name;
    if (lua_getstack(L, 1, &ar)) {
        for (int index = 1; (name = lua_getlocal(L, &ar, index)) != NULL; index++) {
            bool is = name[0] != '(' && lua_rawequal(L, -1, function);
            lua_pop(L, 1);
            if (is) return strdup(name);
        }
        lua_getinfo(L, "f", &ar);
        for (int index = 1; (name = lua_getupvalue(L, -1, index)) != NULL; index++) {
            bool is = name[0] != '\0' && lua_rawequal(L, -1, function);
            lua_pop(L, 1);
            if (!is) continue;
            char *copy = strdup(name);
            lua_pop(L, 1);
            return copy;
        }
        lua_pop(L, 1);
    }
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, function)) {
            char *copy = strdup(lua_tostring(L, -2));
            lua_pop(L, 3);
            return copy;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return NULL;
}

static int start_background_task(lua_State *L) {
    luahost_method_shift(L);
    luahost_vm *vm = luahost_vm_of(L);
    if (lua_type(L, 1) != LUA_TFUNCTION) {
        if (luaL_getmetafield(L, 1, "__call") == LUA_TNIL) {
            luahost_argument_error(L, 1, "start_background_task", "function expected, got %s", luaL_typename(L, 1));
        }
        lua_pop(L, 1);
    }
    if (luahost_vm_is_closing(vm)) return luaL_error(L, "start_background_task: the script is ending");
    int values = lua_gettop(L);
    luahost_task **object = lua_newuserdatauv(L, sizeof *object, 0);
    *object = NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &task_key);
    lua_setmetatable(L, -2);
    lua_insert(L, 1);
    int place = luahost_push_caller(L) ? luaL_ref(L, LUA_REGISTRYINDEX) : LUA_NOREF;
    char *name = name_of(L, 2);
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_TASK, LUAHOST_NO_EVENT, name);
    task->owns_name = name != NULL;
    task->registered_ref = place;
    if (vm->current != NULL) task->group = vm->current->group;
    task->object = true;
    *object = task;
    if (!lua_checkstack(task->co, values)) {
        task->cancelled = true;
        luahost_task_ready(task, 0);
        return luaL_error(L, "too many arguments to start_background_task");
    }
    lua_xmove(L, task->co, values);
    luahost_task_ready(task, values - 1);
    return 1;
}

static int sleep_for(lua_State *L) {
    luahost_method_shift(L);
    lua_Number seconds = luahost_check_seconds(L, 1, 1, "sleep", lua_gettop(L) == 0 ? 0 : -1);
    if (seconds < 0) luahost_argument_error(L, 1, "sleep", "seconds must be a number >= 0, got nil");
    return luahost_park(L, NULL, seconds, NULL, "eio.sleep");
}

void luahost_sleep_open(lua_State *L) {
    lua_pushcfunction(L, sleep_for);
    lua_setfield(L, -2, "sleep");
}

void luahost_tasks_open(lua_State *L) {
    static const luaL_Reg methods[] = {{"join", join}, {"cancel", cancel}, {"done", done}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {{"__tostring", text}, {"__gc", collect}, {NULL, NULL}};
    luahost_register_type(L, &task_key, "task", methods, metamethods);

    lua_pushcfunction(L, start_background_task);
    lua_setfield(L, -2, "start_background_task");
    luahost_push_cancelled(L);
    lua_setfield(L, -2, "cancelled");
}
