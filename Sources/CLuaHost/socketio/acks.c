/* Acks of the server, for callbacks and for tasks in call(). */
#include "socketio/acks.h"

#include <stddef.h>

#include "core/error.h"
#include "core/wait.h"
#include "socketio/own_json.h"

static void add(luahost_sio *sio, luahost_slice name_space, luahost_sio_ack ack) {
    luahost_sio_acks_add(&sio->acks, name_space, ack);
    sio->client.mailbox.answers++;
    if (__builtin_expect(sio->client.mailbox.is_paused, 0)) luahost_mailbox_balance(&sio->client);
}

/* ---- callbacks ---- */

void luahost_sio_keep_callback(lua_State *L, luahost_sio *sio, luahost_slice name_space, uint64_t id) {
    luahost_vm *vm = luahost_vm_of(L);
    bool enforced = vm->memory.is_enforced;
    vm->memory.is_enforced = false;
    int callback = lua_gettop(L);
    if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_CALLBACKS) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_CALLBACKS);
    }
    lua_insert(L, callback);
    int reference = luaL_ref(L, callback);
    lua_settop(L, callback - 1);
    vm->memory.is_enforced = enforced;
    add(sio, name_space, (luahost_sio_ack){.id = id, .callback = reference});
}

/* Pushes the callback and forgets it; nil if the session that it belonged to is over. */
static void take_callback(lua_State *L, const luahost_sio *sio, int reference) {
    luahost_client_push(L, &sio->client, LUAHOST_SIO_CALLBACKS);
    if (!lua_istable(L, -1)) return;
    lua_rawgeti(L, -1, reference);
    luaL_unref(L, -2, reference);
    lua_remove(L, -2);
}

/* ---- call ---- */

/* Whether the task counts as a handler that has not returned, which it does not while it waits for an ack. */
static bool is_counted(const luahost_task *task, const luahost_client *client) {
    return task->started && task->kind == LUAHOST_IN_HANDLER && task->client == client &&
        task->on_done != luahost_handler_done;
}

static bool is_waiting(const luahost_sio *sio, const luahost_task *task, uint64_t id) {
    return task->state == LUAHOST_TASK_WAITING && task->waits_on == &sio->calls && task->ticket == id;
}

/* The ack that the task waits for is not awaited any more. Returns the acks of its namespace, or NULL if it has come or
 * the namespace is over. */
static const luahost_sio_acks *forget(luahost_sio *sio, const luahost_task *task) {
    const luahost_sio_acks *acks = luahost_sio_acks_drop(sio->acks, task->ticket, task);
    if (acks != NULL) sio->client.mailbox.answers--;
    return acks;
}

bool luahost_sio_call_cancelled(luahost_wait_queue *queue, luahost_task *task) {
    luahost_sio *sio = (luahost_sio *)((char *)queue - offsetof(luahost_sio, calls));
    if (is_counted(task, &sio->client)) sio->client.mailbox.handlers++;
    forget(sio, task);
    return false;
}

/* The ack that the task which runs has waited for did not come in time. */
static void forget_late(lua_State *L, luahost_sio *sio) {
    const luahost_callbacks *host = &luahost_vm_of(L)->host;
    const luahost_task *task = luahost_vm_of(L)->current;
    const luahost_sio_acks *acks = forget(sio, task);
    if (host->socketio_ack_timed_out == NULL || acks == NULL || sio->client.context == NULL) return;
    luahost_slice name_space = {acks->name, acks->length};
    host->socketio_ack_timed_out(sio->client.context, name_space, task->ticket);
}

static int raise_no_ack(lua_State *L, luahost_sio *sio, int marker) {
    const char *event = lua_tostring(L, lua_type(L, 1) == LUA_TSTRING ? 1 : marker - 1);
    /* Acks that did not come are counted; an error of a load test that nobody catches is not counted again. */
    bool is_measured = luahost_vm_of(L)->host.socketio_ack_timed_out != NULL;
    if (lua_isnil(L, marker)) {
        return luahost_raise_measured(
            L, is_measured, "DisconnectedError", "call of '%.100s': the connection ended before its ack (%s)", event,
            lua_tostring(L, marker + 1));
    }
    forget_late(L, sio);
    return luahost_raise_measured(L, is_measured, "TimeoutError", "call of '%.100s': no ack in time", event);
}

/* Whether the task was woken by its ack, whose values are on its stack. Otherwise a marker is: false at the timeout,
 * nil before the reason of the session's end. */
