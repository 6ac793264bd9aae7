/* Events of the server: to a task that waits in receive(), to a handler, or into the queue. */
#include <stdlib.h>

#include "socketio/own_json.h"

void luahost_sio_refuse(luahost_sio *sio, const char *problem, luahost_slice payload) {
    luahost_client *client = &sio->client;
    luahost_leave(client->vm);
    client->vm->host.socketio_illegal(client->context, (luahost_slice){problem, strlen(problem)}, payload);
}

/* ---- the ack of a handler ---- */

/* The stack of `answer`, whose last part is the results of the handler. */
enum { ANSWER_NAMESPACE = 1, ANSWER_ID, ANSWER_CONNECTION, ANSWER_HANDLER, ANSWER_RESULTS };

/* Pushes "bot.lua:12: ", where the handler begins, or else where it was registered; or nothing. */
static void push_handler_place(lua_State *L) {
    lua_Debug ar;
    if (lua_isfunction(L, ANSWER_HANDLER) && !lua_iscfunction(L, ANSWER_HANDLER)) {
        lua_pushvalue(L, ANSWER_HANDLER);
        lua_getinfo(L, ">S", &ar);
        lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.linedefined);
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_vm_of(L)->current->registered_ref);
    if (lua_type(L, -1) == LUA_TSTRING) lua_pushliteral(L, ": ");
    else lua_pushliteral(L, "");
    if (lua_type(L, -2) != LUA_TSTRING) lua_remove(L, -2);
    else lua_concat(L, 2);
}

/* Raises an error about a result (0: about all); no function of the script runs any more that would have a line. */
static void refuse_result(lua_State *L, int number, const char *problem) {
    push_handler_place(L);
    if (number == 0) lua_pushfstring(L, "the results of the handler%s", problem);
    else lua_pushfstring(L, "result %d of the handler%s", number, problem);
    lua_concat(L, 2);
    lua_error(L);
}

/* The index of the last result that is not nil. Raises an error for a nil before it. */
static int last_result(lua_State *L) {
    int last = lua_gettop(L);
    while (last >= ANSWER_RESULTS && lua_isnil(L, last)) last--;
    for (int index = ANSWER_RESULTS; index <= last; index++) {
        if (lua_isnil(L, index)) refuse_result(L, index - ANSWER_RESULTS + 1, " is nil: an ack has eio.null for it");
    }
    return last;
}

luahost_slice luahost_sio_slice(lua_State *L, int index) {
    luahost_slice slice;
    slice.data = lua_tolstring(L, index, &slice.length);
    return slice;
}

/* The handler has returned. */
static int answered(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_sio *sio = (luahost_sio *)luahost_vm_of(L)->current->client;
    luaL_checkstack(L, LUA_MINSTACK, "too many results");
    int last = last_result(L);
    luahost_socketio_packet packet = {
        .name_space = luahost_sio_slice(L, ANSWER_NAMESPACE), .id = luahost_sio_slice(L, ANSWER_ID), .may_wait = true,
    };
    luahost_json_error error;
    if (sio->client.context == NULL) return 0;
    if (!luahost_sio_encode(L, sio, ANSWER_RESULTS, last, &packet, &error)) {
        refuse_result(L, error.argument, lua_pushfstring(L, ": %s", error.message));
    }
    uint64_t connection = (uint64_t)lua_tointeger(L, ANSWER_CONNECTION);
    if (sio->client.context != NULL) {
        sio->client.vm->host.socketio_acknowledge(sio->client.context, &packet, connection);
    }
    luahost_sio_encoded(sio);
    return 0;
}

/* Arguments: namespace, id, session, the handler and its arguments. */
static int answer(lua_State *L) {
    lua_pushvalue(L, ANSWER_HANDLER);
    lua_insert(L, ANSWER_HANDLER);
    lua_callk(L, lua_gettop(L) - ANSWER_RESULTS, LUA_MULTRET, 0, answered);
    return answered(L, LUA_OK, 0);
}

/* Puts `answer` and its arguments under the `values` on top of the stack. */
static void insert_answer(lua_State *L, const luahost_socketio_received *event, int values) {
    int at = lua_gettop(L) - values + 1;
    lua_pushcfunction(L, answer);
    lua_insert(L, at);
    lua_pushlstring(L, event->name_space.data, event->name_space.length);
    lua_insert(L, at + 1);
    lua_pushlstring(L, event->id.data, event->id.length);
    lua_insert(L, at + 2);
    lua_pushinteger(L, (lua_Integer)event->connection);
    lua_insert(L, at + 3);
}

/* ---- starting handlers ---- */

