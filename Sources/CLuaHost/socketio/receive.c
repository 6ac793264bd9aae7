/* sio.receive: events for the task that waits for them. */
#include <stddef.h>
#include <stdlib.h>

#include "core/arguments.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/socketio.h"

bool luahost_sio_matches(const luahost_sio_receiver *receiver, luahost_slice name_space, luahost_slice name) {
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
    luahost_sio_encode(vm->L, sio, event->name_space, 1, 0, "receive", &packet);
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

/* Takes the first event of the queue that the receiver wants; NULL without one. */
static luahost_message *take_matching(lua_State *L, luahost_sio *sio, const luahost_sio_receiver *receiver) {
    luahost_mailbox *mailbox = &sio->client.mailbox;
    luahost_message *previous = NULL;
    for (luahost_message *message = mailbox->first; message != NULL; previous = message, message = message->next) {
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
        if (previous != NULL) previous->next = message->next; else mailbox->first = message->next;
        if (mailbox->last == message) mailbox->last = previous;
        mailbox->start = LUAHOST_START_AT_ONCE;
        mailbox->bytes -= message->length;
        mailbox->count--;
        return message;
    }
    return NULL;
}

static int received(lua_State *L, int status, lua_KContext top) {
    (void)status;
    luahost_sio_receiver *receiver = lua_touserdata(L, (int)top);
    luahost_sio_unlink(receiver);
    return lua_gettop(L) - (int)top;
}

static bool receive_cancelled(luahost_wait_queue *queue) {
    luahost_sio_unlink((luahost_sio_receiver *)((char *)queue - offsetof(luahost_sio_receiver, queue)));
    return false;
}

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
    luahost_client *client = &sio->client;
    luahost_slice name_space = {NULL, 0}, event = {NULL, 0};
    lua_Number seconds = -1;
    if (lua_istable(L, 1)) {
        lua_settop(L, 1);
        luahost_options options = luahost_options_read(L, 1, 1, "receive", known);
        seconds = luahost_option_number(&options, "timeout", -1);
        event = check_text(&options, "event");
        name_space = check_text(&options, "namespace");
    } else {
        seconds = luahost_check_seconds(L, 1, 1, "receive", -1);
    }
    if (lua_type(L, lua_upvalueindex(3)) == LUA_TSTRING) name_space = luahost_sio_slice(L, lua_upvalueindex(3));
    client->mailbox.is_received = true;
    luahost_sio_receiver *receiver = lua_newuserdatauv(L, sizeof *receiver, 0);
    *receiver = (luahost_sio_receiver){.event = event, .name_space = name_space};
    receiver->queue.awaits_sockets = true;
    receiver->queue.on_cancel = receive_cancelled;
    luahost_message *message = take_matching(L, sio, receiver);
    if (message != NULL) {
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
        if (values >= 0) return values;
    }
    if (client->state != LUAHOST_CONNECTING && !luahost_client_is_open(client)) {
        lua_pushnil(L);
        if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_REASON) != LUA_TSTRING) {
            lua_pop(L, 1);
            lua_pushliteral(L, "not connected");
        }
        return 2;
    }
    luahost_check_wait(L, "sio.receive");
    receiver->sio = sio;
    receiver->previous = sio->last_receiver;
    if (sio->last_receiver != NULL) sio->last_receiver->next = receiver; else sio->receivers = receiver;
    sio->last_receiver = receiver;
    return luahost_park_with(L, &receiver->queue, seconds, luahost_timeout_nil, "sio.receive", received);
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
