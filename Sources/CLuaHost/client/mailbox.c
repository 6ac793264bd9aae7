/* Messages that no handler has started on, and when reading pauses for them. */
#include <stdlib.h>
#include <string.h>

#include "client/client.h"

/* Reading pauses at these, and goes on at half. */
#define QUEUE_BYTES (1024 * 1024)
#define QUEUE_MESSAGES 1024
/* Kept for a script that has something to run before we can report that it never receives messages. */
#define MOST_MESSAGES (64 * QUEUE_MESSAGES)

luahost_message *luahost_mailbox_take(luahost_client *client) {
    luahost_message *message = client->mailbox.first;
    client->mailbox.first = message->next;
    if (client->mailbox.first == NULL) client->mailbox.last = NULL;
    client->mailbox.bytes -= message->length;
    client->mailbox.count--;
    return message;
}

void luahost_mailbox_clear(luahost_client *client) {
    while (client->mailbox.first != NULL) free(luahost_mailbox_take(client));
}

static void drop_oldest(luahost_client *client) {
    if (!client->logged.drop) {
        client->logged.drop = true;
        luahost_log(
            client->vm, LUAHOST_WARNING,
            "client %u has no message handler and receive() was never called: its oldest messages are dropped",
            client->number);
    }
    const luahost_mailbox *mailbox = &client->mailbox;
    while (mailbox->count > 1 && (mailbox->count > QUEUE_MESSAGES || mailbox->bytes > QUEUE_BYTES)) {
        free(luahost_mailbox_take(client));
    }
}

/* One read may bring more than the queue holds right after the event that wakes the script, such as the end of its
 * connect(). */
static bool may_yet_receive(const luahost_client *client) {
    bool has_room = client->mailbox.count < MOST_MESSAGES && client->mailbox.bytes < QUEUE_BYTES;
    return has_room && client->vm->queue.first != NULL;
}

void luahost_mailbox_append(luahost_client *client, luahost_message *message) {
    message->next = NULL;
    if (client->mailbox.last != NULL) client->mailbox.last->next = message; else client->mailbox.first = message;
    client->mailbox.last = message;
    client->mailbox.bytes += message->length;
    client->mailbox.count++;
}

void luahost_mailbox_add(luahost_client *client, const char *data, size_t length, bool is_binary) {
    luahost_message *message = luahost_reallocate(NULL, sizeof *message + length);
    message->length = length;
    message->is_binary = is_binary;
    if (length > 0) memcpy(message->data, data, length);
    luahost_mailbox_append(client, message);
    if (client->mailbox.bytes < QUEUE_BYTES && client->mailbox.count < QUEUE_MESSAGES) return;
    if (client->anchor.message_ref != LUA_NOREF || client->mailbox.is_received) luahost_mailbox_balance(client);
    else if (!may_yet_receive(client)) drop_oldest(client);
}

void luahost_mailbox_balance(luahost_client *client) {
    if (client->context == NULL || !luahost_client_is_open(client)) return;
    luahost_vm *vm = client->vm;
    if (!client->mailbox.is_paused) {
        bool is_queue_full = client->mailbox.bytes >= QUEUE_BYTES || client->mailbox.count >= QUEUE_MESSAGES;
        if (!is_queue_full && client->mailbox.handlers < LUAHOST_HANDLERS) return;
        luahost_log(
            vm, client->logged.pause ? LUAHOST_DEBUG : LUAHOST_WARNING,
            "client %u: reading pauses: %zu messages (%zu bytes) wait, %zu handlers have not returned",
            client->number, client->mailbox.count, client->mailbox.bytes, client->mailbox.handlers);
        client->logged.pause = client->mailbox.is_paused = true;
        vm->host.client_pause(client->context, true);
    } else if (client->mailbox.bytes <= QUEUE_BYTES / 2 && client->mailbox.count <= QUEUE_MESSAGES / 2 &&
               client->mailbox.handlers <= LUAHOST_HANDLERS / 2) {
        client->mailbox.is_paused = false;
        vm->host.client_pause(client->context, false);
    }
}

static bool has_work(const luahost_client *client) {
    return luahost_mailbox_is_startable(client) || luahost_client_is_over(client);
}

void luahost_mailbox_schedule(luahost_client *client) {
    if (client->is_pumped || !has_work(client)) return;
    luahost_vm *vm = client->vm;
    luahost_client_shared *shared = client->shared;
    luahost_client_keep(client);
    client->is_pumped = true;
    vm->clients.pending++;
    client->next_pumped = NULL;
    if (shared->pumped_last != NULL) shared->pumped_last->next_pumped = client; else shared->pumped_first = client;
    shared->pumped_last = client;
    luahost_ask_for_run(vm);
}
