/* Payloads as Lua values and back, in the format of the client's serializer. */
#include "core/arguments.h"
#include "core/error.h"
#include "json/json.h"
#include "msgpack/msgpack.h"
#include "socketio/socketio.h"

/* The most that the scratch buffer keeps from one packet to the next. */
#define SCRATCH_KEPT 65536

static bool is_msgpack(const luahost_sio *sio) { return sio->options.serializer == LUAHOST_SERIALIZER_MSGPACK; }

/* ---- reading ---- */

/* The message stays until the next error of the VM. */
static const char *keep_problem(lua_State *L, const luahost_json_error *error) {
    luahost_buffer *scratch = &luahost_vm_of(L)->scratch;
    scratch->length = 0;
    luahost_buffer_append(scratch, error->message, strlen(error->message) + 1);
    return scratch->data;
}

bool luahost_sio_event_name(
    lua_State *L, const luahost_sio *sio, luahost_slice payload, luahost_slice *name, size_t *rest,
    const char **problem) {
    luahost_json_error error;
    luahost_buffer *scratch = &luahost_vm_of(L)->scratch;
    bool is_legal = is_msgpack(sio)
        ? luahost_msgpack_read_event_name(payload.data, payload.length, scratch, name, rest, &error)
        : luahost_json_read_event_name(payload.data, payload.length, scratch, name, rest, &error);
    if (!is_legal) *problem = keep_problem(L, &error);
    return is_legal;
}

int luahost_sio_push_arguments(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, size_t rest, const char **problem) {
    luahost_json_error error;
    const char *text = packet->payload.data;
    const luahost_slice *attachments = packet->attachments;
    size_t length = packet->payload.length, with = packet->attachment_count;
    int count;
    if (is_msgpack(sio)) {
        count = rest == 0 ? luahost_msgpack_decode_arguments(L, text, length, attachments, with, &error)
                          : luahost_msgpack_decode_rest(L, text, length, rest, attachments, with, &error);
    } else {
        count = rest == 0 ? luahost_json_decode_arguments(L, text, length, attachments, with, &error)
                          : luahost_json_decode_rest(L, text, length, rest, attachments, with, &error);
    }
    if (count < 0) *problem = keep_problem(L, &error);
    return count;
}

int luahost_sio_push_refusal(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, const char **problem) {
    luahost_json_error error;
    const char *text = packet->payload.data;
    size_t length = packet->payload.length;
    unsigned char first = (unsigned char)text[0];
    bool is_array = is_msgpack(sio) ? (first & 0xF0) == 0x90 || first == 0xDC || first == 0xDD : first == '[';
    if (is_array) return luahost_sio_push_arguments(L, sio, packet, 0, problem);
    bool is_legal = is_msgpack(sio) ? luahost_msgpack_decode(L, text, length, &error)
                                    : luahost_json_decode(L, text, length, &error);
    if (is_legal) return 1;
    *problem = keep_problem(L, &error);
    return -1;
}

/* ---- writing ---- */

static int raise(lua_State *L, luahost_sio *sio, const char *function, const luahost_json_error *error) {
    luahost_sio_encoded(sio);
    return luaL_error(L, "bad argument to '%s' (%s)", function, error->message);
}

void luahost_sio_encode(
    lua_State *L, luahost_sio *sio, luahost_slice name_space, int first, int last, const char *function,
    luahost_socketio_packet *packet) {
    luahost_buffer *scratch = &sio->client.vm->scratch;
    luahost_json_error error;
    scratch->length = 0;
    packet->headroom = LUAHOST_SOCKETIO_HEADROOM + name_space.length;
    luahost_buffer_reserve(scratch, packet->headroom);
    scratch->length = packet->headroom;
    bool is_encoded = is_msgpack(sio)
        ? luahost_msgpack_encode_arguments(L, first, last, scratch, &sio->attachments, &error)
        : luahost_json_encode_arguments(L, first, last, scratch, &sio->attachments, &error);
    if (__builtin_expect(!is_encoded, 0)) raise(L, sio, function, &error);
    packet->data = scratch->data;
    packet->length = scratch->length;
    packet->attachments = sio->attachments.items;
    packet->attachment_count = sio->attachments.count;
}

luahost_slice luahost_sio_encode_value(lua_State *L, luahost_sio *sio, int index, const char *function) {
    luahost_buffer *scratch = &sio->client.vm->scratch;
    luahost_json_error error;
    scratch->length = 0;
    bool is_encoded = is_msgpack(sio)
        ? luahost_msgpack_encode(L, index, scratch, &error)
        : luahost_json_encode(L, index, scratch, &error);
    if (!is_encoded) raise(L, sio, function, &error);
    return (luahost_slice){scratch->data, scratch->length};
}

void luahost_sio_encoded(luahost_sio *sio) {
    luahost_buffer_reset(&sio->client.vm->scratch, SCRATCH_KEPT);
    luahost_attachments_reset(&sio->attachments, 0);
}
