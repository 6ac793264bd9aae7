/* The sessions of a host's clients, without sockets: their servers answer at once. */
#include <stdlib.h>
#include <string.h>

#include "peers.h"

peer *make_peer(host *host, luahost_client *client) {
    peer *made = calloc(1, sizeof *made);
    made->client = client;
    made->host = host;
    made->next = host->peers;
    host->peers = made;
    return made;
}

static void *client_create(void *context, luahost_client *client, const luahost_client_options *options) {
    (void)options;
    return make_peer(context, client);
}

static echo *take_echo(peer *peer) {
    echo *echo = peer->first;
    if (echo == NULL) return NULL;
    peer->first = echo->next;
    peer->count--;
    return echo;
}

static void drop_echoes(peer *peer) {
    for (echo *echo; (echo = take_echo(peer)) != NULL;) free(echo);
}

static void client_release(void *context) {
    ((peer *)context)->client = NULL;
    drop_echoes(context);
}

static int client_connect(void *context, const luahost_connect_options *options, luahost_error *error) {
    static const char *const names[] = {"", "silent", "fail", "early", "drop", "echo"};
    peer *peer = context;
    /* All of them are read, so that the sanitizer sees one that cannot be. */
    unsigned sum = 0;
    for (size_t index = 0; index < options->headers.count; index++) {
        const luahost_pair *pair = &options->headers.items[index];
        for (size_t at = 0; at < pair->name.length; at++) sum += (unsigned char)pair->name.data[at];
        for (size_t at = 0; at < pair->value.length; at++) sum += (unsigned char)pair->value.data[at];
    }
    for (size_t at = 0; at < options->engineio_path.length; at++) sum += (unsigned char)options->engineio_path.data[at];
    peer->host->sum += sum;
    if (options->url.length == 6 && memcmp(options->url.data, "refuse", 6) == 0) {
        *error = (luahost_error){.type = slice("ValueError"), .message = slice("refused"), .code = -1};
        return 1;
    }
    peer->kind = ORDINARY;
    for (int kind = SILENT; kind <= ECHOES; kind++) {
        size_t length = strlen(names[kind]);
        if (options->url.length == length && memcmp(options->url.data, names[kind], length) == 0) peer->kind = (enum kind)kind;
    }
    peer->state = CONNECTING;
    write_down(peer->host, "connect\n");
    return 0;
}

static luahost_send_result client_send(
    void *context, const char *data, size_t length, bool is_binary, bool may_wait, size_t *offset) {
    (void)offset;
    peer *peer = context;
    if (peer->state != OPEN) return LUAHOST_NOT_CONNECTED;
    write_down(peer->host, "send %.*s\n", (int)length, data);
    if (peer->kind != ECHOES) return LUAHOST_SENT;
    if (!may_wait && peer->count >= 32) return LUAHOST_FULL;
    echo *echo = malloc(sizeof *echo + length);
    *echo = (struct echo){NULL, length, is_binary};
    memcpy(echo->data, data, length);
    if (peer->first != NULL) peer->last->next = echo; else peer->first = echo;
    peer->last = echo;
    return ++peer->count >= 8 ? LUAHOST_SENT_FULL : LUAHOST_SENT;
}

static void client_disconnect(void *context, double timeout, bool abort) {
    (void)timeout;
    peer *peer = context;
    if (peer->socketio != NULL) {
        disconnect_socketio(peer);
        return;
    }
    peer->state = CLOSING;
    write_down(peer->host, abort ? "abandon\n" : "disconnect\n");
}

static void client_pause(void *context, bool paused) {
    peer *peer = context;
    if (peer->socketio != NULL) write_down(peer->host, paused ? "pause\n" : "go on\n");
}
static size_t client_buffered(void *context) { return ((peer *)context)->count; }
static void client_notify_drained(void *context) { ((peer *)context)->tells_drained = true; }

static void send_back(peer *peer) {
    echo *echo = take_echo(peer);
    luahost_client_message(peer->client, echo->data, echo->length, echo->is_binary);
    free(echo);
    if (peer->client == NULL || peer->state != OPEN) return;
    if (peer->count < 4) luahost_client_writable(peer->client);
    if (peer->count > 0 || !peer->tells_drained) return;
    peer->tells_drained = false;
    luahost_client_drained(peer->client);
}

static void close_peer(peer *peer, luahost_disconnect_reason reason) {
    luahost_detail detail = {.cause = slice("client"), .message = slice("it ended"), .code = 7, .since_last_ping = -1};
    peer->state = IDLE;
    drop_echoes(peer);
    luahost_client_closed(peer->client, reason, &detail, 0);
}

static void open_peer(peer *peer) {
    luahost_slice upgrades[] = {slice("websocket"), slice("another")};
    luahost_session_info info = {
        .sid = slice("s"), .base_url = slice("u"), .ping_interval = 25, .ping_timeout = 20, .transport = LUAHOST_WEBSOCKET,
        .upgrades = upgrades, .upgrade_count = 2};
    luahost_slice message;
    peer->state = OPEN;
    luahost_client_opened(peer->client, &info, &message);
    if (peer->state == OPEN && peer->kind == EARLY) close_peer(peer, LUAHOST_TRANSPORT_ERROR);
    if (peer->state == OPEN) luahost_client_connected(peer->client);
}

static bool serve(peer *peer) {
    if (peer->socketio != NULL) return serve_socketio(peer);
    luahost_error error = {
        .type = slice("ConnectionError"), .message = slice("abandoned"), .phase = slice("tcp"), .status = 1, .code = -1};
    if (peer->state == CONNECTING && peer->kind == FAILS) {
        peer->state = IDLE;
        luahost_client_connect_failed(peer->client, &error);
    } else if (peer->state == CONNECTING && peer->kind != SILENT) {
        open_peer(peer);
    } else if (peer->state == OPEN && peer->kind == DROPS) {
        close_peer(peer, LUAHOST_TRANSPORT_ERROR);
    } else if (peer->state == OPEN && peer->count > 0) {
        send_back(peer);
    } else if (peer->state == CLOSING && peer->kind == SILENT) {
        peer->state = IDLE;
        luahost_client_connect_failed(peer->client, &error);
    } else if (peer->state == CLOSING) {
        close_peer(peer, LUAHOST_CLIENT_DISCONNECT);
    } else {
        return false;
    }
    return true;
}

/* ---- for the host ---- */

void add_peers(luahost_callbacks *callbacks) {
    callbacks->client_create = client_create;
    callbacks->client_release = client_release;
    callbacks->client_connect = client_connect;
    callbacks->client_send = client_send;
    callbacks->client_disconnect = client_disconnect;
    callbacks->client_pause = client_pause;
    callbacks->client_buffered = client_buffered;
    callbacks->client_notify_drained = client_notify_drained;
    add_socketio_peers(callbacks);
}

bool serve_peers(host *host) {
    bool was_busy = false;
    for (peer *peer = host->peers; peer != NULL; peer = peer->next) {
        if (peer->client != NULL) was_busy = serve(peer) || was_busy;
    }
    return was_busy;
}

void free_peers(host *host) {
    while (host->peers != NULL) {
        peer *peer = host->peers;
        host->peers = peer->next;
        drop_echoes(peer);
        free_socketio(peer);
        free(peer);
    }
}
