/* loadtest.check(value, {name = function or value}, tags). */
#include "core/arguments.h"
#include "loadtest/loadtest.h"

static const char guard_key;

/* The stack: the value, the conditions, the tags or nil, the guard or nil, whether all have passed, then a key. */
enum { VALUE = 1, CONDITIONS = 2, TAGS = 3, GUARD = 4, PASSED = 5 };

/* While a condition's function runs: one that raises has failed. Its user value are the tags. */
typedef struct guard {
    const luahost_task *task;
    unsigned group;
    uint32_t check;
    bool is_open;
} guard;

/* A check that the end of the test makes fail is not counted. */
static void report_check(
    luahost_vm *vm, const luahost_task *task, uint32_t check, bool passed, const luahost_tags *tags) {
    if (vm->host.check_ended == NULL || (!passed && luahost_loadtest_is_interrupted(vm, task))) return;
    vm->host.check_ended(vm->context, check, passed, tags);
}

static int close_guard(lua_State *L) {
    const guard *self = lua_touserdata(L, 1);
    if (!self->is_open) return 0;
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, 1);
    luahost_vm *vm = luahost_vm_of(L);
    luahost_tag_list list;
    luahost_loadtest_read_tags(L, 2, 3, "check", &list);
    list.tags.group = vm->parts.loadtest->groups[self->group].id;
    report_check(vm, self->task, self->check, false, &list.tags);
    return 0;
}

static guard *open_guard(lua_State *L) {
    if (!lua_isnil(L, GUARD)) return lua_touserdata(L, GUARD);
    guard *self = lua_newuserdatauv(L, sizeof *self, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, TAGS);
    lua_setiuservalue(L, -2, 1);
    lua_replace(L, GUARD);
    lua_toclose(L, GUARD);
    return self;
}

static void check_key(lua_State *L, int key) {
    if (lua_type(L, key) != LUA_TSTRING) {
        luahost_argument_error(
            L, 2, "check", "conditions: their names must be strings, got %s", luaL_typename(L, key));
    }
}

static int next_condition(lua_State *L, int status, lua_KContext context);

/* The key and the outcome are on top; pops the outcome. */
static void judge(lua_State *L) {
    bool passed = lua_toboolean(L, -1);
    lua_pop(L, 1);
    luahost_vm *vm = luahost_vm_of(L);
    uint32_t check = luahost_loadtest_intern(L, LUAHOST_CHECK_NAME);
    luahost_tag_list list;
    report_check(vm, vm->current, check, passed, luahost_loadtest_read_tags(L, TAGS, 3, "check", &list));
    if (passed) return;
    lua_pushboolean(L, false);
    lua_replace(L, PASSED);
}

/* The key of the last condition is on top. */
static int run(lua_State *L) {
    const luahost_task *task = luahost_vm_of(L)->current;
    while (lua_next(L, CONDITIONS)) {
        check_key(L, -2);
        if (lua_isfunction(L, -1)) {
            lua_insert(L, -2);
            uint32_t check = luahost_loadtest_intern(L, LUAHOST_CHECK_NAME);
            lua_insert(L, -2);
            guard *self = open_guard(L);
            *self = (guard){task, task == NULL ? 0 : task->group, check, true};
            lua_pushvalue(L, VALUE);
            lua_callk(L, 1, 1, 0, next_condition);
            self->is_open = false;
        }
        judge(L);
    }
    lua_pushvalue(L, PASSED);
    return 1;
}

static int next_condition(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    ((guard *)lua_touserdata(L, GUARD))->is_open = false;
    judge(L);
    return run(L);
}

static int check(lua_State *L) {
    if (lua_gettop(L) == 0) return luahost_argument_error(L, 1, "check", "value expected");
    lua_settop(L, TAGS);
    if (!lua_istable(L, CONDITIONS)) {
        return luahost_argument_error(
            L, 2, "check", "conditions: table expected, got %s", luaL_typename(L, CONDITIONS));
    }
    if (!lua_isnil(L, TAGS)) {
        luahost_tag_list list;
        luahost_loadtest_read_tags(L, TAGS, 3, "check", &list);
    }
    lua_pushnil(L);
    lua_pushboolean(L, true);
    lua_pushnil(L);
    return run(L);
}

void luahost_check_open(lua_State *L) {
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, close_guard);
    lua_setfield(L, -2, "__close");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
    lua_pushcfunction(L, check);
    lua_setfield(L, -2, "check");
}
