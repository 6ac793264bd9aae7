/* sio.receive: events for the task that waits for them. */
#include <stddef.h>
#include <stdlib.h>

#include "core/arguments.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/own_json.h"

bool luahost_sio_matches(const luahost_sio_receiver *receiver, luahost_slice name_space, luahost_slice name) {
    /* One whose time is over is in the list until its task goes on. */
    if (receiver->queue.first == NULL && receiver->sio != NULL) return false;
    return (receiver->event.data == NULL || luahost_slices_are_equal(receiver->event, name)) &&
        (receiver->name_space.data == NULL || luahost_slices_are_equal(receiver->name_space, name_space));
}

void luahost_sio_unlink(luahost_sio_receiver *receiver) {
    luahost_sio *sio = receiver->sio;
    if (sio == NULL) return;
    luahost_sio_receiver *next = receiver->next, *previous = receiver->previous;
    if (previous != NULL) previous->next = next; else sio->receivers = next;
    if (next != NULL) next->previous = previous; else sio->last_receiver = previous;
    receiver->sio = NULL;
}

void luahost_sio_acknowledge_taken(luahost_sio *sio, const luahost_socketio_received *event) {
    if (event->id.length == 0) return;
    luahost_vm *vm = sio->client.vm;
    luahost_socketio_packet packet = {.name_space = event->name_space, .id = event->id, .may_wait = true};
    luahost_sio_encode_nothing(sio, &packet);
    vm->host.socketio_acknowledge(sio->client.context, &packet, event->connection);
    luahost_sio_encoded(sio);
}

int luahost_sio_push_event(
    lua_State *L, luahost_sio *sio, const luahost_socketio_received *event, luahost_slice name, size_t rest) {
    const char *problem;
    lua_pushlstring(L, name.data, name.length);
    int count = luahost_sio_push_arguments(L, sio, event, rest, &problem);
    if (count >= 0) return count + 1;
    lua_pop(L, 1);
    luahost_sio_refuse(sio, problem, event->payload);
    return -1;
}

/* Takes the first event of one of the lists that the receiver wants; NULL without one. */
static luahost_message *take_from(lua_State *L, luahost_sio *sio, const luahost_sio_receiver *receiver, bool is_kept) {
    luahost_mailbox *mailbox = &sio->client.mailbox;
    luahost_message *previous = NULL, *message = is_kept ? mailbox->kept : mailbox->first;
    for (; message != NULL; previous = message, message = message->next) {
        if (luahost_sio_happening_of(message) != LUAHOST_SIO_EVENT) continue;
        luahost_slice *list, name;
        luahost_socketio_received event = luahost_sio_dequeued(message, &list);
        free(list);
        int top = lua_gettop(L);
        size_t rest;
        const char *problem;
        bool is = luahost_sio_event_name(L, sio, event.payload, &name, &rest, &problem) &&
            luahost_sio_matches(receiver, event.name_space, name);
        lua_settop(L, top);
        if (!is) continue;
        luahost_mailbox_remove(&sio->client, is_kept, previous);
        mailbox->start = LUAHOST_START_AT_ONCE;
        return message;
    }
    return NULL;
}

int luahost_sio_received(lua_State *L, int status, lua_KContext top) {
    (void)status;
    luahost_sio *sio = lua_touserdata(L, lua_upvalueindex(1));
    luahost_sio_unlink(lua_touserdata(L, (int)top));
    bool is_packed = luahost_sio_has_own_json(sio) && lua_gettop(L) == (int)top + 2 && lua_isstring(L, (int)top + 1);
    if (is_packed) luahost_sio_unpack(L);
    return lua_gettop(L) - (int)top;
}

static bool receive_cancelled(luahost_wait_queue *queue, luahost_task *task) {
    (void)task;
    luahost_sio_unlink((luahost_sio_receiver *)((char *)queue - offsetof(luahost_sio_receiver, queue)));
    return false;
}

/* Pushes the values of a message that was taken, and frees it. Their number, or -1 if it is illegal. */
static int push_message(lua_State *L, luahost_sio *sio, luahost_message *message) {
    luahost_client *client = &sio->client;
    luahost_slice *list, name;
    luahost_socketio_received packet = luahost_sio_dequeued(message, &list);
    bool enforced = client->vm->memory.is_enforced;
    client->vm->memory.is_enforced = false;
    size_t rest = 0;
    const char *problem;
    luahost_sio_event_name(L, sio, packet.payload, &name, &rest, &problem);
    int values = luahost_sio_push_event(L, sio, &packet, name, rest);
    if (values >= 0) luahost_sio_acknowledge_taken(sio, &packet);
    client->vm->memory.is_enforced = enforced;
    free(list);
    free(message);
    if (client->mailbox.is_paused) luahost_mailbox_balance(client);
    return values;
}

/* Pushes nil and the reason if the namespace has ended while the session stays. */
static bool push_end(lua_State *L, luahost_slice name_space) {
    int top = lua_gettop(L);
    lua_pushnil(L);
    if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_LEFT) == LUA_TTABLE) {
        lua_pushlstring(L, name_space.data, name_space.length);
        if (lua_rawget(L, -2) == LUA_TSTRING) {
            lua_remove(L, -2);
            return true;
        }
    }
    lua_settop(L, top);
    return false;
}

