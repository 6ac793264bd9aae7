/* The sessions of a host's Socket.IO clients, without sockets. The server returns every event. Some urls are special:
 * "refuse" refuses all namespaces, "fail" has no server, "greet" sends "hello" after the first namespace is accepted.
 * An event named "ask" makes it send one that wants an ack, "kick" makes it leave the namespace, "lose" loses the
 * connection, "end" loses it for good, "bad" sends rubbish, "burst" makes it send 1100 events "tick". "hold" has
 * no answer, and is the last thing of this turn of the loop. An event that wants an ack gets its own payload without
 * the name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/loop.h"
#include "peers.h"

typedef struct packet {
    struct packet *next;
    enum { EVENT, ASK, ACK, KICK, LOSE, END, BAD, BURST } kind;
    char name_space[100], payload[4000];
    size_t length;
    uint64_t id;
    luahost_slice attachments[8];
    size_t attachment_count;
} packet;

typedef struct socketio_peer {
    char namespaces[8][100], url[100];
    size_t count;
    enum { NOTHING, ATTEMPT, OPENING, ACCEPTING, CONNECTED, LEAVING, FAILED } step;
    bool is_msgpack, reconnects, by_handler, is_attempting, is_over;
    int losses;
    uint64_t acks, session;
    packet *first, *last;
} socketio_peer;

static luahost_slice text(const char *chars) { return (luahost_slice){chars, strlen(chars)}; }

static bool is(luahost_slice slice, const char *chars) {
    return slice.length == strlen(chars) && memcmp(slice.data, chars, slice.length) == 0;
}

static void copy(char *out, size_t size, luahost_slice slice) {
    size_t length = slice.length < size - 1 ? slice.length : size - 1;
    memcpy(out, slice.data, length);
    out[length] = '\0';
}

static void *create(
    void *context, luahost_client *client, const luahost_client_options *options, const luahost_socketio_options *own) {
    (void)options;
    peer *peer = make_peer(context, client);
    peer->socketio = calloc(1, sizeof *peer->socketio);
    peer->socketio->is_msgpack = own->serializer == LUAHOST_SERIALIZER_MSGPACK;
    peer->socketio->reconnects = own->reconnection;
    return peer;
}

static int start(void *context, const luahost_socketio_connect *options, luahost_error *error) {
    (void)error;
    socketio_peer *self = ((peer *)context)->socketio;
    self->count = options->namespace_count < 8 ? options->namespace_count : 8;
    for (size_t index = 0; index < self->count; index++) copy(self->namespaces[index], 100, options->namespaces[index]);
    self->step = ATTEMPT;
    self->is_over = false;
    write_down(((peer *)context)->host, "connect\n");
    return 0;
}

static bool is_ending(void *context) { return ((peer *)context)->socketio->is_over; }

static int open_socket(void *context, const luahost_connect_options *options, luahost_error *error) {
    socketio_peer *self = ((peer *)context)->socketio;
    copy(self->url, sizeof self->url, options->url);
    if (strcmp(self->url, "rubbish") == 0) {
        *error = (luahost_error){.type = text("ValueError"), .message = text("not a url"), .code = -1};
        return 1;
    }
    write_down(((peer *)context)->host, "open %s %.*s\n", self->url, (int)options->engineio_path.length,
        options->engineio_path.data);
    self->step = OPENING;
    return 0;
}

static void authenticate(void *context, luahost_slice payload) {
    socketio_peer *self = ((peer *)context)->socketio;
    if (self->is_over) return;
    write_down(((peer *)context)->host, "auth %.*s\n", self->is_msgpack ? 0 : (int)payload.length, payload.data);
    self->step = ACCEPTING;
}

static void attempt_failed(void *context, luahost_slice message, bool by_handler) {
    socketio_peer *self = ((peer *)context)->socketio;
    write_down(((peer *)context)->host, "attempt failed: %.*s\n", (int)message.length, message.data);
    self->step = FAILED;
    self->by_handler = by_handler;
}

static void add(socketio_peer *self, const luahost_socketio_packet *from, int kind, uint64_t id) {
    packet *added = calloc(1, sizeof *added);
    added->kind = kind;
    added->id = id;
    copy(added->name_space, sizeof added->name_space, from->name_space);
    added->length = from->length - from->headroom;
    if (added->length > sizeof added->payload) added->length = sizeof added->payload;
    memcpy(added->payload, from->data + from->headroom, added->length);
    for (size_t index = 0; index < from->attachment_count && index < 8; index++) {
        luahost_slice slice = from->attachments[index];
        char *bytes = malloc(slice.length + 1);
        memcpy(bytes, slice.data, slice.length);
        added->attachments[added->attachment_count++] = (luahost_slice){bytes, slice.length};
    }
    if (self->first != NULL) self->last->next = added; else self->first = added;
    self->last = added;
}

static void drop(packet *packet) {
    for (size_t index = 0; index < packet->attachment_count; index++) free((char *)packet->attachments[index].data);
    free(packet);
}

static luahost_socketio_result emit(
    void *context, const luahost_socketio_packet *packet, bool wants_ack, uint64_t *id) {
    static const char *const names[] = {"", "ask", "", "kick", "lose", "end", "bad", "burst"};
    socketio_peer *self = ((peer *)context)->socketio;
    if (self->step != CONNECTED && self->step != ACCEPTING) {
        return self->is_attempting ? LUAHOST_EMIT_RECONNECTING : LUAHOST_EMIT_DISCONNECTED;
    }
    bool is_there = false;
    for (size_t index = 0; index < self->count; index++) {
        is_there = is_there || is(packet->name_space, self->namespaces[index]);
    }
    if (!is_there) return LUAHOST_EMIT_NEVER;
    memset(packet->data, '.', packet->headroom);
    if (!self->is_msgpack) {
        write_down(((peer *)context)->host, "emit %.*s\n", (int)(packet->length - packet->headroom),
            packet->data + packet->headroom);
    }
    int kind = EVENT;
    for (int other = ASK; other <= BURST; other++) {
        if (names[other][0] != '\0' && is(packet->event, names[other])) kind = other;
    }
    *id = ++self->acks;
    bool ends_turn = is(packet->event, "hold");
    if (ends_turn) luahost_tick++;
    bool is_silent = ends_turn || (wants_ack && is(packet->event, "silence"));
    if (!is_silent) add(self, packet, wants_ack ? ACK : kind, wants_ack ? *id : 7);
    return LUAHOST_EMIT_SENT;
}

static void acknowledge(void *context, const luahost_socketio_packet *packet, uint64_t connection) {
    write_down(((peer *)context)->host, "ack %.*s%.*s of %d with %d\n", (int)packet->id.length, packet->id.data,
        (int)(packet->length - packet->headroom), packet->data + packet->headroom, (int)connection,
        (int)packet->attachment_count);
}

static void illegal(void *context, luahost_slice message, luahost_slice payload) {
    write_down(((peer *)context)->host, "illegal: %.*s: %.*s\n", (int)message.length, message.data,
        (int)payload.length, payload.data);
    ((peer *)context)->socketio->step = LEAVING;
}

static luahost_socketio_result join(void *context, luahost_slice name_space, luahost_slice payload) {
    (void)payload;
    socketio_peer *self = ((peer *)context)->socketio;
    if (self->step != CONNECTED || self->count == 8) return LUAHOST_EMIT_DISCONNECTED;
    copy(self->namespaces[self->count++], 100, name_space);
    return LUAHOST_EMIT_SENT;
}

static luahost_socketio_result leave(void *context, luahost_slice name_space) {
    (void)name_space;
    return ((peer *)context)->socketio->step == CONNECTED ? LUAHOST_EMIT_SENT : LUAHOST_EMIT_NEVER;
}

static luahost_slice refusal(void *context, luahost_slice name_space) {
    (void)context;
    (void)name_space;
    return text("");
}

static void forget(socketio_peer *self) {
    while (self->first != NULL) {
        packet *packet = self->first;
        self->first = packet->next;
        drop(packet);
    }
}

void disconnect_socketio(peer *peer) {
    write_down(peer->host, "disconnect\n");
    peer->socketio->step = LEAVING;
}

/* ---- the server ---- */

