/* eio.create_queue: python's queue.Queue. */
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/schedule.h"
#include "core/stack.h"
#include "core/wait.h"
#include "library/library.h"

static const char queue_key;

/* The user values of a queue. */
enum { ITEMS = 1, QUEUE_EMPTY = 2, QUEUE_FULL = 3, USER_VALUES = 3 };

typedef struct queue {
    lua_Integer first, count; /* the items are ITEMS[first], ITEMS[first + 1], … */
    lua_Integer limit;        /* 0: none */
    lua_Integer unfinished;   /* put and not yet reported by task_done */
    luahost_wait_queue getters, putters, joiners;
} queue;

static queue *check_queue(lua_State *L, const char *function) {
    return luahost_check_self(L, &queue_key, "queue", function);
}

static bool is_full(const queue *self) {
    return self->limit > 0 && self->count >= self->limit;
}

/* ---- how long to wait: (block, timeout) as in python, or {block=, timeout=} ---- */

typedef struct patience {
    bool block;
    lua_Number seconds; /* < 0: without a limit */
} patience;

static patience check_patience(lua_State *L, int index, int number, const char *function) {
    if (lua_istable(L, index)) {
        static const char *const known[] = {"block", "timeout", NULL};
        luahost_options options = luahost_options_read(L, index, number, function, known);
        bool block = luahost_option_boolean(&options, "block", true);
        return (patience){block, luahost_option_number(&options, "timeout", -1)};
    }
    if (!lua_isnoneornil(L, index) && !lua_isboolean(L, index)) {
        luahost_argument_error(
            L, number, function, "block must be a boolean, got %s; the timeout comes after it",
            luaL_typename(L, index));
    }
    bool block = lua_isnoneornil(L, index) || lua_toboolean(L, index);
    return (patience){block, luahost_check_seconds(L, index + 1, number + 1, function, -1)};
}

/* ---- putting ---- */

static void wake_putter(queue *self) {
    if (self->putters.first != NULL) luahost_task_wake(self->putters.first, 0);
}

/* The item is on top of the stack and is popped. */
static void add_item(lua_State *L, queue *self) {
    luahost_task *getter = self->getters.first;
    if (getter != NULL) {
        self->unfinished++;
        lua_xmove(L, getter->co, 1);
        luahost_task_wake(getter, 1);
        return;
    }
    lua_getiuservalue(L, 1, ITEMS);
    lua_insert(L, -2);
    lua_rawseti(L, -2, self->first + self->count);
    lua_pop(L, 1);
    self->count++;
    self->unfinished++;
}

static int raise_full(lua_State *L) {
    lua_getiuservalue(L, 1, QUEUE_FULL);
    return lua_error(L);
}

/* The error of a putter that waited too long; one that was woken for a free place gets nothing. */
static int push_timeout(lua_State *co) {
    lua_pushnil(co);
    return 1;
}

static int wait_to_put(lua_State *L, queue *self);

/* The stack: the queue, the item, the deadline in ns. */
static int put_on(lua_State *L, int status, lua_KContext top) {
    (void)status;
    queue *self = lua_touserdata(L, 1);
    if (lua_gettop(L) > (int)top) return raise_full(L);
    if (is_full(self)) return wait_to_put(L, self);
    lua_settop(L, 2);
    add_item(L, self);
    return 0;
}

static int wait_to_put(lua_State *L, queue *self) {
    lua_Integer deadline = lua_tointeger(L, 3), now = (lua_Integer)luahost_now();
    double seconds = deadline < 0 ? -1 : deadline <= now ? 0 : (double)(deadline - now) / 1e9;
    return luahost_park_with(L, &self->putters, seconds, push_timeout, "queue:put", put_on);
}

static int put_item(lua_State *L, queue *self, patience patience, const char *function) {
    if (lua_isnoneornil(L, 2)) {
        return luahost_argument_error(L, 1, function, "item: nil cannot be queued, eio.null can");
    }
    lua_settop(L, 2);
    if (!is_full(self)) {
        add_item(L, self);
        return 0;
    }
    if (!patience.block) return raise_full(L);
    bool is_bounded = patience.seconds >= 0 && patience.seconds < 9e9;
    lua_pushinteger(L, is_bounded ? (lua_Integer)luahost_now() + (lua_Integer)(patience.seconds * 1e9) : -1);
    return wait_to_put(L, self);
}

static int queue_put(lua_State *L) {
    queue *self = check_queue(L, "put");
    return put_item(L, self, check_patience(L, 3, 2, "put"), "put");
}

