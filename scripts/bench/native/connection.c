#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_LIMIT = 1 << 20, BATCH_LIMIT = 4 << 20 };

static char arrived[READ_LIMIT + 1];
static char batch[BATCH_LIMIT];
static size_t batch_length;

static void buffer_append(ByteBuffer *buffer, const char *bytes, size_t length)
{
    size_t needed = buffer->length + length;
    if (needed > buffer->capacity) {
        char *grown = realloc(buffer->bytes, needed * 2);
        if (grown == NULL) {
            perror("realloc");
            exit(1);
        }
        buffer->bytes = grown;
        buffer->capacity = needed * 2;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length = needed;
}

static void buffer_free(ByteBuffer *buffer)
{
    free(buffer->bytes);
    *buffer = (ByteBuffer){0};
}

static void update_events(Connection *connection, int operation)
{
    uint32_t wanted = connection->standing_events | (connection->unwritten.length > 0 ? EPOLLOUT : 0);
    struct epoll_event event = {.events = wanted, .data.ptr = connection};
    if (epoll_ctl(connection->epoll, operation, connection->descriptor, &event) < 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

void connection_open(Connection *connection, int epoll, int descriptor, uint32_t standing_events)
{
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *connection = (Connection){.epoll = epoll, .descriptor = descriptor, .standing_events = standing_events};
    update_events(connection, EPOLL_CTL_ADD);
}

void connection_await(Connection *connection, uint32_t standing_events)
{
    connection->standing_events = standing_events;
    update_events(connection, EPOLL_CTL_MOD);
}

char *connection_read(Connection *connection, size_t *length)
{
    size_t before = connection->unread.length;
    if (before == READ_LIMIT) {
        connection_close(connection);
        return NULL;
    }
    ssize_t received = recv(connection->descriptor, arrived + before, READ_LIMIT - before, 0);
    if (received <= 0) {
        if (received == 0 || errno != EAGAIN) {
            connection_close(connection);
        }
        return NULL;
    }
    if (before > 0) {
        memcpy(arrived, connection->unread.bytes, before);
        buffer_free(&connection->unread);
    }
    *length = before + (size_t)received;
    arrived[*length] = '\0';
    return arrived;
}

void connection_keep_unread(Connection *connection, const char *rest, size_t length)
{
    if (length > 0 && !connection->closed) {
        buffer_append(&connection->unread, rest, length);
    }
}

char *connection_reserve(Connection *connection, size_t length)
{
    if (length > BATCH_LIMIT) {
        fprintf(stderr, "a message of %zu bytes is longer than this benchmark sends\n", length);
        exit(1);
    }
    if (batch_length + length > BATCH_LIMIT) {
        connection_flush(connection);
    }
    return batch + batch_length;
}

void connection_commit(size_t length)
{
    batch_length += length;
}

void connection_flush(Connection *connection)
{
    size_t length = batch_length;
    batch_length = 0;
    if (length > 0) {
        connection_write(connection, batch, length);
    }
}

/// Returns how many bytes the kernel took; closes the connection on an error.
static size_t send_some(Connection *connection, const char *bytes, size_t length)
{
    size_t taken = 0;
    while (taken < length) {
        ssize_t sent = send(connection->descriptor, bytes + taken, length - taken, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) {
                connection_close(connection);
            }
            break;
        }
        taken += (size_t)sent;
    }
    return taken;
}

void connection_write(Connection *connection, const char *bytes, size_t length)
{
    if (connection->closed) {
        return;
    }
    if (connection->unwritten.length > 0) {
        buffer_append(&connection->unwritten, bytes, length);
        return;
    }
    size_t taken = send_some(connection, bytes, length);
    if (taken < length && !connection->closed) {
        buffer_append(&connection->unwritten, bytes + taken, length - taken);
        update_events(connection, EPOLL_CTL_MOD);
    }
}

void connection_drain(Connection *connection)
{
    ByteBuffer *unwritten = &connection->unwritten;
    if (unwritten->length == 0) {
        return;
    }
    size_t taken = send_some(connection, unwritten->bytes, unwritten->length);
    if (connection->closed) {
        return;
    }
    unwritten->length -= taken;
    memmove(unwritten->bytes, unwritten->bytes + taken, unwritten->length);
    if (unwritten->length == 0) {
        buffer_free(unwritten);
        update_events(connection, EPOLL_CTL_MOD);
    }
}

void connection_close(Connection *connection)
{
    if (connection->closed) {
        return;
    }
    connection->closed = true;
    close(connection->descriptor);
    buffer_free(&connection->unread);
    buffer_free(&connection->unwritten);
}
