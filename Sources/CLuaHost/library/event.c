/* eio.create_event: python's threading.Event. */
#include "core/arguments.h"
#include "core/schedule.h"
#include "core/stack.h"
#include "core/wait.h"
#include "library/library.h"

static const char event_key;

typedef struct event {
    bool is_set;
    luahost_wait_queue waiters;
} event;

static event *check_event(lua_State *L, const char *function) {
    return luahost_check_self(L, &event_key, "event", function);
}

static int event_set(lua_State *L) {
    event *self = check_event(L, "set");
    self->is_set = true;
    while (self->waiters.first != NULL) {
        luahost_task *task = self->waiters.first;
        lua_pushboolean(task->co, true);
        luahost_task_wake(task, 1);
    }
    return 0;
}

static int event_clear(lua_State *L) {
    check_event(L, "clear")->is_set = false;
    return 0;
}

static int event_is_set(lua_State *L) {
    lua_pushboolean(L, check_event(L, "is_set")->is_set);
    return 1;
}

static int push_false(lua_State *co) {
    lua_pushboolean(co, false);
    return 1;
}

static int event_wait(lua_State *L) {
    event *self = check_event(L, "wait");
    lua_Number seconds = luahost_check_seconds(L, 2, 1, "wait", -1);
    if (self->is_set) {
        lua_pushboolean(L, true);
        return 1;
    }
    return luahost_park(L, &self->waiters, seconds, push_false, "event:wait");
}

static int event_new(lua_State *L) {
    *(event *)lua_newuserdatauv(L, sizeof(event), 0) = (event){0};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &event_key);
    lua_setmetatable(L, -2);
    return 1;
}

void luahost_event_open(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"set", event_set}, {"clear", event_clear}, {"is_set", event_is_set}, {"wait", event_wait}, {NULL, NULL},
    };
    luahost_register_type(L, &event_key, "event", methods, NULL);
    lua_pushcfunction(L, event_new);
    lua_setfield(L, -2, "create_event");
}