static int queue_put_nowait(lua_State *L) {
    queue *self = check_queue(L, "put_nowait");
    return put_item(L, self, (patience){false, -1}, "put_nowait");
}

/* ---- getting ---- */

static int raise_empty(lua_State *L) {
    lua_getiuservalue(L, 1, QUEUE_EMPTY);
    return lua_error(L);
}

/* An item is never nil. */
static int got(lua_State *L, int status, lua_KContext top) {
    (void)status;
    (void)top;
    return lua_isnil(L, -1) ? raise_empty(L) : 1;
}

static int get_item(lua_State *L, queue *self, patience patience) {
    lua_settop(L, 1);
    if (self->count > 0) {
        lua_getiuservalue(L, 1, ITEMS);
        lua_rawgeti(L, -1, self->first);
        lua_pushnil(L);
        lua_rawseti(L, -3, self->first);
        self->count--;
        self->first = self->count == 0 ? 1 : self->first + 1;
        wake_putter(self);
        return 1;
    }
    /* A putter that was woken may have been cancelled since. */
    wake_putter(self);
    if (!patience.block) return raise_empty(L);
    return luahost_park_with(L, &self->getters, patience.seconds, push_timeout, "queue:get", got);
}

static int queue_get(lua_State *L) {
    queue *self = check_queue(L, "get");
    return get_item(L, self, check_patience(L, 2, 1, "get"));
}

static int queue_get_nowait(lua_State *L) {
    return get_item(L, check_queue(L, "get_nowait"), (patience){false, -1});
}

/* ---- the rest ---- */

static int queue_qsize(lua_State *L) {
    lua_pushinteger(L, check_queue(L, "qsize")->count);
    return 1;
}

static int queue_empty(lua_State *L) {
    lua_pushboolean(L, check_queue(L, "empty")->count == 0);
    return 1;
}

static int queue_full(lua_State *L) {
    lua_pushboolean(L, is_full(check_queue(L, "full")));
    return 1;
}

static int queue_task_done(lua_State *L) {
    queue *self = check_queue(L, "task_done");
    if (self->unfinished == 0) return luahost_raise(L, "ValueError", "task_done() called too many times");
    self->unfinished--;
    while (self->unfinished == 0 && self->joiners.first != NULL) luahost_task_wake(self->joiners.first, 0);
    return 0;
}

static int queue_join(lua_State *L) {
    queue *self = check_queue(L, "join");
    if (self->unfinished == 0) return 0;
    return luahost_park(L, &self->joiners, -1, NULL, "queue:join");
}

/* Its upvalues are the two errors. */
static int queue_new(lua_State *L) {
    luahost_method_shift(L);
    lua_Integer limit = 0;
    if (!lua_isnoneornil(L, 1)) {
        int is_integer;
        limit = lua_tointegerx(L, 1, &is_integer);
        if (lua_type(L, 1) != LUA_TNUMBER || !is_integer) {
            return luahost_argument_error(
                L, 1, "create_queue", "size: integer expected, got %s", luahost_push_refused(L, 1));
        }
    }
    queue *self = lua_newuserdatauv(L, sizeof *self, USER_VALUES);
    *self = (queue){.first = 1, .limit = limit > 0 ? limit : 0};
    lua_newtable(L);
    lua_setiuservalue(L, -2, ITEMS);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setiuservalue(L, -2, QUEUE_EMPTY);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setiuservalue(L, -2, QUEUE_FULL);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &queue_key);
    lua_setmetatable(L, -2);
    return 1;
}

static int get_queue_empty_exception(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* One value for all such errors, so that a script may compare: err == eio.queue_empty. */
static void push_constant_error(lua_State *L, const char *type, const char *message) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, type);
    lua_setfield(L, -2, "type");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_errors);
    lua_setmetatable(L, -2);
}

void luahost_queue_open(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"put", queue_put}, {"put_nowait", queue_put_nowait}, {"get", queue_get}, {"get_nowait", queue_get_nowait},
        {"qsize", queue_qsize}, {"empty", queue_empty}, {"full", queue_full}, {"task_done", queue_task_done},
        {"join", queue_join}, {NULL, NULL},
    };
    luahost_register_type(L, &queue_key, "queue", methods, NULL);

    push_constant_error(L, "queue.Empty", "the queue is empty");
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "queue_empty");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, get_queue_empty_exception, 1);
    lua_setfield(L, -3, "get_queue_empty_exception");
    push_constant_error(L, "queue.Full", "the queue is full");
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "queue_full");
    lua_pushcclosure(L, queue_new, 2);
    lua_setfield(L, -2, "create_queue");
}
