/* The sessions of a host's clients: of Engine.IO in peers.c, of Socket.IO in socketio_peers.c. */
#ifndef TEST_PEERS_H
#define TEST_PEERS_H

#include "callbacks.h"

typedef struct echo {
    struct echo *next;
    size_t length;
    bool is_binary;
    char data[];
} echo;

typedef struct peer {
    struct peer *next;
    host *host;
    luahost_client *client;
    enum { IDLE, CONNECTING, OPEN, CLOSING } state;
    enum kind { ORDINARY, SILENT, FAILS, EARLY, DROPS, ECHOES } kind;
    echo *first, *last;
    size_t count;
    bool tells_drained;
    struct socketio_peer *socketio; /* NULL: of Engine.IO */
} peer;

peer *make_peer(host *host, luahost_client *client);

void add_socketio_peers(luahost_callbacks *callbacks);
/* One step of a Socket.IO session; false if nothing was to be done. */
bool serve_socketio(peer *peer);
void disconnect_socketio(peer *peer);
void free_socketio(peer *peer);

#endif
