/// The limit that a scripted client is measured against: Engine.IO 4 over WebSocket in C, one thread, no script.
///
///     raw_client --url http://127.0.0.1:PORT --mode pingpong --clients 100 --window 16 --seconds 3
///
/// `pingpong` keeps `window` messages of each client in flight, `idle` answers pings, `recv` counts what the server
/// floods it with, `connect` opens and closes sessions on `clients` connections. It prints one line of JSON at the end.
#include "accept_key.h"
#include "client_options.h"
#include "connection.h"
#include "frame.h"
#include "latency.h"
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

enum { EVENT_LIMIT = 1024, WAIT_MS = 20, CONNECTING_LIMIT = 128, OPENING_LIMIT_SECONDS = 60 };

typedef enum { STATE_UNUSED, STATE_CONNECTING, STATE_HANDSHAKE, STATE_UPGRADED, STATE_OPEN, STATE_CLOSED } ClientState;

typedef struct {
    Connection connection;
    ClientState state;
    uint64_t connecting_since_ns;
    /// When each message in flight was sent: a ring of `window` entries.
    uint64_t *sent_at_ns;
    uint32_t next_sent;
    uint32_t next_received;
} Client;

static ClientOptions options;
static int epoll;
static Client *clients;
static uint32_t clients_started;
static uint32_t clients_connecting;
static uint32_t clients_open;
static char *packet;
static size_t packet_length;
static uint32_t random_state;

static struct {
    uint64_t messages;
    uint64_t sessions;
    uint64_t pings;
    uint64_t errors;
    uint64_t began_ns;
    uint64_t deadline_ns;
    double connecting_seconds;
    double cpu_seconds_before;
    long resident_kib_before;
    long resident_kib_open;
} run;

static uint64_t after_seconds(uint64_t start_ns, double seconds)
{
    return start_ns + (uint64_t)(seconds * 1e9);
}

/// Xorshift: a mask need not be secret here, only different for each frame.
static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void queue_text(Client *client, const char *text, size_t length)
{
    char *out = connection_reserve(&client->connection, length + FRAME_HEADER_LIMIT);
    connection_commit(frame_put_masked(out, FRAME_TEXT, text, length, next_random()));
}

static void queue_message(Client *client, uint64_t now)
{
    client->sent_at_ns[client->next_sent++ % options.window] = now;
    queue_text(client, packet, packet_length);
}

static void start_connecting(Client *client)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        perror("socket");
        exit(1);
    }
    int result = connect(descriptor, (struct sockaddr *)&options.address, sizeof options.address);
    if (result < 0 && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    connection_open(&client->connection, epoll, descriptor, EPOLLIN | EPOLLOUT);
    client->state = STATE_CONNECTING;
    client->connecting_since_ns = monotonic_ns();
    clients_connecting++;
}

static void start_more_clients(void)
{
    while (clients_connecting < CONNECTING_LIMIT && clients_started < options.clients) {
        start_connecting(&clients[clients_started++]);
    }
}

static void fail(Client *client)
{
    if (client->state == STATE_OPEN) {
        clients_open--;
    } else {
        clients_connecting--;
    }
    run.errors++;
    client->state = STATE_CLOSED;
    connection_close(&client->connection);
}

static void send_upgrade_request(Client *client)
{
    uint32_t nonce[NONCE_LENGTH / sizeof(uint32_t)];
    for (size_t i = 0; i < NONCE_LENGTH / sizeof(uint32_t); i++) {
        nonce[i] = next_random();
    }
    char key[REQUEST_KEY_SIZE];
    request_key((const uint8_t *)nonce, key);

    char request[512];
    int length = snprintf(request, sizeof request,
                          "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: %s:%d\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
                          inet_ntoa(options.address.sin_addr), ntohs(options.address.sin_port), key);
    client->state = STATE_HANDSHAKE;
    connection_write(&client->connection, request, (size_t)length);
}

/// Starts the measured part, once every client is open.
static void begin(void)
{
    uint64_t now = monotonic_ns();
    run.connecting_seconds = (double)(now - run.began_ns) / 1e9;
    run.resident_kib_open = process_resident_kib();
    run.cpu_seconds_before = process_cpu_seconds();
    run.began_ns = now;
    run.deadline_ns = after_seconds(now, options.seconds);
    if (options.mode != MODE_PINGPONG) {
        return;
    }
    for (uint32_t i = 0; i < options.clients; i++) {
        for (uint32_t sent = 0; sent < options.window; sent++) {
            queue_message(&clients[i], monotonic_ns());
        }
        connection_flush(&clients[i].connection);
    }
}

static void handle_open(Client *client)
{
    clients_connecting--;
    run.sessions++;
    if (options.mode == MODE_CONNECT) {
        uint64_t now = monotonic_ns();
        latency_record(now - client->connecting_since_ns);
        connection_close(&client->connection);
        client->state = STATE_CLOSED;
        if (now < run.deadline_ns) {
            start_connecting(client);
        }
        return;
    }
    client->state = STATE_OPEN;
    clients_open++;
    start_more_clients();
}

static void handle_message(Client *client)
{
    if (options.mode != MODE_PINGPONG) {
        run.messages++;
        return;
    }
    uint64_t now = monotonic_ns();
    uint64_t sent_at_ns = client->sent_at_ns[client->next_received++ % options.window];
    if (now < run.deadline_ns) {
        run.messages++;
        latency_record(now - sent_at_ns);
        queue_message(client, now);
    }
}

