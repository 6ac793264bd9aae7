/* Socket.IO clients: what the host does for them, and the events that the network causes (the folder socketio). A part
 * of CLuaHost.h, whose rules hold here too.
 *
 * A payload is what follows the header of a packet: a JSON text or a msgpack value. Swift reads and writes headers, C
 * turns payloads into Lua values and back. */
#ifndef CLUAHOST_SOCKETIO_H
#define CLUAHOST_SOCKETIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLuaHostClient.h"

typedef enum luahost_serializer { LUAHOST_SERIALIZER_JSON, LUAHOST_SERIALIZER_MSGPACK } luahost_serializer;

#define LUAHOST_MEMBER_SERIALIZER(name) luahost_serializer name;
#define LUAHOST_MEMBER_LOGGER(name) luahost_logger name;
#define LUAHOST_MEMBER_BOOLEAN(name) bool name;
#define LUAHOST_MEMBER_NUMBER(name) double name;
#define LUAHOST_OPTION(name, type, by_default, docs) LUAHOST_MEMBER_##type(name)
typedef struct luahost_socketio_options {
#include "socketio_options.def"
} luahost_socketio_options;
#undef LUAHOST_OPTION
#undef LUAHOST_MEMBER_LOGGER
#undef LUAHOST_MEMBER_BOOLEAN
#undef LUAHOST_MEMBER_NUMBER

/* connect(): the namespaces, and what does not depend on the attempt. */
typedef struct luahost_socketio_connect {
    const luahost_slice *namespaces;
    size_t namespace_count;
    double wait_timeout;   /* seconds */
    bool wait;             /* connect() returns when all namespaces have answered */
    bool retry;            /* the first attempt, too */
} luahost_socketio_connect;

typedef enum luahost_socketio_result {
    LUAHOST_EMIT_SENT,
    LUAHOST_EMIT_SENT_FULL,     /* as LUAHOST_SENT_FULL */
    LUAHOST_EMIT_FULL,          /* as LUAHOST_FULL: nothing was taken */
    LUAHOST_EMIT_NEVER,         /* nobody asked for the namespace */
    LUAHOST_EMIT_CONNECTING,    /* the server has not answered for it yet */
    LUAHOST_EMIT_REFUSED,       /* the server has refused it */
    LUAHOST_EMIT_LEFT,          /* it was left, by either side */
    LUAHOST_EMIT_RECONNECTING,  /* there is no session at the moment */
    LUAHOST_EMIT_DISCONNECTED,
    LUAHOST_EMIT_TEXT,          /* the packet is not UTF-8 */
    LUAHOST_JOIN_CONNECTED,     /* the namespace to join is connected already */
} luahost_socketio_result;

/* Room that C leaves in front of a payload for the header, besides the length of the namespace. */
enum { LUAHOST_SOCKETIO_HEADROOM = 128 };

/* An event or an ack that is to be sent. */
typedef struct luahost_socketio_packet {
    luahost_slice name_space;
    luahost_slice id;        /* of an ack: the digits that the event had */
    char *data;              /* the room for the header, and the payload */
    size_t length;           /* of both */
    size_t headroom;
    const luahost_slice *attachments;
    size_t attachment_count;
    luahost_slice event;     /* its name, for what is measured */
    bool may_wait;
    bool is_text;            /* the payload is UTF-8: its encoder has checked that */
} luahost_socketio_packet;

/* An event or an ack that has come. Nothing of it lives longer than the call. */
typedef struct luahost_socketio_received {
    luahost_slice name_space;
    luahost_slice id;        /* the digits; empty: the server wants no ack */
    luahost_slice payload;
    const luahost_slice *attachments;
    size_t attachment_count;
    uint64_t connection;     /* of the namespace, for its acks */
} luahost_socketio_received;

/* An attempt to connect begins: luahost_callbacks.socketio_open or socketio_attempt_failed answers it, now or later. */
void luahost_socketio_attempt(luahost_client *client);
/* Engine.IO is open: socketio_authenticate or socketio_attempt_failed answers it, now or later. */
void luahost_socketio_opened(luahost_client *client, const luahost_session_info *info);
/* Namespaces that the server has refused are asked for again, on the open session; as luahost_socketio_opened. */
void luahost_socketio_rejoins(luahost_client *client);
/* The server has accepted the namespace. */
void luahost_socketio_connected(luahost_client *client, luahost_slice name_space, luahost_slice sid, bool is_recovered);
/* The server has refused the namespace; the payload may be empty. */
void luahost_socketio_refused(luahost_client *client, luahost_slice name_space, luahost_slice payload);
/* All namespaces have answered and the attempt to upgrade is over: connect() returns. */
void luahost_socketio_ready(luahost_client *client);
/* An attempt has failed. `refused` and `silent`: the namespaces that did, separated by commas; `reasons`: the payload,
 * which may be empty, of each refusal. */
void luahost_socketio_attempt_failed(
    luahost_client *client, const luahost_error *error, luahost_slice refused, const luahost_slice *reasons,
    luahost_slice silent, bool will_retry);
void luahost_socketio_event(luahost_client *client, const luahost_socketio_received *event);
void luahost_socketio_ack(luahost_client *client, uint64_t id, const luahost_socketio_received *ack);
/* A connected namespace is over. */
void luahost_socketio_disconnected(
    luahost_client *client, luahost_slice name_space, luahost_disconnect_reason reason, const luahost_detail *detail,
    bool will_reconnect);
/* The session is over, its namespaces were reported before. */
void luahost_socketio_ended(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail, size_t unwritten,
    bool will_reconnect);
/* No further attempt follows: the attempts are used up, or the script has disconnected. */
void luahost_socketio_gave_up(luahost_client *client, bool by_script);

#endif
