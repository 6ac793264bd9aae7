#include "accept_key.h"

#include <string.h>

enum { DIGEST_LENGTH = 20, BLOCK_LENGTH = 64, KEY_LIMIT = 64 };

static const char protocol_guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static uint32_t rotate_left(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

/// One block of SHA-1 (FIPS 180-4, section 6.1.2).
static void sha1_block(uint32_t state[5], const uint8_t block[BLOCK_LENGTH])
{
    uint32_t schedule[80];
    for (int i = 0; i < 16; i++) {
        const uint8_t *word = block + 4 * i;
        schedule[i] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
    }
    for (int i = 16; i < 80; i++) {
        schedule[i] = rotate_left(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t mixed;
        uint32_t constant;
        if (i < 20) {
            mixed = (b & c) | (~b & d);
            constant = 0x5a827999;
        } else if (i < 40) {
            mixed = b ^ c ^ d;
            constant = 0x6ed9eba1;
        } else if (i < 60) {
            mixed = (b & c) | (b & d) | (c & d);
            constant = 0x8f1bbcdc;
        } else {
            mixed = b ^ c ^ d;
            constant = 0xca62c1d6;
        }
        uint32_t next = rotate_left(a, 5) + mixed + e + constant + schedule[i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/// SHA-1 of a text that fits, with its padding, into two blocks.
static void sha1(const char *text, size_t length, uint8_t digest[DIGEST_LENGTH])
{
    uint8_t padded[2 * BLOCK_LENGTH] = {0};
    size_t padded_length = length + 9 <= BLOCK_LENGTH ? BLOCK_LENGTH : 2 * BLOCK_LENGTH;
    memcpy(padded, text, length);
    padded[length] = 0x80;
    size_t bit_count = length * 8;
    padded[padded_length - 2] = (uint8_t)(bit_count >> 8);
    padded[padded_length - 1] = (uint8_t)bit_count;

    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    for (size_t offset = 0; offset < padded_length; offset += BLOCK_LENGTH) {
        sha1_block(state, padded + offset);
    }
    for (int i = 0; i < DIGEST_LENGTH; i++) {
        digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

static void base64(const uint8_t *bytes, size_t length, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[group & 63] : '=';
    }
    *out = '\0';
}

void request_key(const uint8_t nonce[NONCE_LENGTH], char key[REQUEST_KEY_SIZE])
{
    base64(nonce, NONCE_LENGTH, key);
}

void accept_key(const char *key, size_t key_length, char accept[ACCEPT_KEY_SIZE])
{
    char joined[KEY_LIMIT + sizeof protocol_guid];
    size_t used = key_length < KEY_LIMIT ? key_length : KEY_LIMIT;
    memcpy(joined, key, used);
    memcpy(joined + used, protocol_guid, sizeof protocol_guid - 1);

    uint8_t digest[DIGEST_LENGTH];
    sha1(joined, used + sizeof protocol_guid - 1, digest);
    base64(digest, sizeof digest, accept);
}
