/* The events of a client that the network causes: its session opens, receives and ends (client/session.c,
 * client/delivery.c, client/send.c). A part of CLuaHost.h, whose rules hold here too.
 *
 * No function here may be called from within a slice of Lua, unless its comment allows that. */
#ifndef CLUAHOST_CLIENT_H
#define CLUAHOST_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "CLuaHostLoop.h"

typedef struct luahost_client luahost_client;

typedef enum luahost_logger {
    LUAHOST_LOG_ERRORS,
    LUAHOST_LOG_INFO, /* as python's logger=True */
    LUAHOST_LOG_DEBUG,
} luahost_logger;

typedef enum luahost_transport { LUAHOST_NO_TRANSPORT, LUAHOST_POLLING, LUAHOST_WEBSOCKET } luahost_transport;

/* A failed connect or a rejected argument. Empty slices and 0 (code: -1) mean: not known. */
typedef struct luahost_error {
    luahost_slice type;    /* "ConnectionError", "ValueError" */
    luahost_slice message;
    luahost_slice phase;   /* dns tcp tls http open probe */
    luahost_slice cause;
    luahost_slice body;
    luahost_slice retry_after; /* the HTTP header, as it was written */
    int status;
    int code;
    bool is_measured;      /* the host has counted it: where nobody catches it, its report says so */
} luahost_error;

typedef struct luahost_detail {
    luahost_slice cause;
    luahost_slice message;
    luahost_slice transport;
    luahost_slice ws_reason;
    int status;
    int code;              /* -1: none */
    int ws_code;           /* 0: none */
    double since_last_ping; /* seconds; < 0: not known */
} luahost_detail;

typedef struct luahost_session_info {
    luahost_slice sid;
    luahost_slice base_url;
    const luahost_slice *upgrades;
    size_t upgrade_count;
    double ping_interval;  /* seconds */
    double ping_timeout;   /* seconds */
    luahost_transport transport;
} luahost_session_info;

typedef enum luahost_handler_outcome { LUAHOST_HANDLER_OK, LUAHOST_HANDLER_RAISED } luahost_handler_outcome;

/* The session is open: runs the connect handler until it returns or waits. If it raises, *message (alive until the next
 * call) is its text, and Swift drops the session and calls luahost_client_connect_failed with
 * "Connect handler failed: …". */
luahost_handler_outcome luahost_client_opened(
    luahost_client *client, const luahost_session_info *info, luahost_slice *message);
/* The upgrade succeeded. */
void luahost_client_upgraded(luahost_client *client);
/* The upgrade attempt is over: connect() returns. */
void luahost_client_connected(luahost_client *client);
void luahost_client_connect_failed(luahost_client *client, const luahost_error *error);
/* Starts the handler at once where that is possible, else queues. */
void luahost_client_message(luahost_client *client, const char *data, size_t length, bool is_binary);
typedef enum luahost_disconnect_reason {
    LUAHOST_CLIENT_DISCONNECT,
    LUAHOST_SERVER_DISCONNECT,
    LUAHOST_TRANSPORT_ERROR,
} luahost_disconnect_reason;
/* The session is over. `unwritten`: messages that send() took and that were not written. If connect() has not returned
 * yet, it raises. */
void luahost_client_closed(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail, size_t unwritten);
/* Less than half of max_buffered waits: senders go on. May be called from within a slice. */
void luahost_client_writable(luahost_client *client);
/* client_buffered may be 0 now: drain() looks, and asks again if it is not. May be called from within a slice. */
void luahost_client_drained(luahost_client *client);

#endif
