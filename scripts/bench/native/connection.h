/// A non-blocking TCP connection in an epoll set, as both programs use it.
///
/// A connection is the first member of what its owner keeps for it: epoll hands back the connection's address.
/// All memory for bytes in flight is shared and lent for one event; a connection owns memory only for the part of a
/// message that has not arrived yet and for what the kernel did not take.
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *bytes;
    size_t length;
    size_t capacity;
} ByteBuffer;

typedef struct {
    int epoll;
    int descriptor;
    bool closed;
    /// Events that are wanted even when nothing waits to be written.
    uint32_t standing_events;
    ByteBuffer unread;
    ByteBuffer unwritten;
} Connection;

/// Adds the descriptor to the epoll set and turns Nagle's algorithm off.
void connection_open(Connection *connection, int epoll, int descriptor, uint32_t standing_events);

/// Changes the events that are wanted.
void connection_await(Connection *connection, uint32_t standing_events);

/// Everything that has arrived, unread remainder first, with a NUL behind it; NULL if there is nothing new or the
/// connection ended, which closes it. The bytes are valid until the next call for any connection.
char *connection_read(Connection *connection, size_t *length);

/// Keeps the end of what `connection_read` returned for the next time.
void connection_keep_unread(Connection *connection, const char *rest, size_t length);

/// Room for `length` bytes in the batch of this connection. At most one connection has a batch at a time.
char *connection_reserve(Connection *connection, size_t length);

/// Adds to the batch what was written to the room reserved.
void connection_commit(size_t length);

/// Writes the batch, as far as the kernel takes it.
void connection_flush(Connection *connection);

/// Writes past the batch, as far as the kernel takes it; the rest follows by `connection_drain`.
void connection_write(Connection *connection, const char *bytes, size_t length);

/// Writes what the kernel did not take before. Call it when the connection is writable.
void connection_drain(Connection *connection);

/// Closes the descriptor and frees the buffers; the owner's memory stays.
void connection_close(Connection *connection);

#endif
