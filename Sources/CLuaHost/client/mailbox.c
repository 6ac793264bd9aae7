/* Messages that no handler has started on, and when reading pauses for them. */
#include <stdlib.h>
#include <string.h>

#include "client/client.h"

/* Reading pauses at these, and goes on at half. */
#define QUEUE_BYTES (1024 * 1024)
#define QUEUE_MESSAGES 1024
/* Kept for a script that has something to run before we can report that it never receives messages. */
#define MOST_MESSAGES (64 * QUEUE_MESSAGES)

/* The limits while answers of the server are awaited: a script may wait for one before it goes on with the messages
 * that came before it. */
#define MOST_BYTES (16 * QUEUE_BYTES)
#define MOST_HANDLERS (10 * LUAHOST_HANDLERS)

luahost_message *luahost_mailbox_take(luahost_client *client) {
    luahost_message *message = client->mailbox.first;
    client->mailbox.first = message->next;
    if (client->mailbox.first == NULL) client->mailbox.last = NULL;
    client->mailbox.bytes -= message->length;
    client->mailbox.count--;
    return message;
}

void luahost_mailbox_put_back(luahost_client *client, luahost_message *message) {
    message->next = client->mailbox.first;
    client->mailbox.first = message;
    if (client->mailbox.last == NULL) client->mailbox.last = message;
    client->mailbox.bytes += message->length;
    client->mailbox.count++;
}

void luahost_mailbox_clear(luahost_client *client) {
    luahost_mailbox_offer_kept(client);
    while (client->mailbox.first != NULL) free(luahost_mailbox_take(client));
}

static void note_drop(luahost_client *client) {
    if (client->logged.drop) return;
    client->logged.drop = true;
    luahost_log(
        client->vm, LUAHOST_WARNING,
        "client %u has no message handler and receive() was never called: its oldest messages are dropped",
        client->number);
}

static bool is_crowded(const luahost_mailbox *mailbox) {
    return mailbox->count > 1 && (mailbox->count > QUEUE_MESSAGES || mailbox->bytes > QUEUE_BYTES);
}

static void drop_oldest(luahost_client *client) {
    note_drop(client);
    while (is_crowded(&client->mailbox)) free(luahost_mailbox_take(client));
}

/* One read may bring more than the queue holds right after the event that wakes the script, such as the end of its
 * connect(). */
static bool may_yet_receive(const luahost_client *client) {
    bool has_room = client->mailbox.count < MOST_MESSAGES && client->mailbox.bytes < QUEUE_BYTES;
    return has_room && client->vm->queue.first != NULL;
}

/* ---- messages without a handler ---- */

void luahost_mailbox_keep(luahost_client *client) {
    luahost_mailbox *mailbox = &client->mailbox;
    luahost_message *message = mailbox->first;
    mailbox->first = message->next;
    if (mailbox->first == NULL) mailbox->last = NULL;
    message->next = NULL;
    if (mailbox->last_kept != NULL) mailbox->last_kept->next = message; else mailbox->kept = message;
    mailbox->last_kept = message;
}

void luahost_mailbox_offer_kept(luahost_client *client) {
    luahost_mailbox *mailbox = &client->mailbox;
    if (mailbox->kept == NULL) return;
    mailbox->last_kept->next = mailbox->first;
    if (mailbox->first == NULL) mailbox->last = mailbox->last_kept;
    mailbox->first = mailbox->kept;
    mailbox->kept = mailbox->last_kept = NULL;
}

void luahost_mailbox_remove(luahost_client *client, bool is_kept, luahost_message *previous) {
    luahost_mailbox *mailbox = &client->mailbox;
    luahost_message **first = is_kept ? &mailbox->kept : &mailbox->first;
    luahost_message **last = is_kept ? &mailbox->last_kept : &mailbox->last;
    luahost_message *message = previous == NULL ? *first : previous->next;
    if (previous == NULL) *first = message->next; else previous->next = message->next;
    if (*last == message) *last = previous;
    mailbox->bytes -= message->length;
    mailbox->count--;
}

void luahost_mailbox_limit_kept(luahost_client *client) {
    luahost_mailbox *mailbox = &client->mailbox;
    if (mailbox->is_received || !is_crowded(mailbox) || may_yet_receive(client)) return;
    note_drop(client);
    while (mailbox->kept != NULL && is_crowded(mailbox)) {
        luahost_message *message = mailbox->kept;
        luahost_mailbox_remove(client, true, NULL);
        free(message);
    }
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
    bool awaits = client->mailbox.answers > 0;
    size_t bytes = awaits ? MOST_BYTES : QUEUE_BYTES, messages = awaits ? MOST_MESSAGES : QUEUE_MESSAGES;
    size_t handlers = awaits ? MOST_HANDLERS : LUAHOST_HANDLERS;
    if (!client->mailbox.is_paused) {
        bool is_queue_full = client->mailbox.bytes >= bytes || client->mailbox.count >= messages;
        if (!is_queue_full && client->mailbox.handlers < handlers) return;
        luahost_log(
            vm, client->logged.pause ? LUAHOST_DEBUG : LUAHOST_WARNING,
            "client %u: reading pauses: %zu messages (%zu bytes) wait, %zu handlers have not returned",
            client->number, client->mailbox.count, client->mailbox.bytes, client->mailbox.handlers);
        client->logged.pause = client->mailbox.is_paused = true;
        vm->host.client_pause(client->context, true);
    } else if (client->mailbox.bytes <= bytes / 2 && client->mailbox.count <= messages / 2 &&
               client->mailbox.handlers <= handlers / 2) {
        client->mailbox.is_paused = false;
        vm->host.client_pause(client->context, false);
    }
}

void luahost_mailbox_resume(luahost_client *client) {
    if (!client->mailbox.is_paused) return;
    client->mailbox.is_paused = false;
    if (client->context != NULL) client->vm->host.client_pause(client->context, false);
}

void luahost_mailbox_schedule(luahost_client *client) {
    if (client->is_pumped || !luahost_mailbox_has_work(client)) return;
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