static inline bool is_answered(const luahost_task *task) { return task->ticket == 0; }

/* The first argument, or the value at `top` if that is a table, is the name of the event. */
static int called(lua_State *L, int status, lua_KContext top) {
    (void)status;
    const luahost_task *task = luahost_vm_of(L)->current;
    /* Most calls are not those of a handler, and finding the client of the method costs as much as the rest. */
    if (__builtin_expect(!is_answered(task), 0) || task->kind == LUAHOST_IN_HANDLER) {
        luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
        if (is_counted(task, &sio->client)) sio->client.mailbox.handlers++;
        if (!is_answered(task)) return raise_no_ack(L, sio, (int)top + 1);
    }
    return lua_gettop(L) - (int)top;
}

/* The same where the values are unread, for the script's own function. */
static int called_with_text(lua_State *L, int status, lua_KContext top) {
    called(L, status, top);
    luahost_sio_unpack(L);
    return lua_gettop(L) - (int)top;
}

static int push_timeout(lua_State *co) {
    lua_pushboolean(co, false);
    return 1;
}

int luahost_sio_await_ack(lua_State *L, luahost_sio *sio, const luahost_sio_request *request, uint64_t id) {
    static const char what[] = "sio.call";
    luahost_client *client = &sio->client;
    luahost_task *task = client->vm->current;
    /* Otherwise it is the first argument. */
    if (request->is_table) lua_pushvalue(L, request->first - 1);
    /* The script's own JSON function, or a finalizer, may have cancelled the task. */
    if (__builtin_expect(task->cancelled, 0)) luahost_check_wait(L, what);
    task->ticket = id;
    add(sio, request->name_space, (luahost_sio_ack){.id = id, .task = task});
    if (is_counted(task, client)) {
        client->mailbox.handlers--;
        if (client->mailbox.is_paused) luahost_mailbox_balance(client);
    }
    lua_KFunction k = __builtin_expect(luahost_sio_has_own_json(sio), 0) ? called_with_text : called;
    return luahost_park_checked_with(L, &sio->calls, request->timeout, push_timeout, what, k);
}

/* ---- callbacks with a timeout ---- */

static int returned(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* The function of a task that waits for the ack. Upvalues: the userdata, the callback. Arguments: those of `called`
 * above its `top`. */
static int call_back(lua_State *L) {
    luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
    sio->client.mailbox.handlers++;
    if (is_answered(luahost_vm_of(L)->current)) {
        if (luahost_sio_has_own_json(sio)) luahost_sio_unpack(L);
    } else if (!lua_isnil(L, 1)) {
        forget_late(L, sio);
        lua_settop(L, 0);
        luahost_timeout_nil(L);
    }
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, 0, 0, returned);
    return 0;
}

/* That of every callback, in reports. */
static const luahost_sio_handler callback = {.name = {"ack", 3}, .place_ref = LUA_NOREF};

static void call_back_done(luahost_task *task) {
    /* Cancelled before it was called: it does not count. */
    if (!task->started) task->client->mailbox.handlers++;
    luahost_sio_handler_done(task);
}

void luahost_sio_keep_callback_for(lua_State *L, luahost_sio *sio, const luahost_sio_request *request, uint64_t id) {
    luahost_vm *vm = sio->client.vm;
    bool enforced = vm->memory.is_enforced;
    vm->memory.is_enforced = false;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, -2);
    lua_pushcclosure(L, call_back, 2);
    lua_checkstack(vm->L, LUA_MINSTACK);
    lua_xmove(L, vm->L, 1);
    luahost_task *task = luahost_sio_task(sio, &callback, LUAHOST_EVENT_NAMED, 1);
    vm->memory.is_enforced = enforced;
    task->ticket = id;
    task->on_done = call_back_done;
    /* As a handler that waits in call(), it does not count. */
    sio->client.mailbox.handlers--;
    add(sio, request->name_space, (luahost_sio_ack){.id = id, .task = task});
    luahost_task_park(task, &sio->calls, request->timeout, push_timeout);
}

/* ---- what comes ---- */

/* The arguments are the `values` on top of vm->L's stack. */
static void run_callback(luahost_sio *sio, int reference, int values) {
    luahost_vm *vm = sio->client.vm;
    lua_State *L = vm->L;
    int function = lua_gettop(L) - values + 1;
    lua_checkstack(L, LUA_MINSTACK);
    take_callback(L, sio, reference);
    if (lua_isnil(L, -1)) return;
    lua_insert(L, function);
    values = luahost_sio_insert_unpacking(L, sio, values + 1);
    luahost_task *task = luahost_sio_task(sio, &callback, LUAHOST_EVENT_NAMED, values);
    lua_settop(L, function - 1);
    if (luahost_may_run(vm)) luahost_task_run_now(task, values - 1); else luahost_task_ready(task, values - 1);
}

