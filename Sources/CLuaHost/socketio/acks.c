/* Acks of the server, for callbacks and for tasks in call(). */
#include "socketio/acks.h"

#include <stddef.h>

#include "core/error.h"
#include "core/wait.h"
#include "socketio/own_json.h"

/* A task in call(), in a userdata on its stack and in the table of acks. */
typedef struct call {
    luahost_wait_queue queue;
    luahost_sio *sio;
    luahost_slice name_space, event;  /* on the stack of the task */
    lua_Integer id;
    bool is_handler;                  /* it does not count as one that has not returned */
} call;

/* ---- the table ---- */

/* Pushes the table of the namespace; the table of all is on top of the stack and is replaced. */
static bool push_of_namespace(lua_State *L, luahost_slice name_space) {
    if (!lua_istable(L, -1)) return false;
    lua_pushlstring(L, name_space.data, name_space.length);
    lua_rawget(L, -2);
    lua_replace(L, -2);
    return lua_istable(L, -1);
}

void luahost_sio_keep_ack(lua_State *L, luahost_slice name_space, uint64_t id) {
    luahost_vm *vm = luahost_vm_of(L);
    bool enforced = vm->memory.is_enforced;
    vm->memory.is_enforced = false;
    int value = lua_gettop(L);
    if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_ACKS) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_ACKS);
    }
    lua_pushlstring(L, name_space.data, name_space.length);
    if (lua_rawget(L, value + 1) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushlstring(L, name_space.data, name_space.length);
        lua_pushvalue(L, -2);
        lua_rawset(L, value + 1);
    }
    lua_pushvalue(L, value);
    lua_rawseti(L, -2, (lua_Integer)id);
    lua_settop(L, value - 1);
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    client->mailbox.answers++;
    if (__builtin_expect(client->mailbox.is_paused, 0)) luahost_mailbox_balance(client);
    vm->memory.is_enforced = enforced;
}

/* Takes the value of the ack out of the table, which is a user value of a client that is kept, and pushes it. */
static int take_ack(lua_State *L, luahost_sio *sio, luahost_slice name_space, lua_Integer id) {
    luahost_client_push(L, &sio->client, LUAHOST_SIO_ACKS);
    if (!push_of_namespace(L, name_space)) {
        lua_pop(L, 1);
        lua_pushnil(L);
        return LUA_TNIL;
    }
    int type = lua_rawgeti(L, -1, id);
    if (type != LUA_TNIL) {
        sio->client.mailbox.answers--;
        /* The field is there, so that nothing is allocated. */
        lua_pushnil(L);
        lua_rawseti(L, -3, id);
    }
    lua_remove(L, -2);
    return type;
}

/* ---- call ---- */

static void wait_as_handler(call *call) {
    luahost_client *client = &call->sio->client;
    const luahost_task *task = client->vm->current;
    call->is_handler =
        task->kind == LUAHOST_IN_HANDLER && task->client == client && task->on_done != luahost_handler_done;
    if (!call->is_handler) return;
    client->mailbox.handlers--;
    if (client->mailbox.is_paused) luahost_mailbox_balance(client);
}

static void end_wait(call *call) {
    if (call->is_handler) call->sio->client.mailbox.handlers++;
    call->is_handler = false;
}

static bool call_cancelled(luahost_wait_queue *queue) {
    call *record = (call *)((char *)queue - offsetof(call, queue));
    lua_State *L = record->sio->client.vm->L;
    end_wait(record);
    if (record->sio->client.anchor.holds == 0) return false;
    take_ack(L, record->sio, record->name_space, record->id);
    lua_pop(L, 1);
    return false;
}

/* The first value after `top` is true before the values of the ack, false at the timeout, nil before the reason of the
 * session's end. The record is the value at `top`. */
static int called(lua_State *L, int status, lua_KContext top) {
    (void)status;
    call *record = lua_touserdata(L, (int)top);
    end_wait(record);
    int marker = (int)top + 1;
    const luahost_callbacks *host = &luahost_vm_of(L)->host;
    /* Acks that did not come are counted; an error of a load test that nobody catches is not counted again. */
    bool is_measured = host->socketio_ack_timed_out != NULL;
    if (lua_isnil(L, marker)) {
        return luahost_raise_measured(
            L, is_measured, "DisconnectedError", "call of '%.100s': the connection ended before its ack (%s)",
            record->event.data, lua_tostring(L, marker + 1));
    }
    if (lua_toboolean(L, marker)) {
        if (luahost_sio_has_own_json(record->sio)) luahost_sio_unpack(L);
        return lua_gettop(L) - marker;
    }
    if (record->sio->client.anchor.holds > 0) take_ack(L, record->sio, record->name_space, record->id);
    if (is_measured && record->sio->client.context != NULL) {
        host->socketio_ack_timed_out(record->sio->client.context, record->name_space, (uint64_t)record->id);
    }
    return luahost_raise_measured(
        L, is_measured, "TimeoutError", "call of '%.100s': no ack in time", record->event.data);
}