int luahost_sio_receive_with(
    lua_State *L, luahost_sio *sio, const luahost_sio_receiver *wanted, lua_Number seconds, lua_KFunction k) {
    luahost_client *client = &sio->client;
    client->mailbox.is_received = true;
    luahost_sio_receiver *receiver = lua_newuserdatauv(L, sizeof *receiver, 0);
    *receiver = (luahost_sio_receiver){.event = wanted->event, .name_space = wanted->name_space};
    receiver->queue.awaits_sockets = true;
    receiver->queue.on_cancel = receive_cancelled;
    int top = lua_gettop(L);
    luahost_message *message = take_from(L, sio, receiver, true);
    if (message == NULL) message = take_from(L, sio, receiver, false);
    if (message != NULL && push_message(L, sio, message) >= 0) return k(L, LUA_OK, top);
    if (client->state != LUAHOST_CONNECTING && !luahost_client_is_open(client)) {
        lua_pushnil(L);
        if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_REASON) != LUA_TSTRING) {
            lua_pop(L, 1);
            lua_pushliteral(L, "not connected");
        }
        return k(L, LUA_OK, top);
    }
    /* A SimpleClient ends with its namespace. */
    if (wanted->name_space.data != NULL && !sio->is_simple && push_end(L, wanted->name_space)) {
        return k(L, LUA_OK, top);
    }
    luahost_check_wait(L, "sio.receive");
    receiver->sio = sio;
    receiver->previous = sio->last_receiver;
    if (sio->last_receiver != NULL) sio->last_receiver->next = receiver; else sio->receivers = receiver;
    sio->last_receiver = receiver;
    return luahost_park_with(L, &receiver->queue, seconds, luahost_timeout_nil, "sio.receive", k);
}

/* The option's text, or a slice without data. */
static luahost_slice check_text(const luahost_options *options, const char *name) {
    luahost_slice none = {NULL, 0};
    if (luahost_option_push(options, name) == LUA_TNIL) {
        lua_pop(options->L, 1);
        return none;
    }
    lua_pop(options->L, 1);
    return luahost_option_string(options, name, "");
}

int luahost_sio_receive(lua_State *L) {
    static const char *const known[] = {"timeout", "event", "namespace", NULL};
    luahost_sio *sio = luahost_sio_self(L);
    luahost_sio_receiver wanted = {.sio = NULL};
    lua_Number seconds = -1;
    bool is_of_namespace = lua_type(L, lua_upvalueindex(3)) == LUA_TSTRING;
    if (is_of_namespace) wanted.name_space = luahost_sio_slice(L, lua_upvalueindex(3));
    if (lua_istable(L, 1)) {
        lua_settop(L, 1);
        luahost_options options = luahost_options_read(L, 1, 1, "receive", known);
        seconds = luahost_option_number(&options, "timeout", -1);
        wanted.event = check_text(&options, "event");
        if (luahost_option_push(&options, "namespace") != LUA_TNIL) {
            wanted.name_space = luahost_sio_check_namespaces(L, lua_gettop(L), 1, "receive");
        }
    } else {
        seconds = luahost_check_seconds(L, 1, 1, "receive", -1);
    }
    if (wanted.name_space.data != NULL && luahost_slice_is(wanted.name_space, "*")) wanted.name_space.data = NULL;
    return luahost_sio_receive_with(L, sio, &wanted, seconds, luahost_sio_received);
}

void luahost_sio_wake_receivers(luahost_sio *sio) {
    luahost_vm *vm = sio->client.vm;
    while (sio->receivers != NULL) {
        luahost_sio_receiver *receiver = sio->receivers;
        luahost_task *task = receiver->queue.first;
        luahost_sio_unlink(receiver);
        if (task == NULL) continue;
        luahost_enter(vm, task->co);
        lua_pushnil(task->co);
        luahost_client_push(task->co, &sio->client, LUAHOST_UV_REASON);
        luahost_task_wake(task, 2);
    }
}

/* The first receiver of the namespace whose task still waits. */
static luahost_sio_receiver *find_of(const luahost_sio *sio, luahost_slice name_space) {
    luahost_sio_receiver *receiver = sio->receivers;
    while (receiver != NULL && (receiver->queue.first == NULL || receiver->name_space.data == NULL ||
                                !luahost_slices_are_equal(receiver->name_space, name_space))) {
        receiver = receiver->next;
    }
    return receiver;
}

void luahost_sio_wake_receivers_of(luahost_sio *sio, luahost_slice name_space) {
    lua_State *L = sio->client.vm->L;
    luahost_sio_receiver *receiver;
    while ((receiver = find_of(sio, name_space)) != NULL) {
        luahost_task *task = receiver->queue.first;
        luahost_sio_unlink(receiver);
        lua_pushnil(task->co);
        lua_pushvalue(L, -1);
        lua_xmove(L, task->co, 1);
        luahost_task_wake(task, 2);
    }
}
