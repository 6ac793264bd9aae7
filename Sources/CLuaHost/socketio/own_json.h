/* A script's own functions for the JSON of its packets: `json = {encode = f, decode = f}`. They run in the task that
 * sends, or that the values are for, so that their errors are errors of that task. Neither may wait. */
#ifndef LUAHOST_SOCKETIO_OWN_JSON_H
#define LUAHOST_SOCKETIO_OWN_JSON_H

#include "json/json.h"
#include "socketio/socketio.h"

static inline bool luahost_sio_has_own_json(const luahost_sio *sio) { return sio->client.json == LUAHOST_JSON_OWN; }

/* ---- writing ---- */

/* Calls encode with an array of the values in the slots first to last, whose bytes are placeholders. Leaves the bytes
 * and the text on the stack. Raises its errors, and one if the text is not an array. */
void luahost_sio_run_encode(lua_State *L, luahost_sio *sio, int first, int last);
/* The same with the one value, a table without bytes, whose text is an object. */
void luahost_sio_run_encode_value(lua_State *L, luahost_sio *sio, int index);
/* Appends the text to the buffer, and pops it. The list of attachments is of the bytes, which stay on the stack. */
void luahost_sio_take_encoded(lua_State *L, luahost_buffer *out, luahost_attachments *attachments);

/* ---- reading ---- */

/* Pushes the payload, unread, in place of its values: a table for luahost_sio_unpack. With `has_name` the first value
 * is the name of an event, which was read from the text. */
void luahost_sio_push_packed(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, bool has_name);
/* Calls decode with the text of the packed payload on top of the stack, which is replaced by the values, with the
 * attachments in their places. Returns the number of values. */
int luahost_sio_unpack(lua_State *L);
/* If the client has functions of its own: puts a function under the `values` on top of the stack, of which the first is
 * a handler and the last is a packed payload, that calls the one with the values of the other. Returns the number of
 * values. */
int luahost_sio_insert_unpacking(lua_State *L, const luahost_sio *sio, int values);

#endif
