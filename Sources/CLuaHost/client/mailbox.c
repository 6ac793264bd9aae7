/* Messages from the server: to whoever waits in receive(), to the handler, or into the client's queue. */
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "json/json.h"

/* Reading pauses at these, and goes on at half. */
#define QUEUE_BYTES (1024 * 1024)
#define QUEUE_MESSAGES 1024
#define HANDLERS 10000
/* Kept for a script that has something to run before it can be said that it does not ask for messages. */
#define PATIENCE_MESSAGES (64 * QUEUE_MESSAGES)

/* ---- a message as a Lua value ---- */

static bool looks_like_json(const char *text, size_t length) {
    for (size_t index = 0; index < length; index++) {
        switch (text[index]) {
        case ' ': case '\t': case '\n': case '\r': continue;
        case '{': case '[': return true;
        default: return false;
        }
    }
    return false;
}

static void push_message(lua_State *L, const luahost_client *client, const char *data, size_t length, bool is_binary) {
    if (is_binary) {
        luahost_push_bytes(L, data, length);
        return;
    }
    if (client->json == LUAHOST_JSON_ON && looks_like_json(data, length)) {
        luahost_json_error error;
        if (luahost_json_decode(L, data, length, &error)) return;
    }
    lua_pushlstring(L, data, length);
}

static bool is_for_own_decode(const luahost_client *client, const char *data, size_t length, bool is_binary) {
    return client->json == LUAHOST_JSON_OWN && !is_binary && looks_like_json(data, length);
}

/* The script's decode function and a text are on top of the stack: replaces both by the message. */
static void decode_own(lua_State *L) {
    lua_pushvalue(L, -1);
    lua_insert(L, -3);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
        lua_remove(L, -2);
        return;
    }
    luahost_push_error_text(L, -1);
    luahost_log(
        luahost_vm_of(L), LUAHOST_WARNING, "json.decode failed, the message stays text: %s", lua_tostring(L, -1));
    lua_pop(L, 2);
}

/* ---- starting handlers ---- */

static void message_done(luahost_task *task) {
    luahost_client *client = task->client;
    client->handlers--;
    if (__builtin_expect(client->is_paused, 0)) luahost_mailbox_balance(client);
    if (__builtin_expect(client->queue_first != NULL, 0)) luahost_mailbox_schedule(client);
    luahost_client_unhold(client);
}