static void end_session(peer *peer, luahost_disconnect_reason reason, bool will_reconnect) {
    socketio_peer *self = peer->socketio;
    char message[40];
    snprintf(message, sizeof message, "end %d", ++self->losses);
    luahost_detail detail = {.cause = text("client"), .message = text(message), .code = -1, .since_last_ping = -1};
    self->is_attempting = will_reconnect;
    self->is_over = !will_reconnect;
    bool was_connected = self->step == CONNECTED || self->step == LEAVING;
    forget(self);
    self->step = will_reconnect ? ATTEMPT : NOTHING;
    for (size_t index = 0; index < self->count && was_connected; index++) {
        luahost_socketio_disconnected(peer->client, text(self->namespaces[index]), reason, &detail, will_reconnect);
        if (peer->client == NULL) return;
    }
    luahost_socketio_ended(peer->client, reason, &detail, 0, will_reconnect);
}

static void accept_namespaces(peer *peer) {
    socketio_peer *self = peer->socketio;
    if (strcmp(self->url, "refuse") == 0) {
        luahost_error error = {.type = text("ConnectionError"), .message = text("refused"), .code = -1};
        self->step = NOTHING;
        luahost_socketio_refused(peer->client, text(self->namespaces[0]), text("{\"message\":\"no\"}"));
        if (peer->client == NULL) return;
        luahost_slice reason = text("{\"message\":\"no\"}");
        luahost_socketio_attempt_failed(peer->client, &error, text(self->namespaces[0]), &reason, text(""), false);
        return;
    }
    self->session++;
    self->step = CONNECTED;
    self->is_attempting = false;
    /* This turn of the loop has taken long: nothing is started in it any more. */
    if (strcmp(self->url, "greet") == 0) luahost_tick++;
    for (size_t index = 0; index < self->count && self->step == CONNECTED && peer->client != NULL; index++) {
        luahost_socketio_connected(peer->client, text(self->namespaces[index]), text("sid"), false);
        if (strcmp(self->url, "greet") != 0 || index > 0) continue;
        luahost_socketio_received hello = {.name_space = text("/"), .payload = text("[\"hello\"]")};
        luahost_socketio_event(peer->client, &hello);
    }
    if (self->step == CONNECTED && peer->client != NULL) luahost_socketio_ready(peer->client);
}