static int push_timeout(lua_State *co) {
    lua_pushboolean(co, false);
    return 1;
}

int luahost_sio_await_ack(
    lua_State *L, luahost_sio *sio, luahost_slice name_space, luahost_slice event, uint64_t id, lua_Number timeout) {
    call *record = lua_newuserdatauv(L, sizeof *record, 0);
    *record = (call){.sio = sio, .name_space = name_space, .event = event, .id = (lua_Integer)id};
    record->queue.on_cancel = call_cancelled;
    record->queue.awaits_sockets = true;
    lua_pushvalue(L, -1);
    luahost_sio_keep_ack(L, name_space, id);
    wait_as_handler(record);
    return luahost_park_with(L, &record->queue, timeout, push_timeout, "sio.call", called);
}

/* ---- what comes ---- */

/* The values of the ack are the `values` on top of vm->L's stack. */
static void wake(luahost_sio *sio, luahost_task *task, int values) {
    lua_State *L = sio->client.vm->L;
    lua_pushboolean(L, true);
    lua_insert(L, -values - 1);
    lua_checkstack(task->co, values + LUA_MINSTACK);
    lua_xmove(L, task->co, values + 1);
    luahost_task_wake(task, values + 1);
}

void luahost_socketio_ack(luahost_client *client, uint64_t id, const luahost_socketio_received *ack) {
    static const luahost_sio_handler callback = {"ack", LUA_NOREF, false};
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    lua_State *L = vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    const char *problem = NULL;
    int values = luahost_sio_push_arguments(L, sio, ack, 0, &problem);
    if (__builtin_expect(values < 0, 0)) {
        /* The end of the session wakes the task that waits for the ack. */
        lua_settop(L, top);
        luahost_sio_refuse(sio, problem, ack->payload);
        return;
    }
    lua_checkstack(L, LUA_MINSTACK);
    int type = take_ack(L, sio, ack->name_space, (lua_Integer)id);
    lua_insert(L, top + 1);
    luahost_task *waiting = type == LUA_TUSERDATA ? ((call *)lua_touserdata(L, top + 1))->queue.first : NULL;
    if (waiting != NULL) {
        wake(sio, waiting, values);
    } else if (type == LUA_TFUNCTION || type == LUA_TTABLE) {
        values = luahost_sio_insert_unpacking(L, sio, values + 1);
        luahost_task *task = luahost_sio_task(sio, &callback, LUAHOST_EVENT_NAMED, values);
        lua_settop(L, top);
        if (luahost_may_run(vm)) luahost_task_run_now(task, values - 1); else luahost_task_ready(task, values - 1);
    }
    lua_settop(L, top);
    luahost_leave(vm);
}

/* Ends the waits of the calls in the table on top of the stack. Returns the number of its acks. */
static size_t end_calls(lua_State *L, luahost_disconnect_reason reason) {
    size_t count = 0;
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_settop(L, table + 1), count++) {
        if (lua_type(L, -1) != LUA_TUSERDATA) continue;
        luahost_task *task = ((call *)lua_touserdata(L, -1))->queue.first;
        if (task == NULL) continue;
        lua_pushnil(task->co);
        lua_pushstring(task->co, luahost_reason_text(reason));
        luahost_task_wake(task, 2);
    }
    return count;
}

void luahost_sio_end_acks(luahost_sio *sio, luahost_slice name_space, luahost_disconnect_reason reason) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    lua_State *L = vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    luahost_client_push(L, client, LUAHOST_SIO_ACKS);
    if (lua_istable(L, top + 1)) {
        /* Taken out first: a finalizer, or a task that is woken, may ask for others. */
        lua_pushlstring(L, name_space.data, name_space.length);
        lua_pushvalue(L, -1);
        lua_rawget(L, top + 1);
        lua_insert(L, top + 2);
        lua_pushnil(L);
        lua_rawset(L, top + 1);
        if (lua_istable(L, top + 2)) client->mailbox.answers -= end_calls(L, reason);
    }
    lua_settop(L, top);
    luahost_leave(vm);
}

void luahost_sio_end_all_acks(luahost_sio *sio, luahost_disconnect_reason reason) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    lua_State *L = vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    luahost_client_push(L, client, LUAHOST_SIO_ACKS);
    lua_pushnil(L);
    luahost_client_store(client, LUAHOST_SIO_ACKS);
    client->mailbox.answers = 0;
    if (lua_istable(L, top + 1)) {
        for (lua_pushnil(L); lua_next(L, top + 1); lua_settop(L, top + 2)) end_calls(L, reason);
    }
    lua_settop(L, top);
    luahost_leave(vm);
}
