/* Events of the server: to a task that waits in receive(), to a handler, or into the queue. */
#include <stddef.h>
#include <stdlib.h>

#include "socketio/socketio.h"

void luahost_sio_refuse(luahost_sio *sio, const char *problem, luahost_slice payload) {
    luahost_client *client = &sio->client;
    luahost_leave(client->vm);
    client->vm->host.socketio_illegal(client->context, (luahost_slice){problem, strlen(problem)}, payload);
}

/* ---- the ack of a handler ---- */

/* The number of values from `first` on, without the nils at their end. Raises an argument error for one in between. */
static int count_results(lua_State *L, int first) {
    int last = lua_gettop(L);
    while (last >= first && lua_isnil(L, last)) last--;
    for (int index = first; index <= last; index++) {
        if (!lua_isnil(L, index)) continue;
        luaL_error(L, "result %d of the handler is nil: an ack has eio.null for it", index - first + 1);
    }
    return last - first + 1;
}

luahost_slice luahost_sio_slice(lua_State *L, int index) {
    luahost_slice slice;
    slice.data = lua_tolstring(L, index, &slice.length);
    return slice;
}

/* The handler has returned: its results come after the namespace, the id and the session. */
static int answered(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_sio *sio = (luahost_sio *)luahost_vm_of(L)->current->client;
    if (sio->client.context == NULL) return 0;
    int count = count_results(L, 4);
    luahost_socketio_packet packet = {
        .name_space = luahost_sio_slice(L, 1), .id = luahost_sio_slice(L, 2), .may_wait = true,
    };
    luahost_sio_encode(L, sio, packet.name_space, 4, 3 + count, "the handler's ack", &packet);
    sio->client.vm->host.socketio_acknowledge(sio->client.context, &packet, (uint64_t)lua_tointeger(L, 3));
    luahost_sio_encoded(sio);
    return 0;
}

/* Arguments: namespace, id, session, the handler and its arguments. */
static int answer(lua_State *L) {
    lua_callk(L, lua_gettop(L) - 4, LUA_MULTRET, 0, answered);
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

/* The handler is on top of vm->L's stack, which is left with `top` values. */
static void start(
    luahost_sio *sio, const luahost_sio_found *found, const luahost_socketio_received *event, size_t rest, int top) {
    luahost_vm *vm = sio->client.vm;
    lua_State *L = vm->L;
    const char *problem;
    int arguments = luahost_sio_push_arguments(L, sio, event, rest, &problem);
    if (__builtin_expect(arguments < 0, 0)) {
        lua_settop(L, top);
        luahost_sio_refuse(sio, problem, event->payload);
        return;
    }
    int values = found->values + arguments;
    if (event->id.length > 0) {
        insert_answer(L, event, values);
        values += 4;
    }
    luahost_task *task = luahost_sio_task(sio, &found->handler, LUAHOST_EVENT_NAMED, values);
    lua_settop(L, top);
    luahost_task_run_now(task, values - 1);
}

static bool may_start(const luahost_sio *sio, const luahost_sio_found *found) {
    return !found->handler.is_ordered || sio->ordered == 0;
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

void luahost_sio_start_next(luahost_client *client) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    luahost_message *message = client->mailbox.first;
    if (luahost_sio_happening_of(message) != LUAHOST_SIO_EVENT) {
        luahost_mailbox_take(client);
        luahost_sio_entry entry;
        memcpy(&entry, message->data, sizeof entry);
        const char *bytes = message->data + offsetof(luahost_sio_entry, bytes);
        luahost_slice name_space = {bytes, entry.name_space}, text = {bytes + entry.name_space, entry.payload};
        luahost_sio_happen(sio, &entry, name_space, text);
        free(message);
        return;
    }
    luahost_slice *list, name;
    luahost_socketio_received event = luahost_sio_dequeued(message, &list);
    luahost_enter(vm, vm->L);
    int top = lua_gettop(vm->L);
    size_t rest;
    const char *problem;
    /* Its payload was read before. */
    luahost_sio_event_name(vm->L, sio, event.payload, &name, &rest, &problem);
    luahost_sio_found found = luahost_sio_find(vm->L, sio, event.name_space, name);
    if (found.kind == LUAHOST_SIO_NONE && !client->mailbox.is_received) {
        /* It was queued only because something else had come before it. */
        luahost_mailbox_take(client);
        drop(sio, event.name_space, name);
        free(message);
    } else if (found.kind == LUAHOST_SIO_NONE || !may_start(sio, &found)) {
        /* Until a handler is registered, receive() takes it, or an ordered handler returns. */
        client->mailbox.start = LUAHOST_START_LATER;
    } else {
        luahost_mailbox_take(client);
        start(sio, &found, &event, rest, top);
        free(message);
    }
    lua_settop(vm->L, top);
    luahost_leave(vm);
    free(list);
    if (client->mailbox.is_paused) luahost_mailbox_balance(client);
}

void luahost_socketio_event(luahost_client *client, const luahost_socketio_received *event) {
    luahost_sio *sio = (luahost_sio *)client;
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
    luahost_sio_found found = luahost_sio_find(L, sio, event->name_space, name);
    bool is_first = client->mailbox.first == NULL && luahost_may_run(vm);
    if (is_first && found.kind != LUAHOST_SIO_NONE && may_start(sio, &found)) {
        start(sio, &found, event, rest, top);
        return;
    }
    if (found.kind == LUAHOST_SIO_NONE && !client->mailbox.is_received && client->mailbox.first == NULL) {
        lua_pushlstring(L, name.data, name.length);
        /* Whether a packet is legal does not depend on the script. */
        if (luahost_sio_push_arguments(L, sio, event, rest, &problem) < 0) {
            luahost_sio_refuse(sio, problem, event->payload);
        } else {
            drop(sio, event->name_space, luahost_sio_slice(L, top + 1));
        }
        lua_settop(L, top);
        return;
    }
    lua_settop(L, top);
    luahost_leave(vm);
    luahost_sio_enqueue(sio, event);
    luahost_mailbox_schedule(client);
}
