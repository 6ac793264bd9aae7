/// Messages that the echo server sends back after a while, the same for all: the first that came is the first to go.
#ifndef BENCH_DELAYED_ECHO_H
#define BENCH_DELAYED_ECHO_H

#include "server_session.h"

#include <stddef.h>
#include <stdint.h>

/// Keeps a message; `due_ns` is when it goes, on the clock of `monotonic_ns`.
void delayed_echo_add(Session *session, uint8_t opcode, const char *payload, size_t length, uint64_t due_ns);

/// The session ends: what is kept for it is not sent any more.
void delayed_echo_forget(const Session *session);

/// Sends what is due at `now_ns`.
void delayed_echo_send(uint64_t now_ns);

/// Nanoseconds until the next message is due, or -1 if none is kept.
int64_t delayed_echo_wait_ns(uint64_t now_ns);

#endif
