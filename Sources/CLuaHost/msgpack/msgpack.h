/* msgpack as Socket.IO's packets have it (socket.io-msgpack-parser, python-socketio's serializer). Lua values, errors
 * and limits are those of json/json.h, and so are the signatures: `attachments` stay empty, for bytes are inline. */
#ifndef LUAHOST_MSGPACK_H
#define LUAHOST_MSGPACK_H

#include "json/json.h"

/* Pushes the one value of the data and returns true; or pushes nothing, fills `error` and returns false. Raises Lua
 * memory errors only. Finalizers may run in between: the data has to stay where it is. A count is compared with the
 * bytes that are left before memory is allocated for it.
 *
 * - nil is a light userdata NULL, and so is the `undefined` of JavaScript (extension 0 with the one byte 0), which is
 *   absent as the value of a map.
 * - An unsigned integer above 2^63 - 1 becomes a float.
 * - A string that is not UTF-8 becomes a bytes object: nothing of it is lost, and it can be sent again.
 * - Extension 0 is bytes, or with the tag 0xD7 a date: its milliseconds since 1970 as an integer. Any other extension
 *   is a table with the fields `type` (an integer) and `data` (bytes).
 * - Arrays have the shared metatable. The keys of a map become strings: a number and a boolean as Lua prints them, nil
 *   as "null", bytes as they are. Another key, or one that is not UTF-8, is an error. The last of equal keys wins. */
bool luahost_msgpack_decode(lua_State *L, const char *data, size_t length, luahost_json_error *error);

/* Appends the value at `index`, as luahost_json_encode does. Integers and lengths take the shortest form, floats 64
 * bits; nan and the infinities are values, too. Allocates no Lua object and calls no metamethod. */
bool luahost_msgpack_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error);

/* ---- the arguments of a Socket.IO packet: an array ---- */

/* As luahost_json_decode_arguments. `count` is 0. */
int luahost_msgpack_decode_arguments(
    lua_State *L, const char *data, size_t length, const luahost_slice *attachments, size_t count,
    luahost_json_error *error);

/* As luahost_json_read_event_name. A name that is not UTF-8 is an error. */
bool luahost_msgpack_read_event_name(
    const char *data, size_t length, luahost_buffer *scratch, luahost_slice *name, size_t *rest,
    luahost_json_error *error);

/* As luahost_json_decode_rest. `count` is 0. */
int luahost_msgpack_decode_rest(
    lua_State *L, const char *data, size_t length, size_t rest, const luahost_slice *attachments, size_t count,
    luahost_json_error *error);

/* As luahost_json_encode_arguments; the list of attachments becomes empty. */
bool luahost_msgpack_encode_arguments(
    lua_State *L, int first, int last, luahost_buffer *out, luahost_attachments *attachments,
    luahost_json_error *error);

#endif