/* The handler is on the task's stack, where the arguments are read: `values` are there before those of the event. */
static inline void run(
    luahost_sio *sio, luahost_task *task, int values, const luahost_socketio_received *event, size_t rest) {
    lua_State *co = task->co;
    const char *problem;
    int arguments = luahost_sio_push_arguments(co, sio, event, rest, &problem);
    if (__builtin_expect(arguments < 0, 0)) {
        luahost_task_discard(task);
        luahost_sio_refuse(sio, problem, event->payload);
        return;
    }
    values += arguments;
    if (__builtin_expect(luahost_sio_has_own_json(sio), 0)) values = luahost_sio_insert_unpacking(co, sio, values);
    if (event->id.length > 0) {
        insert_answer(co, event, values);
        values += 4;
    }
    luahost_task_run_now(task, values - 1);
}

/* The handler is on top of vm->L's stack, and is taken from there. */
static void start(
    luahost_sio *sio, const luahost_sio_found *found, const luahost_socketio_received *event, size_t rest) {
    luahost_task *task = luahost_sio_task(sio, &found->handler, LUAHOST_EVENT_NAMED, found->values);
    run(sio, task, found->values, event, rest);
}

static inline bool may_start(const luahost_sio *sio, const luahost_sio_handler *handler) {
    return !handler->is_ordered || sio->ordered == 0;
}

/* Nobody handles the event and nobody receives: a warning, once for each name. */
static void drop(luahost_sio *sio, luahost_slice name_space, luahost_slice name) {
    luahost_vm *vm = sio->client.vm;
    lua_State *L = vm->L;
    enum { MOST_NAMES = 100 };
    int top = lua_gettop(L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_DROPPED);
    if (!lua_istable(L, -1)) {
        lua_newtable(L);
        lua_pushvalue(L, -1);
        luahost_client_store(&sio->client, LUAHOST_SIO_DROPPED);
        lua_replace(L, -2);
    }
    int table = lua_gettop(L);
    lua_pushlstring(L, name.data, name.length);
    bool is_known = lua_rawget(L, table) != LUA_TNIL;
    lua_Integer count = lua_rawgeti(L, table, 0) == LUA_TNUMBER ? lua_tointeger(L, -1) : 0;
    if (!is_known && count < MOST_NAMES) {
        lua_pushlstring(L, name.data, name.length);
        lua_pushboolean(L, true);
        lua_rawset(L, table);
        lua_pushinteger(L, count + 1);
        lua_rawseti(L, table, 0);
    }
    lua_settop(L, top);
    luahost_leave(vm);
    luahost_log(
        vm, is_known || count >= MOST_NAMES ? LUAHOST_DEBUG : LUAHOST_WARNING,
        "client %u has no handler for the event \"%.*s\" of %.*s: it is dropped", sio->client.number,
        name.length < 100 ? (int)name.length : 100, name.data, (int)name_space.length, name_space.data);
}

/* The name of an event, which may be pushed: an escaped one was read into the buffer that a finalizer may use, too. */
static luahost_slice keep_name(lua_State *L, luahost_slice name) {
    if (__builtin_expect(name.data != luahost_vm_of(L)->scratch.data, 1)) return name;
    lua_pushlstring(L, name.data, name.length);
    return luahost_sio_slice(L, -1);
}

void luahost_sio_start_next(luahost_client *client) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    /* Taken at once, for a finalizer that runs while its handler is looked for may receive it, too. */
    luahost_message *message = luahost_mailbox_take(client);
    if (luahost_sio_happening_of(message) != LUAHOST_SIO_EVENT) {
        const luahost_sio_change change = luahost_sio_dequeued_change(message);
        luahost_sio_happen(sio, &change);
        free(message);
        return;
    }
    luahost_slice *list, name;
    luahost_socketio_received event = luahost_sio_dequeued(message, &list);
    luahost_enter(vm, vm->L);
    int top = lua_gettop(vm->L);
    size_t rest;
    const char *problem;
    /* Its payload was checked before. */
    luahost_sio_event_name(vm->L, sio, event.payload, &name, &rest, &problem);
    name = keep_name(vm->L, name);
    luahost_sio_found found = luahost_sio_find(vm->L, sio, event.name_space, name);
    if (found.kind == LUAHOST_SIO_NONE && luahost_sio_keeps(sio)) {
        luahost_mailbox_put_back(client, message);
        luahost_mailbox_keep(client);
        luahost_mailbox_limit_kept(client);
    } else if (found.kind == LUAHOST_SIO_NONE) {
        drop(sio, event.name_space, name);
        free(message);
    } else if (!may_start(sio, &found.handler)) {
        /* Until the ordered handler returns. */
        luahost_mailbox_put_back(client, message);
        client->mailbox.start = LUAHOST_START_LATER;
    } else {
        start(sio, &found, &event, rest);
        free(message);
    }
    lua_settop(vm->L, top);
    luahost_leave(vm);
    free(list);
    if (client->mailbox.is_paused) luahost_mailbox_balance(client);
}

