/// The Socket.IO side of the echo server, for sessions whose path begins with /socket.io/. Payloads are not read.
#ifndef BENCH_SOCKETIO_ECHO_H
#define BENCH_SOCKETIO_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The longest answer to CONNECT.
enum { SOCKETIO_ANSWER_SIZE = 256 };

/// Turns a packet, whose first byte is Engine.IO's type, into its answer in place: an event into itself, or into an
/// ack with the same arguments if it asks for one. Returns false if it has no answer of the same bytes.
bool socketio_turn(char *packet, size_t length);

/// Writes the answer to a CONNECT packet. Returns its length, or 0 for another packet.
size_t socketio_answer_connect(const char *packet, size_t length, uint64_t sid, char answer[SOCKETIO_ANSWER_SIZE]);

#endif