/* The payload is illegal. The end of the session ends the wait for the ack. */
static __attribute__((noinline)) void refuse(
    luahost_sio *sio, const luahost_sio_ack *awaited, const luahost_socketio_received *ack, const char *problem) {
    bool is_awaited = awaited->id != 0 && (awaited->task == NULL || is_waiting(sio, awaited->task, awaited->id));
    if (is_awaited) add(sio, ack->name_space, *awaited);
    luahost_sio_refuse(sio, problem, ack->payload);
}

void luahost_socketio_ack(luahost_client *client, uint64_t id, const luahost_socketio_received *ack) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    luahost_sio_ack awaited = luahost_sio_acks_take(sio->acks, ack->name_space, id);
    if (__builtin_expect(awaited.id != 0, 1)) client->mailbox.answers--;
    luahost_task *task = awaited.task;
    bool is_called = task != NULL && is_waiting(sio, task, id);
    /* The values of a call go to its task at once. */
    lua_State *L = is_called ? task->co : vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    const char *problem = NULL;
    int values = luahost_sio_push_arguments(L, sio, ack, 0, &problem);
    if (__builtin_expect(values < 0, 0)) {
        lua_settop(L, top);
        refuse(sio, &awaited, ack, problem);
        return;
    }
    /* A finalizer may have cancelled the task. */
    if (__builtin_expect(is_called && is_waiting(sio, task, id), 1)) {
        task->ticket = 0;
        luahost_task_wake(task, values);
        return;
    }
    if (awaited.id != 0 && task == NULL) run_callback(sio, awaited.callback, values);
    lua_settop(L, top);
    luahost_leave(vm);
}

/* Wakes the tasks that wait for these acks, in the order in which they began to wait. */
static void end_calls(luahost_sio *sio, const luahost_sio_acks *acks, luahost_disconnect_reason reason) {
    lua_State *L = sio->client.vm->L;
    /* Once, and before the first task: it may run a finalizer, which may cancel tasks. */
    lua_pushstring(L, luahost_reason_text(reason));
    luahost_task *next;
    for (luahost_task *task = sio->calls.first; task != NULL; task = next) {
        next = task->next;
        if (acks != NULL && !luahost_sio_acks_has(acks, task->ticket, task)) continue;
        lua_checkstack(task->co, LUA_MINSTACK);
        lua_pushnil(task->co);
        lua_pushvalue(L, -1);
        lua_xmove(L, task->co, 1);
        luahost_task_wake(task, 2);
        luahost_enter(sio->client.vm, L);
    }
    lua_pop(L, 1);
}

/* The table of callbacks is on top of the stack. */
static void forget_callback(void *context, const luahost_sio_ack *ack) {
    if (ack->task == NULL) luaL_unref(context, -1, ack->callback);
}

static void forget_callbacks(const luahost_sio *sio, const luahost_sio_acks *acks) {
    lua_State *L = sio->client.vm->L;
    luahost_client_push(L, &sio->client, LUAHOST_SIO_CALLBACKS);
    if (lua_istable(L, -1)) luahost_sio_acks_each(acks, forget_callback, L);
    lua_pop(L, 1);
}

void luahost_sio_end_acks(luahost_sio *sio, luahost_slice name_space, luahost_disconnect_reason reason) {
    luahost_vm *vm = sio->client.vm;
    luahost_sio_acks *acks = luahost_sio_acks_detach(&sio->acks, name_space);
    if (acks == NULL) return;
    sio->client.mailbox.answers -= acks->count;
    luahost_enter(vm, vm->L);
    end_calls(sio, acks, reason);
    forget_callbacks(sio, acks);
    luahost_leave(vm);
    luahost_sio_acks_free(acks);
}

void luahost_sio_end_all_acks(luahost_sio *sio, luahost_disconnect_reason reason) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    client->mailbox.answers = 0;
    luahost_sio_acks_free(sio->acks);
    sio->acks = NULL;
    luahost_enter(vm, vm->L);
    end_calls(sio, NULL, reason);
    lua_pushnil(vm->L);
    luahost_client_store(client, LUAHOST_SIO_CALLBACKS);
    luahost_leave(vm);
}