/* Whether the event is of the name of the latest handler, which is compared as it is written. */
static inline bool is_for_latest(const luahost_sio *sio, const luahost_socketio_received *event) {
    luahost_slice name = sio->latest.name, payload = event->payload;
    return sio->client.anchor.message_ref != LUA_NOREF && sio->serializer == LUAHOST_SERIALIZER_JSON &&
        payload.length > name.length + 3 && payload.data[0] == '[' && payload.data[1] == '"' &&
        payload.data[name.length + 2] == '"' && memcmp(payload.data + 2, name.data, name.length) == 0 &&
        luahost_slices_are_equal(sio->latest.name_space, event->name_space);
}

/* Whether the latest handler may start on an event at once, in a coroutine of the pool: one that is made may run a
 * finalizer, which may register another handler. */
static inline bool may_start_latest(const luahost_sio *sio) {
    const luahost_vm *vm = sio->client.vm;
    return sio->receivers == NULL && sio->client.mailbox.first == NULL && vm->coroutines.count > 0 &&
        luahost_may_run(vm) && may_start(sio, &sio->latest);
}

static __attribute__((noinline)) void deliver(luahost_sio *sio, const luahost_socketio_received *event) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    lua_State *L = vm->L;
    luahost_slice name;
    size_t rest;
    const char *problem;
    luahost_enter(vm, L);
    int top = lua_gettop(L);
    if (!luahost_sio_event_name(L, sio, event->payload, &name, &rest, &problem)) {
        lua_settop(L, top);
        luahost_sio_refuse(sio, problem, event->payload);
        return;
    }
    if (luahost_sio_is_reserved(name)) {
        lua_settop(L, top);
        luahost_sio_refuse(sio, "its name is reserved", event->payload);
        return;
    }
    if (__builtin_expect(vm->host.socketio_event_received != NULL, 0)) {
        vm->host.socketio_event_received(client->context, name);
    }
    luahost_sio_receiver *receiver = sio->receivers;
    while (receiver != NULL && !luahost_sio_matches(receiver, event->name_space, name)) receiver = receiver->next;
    if (receiver != NULL) {
        luahost_task *task = receiver->queue.first;
        int values = luahost_sio_push_event(L, sio, event, name, rest);
        if (values >= 0) {
            luahost_sio_unlink(receiver);
            lua_checkstack(task->co, values + LUA_MINSTACK);
            lua_xmove(L, task->co, values);
            lua_settop(L, top);
            luahost_sio_acknowledge_taken(sio, event);
            luahost_task_wake(task, values);
        }
        lua_settop(L, top);
        return;
    }
    name = keep_name(L, name);
    luahost_sio_found found = luahost_sio_find(L, sio, event->name_space, name);
    bool is_first = client->mailbox.first == NULL;
    if (found.kind != LUAHOST_SIO_NONE && is_first && luahost_may_run(vm) && may_start(sio, &found.handler)) {
        start(sio, &found, event, rest);
        lua_settop(L, top);
        return;
    }
    bool is_unhandled = found.kind == LUAHOST_SIO_NONE && is_first;
    bool is_dropped = is_unhandled && !luahost_sio_keeps(sio);
    lua_settop(L, top);
    if (is_dropped) lua_pushlstring(L, name.data, name.length);
    /* Whether a packet is legal does not depend on the script, and nothing behind an illegal one is delivered: so one
     * that has to wait is checked now. Its values are made when it starts, because they take more memory than it. */
    if (!luahost_sio_is_legal(sio, event, rest) && luahost_sio_push_arguments(L, sio, event, rest, &problem) < 0) {
        lua_settop(L, top);
        luahost_sio_refuse(sio, problem, event->payload);
        return;
    }
    if (is_dropped) {
        drop(sio, event->name_space, luahost_sio_slice(L, top + 1));
        lua_settop(L, top);
        return;
    }
    lua_settop(L, top);
    luahost_leave(vm);
    /* A finalizer that ran may have ended the session. */
    if (client->context == NULL) return;
    luahost_sio_enqueue(sio, event);
    if (is_unhandled) luahost_mailbox_keep(client);
    /* As for eio: a script that never receives does not stop the client. */
    if (is_unhandled && !client->mailbox.is_received) luahost_mailbox_limit_kept(client);
    else luahost_mailbox_balance(client);
    luahost_mailbox_schedule(client);
}

void luahost_socketio_event(luahost_client *client, const luahost_socketio_received *event) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    if (__builtin_expect(!is_for_latest(sio, event) || !may_start_latest(sio), 0)) {
        deliver(sio, event);
        return;
    }
    luahost_slice name = sio->latest.name;
    if (__builtin_expect(vm->host.socketio_event_received != NULL, 0)) {
        vm->host.socketio_event_received(client->context, name);
    }
    luahost_task *task = luahost_sio_empty_task(sio, &sio->latest, LUAHOST_EVENT_NAMED);
    lua_rawgeti(task->co, LUA_REGISTRYINDEX, client->anchor.message_ref);
    run(sio, task, 1, event, name.length + 3);
}
