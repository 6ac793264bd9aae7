#include "socketio_echo.h"

#include <stdio.h>
#include <string.h>

enum { ENGINEIO_MESSAGE = '4', CONNECT = '0', EVENT = '2', ACK = '3', BINARY_EVENT = '5', BINARY_ACK = '6' };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/// The offset after the namespace that may begin at `start`.
static size_t after_namespace(const char *packet, size_t length, size_t start)
{
    if (start >= length || packet[start] != '/') {
        return start;
    }
    const char *comma = memchr(packet + start, ',', length - start);
    return comma == NULL ? length : (size_t)(comma + 1 - packet);
}

bool socketio_turn(char *packet, size_t length)
{
    if (length < 2 || packet[0] != ENGINEIO_MESSAGE || (packet[1] != EVENT && packet[1] != BINARY_EVENT)) {
        return false;
    }
    size_t position = 2;
    if (packet[1] == BINARY_EVENT) {
        while (position < length && is_digit(packet[position])) {
            position++;
        }
        // The hyphen.
        position++;
    }
    position = after_namespace(packet, length, position);
    if (position < length && is_digit(packet[position])) {
        packet[1] = packet[1] == EVENT ? ACK : BINARY_ACK;
    }
    return true;
}

size_t socketio_answer_connect(const char *packet, size_t length, uint64_t sid, char answer[SOCKETIO_ANSWER_SIZE])
{
    if (length < 2 || packet[0] != ENGINEIO_MESSAGE || packet[1] != CONNECT) {
        return 0;
    }
    size_t end = after_namespace(packet, length, 2);
    int written = snprintf(answer, SOCKETIO_ANSWER_SIZE, "%.*s{\"sid\":\"%020llu\"}", (int)end, packet,
                           (unsigned long long)sid);
    return written < SOCKETIO_ANSWER_SIZE ? (size_t)written : 0;
}
