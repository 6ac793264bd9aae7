/* loadtest.group and loadtest.time: a function, measured. A pending variable takes the time, so that an error goes on
 * with its own traceback. */
#include <stdlib.h>
#include <string.h>

#include "core/arguments.h"
#include "core/error.h"
#include "loadtest/loadtest.h"

#define GROUPS_LIMIT 1000

static const char group_key, time_key;

/* ---- group ---- */

typedef struct group_guard {
    luahost_task *task;
    unsigned previous, group;
    uint64_t start;
} group_guard;

static int close_group(lua_State *L) {
    const group_guard *self = lua_touserdata(L, 1);
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->current == self->task) self->task->group = self->previous;
    if (vm->host.group_ended == NULL || luahost_loadtest_is_interrupted(vm, self->task)) return 0;
    luahost_tags tags = {.group = vm->parts.loadtest->groups[self->group].id};
    vm->host.group_ended(vm->context, (double)(luahost_now() - self->start) / 1e9, &tags);
    return 0;
}

static unsigned add_group(luahost_vm *vm, luahost_slice path) {
    struct luahost_loadtest *loadtest = vm->parts.loadtest;
    if (loadtest->group_count == loadtest->group_capacity) {
        loadtest->group_capacity *= 2;
        loadtest->groups = luahost_reallocate(loadtest->groups, loadtest->group_capacity * sizeof *loadtest->groups);
    }
    luahost_group *group = &loadtest->groups[loadtest->group_count];
    group->id = vm->host.intern == NULL ? 0 : vm->host.intern(vm->context, LUAHOST_GROUP_NAME, path);
    group->path = luahost_copy(path.data, path.length);
    group->length = path.length;
    return (unsigned)loadtest->group_count++;
}

/* The group with the name at index 1 within the current one. With too many of them, the current one. */
static unsigned find_group(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    struct luahost_loadtest *loadtest = vm->parts.loadtest;
    unsigned current = vm->current->group;
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, loadtest->names_refs[LUAHOST_GROUP_NAME]);
    lua_pushlstring(L, loadtest->groups[current].path, loadtest->groups[current].length);
    lua_pushliteral(L, "::");
    lua_pushvalue(L, 1);
    lua_concat(L, 3);
    lua_pushvalue(L, -1);
    unsigned group = current;
    if (lua_rawget(L, top + 1) == LUA_TNUMBER) {
        group = (unsigned)lua_tointeger(L, -1);
    } else if (loadtest->group_count < GROUPS_LIMIT) {
        luahost_slice path;
        path.data = lua_tolstring(L, top + 2, &path.length);
        lua_pushvalue(L, top + 2);
        lua_pushinteger(L, (lua_Integer)loadtest->group_count);
        lua_rawset(L, top + 1);
        group = add_group(vm, path);
    } else if (!loadtest->reported_groups) {
        loadtest->reported_groups = true;
        luahost_log(
            vm, LUAHOST_WARNING, "more than %d groups: further ones count for the group around them", GROUPS_LIMIT);
    }
    lua_settop(L, top);
    return group;
}

static int returned(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static void check_function(lua_State *L, const char *function) {
    if (lua_isfunction(L, 2)) return;
    luahost_argument_error(L, 2, function, "f: function expected, got %s", luaL_typename(L, 2));
}

/* The guard is on top, above the name, the function and its arguments: takes the place of the name. */
static int call_guarded(lua_State *L) {
    lua_replace(L, 1);
    lua_toclose(L, 1);
    lua_callk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, returned);
    return returned(L, LUA_OK, 0);
}

static int group(lua_State *L) {
    luahost_loadtest_check_name(L, 1, "group", true);
    check_function(L, "group");
    luahost_task *task = luahost_vm_of(L)->current;
    if (task == NULL) return luaL_error(L, "group: only a task can be in a group");
    unsigned found = find_group(L);
    group_guard *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (group_guard){task, task->group, found, luahost_now()};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &group_key);
    lua_setmetatable(L, -2);
    task->group = found;
    return call_guarded(L);
}

/* ---- time ---- */

typedef struct time_guard {
    const luahost_task *task;
    unsigned group;
    uint32_t name;
    uint64_t start;
} time_guard;

static int close_time(lua_State *L) {
    double now = (double)luahost_now();
    const time_guard *self = lua_touserdata(L, 1);
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->host.time_ended == NULL || luahost_loadtest_is_interrupted(vm, self->task)) return 0;
    double seconds = (now - (double)self->start) / 1e9;
    luahost_tags tags = {.group = vm->parts.loadtest->groups[self->group].id};
    luahost_slice error;
    bool has_failed = !lua_isnoneornil(L, 2);
    if (has_failed) {
        luahost_push_error_text(L, 2);
        error.data = lua_tolstring(L, -1, &error.length);
    }
    vm->host.time_ended(vm->context, self->name, seconds, has_failed ? &error : NULL, &tags);
    return 0;
}

static int time_function(lua_State *L) {
    luahost_loadtest_check_name(L, 1, "time", false);
    check_function(L, "time");
    lua_pushvalue(L, 1);
    uint32_t name = luahost_loadtest_intern(L, LUAHOST_TIME_NAME);
    lua_pop(L, 1);
    time_guard *self = lua_newuserdatauv(L, sizeof *self, 0);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &time_key);
    lua_setmetatable(L, -2);
    const luahost_task *task = luahost_vm_of(L)->current;
    *self = (time_guard){task, task == NULL ? 0 : task->group, name, luahost_now()};
    return call_guarded(L);
}

static void set_guard(lua_State *L, const char *key, lua_CFunction close) {
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__close");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void luahost_group_open(lua_State *L) {
    set_guard(L, &group_key, close_group);
    set_guard(L, &time_key, close_time);
    lua_pushcfunction(L, group);
    lua_setfield(L, -2, "group");
    lua_pushcfunction(L, time_function);
    lua_setfield(L, -2, "time");
}
