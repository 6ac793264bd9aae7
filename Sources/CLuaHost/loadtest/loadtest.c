/* require "loadtest": made when a script asks for it. Where the host measures nothing, all works the same. */
#include "loadtest/loadtest.h"

#include <stdlib.h>

#include "core/arguments.h"
#include "core/life.h"
#include "core/module.h"
#include "core/stack.h"
#include "core/wait.h"

/* A name beyond this many makes the VM forget the others, and ask again: some scripts make a new one each time. */
#define NAMES_LIMIT 1000

/* The exit status of k6 for it. */
#define ABORTED 108

static const char unnamed[] = "";

/* ---- names and tags ---- */

static bool has_separator(const char *name, size_t length) {
    for (size_t index = 0; index + 1 < length; index++) {
        if (name[index] == ':' && name[index + 1] == ':') return true;
    }
    return false;
}

void luahost_loadtest_check_name(lua_State *L, int number, const char *function, bool is_in_path) {
    if (lua_type(L, number) != LUA_TSTRING) {
        luahost_argument_error(L, number, function, "name: string expected, got %s", luaL_typename(L, number));
    }
    size_t length;
    const char *name = lua_tolstring(L, number, &length);
    if (length == 0) luahost_argument_error(L, number, function, "name: it is empty");
    if (is_in_path && has_separator(name, length)) {
        luahost_argument_error(L, number, function, "name: '::' stands between groups and cannot be in '%s'", name);
    }
}

uint32_t luahost_loadtest_intern(lua_State *L, luahost_name_kind kind) {
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->host.intern == NULL) return 0;
    struct luahost_loadtest *loadtest = vm->parts.loadtest;
    lua_rawgeti(L, LUA_REGISTRYINDEX, loadtest->names_refs[kind]);
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) == LUA_TNUMBER) {
        uint32_t id = (uint32_t)lua_tointeger(L, -1);
        lua_pop(L, 2);
        return id;
    }
    lua_pop(L, 1);
    if (++loadtest->name_counts[kind] > NAMES_LIMIT) {
        lua_newtable(L);
        lua_replace(L, -2);
        lua_pushvalue(L, -1);
        lua_rawseti(L, LUA_REGISTRYINDEX, loadtest->names_refs[kind]);
        loadtest->name_counts[kind] = 1;
    }
    luahost_slice name;
    name.data = lua_tolstring(L, -2, &name.length);
    uint32_t id = vm->host.intern(vm->context, kind, name);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, id);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return id;
}

bool luahost_loadtest_is_interrupted(const luahost_vm *vm, const luahost_task *task) {
    return vm->life.phase >= LUAHOST_STOPPING || (task != NULL && task->cancelled);
}

luahost_tags luahost_loadtest_tags(const luahost_vm *vm) {
    return (luahost_tags){.group = vm->current == NULL ? 0 : vm->parts.loadtest->groups[vm->current->group].id};
}

static void read_tag(lua_State *L, int number, const char *function, luahost_tag_list *list) {
    if (lua_type(L, -2) != LUA_TSTRING) {
        luahost_argument_error(
            L, number, function, "tags: their names must be strings, got %s", luaL_typename(L, -2));
    }
    luahost_pair *pair = &list->pairs[list->tags.count];
    pair->name.data = lua_tolstring(L, -2, &pair->name.length);
    if (lua_type(L, -1) != LUA_TSTRING) {
        luahost_argument_error(
            L, number, function, "tags: the value of '%s' must be a string, got %s", pair->name.data,
            luaL_typename(L, -1));
    }
    pair->value.data = lua_tolstring(L, -1, &pair->value.length);
    list->tags.count++;
}

const luahost_tags *luahost_loadtest_read_tags(
    lua_State *L, int index, int number, const char *function, luahost_tag_list *list) {
    list->tags = luahost_loadtest_tags(luahost_vm_of(L));
    if (lua_isnoneornil(L, index)) return &list->tags;
    if (!lua_istable(L, index)) {
        luahost_argument_error(L, number, function, "tags: table expected, got %s", luaL_typename(L, index));
    }
    list->tags.pairs = list->pairs;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (list->tags.count == LUAHOST_MAX_TAGS) {
            luahost_argument_error(L, number, function, "tags: there are more than %d", LUAHOST_MAX_TAGS);
        }
        read_tag(L, number, function, list);
    }
    return &list->tags;
}

/* ---- the end of an iteration or of the test ---- */

