#define _GNU_SOURCE
#include "server_session.h"

#include "accept_key.h"
#include "delayed_echo.h"
#include "frame.h"
#include "process.h"
#include "socketio_echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { FLOOD_BLOCK_SIZE = 1 << 18, RESPONSE_SIZE = 1024 };

static const ServerOptions *options;
static Session *sessions;

/// Frames of one length that are written to a flooded client again and again.
static char *flood_block;
static uint64_t flood_block_messages;
static size_t flood_frame_length;

static struct {
    uint64_t messages;
    uint64_t bytes;
    uint64_t sent;
    uint64_t handshakes;
    uint64_t open;
    uint64_t closed;
    uint64_t pings;
    uint64_t pongs;
    uint64_t timeouts;
    uint64_t errors;
} counters;

static void prepare_flood(size_t size)
{
    char *packet = malloc(size + 1);
    size_t frame_limit = size + 1 + FRAME_HEADER_LIMIT;
    size_t block_size = frame_limit > FLOOD_BLOCK_SIZE ? frame_limit : FLOOD_BLOCK_SIZE;
    flood_block = malloc(block_size);
    if (packet == NULL || flood_block == NULL) {
        perror("malloc");
        exit(1);
    }
    packet[0] = '4';
    memset(packet + 1, 'f', size);
    size_t block_length = 0;
    while (block_length + frame_limit <= block_size) {
        flood_frame_length = frame_put(flood_block + block_length, FRAME_TEXT, packet, size + 1);
        block_length += flood_frame_length;
        flood_block_messages++;
    }
    free(packet);
}

void sessions_configure(const ServerOptions *server_options)
{
    options = server_options;
    if (options->mode == MODE_FLOOD) {
        prepare_flood(options->flood_size);
    }
}

void session_open(int epoll, int descriptor)
{
    Session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        perror("calloc");
        exit(1);
    }
    connection_open(&session->connection, epoll, descriptor, EPOLLIN);
    session->next = sessions;
    if (sessions != NULL) {
        sessions->previous = session;
    }
    sessions = session;
}

static void session_free(Session *session)
{
    if (session->upgraded) {
        counters.open--;
        counters.closed++;
    }
    if (options->delay_ns > 0) {
        delayed_echo_forget(session);
    }
    if (session->previous != NULL) {
        session->previous->next = session->next;
    } else {
        sessions = session->next;
    }
    if (session->next != NULL) {
        session->next->previous = session->previous;
    }
    free(session);
}

static void queue_frame(Session *session, uint8_t opcode, const char *payload, size_t length)
{
    char *out = connection_reserve(&session->connection, length + FRAME_HEADER_LIMIT);
    connection_commit(frame_put(out, opcode, payload, length));
}

static void queue_response(Session *session, const char *status, const char *body)
{
    char *out = connection_reserve(&session->connection, RESPONSE_SIZE);
    int length = snprintf(out, RESPONSE_SIZE,
                          "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
                          strlen(body), body);
    connection_commit((size_t)length);
}

static void queue_statistics(Session *session)
{
    char body[RESPONSE_SIZE / 2];
    snprintf(body, sizeof body,
             "{\"time_ms\":%.3f,\"messages\":%llu,\"bytes\":%llu,\"sent\":%llu,\"handshakes\":%llu,\"open\":%llu,"
             "\"closed\":%llu,\"pings\":%llu,\"pongs\":%llu,\"timeouts\":%llu,\"errors\":%llu,\"cpu_seconds\":%.3f}",
             (double)monotonic_ns() / 1e6, (unsigned long long)counters.messages, (unsigned long long)counters.bytes,
             (unsigned long long)counters.sent, (unsigned long long)counters.handshakes,
             (unsigned long long)counters.open, (unsigned long long)counters.closed,
             (unsigned long long)counters.pings, (unsigned long long)counters.pongs,
             (unsigned long long)counters.timeouts, (unsigned long long)counters.errors, process_cpu_seconds());
    queue_response(session, "200 OK", body);
}

