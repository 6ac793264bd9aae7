/* The queue of a client: events that no handler has started on, and what happened to its namespaces in between. */
#include <stddef.h>
#include <stdlib.h>

#include "socketio/socketio.h"

/* An event in the mailbox: the beginning of a message's data. */
typedef struct queued_event {
    luahost_sio_happening happening;
    uint64_t connection;
    size_t name_space, id, payload, attachments; /* lengths, and their number */
    char bytes[];            /* namespace, id, payload, the lengths of the attachments (size_t), the attachments */
} queued_event;

static luahost_message *make_message(size_t length) {
    luahost_message *message = luahost_reallocate(NULL, sizeof *message + length);
    message->length = length;
    message->is_binary = false;
    return message;
}

void luahost_sio_enqueue(luahost_sio *sio, const luahost_socketio_received *event) {
    size_t lengths = event->attachment_count * sizeof(size_t), attachments = 0;
    for (size_t index = 0; index < event->attachment_count; index++) attachments += event->attachments[index].length;
    size_t length = sizeof(queued_event) + event->name_space.length + event->id.length + event->payload.length +
        lengths + attachments;
    luahost_message *message = make_message(length);
    const queued_event entry = {
        .happening = LUAHOST_SIO_EVENT, .connection = event->connection, .name_space = event->name_space.length,
        .id = event->id.length, .payload = event->payload.length, .attachments = event->attachment_count,
    };
    memcpy(message->data, &entry, sizeof entry);
    char *at = message->data + offsetof(queued_event, bytes);
    const luahost_slice parts[] = {event->name_space, event->id, event->payload};
    for (int part = 0; part < 3; part++) {
        if (parts[part].length > 0) memcpy(at, parts[part].data, parts[part].length);
        at += parts[part].length;
    }
    for (size_t index = 0; index < event->attachment_count; index++, at += sizeof(size_t)) {
        memcpy(at, &event->attachments[index].length, sizeof(size_t));
    }
    for (size_t index = 0; index < event->attachment_count; index++) {
        if (event->attachments[index].length == 0) continue;
        memcpy(at, event->attachments[index].data, event->attachments[index].length);
        at += event->attachments[index].length;
    }
    luahost_mailbox_append(&sio->client, message);
}

luahost_socketio_received luahost_sio_dequeued(const luahost_message *message, luahost_slice **list) {
    queued_event entry;
    memcpy(&entry, message->data, sizeof entry);
    const char *at = message->data + offsetof(queued_event, bytes);
    luahost_socketio_received event = {.connection = entry.connection, .attachment_count = entry.attachments};
    event.name_space = (luahost_slice){at, entry.name_space};
    event.id = (luahost_slice){at + entry.name_space, entry.id};
    event.payload = (luahost_slice){event.id.data + entry.id, entry.payload};
    const char *lengths = event.payload.data + entry.payload;
    const char *bytes = lengths + entry.attachments * sizeof(size_t);
    *list = entry.attachments == 0 ? NULL : luahost_reallocate(NULL, entry.attachments * sizeof **list);
    for (size_t index = 0; index < entry.attachments; index++) {
        size_t length;
        memcpy(&length, lengths + index * sizeof length, sizeof length);
        (*list)[index] = (luahost_slice){bytes, length};
        bytes += length;
    }
    event.attachments = *list;
    return event;
}

/* Copies the text to the place, which it is in from then on, and returns the end of it. */
static char *keep(char *at, luahost_slice *text) {
    if (text->length > 0) memcpy(at, text->data, text->length);
    text->data = at;
    return at + text->length;
}

void luahost_sio_enqueue_change(luahost_sio *sio, const luahost_sio_change *change) {
    luahost_sio_change kept = *change;
    luahost_slice *texts[] = {
        &kept.name_space, &kept.text, &kept.detail.cause, &kept.detail.message, &kept.detail.transport,
        &kept.detail.ws_reason,
    };
    enum { TEXTS = sizeof texts / sizeof *texts };
    size_t length = sizeof kept;
    for (int index = 0; index < TEXTS; index++) length += texts[index]->length;
    luahost_message *message = make_message(length);
    char *at = message->data + sizeof kept;
    for (int index = 0; index < TEXTS; index++) at = keep(at, texts[index]);
    memcpy(message->data, &kept, sizeof kept);
    luahost_mailbox_append(&sio->client, message);
}

luahost_sio_change luahost_sio_dequeued_change(const luahost_message *message) {
    luahost_sio_change change;
    memcpy(&change, message->data, sizeof change);
    return change;
}

luahost_sio_happening luahost_sio_happening_of(const luahost_message *message) {
    luahost_sio_happening happening;
    memcpy(&happening, message->data, sizeof happening);
    return happening;
}