static luahost_slice check_message(lua_State *L, const char *function) {
    luahost_slice message = {"", 0};
    if (lua_isnoneornil(L, 1)) return message;
    if (lua_type(L, 1) != LUA_TSTRING) {
        luahost_argument_error(L, 1, function, "message: string expected, got %s", luaL_typename(L, 1));
    }
    message.data = lua_tolstring(L, 1, &message.length);
    return message;
}

static int abort_test(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    luahost_slice message = check_message(L, "abort");
    if (luahost_vm_is_plan(vm)) vm->plan.state = LUAHOST_PLAN_EXITED;
    if (vm->host.abort_test != NULL) {
        /* The host may stop this VM within the call, which is not to run anything: this may be a finalizer outside
         * of any slice. */
        bool was_draining = vm->queue.is_draining;
        vm->queue.is_draining = true;
        vm->host.abort_test(vm->context, message);
        vm->queue.is_draining = was_draining;
        if (vm->life.phase == LUAHOST_STOPPING) luahost_ask_for_run(vm);
        return luahost_end_current(L);
    }
    luahost_log(vm, LUAHOST_ERROR, "aborted: %.*s", (int)message.length, message.data);
    luahost_vm_exit(vm, ABORTED, false);
    return luahost_stop_here(L);
}

static int fail(lua_State *L) {
    luahost_slice message = check_message(L, "fail");
    luaL_where(L, 1);
    if (message.length == 0) lua_pushliteral(L, "fail() was called");
    else lua_pushvalue(L, 1);
    lua_concat(L, 2);
    return lua_error(L);
}

/* ---- the module ---- */

static void set_vu(lua_State *L, const luahost_user *user) {
    const struct { const char *name; uint64_t value; } numbers[] = {
        {"id", user->id}, {"iteration", user->iteration}, {"iteration_in_test", user->iteration_in_test},
    };
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
        lua_pushstring(L, numbers[index].name);
        lua_pushinteger(L, (lua_Integer)numbers[index].value);
        lua_rawset(L, -3);
    }
    lua_pushliteral(L, "scenario");
    lua_pushlstring(L, user->scenario.data, user->scenario.length);
    lua_rawset(L, -3);
}

void luahost_loadtest_set_user(luahost_vm *vm) {
    if (vm->parts.loadtest == NULL || vm->parts.loadtest->vu_ref == LUA_NOREF) return;
    lua_rawgeti(vm->L, LUA_REGISTRYINDEX, vm->parts.loadtest->vu_ref);
    set_vu(vm->L, &vm->identity.user);
    lua_pop(vm->L, 1);
}

static struct luahost_loadtest *create(void) {
    struct luahost_loadtest *loadtest = luahost_allocate_zeroed(sizeof *loadtest);
    loadtest->groups = luahost_allocate_zeroed(sizeof *loadtest->groups);
    loadtest->groups[0].path = (char *)unnamed;
    loadtest->group_count = loadtest->group_capacity = 1;
    loadtest->vu_ref = LUA_NOREF;
    return loadtest;
}

static int make_module(lua_State *L) {
    static const luaL_Reg functions[] = {{"abort", abort_test}, {"fail", fail}, {NULL, NULL}};
    luahost_vm *vm = luahost_vm_of(L);
    if (vm->parts.loadtest == NULL) vm->parts.loadtest = create();
    luaL_newlib(L, functions);
    for (int kind = 0; kind <= LUAHOST_TIME_NAME; kind++) {
        lua_newtable(L);
        vm->parts.loadtest->names_refs[kind] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_createtable(L, 0, 4);
    set_vu(L, &vm->identity.user);
    lua_pushvalue(L, -1);
    vm->parts.loadtest->vu_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_setfield(L, -2, "vu");
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->identity.env_ref);
    lua_setfield(L, -2, "env");
    luahost_metrics_open(L);
    luahost_check_open(L);
    luahost_group_open(L);
    luahost_pace_open(L);
    luahost_data_open(L);
    return 1;
}

static int load(lua_State *L) {
    lua_pushcfunction(L, make_module);
    luahost_call_undisturbed(L, 0, 1);
    return 1;
}

static void free_parts(luahost_vm *vm) {
    luahost_user_free(vm);
    if (vm->parts.loadtest == NULL) return;
    for (size_t index = 1; index < vm->parts.loadtest->group_count; index++) {
        free(vm->parts.loadtest->groups[index].path);
    }
    free(vm->parts.loadtest->groups);
    free(vm->parts.loadtest);
}

const luahost_module luahost_loadtest_module = {
    .name = "loadtest", .load = load, .set_up = luahost_user_open, .free_parts = free_parts,
};
