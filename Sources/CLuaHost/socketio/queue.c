/* The queue of a client: events that no handler has started on, and what happened to its namespaces in between. */
#include <stddef.h>
#include <stdlib.h>

#include "socketio/socketio.h"

void luahost_sio_enqueue(luahost_sio *sio, const luahost_socketio_received *event) {
    size_t lengths = event->attachment_count * sizeof(size_t), attachments = 0;
    for (size_t index = 0; index < event->attachment_count; index++) attachments += event->attachments[index].length;
    size_t length = sizeof(luahost_sio_entry) + event->name_space.length + event->id.length + event->payload.length +
        lengths + attachments;
    luahost_message *message = luahost_reallocate(NULL, sizeof *message + length);
    message->length = length;
    message->is_binary = false;
    luahost_sio_entry entry = {
        .happening = LUAHOST_SIO_EVENT, .connection = event->connection, .name_space = event->name_space.length,
        .id = event->id.length, .payload = event->payload.length, .attachments = event->attachment_count,
    };
    memcpy(message->data, &entry, sizeof entry);
    char *at = message->data + offsetof(luahost_sio_entry, bytes);
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
    luahost_mailbox_balance(&sio->client);
}

luahost_socketio_received luahost_sio_dequeued(const luahost_message *message, luahost_slice **list) {
    luahost_sio_entry entry;
    memcpy(&entry, message->data, sizeof entry);
    const char *at = message->data + offsetof(luahost_sio_entry, bytes);
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

luahost_sio_happening luahost_sio_happening_of(const luahost_message *message) {
    luahost_sio_happening happening;
    memcpy(&happening, message->data, sizeof happening);
    return happening;
}