/* The payload without the first element, of JSON without nested commas before it; msgpack's ack is [1]. */
static luahost_slice ack_payload(const socketio_peer *self, packet *packet) {
    if (self->is_msgpack) return (luahost_slice){"\x91\x01", 2};
    char *comma = memchr(packet->payload, ',', packet->length);
    if (comma == NULL) return text("[]");
    *comma = '[';
    return (luahost_slice){comma, (size_t)(packet->payload + packet->length - comma)};
}

static void answer(peer *peer) {
    socketio_peer *self = peer->socketio;
    packet *packet = self->first;
    self->first = packet->next;
    char digits[24];
    snprintf(digits, sizeof digits, "%d", (int)packet->id);
    luahost_socketio_received received = {
        .name_space = text(packet->name_space), .payload = {packet->payload, packet->length},
        .attachments = packet->attachments, .attachment_count = packet->attachment_count, .connection = self->session,
    };
    luahost_detail detail = {.cause = text("server"), .code = -1, .since_last_ping = -1};
    switch (packet->kind) {
    case EVENT:
        luahost_socketio_event(peer->client, &received);
        break;
    case ASK:
        received.id = text(digits);
        luahost_socketio_event(peer->client, &received);
        break;
    case ACK:
        received.payload = ack_payload(self, packet);
        luahost_socketio_ack(peer->client, packet->id, &received);
        break;
    case KICK:
        luahost_socketio_disconnected(
            peer->client, text(packet->name_space), LUAHOST_SERVER_DISCONNECT, &detail, false);
        break;
    case LOSE: end_session(peer, LUAHOST_TRANSPORT_ERROR, self->reconnects); break;
    case END: end_session(peer, LUAHOST_TRANSPORT_ERROR, false); break;
    case BURST:
        received.payload = text("[\"tick\"]");
        for (int count = 0; count < 1100; count++) luahost_socketio_event(peer->client, &received);
        break;
    case BAD:
        received.payload = text("[\"x\",");
        luahost_socketio_event(peer->client, &received);
        break;
    }
    drop(packet);
}

bool serve_socketio(peer *peer) {
    socketio_peer *self = peer->socketio;
    luahost_session_info info = {.sid = text("engine"), .base_url = text("u"), .transport = LUAHOST_WEBSOCKET};
    luahost_error error = {.type = text("ConnectionError"), .message = text("no server"), .code = -1};
    switch (self->step) {
    case NOTHING: return false;
    case ATTEMPT:
        self->step = NOTHING;
        luahost_socketio_attempt(peer->client);
        return true;
    case OPENING:
        self->step = NOTHING;
        if (strcmp(self->url, "fail") == 0) {
            luahost_socketio_attempt_failed(peer->client, &error, text(""), NULL, text(""), false);
        } else {
            luahost_socketio_opened(peer->client, &info);
        }
        return true;
    case ACCEPTING: accept_namespaces(peer); return true;
    case CONNECTED:
        if (self->first == NULL) return false;
        answer(peer);
        return true;
    case LEAVING: end_session(peer, LUAHOST_CLIENT_DISCONNECT, false); return true;
    case FAILED:
        self->step = NOTHING;
        luahost_socketio_attempt_failed(peer->client, &error, text(""), NULL, text(""), false);
        return true;
    }
    return false;
}

void free_socketio(peer *peer) {
    if (peer->socketio == NULL) return;
    forget(peer->socketio);
    free(peer->socketio);
}

void add_socketio_peers(luahost_callbacks *callbacks) {
    callbacks->socketio_create = create;
    callbacks->socketio_connect = start;
    callbacks->socketio_is_ending = is_ending;
    callbacks->socketio_open = open_socket;
    callbacks->socketio_authenticate = authenticate;
    callbacks->socketio_attempt_failed = attempt_failed;
    callbacks->socketio_emit = emit;
    callbacks->socketio_acknowledge = acknowledge;
    callbacks->socketio_illegal = illegal;
    callbacks->socketio_join = join;
    callbacks->socketio_leave = leave;
    callbacks->socketio_refusal = refusal;
}
