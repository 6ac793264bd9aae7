#include "frame.h"

#include <string.h>

enum { FINAL_BIT = 0x80, OPCODE_BITS = 0x0f, MASK_BIT = 0x80 };
enum { LENGTH_BITS = 0x7f, LENGTH_IN_2_BYTES = 126, LENGTH_IN_8_BYTES = 127 };

static size_t read_big_endian(const uint8_t *bytes, size_t count)
{
    size_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void write_big_endian(char *out, size_t value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = (char)(value >> (8 * (count - 1 - i)));
    }
}

/// Copies eight bytes at a time; `out` may be `in`.
static void copy_masked(char *out, const char *in, size_t length, uint32_t mask)
{
    uint64_t wide_mask = (uint64_t)mask << 32 | mask;
    size_t i = 0;
    for (; i + sizeof wide_mask <= length; i += sizeof wide_mask) {
        uint64_t word;
        memcpy(&word, in + i, sizeof word);
        word ^= wide_mask;
        memcpy(out + i, &word, sizeof word);
    }
    const char *mask_bytes = (const char *)&mask;
    for (; i < length; i++) {
        out[i] = in[i] ^ mask_bytes[i % sizeof mask];
    }
}

bool frame_parse(char *bytes, size_t length, Frame *frame)
{
    if (length < 2) {
        return false;
    }
    const uint8_t *header = (const uint8_t *)bytes;
    size_t header_length = 2;
    size_t payload_length = header[1] & LENGTH_BITS;
    bool masked = header[1] & MASK_BIT;

    size_t length_bytes = payload_length == LENGTH_IN_2_BYTES ? 2 : payload_length == LENGTH_IN_8_BYTES ? 8 : 0;
    if (length_bytes > 0) {
        header_length += length_bytes;
        if (length < header_length) {
            return false;
        }
        payload_length = read_big_endian(header + 2, length_bytes);
    }
    if (masked) {
        header_length += sizeof frame->mask;
        if (length < header_length) {
            return false;
        }
        memcpy(&frame->mask, bytes + header_length - sizeof frame->mask, sizeof frame->mask);
    }
    if (length - header_length < payload_length) {
        return false;
    }
    frame->opcode = header[0] & OPCODE_BITS;
    frame->masked = masked;
    frame->payload = bytes + header_length;
    frame->payload_length = payload_length;
    frame->total_length = header_length + payload_length;
    return true;
}

void frame_unmask(Frame *frame)
{
    copy_masked(frame->payload, frame->payload, frame->payload_length, frame->mask);
}

static size_t put_header(char *out, uint8_t opcode, size_t length, uint8_t mask_bit)
{
    out[0] = (char)(FINAL_BIT | opcode);
    if (length < LENGTH_IN_2_BYTES) {
        out[1] = (char)(mask_bit | length);
        return 2;
    }
    if (length <= UINT16_MAX) {
        out[1] = (char)(mask_bit | LENGTH_IN_2_BYTES);
        write_big_endian(out + 2, length, 2);
        return 4;
    }
    out[1] = (char)(mask_bit | LENGTH_IN_8_BYTES);
    write_big_endian(out + 2, length, 8);
    return 10;
}

size_t frame_put(char *out, uint8_t opcode, const char *payload, size_t length)
{
    size_t header_length = put_header(out, opcode, length, 0);
    memcpy(out + header_length, payload, length);
    return header_length + length;
}

size_t frame_put_masked(char *out, uint8_t opcode, const char *payload, size_t length, uint32_t mask)
{
    size_t header_length = put_header(out, opcode, length, MASK_BIT);
    memcpy(out + header_length, &mask, sizeof mask);
    header_length += sizeof mask;
    copy_masked(out + header_length, payload, length, mask);
    return header_length + length;
}
