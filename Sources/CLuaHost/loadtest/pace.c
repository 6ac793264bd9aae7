/* loadtest.pace: rounds that are meant to begin at equal distances. A round that takes too long makes the next ones
 * late, and the time since the intended start says so, while that since the real start hides it (coordinated
 * omission). */
#include "core/arguments.h"
#include "core/wait.h"
#include "loadtest/loadtest.h"

static luahost_pace *pace_of(luahost_vm *vm) {
    luahost_task *task = vm->current;
    /* Each iteration is a task of its own, and the rounds go on from one to the next. */
    if (task->kind == LUAHOST_IN_MAIN || task->kind == LUAHOST_IN_CALL) return &vm->parts.loadtest->pace;
    if (task->pace == NULL) task->pace = luahost_allocate_zeroed(sizeof *task->pace);
    return task->pace;
}

/* Returns by how many seconds the round begins too late. */
static int begin(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_pace *pace = pace_of(luahost_vm_of(L));
    pace->start = luahost_now();
    lua_pushnumber(L, pace->start > pace->intended ? (double)(pace->start - pace->intended) / 1e9 : 0);
    return 1;
}

static int pace(lua_State *L) {
    double interval = lua_tonumber(L, 1);
    if (lua_type(L, 1) != LUA_TNUMBER || !(interval > 0) || !(interval < 1e9)) {
        return luahost_argument_error(
            L, 1, "pace", "interval: seconds > 0 expected, got %s", luahost_push_refused(L, 1));
    }
    luahost_check_wait(L, "loadtest.pace");
    luahost_vm *vm = luahost_vm_of(L);
    luahost_pace *rounds = pace_of(vm);
    uint64_t now = luahost_now();
    if (rounds->intended == 0) {
        rounds->intended = rounds->start = now;
        lua_pushnumber(L, 0);
        return 1;
    }
    if (vm->host.pace_ended != NULL && rounds->start != 0) {
        luahost_tags tags = luahost_loadtest_tags(vm);
        vm->host.pace_ended(
            vm->context, (double)(now - rounds->start) / 1e9, (double)(now - rounds->intended) / 1e9, &tags);
    }
    rounds->start = 0;
    rounds->intended += (uint64_t)(interval * 1e9);
    if (rounds->intended <= now) return begin(L, LUA_OK, 0);
    return luahost_park_with(L, NULL, (double)(rounds->intended - now) / 1e9, NULL, "loadtest.pace", begin);
}

void luahost_pace_open(lua_State *L) {
    lua_pushcfunction(L, pace);
    lua_setfield(L, -2, "pace");
}
