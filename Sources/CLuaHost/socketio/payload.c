/* Payloads as Lua values and back, in the format of the client's serializer. */
#include "core/arguments.h"
#include "core/error.h"
#include "json/json.h"
#include "msgpack/msgpack.h"
#include "socketio/own_json.h"

/* The most that the scratch buffer keeps from one packet to the next. */
#define SCRATCH_KEPT 65536

static bool is_msgpack(const luahost_sio *sio) { return sio->serializer == LUAHOST_SERIALIZER_MSGPACK; }

/* ---- reading ---- */

/* The message stays until the next error of the VM. */
static LUAHOST_COLD const char *keep_problem(lua_State *L, const luahost_json_error *error) {
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
    if (__builtin_expect(luahost_sio_has_own_json(sio), 0)) {
        luahost_sio_push_packed(L, sio, packet, rest != 0);
        return 1;
    }
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

bool luahost_sio_is_legal(const luahost_sio *sio, const luahost_socketio_received *event, size_t rest) {
    return !is_msgpack(sio) && event->attachment_count == 0 &&
        luahost_json_is_readable_rest(event->payload.data, event->payload.length, rest);
}

bool luahost_sio_push_value(lua_State *L, const luahost_sio *sio, luahost_slice payload) {
    luahost_json_error error;
    if (payload.length == 0) return false;
    return is_msgpack(sio) ? luahost_msgpack_decode(L, payload.data, payload.length, &error)
                           : luahost_json_decode(L, payload.data, payload.length, &error);
}

int luahost_sio_push_refusal(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, const char **problem) {
    luahost_json_error error;
    const char *text = packet->payload.data;
    size_t length = packet->payload.length;
    unsigned char first = (unsigned char)text[0];
    bool is_array = is_msgpack(sio) ? (first & 0xF0) == 0x90 || first == 0xDC || first == 0xDD : first == '[';
    if (is_array || luahost_sio_has_own_json(sio)) return luahost_sio_push_arguments(L, sio, packet, 0, problem);
    bool is_legal = is_msgpack(sio) ? luahost_msgpack_decode(L, text, length, &error)
                                    : luahost_json_decode(L, text, length, &error);
    if (is_legal) return 1;
    *problem = keep_problem(L, &error);
    return -1;
}

/* ---- writing ---- */

bool luahost_sio_encode(
    lua_State *L, luahost_sio *sio, int first, int last, luahost_socketio_packet *packet, luahost_json_error *error) {
    luahost_buffer *scratch = &sio->client.vm->scratch;
    if (__builtin_expect(luahost_sio_has_own_json(sio), 0)) luahost_sio_run_encode(L, sio, first, last);
    scratch->length = 0;
    packet->headroom = LUAHOST_SOCKETIO_HEADROOM + packet->name_space.length;
    luahost_buffer_reserve(scratch, packet->headroom);
    scratch->length = packet->headroom;
    bool is_encoded = true;
    if (__builtin_expect(luahost_sio_has_own_json(sio), 0)) {
        luahost_sio_take_encoded(L, scratch, &sio->attachments);
    } else {
        is_encoded = is_msgpack(sio)
            ? luahost_msgpack_encode_arguments(L, first, last, scratch, &sio->attachments, error)
            : luahost_json_encode_arguments(L, first, last, scratch, &sio->attachments, error);
    }
    if (__builtin_expect(!is_encoded, 0)) {
        luahost_sio_encoded(sio);
        return false;
    }
    packet->data = scratch->data;
    packet->length = scratch->length;
    packet->is_text = !luahost_sio_has_own_json(sio);
    packet->attachments = sio->attachments.items;
    packet->attachment_count = sio->attachments.count;
    return true;
}

void luahost_sio_encode_nothing(luahost_sio *sio, luahost_socketio_packet *packet) {
    luahost_buffer *scratch = &sio->client.vm->scratch;
    scratch->length = 0;
    packet->headroom = LUAHOST_SOCKETIO_HEADROOM + packet->name_space.length;
    luahost_buffer_reserve(scratch, packet->headroom);
    scratch->length = packet->headroom;
    if (is_msgpack(sio)) luahost_buffer_append(scratch, "\x90", 1);
    else luahost_buffer_append(scratch, "[]", 2);
    packet->data = scratch->data;
    packet->length = scratch->length;
}

const char *luahost_sio_encode_auth(lua_State *L, luahost_sio *sio, int index, luahost_slice *payload) {
    luahost_buffer *scratch = &sio->client.vm->scratch;
    luahost_json_error error;
    *payload = (luahost_slice){NULL, 0};
    if (lua_isnil(L, index)) return NULL;
    if (!lua_istable(L, index)) return lua_pushfstring(L, "table expected, got %s", luahost_push_typename(L, index));
    bool has_own = luahost_sio_has_own_json(sio);
    if (has_own) luahost_sio_run_encode_value(L, sio, index);
    scratch->length = 0;
    bool is_encoded = true;
    if (has_own) luahost_sio_take_encoded(L, scratch, &sio->attachments);
    else if (is_msgpack(sio)) is_encoded = luahost_msgpack_encode(L, index, scratch, &error);
    else is_encoded = luahost_json_encode(L, index, scratch, &error);
    const char *problem = is_encoded ? NULL : lua_pushstring(L, error.message);
    if (is_encoded) {
        unsigned char first = scratch->length == 0 ? '[' : (unsigned char)scratch->data[0];
        bool is_list = is_msgpack(sio) ? (first & 0xF0) == 0x90 || first == 0xDC || first == 0xDD : first != '{';
        if (is_list) problem = "a table with names expected, got a list";
    }
    if (problem != NULL) {
        luahost_sio_encoded(sio);
        return problem;
    }
    *payload = (luahost_slice){scratch->data, scratch->length};
    return NULL;
}

void luahost_sio_encoded(luahost_sio *sio) {
    luahost_buffer_reset(&sio->client.vm->scratch, SCRATCH_KEPT);
    luahost_attachments_reset(&sio->attachments, 0);
}
