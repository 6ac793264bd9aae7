/* Acks that are awaited: callbacks of emit(), and tasks in call(). */
#ifndef LUAHOST_SOCKETIO_ACKS_H
#define LUAHOST_SOCKETIO_ACKS_H

#include "socketio/socketio.h"

/* Pops the callback, or the record of a call, of the ack with that number. The client is that of the method that runs;
 * raises nothing but a memory error of Lua's own. */
void luahost_sio_keep_ack(lua_State *L, luahost_slice name_space, uint64_t id);
/* Waits for the ack of an event that was sent, and returns its values from the method that runs. */
int luahost_sio_await_ack(
    lua_State *L, luahost_sio *sio, luahost_slice name_space, luahost_slice event, uint64_t id, lua_Number timeout);

#endif