/// The 101 response and the open packet, which leave in one write.
static void upgrade(Session *session, const char *key, bool is_socketio)
{
    char accept[ACCEPT_KEY_SIZE];
    accept_key(key, strcspn(key, "\r "), accept);
    char *out = connection_reserve(&session->connection, RESPONSE_SIZE);
    int length = snprintf(out, RESPONSE_SIZE,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n",
                          accept);
    connection_commit((size_t)length);

    counters.handshakes++;
    counters.open++;
    char packet[256];
    length = snprintf(packet, sizeof packet,
                      "0{\"sid\":\"%020llu\",\"upgrades\":[],\"pingInterval\":%llu,\"pingTimeout\":%llu,"
                      "\"maxPayload\":1000000}",
                      (unsigned long long)counters.handshakes, (unsigned long long)options->ping_interval_ms,
                      (unsigned long long)options->ping_timeout_ms);
    queue_frame(session, FRAME_TEXT, packet, (size_t)length);

    session->upgraded = true;
    session->is_socketio = is_socketio;
    session->next_ping_ms = monotonic_ms_coarse() + options->ping_interval_ms;
    session->flooded_at_ns = monotonic_ns();
    if (options->mode == MODE_FLOOD && options->flood_rate == 0) {
        connection_await(&session->connection, EPOLLIN | EPOLLOUT);
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/// Returns how many bytes the request took; 0 while its head is incomplete.
static size_t handle_request(Session *session, char *bytes, size_t length)
{
    char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    end[2] = '\0';
    static const char key_header[] = "\r\nSec-WebSocket-Key:";
    const char *key = strcasestr(bytes, key_header);
    bool is_socketio = begins_with(bytes, "GET /socket.io/");
    if (begins_with(bytes, "GET /stats")) {
        queue_statistics(session);
    } else if (key != NULL && (is_socketio || begins_with(bytes, "GET /engine.io/"))) {
        key += strlen(key_header);
        upgrade(session, key + strspn(key, " "), is_socketio);
    } else {
        queue_response(session, "400 Bad Request", "{\"code\":0,\"message\":\"Transport unknown\"}");
    }
    return (size_t)(end + 4 - bytes);
}

static void handle_message(Session *session, const Frame *frame)
{
    counters.messages++;
    counters.bytes += frame->payload_length;
    if (options->mode != MODE_ECHO) {
        return;
    }
    // An attachment is sent back as any binary message.
    if (session->is_socketio && frame->opcode == FRAME_TEXT && !socketio_turn(frame->payload, frame->payload_length)) {
        return;
    }
    counters.sent++;
    if (options->delay_ns > 0) {
        uint64_t due_ns = monotonic_ns() + options->delay_ns;
        delayed_echo_add(session, frame->opcode, frame->payload, frame->payload_length, due_ns);
    } else {
        queue_frame(session, frame->opcode, frame->payload, frame->payload_length);
    }
}

/// Answers a CONNECT packet, which does not count as a message. Returns whether it was one.
static bool accept_namespace(Session *session, const Frame *frame)
{
    char answer[SOCKETIO_ANSWER_SIZE];
    size_t length = socketio_answer_connect(frame->payload, frame->payload_length, counters.handshakes, answer);
    if (length > 0) {
        queue_frame(session, FRAME_TEXT, answer, length);
    }
    return length > 0;
}

static void handle_text(Session *session, const Frame *frame)
{
    switch (frame->payload_length > 0 ? frame->payload[0] : '\0') {
    case '4':
        if (!session->is_socketio || !accept_namespace(session, frame)) {
            handle_message(session, frame);
        }
        break;
    case '3':
        counters.pongs++;
        session->pong_deadline_ms = 0;
        break;
    case '1':
        connection_flush(&session->connection);
        connection_close(&session->connection);
        break;
    default:
        counters.errors++;
    }
}

static void handle_frame(Session *session, const Frame *frame)
{
    switch (frame->opcode) {
    case FRAME_TEXT:
        handle_text(session, frame);
        break;
    case FRAME_BINARY:
        handle_message(session, frame);
        break;
    case FRAME_PING:
        queue_frame(session, FRAME_PONG, frame->payload, frame->payload_length);
        break;
    case FRAME_PONG:
        break;
    case FRAME_CLOSE:
        queue_frame(session, FRAME_CLOSE, frame->payload, frame->payload_length);
        connection_flush(&session->connection);
        connection_close(&session->connection);
        break;
    default:
        counters.errors++;
    }
}

/// Handles what is complete and returns how many bytes that was.
static size_t handle_bytes(Session *session, char *bytes, size_t length)
{
    size_t used = 0;
    while (used < length && !session->connection.closed) {
        if (!session->upgraded) {
            size_t taken = handle_request(session, bytes + used, length - used);
            if (taken == 0) {
                break;
            }
            used += taken;
            continue;
        }
        Frame frame;
        if (!frame_parse(bytes + used, length - used, &frame)) {
            break;
        }
        if (!frame.masked) {
            counters.errors++;
            connection_close(&session->connection);
            break;
        }
        frame_unmask(&frame);
        handle_frame(session, &frame);
        used += frame.total_length;
    }
    return used;
}

/// Sends nothing while the client is behind: what it does not take is not made up for later.
static void flood(Session *session, uint64_t messages)
{
    if (session->connection.unwritten.length == 0) {
        connection_write(&session->connection, flood_block, messages * flood_frame_length);
        counters.sent += messages;
    }
}

void session_handle(Session *session, uint32_t events)
{
    Connection *connection = &session->connection;
    if (events & EPOLLOUT) {
        connection_drain(connection);
        if (options->mode == MODE_FLOOD && options->flood_rate == 0 && !connection->closed) {
            flood(session, flood_block_messages);
        }
    }
    if (!connection->closed && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        size_t length;
        char *bytes = connection_read(connection, &length);
        if (bytes != NULL) {
            size_t used = handle_bytes(session, bytes, length);
            connection_flush(connection);
            connection_keep_unread(connection, bytes + used, length - used);
        }
    }
    if (connection->closed) {
        session_free(session);
    }
}

void session_send(Session *session, uint8_t opcode, const char *payload, size_t length)
{
    queue_frame(session, opcode, payload, length);
    connection_flush(&session->connection);
    if (session->connection.closed) {
        session_free(session);
    }
}

void sessions_flood(void)
{
    uint64_t now = monotonic_ns();
    Session *next;
    for (Session *session = sessions; session != NULL; session = next) {
        next = session->next;
        if (!session->upgraded) {
            continue;
        }
        uint64_t due = (now - session->flooded_at_ns) * options->flood_rate / 1000000000;
        session->flooded_at_ns = now;
        flood(session, due < flood_block_messages ? due : flood_block_messages);
        if (session->connection.closed) {
            session_free(session);
        }
    }
}

void sessions_tick(void)
{
    uint64_t now = monotonic_ms_coarse();
    Session *next;
    for (Session *session = sessions; session != NULL; session = next) {
        next = session->next;
        if (!session->upgraded) {
            continue;
        }
        if (session->pong_deadline_ms != 0 && now > session->pong_deadline_ms) {
            counters.timeouts++;
            connection_close(&session->connection);
        } else if (now >= session->next_ping_ms) {
            session->next_ping_ms = now + options->ping_interval_ms;
            session->pong_deadline_ms = now + options->ping_timeout_ms;
            counters.pings++;
            queue_frame(session, FRAME_TEXT, "2", 1);
            connection_flush(&session->connection);
        }
        if (session->connection.closed) {
            session_free(session);
        }
    }
}