static int handler_returned(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* Arguments: the handler, the script's decode function, the text. */
static int decode_and_handle(lua_State *L) {
    decode_own(L);
    lua_callk(L, 1, 0, 0, handler_returned);
    return 0;
}

/* Returns how many values are on the task's stack above the function. */
static int push_call(luahost_task *task, luahost_client *client, const char *data, size_t length, bool is_binary) {
    lua_State *co = task->co;
    if (__builtin_expect(is_for_own_decode(client, data, length, is_binary), 0)) {
        lua_pushcfunction(co, decode_and_handle);
        lua_rawgeti(co, LUA_REGISTRYINDEX, client->message_ref);
        luahost_client_push(co, client, LUAHOST_UV_DECODE);
        lua_pushlstring(co, data, length);
        return 3;
    }
    lua_rawgeti(co, LUA_REGISTRYINDEX, client->message_ref);
    push_message(co, client, data, length, is_binary);
    return 1;
}

static luahost_task *create_handler(luahost_client *client) {
    luahost_task *task = luahost_task_create(client->vm, LUAHOST_IN_HANDLER, "message");
    task->client = client;
    task->registered_ref = client->place_refs[LUAHOST_EVENT_MESSAGE];
    task->on_done = message_done;
    luahost_client_keep(client);
    if (__builtin_expect(++client->handlers >= HANDLERS, 0)) luahost_mailbox_balance(client);
    return task;
}

static bool accepts(const luahost_client *client) {
    return client->message_ref != LUA_NOREF && !(client->is_ordered && client->handlers > 0);
}

bool luahost_mailbox_is_startable(const luahost_client *client) {
    return client->queue_first != NULL && accepts(client);
}

/* ---- the queue ---- */

static luahost_message *take(luahost_client *client) {
    luahost_message *message = client->queue_first;
    client->queue_first = message->next;
    if (client->queue_first == NULL) client->queue_last = NULL;
    client->queued_bytes -= message->length;
    client->queued_count--;
    return message;
}

void luahost_mailbox_clear(luahost_client *client) {
    while (client->queue_first != NULL) free(take(client));
}

static void drop_oldest(luahost_client *client) {
    if (!client->told_drop) {
        client->told_drop = true;
        luahost_log(
            client->vm, LUAHOST_WARNING,
            "client %u has no message handler and receive() was never called: its oldest messages are dropped",
            client->number);
    }
    while (client->queued_count > 1 && (client->queued_count > QUEUE_MESSAGES || client->queued_bytes > QUEUE_BYTES)) {
        free(take(client));
    }
}

/* One read may bring more than the queue holds right behind what wakes the script, such as the end of its connect(). */
static bool may_yet_receive(const luahost_client *client) {
    return client->vm->run_first != NULL && client->queued_count < PATIENCE_MESSAGES && client->queued_bytes < QUEUE_BYTES;
}

static void add(luahost_client *client, const char *data, size_t length, bool is_binary) {
    luahost_message *message = malloc(sizeof *message + length);
    if (message == NULL) luahost_out_of_memory();
    message->next = NULL;
    message->length = length;
    message->is_binary = is_binary;
    if (length > 0) memcpy(message->data, data, length);
    if (client->queue_last != NULL) client->queue_last->next = message; else client->queue_first = message;
    client->queue_last = message;
    client->queued_bytes += length;
    client->queued_count++;
    if (client->queued_bytes < QUEUE_BYTES && client->queued_count < QUEUE_MESSAGES) return;
    if (client->message_ref != LUA_NOREF || client->receives) luahost_mailbox_balance(client);
    else if (!may_yet_receive(client)) drop_oldest(client);
}

void luahost_mailbox_balance(luahost_client *client) {
    if (client->context == NULL || client->ending != LUAHOST_NOT_ENDING) return;
    if (client->state != LUAHOST_CONNECTED && client->state != LUAHOST_DISCONNECTING) return;
    luahost_vm *vm = client->vm;
    if (!client->is_paused) {
        bool is_queue_full = client->queued_bytes >= QUEUE_BYTES || client->queued_count >= QUEUE_MESSAGES;
        if (!is_queue_full && client->handlers < HANDLERS) return;
        luahost_log(
            vm, client->told_pause ? LUAHOST_DEBUG : LUAHOST_WARNING,
            "client %u: reading pauses: %zu messages (%zu bytes) wait, %zu handlers have not returned",
            client->number, client->queued_count, client->queued_bytes, client->handlers);
        client->told_pause = client->is_paused = true;
        vm->host.client_pause(client->context, true);
    } else if (client->queued_bytes <= QUEUE_BYTES / 2 && client->queued_count <= QUEUE_MESSAGES / 2 &&
               client->handlers <= HANDLERS / 2) {
        client->is_paused = false;
        vm->host.client_pause(client->context, false);
    }
}

void luahost_client_message(luahost_client *client, const char *data, size_t length, bool is_binary) {
    luahost_vm *vm = client->vm;
    luahost_task *receiver = client->receivers.first;
    if (receiver != NULL) {
        luahost_enter(vm, receiver->co);
        push_message(receiver->co, client, data, length, is_binary);
        luahost_task_wake(receiver, 1);
        return;
    }
    if (__builtin_expect(client->queue_first == NULL && accepts(client) && luahost_may_run(vm), 1)) {
        luahost_task *task = create_handler(client);
        luahost_task_run_now(task, push_call(task, client, data, length, is_binary));
        return;
    }
    add(client, data, length, is_binary);
    luahost_mailbox_schedule(client);
}

/* ---- the pump ---- */

static bool has_work(const luahost_client *client) {
    return luahost_mailbox_is_startable(client) || client->ending == LUAHOST_END_DUE;
}

void luahost_mailbox_schedule(luahost_client *client) {
    if (client->is_pumped || !has_work(client)) return;
    luahost_vm *vm = client->vm;
    luahost_engine *engine = client->engine;
    luahost_client_keep(client);
    client->is_pumped = true;
    client->next_pumped = NULL;
    if (engine->pumped_last != NULL) engine->pumped_last->next_pumped = client; else engine->pumped_first = client;
    engine->pumped_last = client;
    if (vm->draining || vm->wake_asked || vm->exiting || vm->closing) return;
    vm->wake_asked = true;
    vm->host.wake(vm->context);
}

/* The task has a copy of the message before the slice begins. */
static void start_next(luahost_client *client) {
    luahost_message *message = take(client);
    luahost_task *task = create_handler(client);
    int values = push_call(task, client, message->data, message->length, message->is_binary);
    free(message);
    if (__builtin_expect(client->is_paused, 0)) luahost_mailbox_balance(client);
    luahost_task_run_now(task, values);
}

bool luahost_clients_have_messages(const luahost_vm *vm) {
    return vm->clients != NULL && vm->clients->engine->pumped_first != NULL;
}

void luahost_clients_pump(luahost_vm *vm, int most) {
    if (!luahost_clients_have_messages(vm) || vm->exiting) return;
    luahost_engine *engine = vm->clients->engine;
    do {
        luahost_client *client = engine->pumped_first;
        engine->pumped_first = client->next_pumped;
        if (engine->pumped_first == NULL) engine->pumped_last = NULL;
        client->is_pumped = false;
        if (luahost_mailbox_is_startable(client)) start_next(client);
        else if (client->ending == LUAHOST_END_DUE) luahost_client_farewell(client);
        luahost_mailbox_schedule(client);
        luahost_client_unhold(client);
    } while (--most > 0 && engine->pumped_first != NULL && luahost_may_run(vm));
}

/* ---- receive ---- */

/* The message is on top of the stack, or nil and a reason are. */
static int received(lua_State *L, int status, lua_KContext top) {
    (void)status;
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    int values = lua_gettop(L) - (int)top;
    if (values != 1 || client->json != LUAHOST_JSON_OWN || lua_type(L, -1) != LUA_TSTRING) return values;
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    if (!looks_like_json(text, length)) return 1;
    lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_DECODE);
    lua_insert(L, -2);
    decode_own(L);
    return 1;
}

int luahost_client_receive(lua_State *L) {
    luahost_client *client = luahost_client_self(L);
    lua_Number seconds = luahost_check_seconds(L, 1, 1, "receive", -1);
    client->receives = true;
    if (client->queue_first != NULL) {
        /* Taken at once, for a finalizer that the push may run could receive, too; and so the push must not raise. */
        luahost_vm *vm = client->vm;
        luahost_message *message = take(client);
        int top = lua_gettop(L);
        bool enforced = vm->enforce_memory;
        vm->enforce_memory = false;
        push_message(L, client, message->data, message->length, message->is_binary);
        vm->enforce_memory = enforced;
        free(message);
        if (client->is_paused) luahost_mailbox_balance(client);
        return received(L, LUA_OK, top);
    }
    if (client->state == LUAHOST_DISCONNECTED || client->ending != LUAHOST_NOT_ENDING) {
        lua_pushnil(L);
        if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_REASON) != LUA_TSTRING) {
            lua_pop(L, 1);
            lua_pushliteral(L, "not connected");
        }
        return 2;
    }
    return luahost_parkk(L, &client->receivers, seconds, luahost_timeout_nil, "eio.receive", received);
}
