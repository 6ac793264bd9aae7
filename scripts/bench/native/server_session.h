/// One client of the echo server: its HTTP request, then its Engine.IO session over a WebSocket.
#ifndef BENCH_SERVER_SESSION_H
#define BENCH_SERVER_SESSION_H

#include "connection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { MODE_ECHO, MODE_SINK, MODE_FLOOD } ServerMode;

typedef struct {
    ServerMode mode;
    int port;
    uint64_t ping_interval_ms;
    uint64_t ping_timeout_ms;
    /// Bytes of a message that the flood is made of.
    size_t flood_size;
    /// Messages a second for each client; 0 sends as fast as the client takes them.
    uint64_t flood_rate;
    /// How long an echo is kept before it is sent; 0 sends it at once.
    uint64_t delay_ns;
} ServerOptions;

typedef struct Session {
    Connection connection;
    bool upgraded;
    /// Whether the messages are packets of Socket.IO, by the path of the request.
    bool is_socketio;
    uint64_t next_ping_ms;
    /// 0 while no pong is due.
    uint64_t pong_deadline_ms;
    uint64_t flooded_at_ns;
    struct Session *previous;
    struct Session *next;
} Session;

/// Takes the options that every session obeys, which outlive the sessions, and prepares the flood.
void sessions_configure(const ServerOptions *options);

/// Adds the connection that was just accepted.
void session_open(int epoll, int descriptor);

/// Handles what epoll reported. The session is freed here when it has ended.
void session_handle(Session *session, uint32_t events);

/// Sends one message, at once. The session is freed here when it has ended.
void session_send(Session *session, uint8_t opcode, const char *payload, size_t length);

/// Sends what the flood's rate allows since the last call.
void sessions_flood(void);

/// Sends the pings that are due, and ends the sessions whose pong is overdue.
void sessions_tick(void);

#endif
