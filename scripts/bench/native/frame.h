/// WebSocket frames (RFC 6455, section 5.2), unfragmented only: no program of this benchmark splits a message.
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8, FRAME_PING = 9, FRAME_PONG = 10 };

/// The longest header: two bytes, an eight byte length, a mask.
enum { FRAME_HEADER_LIMIT = 14 };

typedef struct {
    uint8_t opcode;
    bool masked;
    uint32_t mask;
    char *payload;
    size_t payload_length;
    size_t total_length;
} Frame;

/// Reads the frame at `bytes`; false while it is incomplete. The payload is left where it lies, still masked.
bool frame_parse(char *bytes, size_t length, Frame *frame);

/// Removes the mask of a parsed frame in place.
void frame_unmask(Frame *frame);

/// Writes a server's frame to `out`, which has FRAME_HEADER_LIMIT bytes more room than the payload. Returns its length.
size_t frame_put(char *out, uint8_t opcode, const char *payload, size_t length);

/// The same for a client's frame, with the mask given.
size_t frame_put_masked(char *out, uint8_t opcode, const char *payload, size_t length, uint32_t mask);

#endif
