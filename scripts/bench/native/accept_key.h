/// The two keys of the WebSocket handshake (RFC 6455, section 4).
#ifndef BENCH_ACCEPT_KEY_H
#define BENCH_ACCEPT_KEY_H

#include <stddef.h>
#include <stdint.h>

/// Base64 of 16 random bytes, and of a SHA-1 digest, each with its closing NUL.
enum { NONCE_LENGTH = 16, REQUEST_KEY_SIZE = 25, ACCEPT_KEY_SIZE = 29 };

/// Sec-WebSocket-Key: `nonce` in base64.
void request_key(const uint8_t nonce[NONCE_LENGTH], char key[REQUEST_KEY_SIZE]);

/// Sec-WebSocket-Accept for the key that a client sent; at most 64 characters of it are used.
void accept_key(const char *key, size_t key_length, char accept[ACCEPT_KEY_SIZE]);

#endif