static void handle_packet(Client *client, const Frame *frame)
{
    char type = frame->payload_length > 0 ? frame->payload[0] : '\0';
    if (client->state == STATE_UPGRADED && type == '0') {
        handle_open(client);
    } else if (client->state == STATE_OPEN && type == '4') {
        handle_message(client);
    } else if (client->state == STATE_OPEN && type == '2') {
        run.pings++;
        queue_text(client, "3", 1);
    } else {
        fail(client);
    }
}

/// Returns how many bytes the response took; 0 while it is incomplete.
static size_t handle_response(Client *client, const char *bytes)
{
    const char *end = strstr(bytes, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    if (strncmp(bytes, "HTTP/1.1 101 ", strlen("HTTP/1.1 101 ")) != 0) {
        fail(client);
        return 0;
    }
    client->state = STATE_UPGRADED;
    return (size_t)(end + 4 - bytes);
}

/// Handles what is complete and returns how many bytes that was.
static size_t handle_bytes(Client *client, char *bytes, size_t length)
{
    size_t used = 0;
    if (client->state == STATE_HANDSHAKE) {
        used = handle_response(client, bytes);
    }
    Frame frame;
    while ((client->state == STATE_UPGRADED || client->state == STATE_OPEN)
           && frame_parse(bytes + used, length - used, &frame)) {
        if (frame.opcode == FRAME_TEXT) {
            handle_packet(client, &frame);
        } else {
            fail(client);
        }
        used += frame.total_length;
    }
    return used;
}

static void handle_event(Client *client, uint32_t events)
{
    if (client->state == STATE_CONNECTING) {
        if (events & (EPOLLERR | EPOLLHUP)) {
            fail(client);
        } else if (events & EPOLLOUT) {
            connection_await(&client->connection, EPOLLIN);
            send_upgrade_request(client);
        }
        return;
    }
    if (events & EPOLLOUT) {
        connection_drain(&client->connection);
    }
    if (!client->connection.closed && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        size_t length;
        char *bytes = connection_read(&client->connection, &length);
        if (bytes != NULL) {
            size_t used = handle_bytes(client, bytes, length);
            connection_flush(&client->connection);
            bool same_connection = client->state != STATE_CONNECTING;
            if (same_connection) {
                connection_keep_unread(&client->connection, bytes + used, length - used);
            }
        }
    }
    if (client->connection.closed && client->state != STATE_CLOSED) {
        fail(client);
    }
}

static void run_until_done(void)
{
    static struct epoll_event events[EVENT_LIMIT];
    bool begun = options.mode == MODE_CONNECT;
    run.began_ns = monotonic_ns();
    run.deadline_ns = after_seconds(run.began_ns, begun ? options.seconds : OPENING_LIMIT_SECONDS);
    start_more_clients();
    while (monotonic_ns() < run.deadline_ns && clients_connecting + clients_open > 0) {
        int count = epoll_wait(epoll, events, EVENT_LIMIT, WAIT_MS);
        for (int i = 0; i < count; i++) {
            handle_event(events[i].data.ptr, events[i].events);
        }
        if (!begun && clients_open == options.clients) {
            begun = true;
            begin();
        }
    }
}

static void print_result(void)
{
    double seconds = (double)(monotonic_ns() - run.began_ns) / 1e9;
    uint64_t operations = options.mode == MODE_CONNECT ? run.sessions : run.messages;
    printf("{\"mode\":\"%s\",\"clients\":%u,\"window\":%u,\"size\":%zu,\"seconds\":%.3f,\"operations\":%llu,"
           "\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"sessions\":%llu,\"connecting_seconds\":%.3f,"
           "\"rss_before_kib\":%ld,\"rss_open_kib\":%ld,\"cpu_seconds\":%.3f,\"pings\":%llu,\"errors\":%llu}\n",
           options.mode_name, options.clients, options.window, options.size, seconds, (unsigned long long)operations,
           (double)operations / seconds, latency_quantile_us(0.5), latency_quantile_us(0.99),
           (unsigned long long)run.sessions, run.connecting_seconds, run.resident_kib_before, run.resident_kib_open,
           process_cpu_seconds() - run.cpu_seconds_before, (unsigned long long)run.pings,
           (unsigned long long)run.errors);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        perror("calloc");
        exit(1);
    }
    return memory;
}

int main(int count, char **arguments)
{
    options = client_options_parse(count, arguments);
    raise_descriptor_limit();
    do {
        if (getrandom(&random_state, sizeof random_state, 0) < 0) {
            perror("getrandom");
            return 1;
        }
    } while (random_state == 0);

    packet_length = options.size + 1;
    packet = allocate(packet_length, 1);
    memset(packet, 'x', packet_length);
    packet[0] = '4';
    clients = allocate(options.clients, sizeof *clients);
    for (uint32_t i = 0; i < options.clients; i++) {
        clients[i].sent_at_ns = allocate(options.window, sizeof(uint64_t));
    }
    epoll = epoll_create1(0);

    run.resident_kib_before = process_resident_kib();
    run_until_done();
    print_result();
    return run.errors > 0 ? 1 : 0;
}
