/* Messages from the server: to a task that waits in receive(), to the handler, or into the client's queue. */
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "core/arguments.h"
#include "core/error.h"
#include "core/wait.h"
#include "json/json.h"
#include "library/library.h"

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
    client->mailbox.handlers--;
    if (__builtin_expect(client->mailbox.is_paused, 0)) luahost_mailbox_balance(client);
    if (__builtin_expect(client->mailbox.first != NULL, 0)) luahost_mailbox_schedule(client);
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
        lua_rawgeti(co, LUA_REGISTRYINDEX, client->anchor.message_ref);
        luahost_client_push(co, client, LUAHOST_UV_DECODE);
        lua_pushlstring(co, data, length);
        return 3;
    }
    lua_rawgeti(co, LUA_REGISTRYINDEX, client->anchor.message_ref);
    push_message(co, client, data, length, is_binary);
    return 1;
}

static luahost_task *create_handler(luahost_client *client) {
    luahost_task *task = luahost_task_create(client->vm, LUAHOST_IN_HANDLER, LUAHOST_EVENT_MESSAGE, "message");
    task->client = client;
    task->client_number = client->number;
    task->registered_ref = client->anchor.place_refs[LUAHOST_EVENT_MESSAGE];
    task->on_done = message_done;
    luahost_client_keep(client);
    if (__builtin_expect(++client->mailbox.handlers >= LUAHOST_HANDLERS, 0)) luahost_mailbox_balance(client);
    return task;
}

void luahost_client_message(luahost_client *client, const char *data, size_t length, bool is_binary) {
    luahost_vm *vm = client->vm;
    luahost_task *receiver = client->waits.receive.first;
    if (receiver != NULL) {
        luahost_enter(vm, receiver->co);
        push_message(receiver->co, client, data, length, is_binary);
        luahost_task_wake(receiver, 1);
        return;
    }
    if (__builtin_expect(client->mailbox.first == NULL && luahost_mailbox_accepts(client) && luahost_may_run(vm), 1)) {
        luahost_task *task = create_handler(client);
        luahost_task_run_now(task, push_call(task, client, data, length, is_binary));
        return;
    }
    luahost_mailbox_add(client, data, length, is_binary);
    luahost_mailbox_schedule(client);
}

/* ---- from the queue ---- */

/* The task has a copy of the message before the slice begins. */
void luahost_client_start_next(luahost_client *client) {
    luahost_message *message = luahost_mailbox_take(client);
    luahost_task *task = create_handler(client);
    int values = push_call(task, client, message->data, message->length, message->is_binary);
    free(message);
    if (__builtin_expect(client->mailbox.is_paused, 0)) luahost_mailbox_balance(client);
    luahost_task_run_now(task, values);
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
    client->mailbox.is_received = true;
    if (client->mailbox.first != NULL) {
        /* Taken at once, for a finalizer that the push may run could receive, too; and so the push must not raise. */
        luahost_vm *vm = client->vm;
        luahost_message *message = luahost_mailbox_take(client);
        int top = lua_gettop(L);
        bool enforced = vm->memory.is_enforced;
        vm->memory.is_enforced = false;
        push_message(L, client, message->data, message->length, message->is_binary);
        vm->memory.is_enforced = enforced;
        free(message);
        if (client->mailbox.is_paused) luahost_mailbox_balance(client);
        return received(L, LUA_OK, top);
    }
    if (client->state != LUAHOST_CONNECTING && !luahost_client_is_open(client)) {
        lua_pushnil(L);
        if (lua_getiuservalue(L, lua_upvalueindex(1), LUAHOST_UV_REASON) != LUA_TSTRING) {
            lua_pop(L, 1);
            lua_pushliteral(L, "not connected");
        }
        return 2;
    }
    return luahost_park_with(L, &client->waits.receive, seconds, luahost_timeout_nil, "eio.receive", received);
}
