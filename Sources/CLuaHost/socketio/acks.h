/* Acks that are awaited: callbacks of emit(), and tasks in call(). */
#ifndef LUAHOST_SOCKETIO_ACKS_H
#define LUAHOST_SOCKETIO_ACKS_H

#include "socketio/emit.h"

/* Pops the callback of the ack with that number. The client is that of the method that runs; raises nothing but a
 * memory error of Lua's own. */
void luahost_sio_keep_callback(lua_State *L, luahost_sio *sio, luahost_slice name_space, uint64_t id);
/* The same with the timeout of the request, which has a callback: at that or at the end of the namespace, the callback
 * gets nil and the reason. */
void luahost_sio_keep_callback_for(lua_State *L, luahost_sio *sio, const luahost_sio_request *request, uint64_t id);
/* Waits for the ack of an event that was sent, and returns its values from the method that runs. */
int luahost_sio_await_ack(lua_State *L, luahost_sio *sio, const luahost_sio_request *request, uint64_t id);
/* The on_cancel of luahost_sio.calls. */
bool luahost_sio_call_cancelled(luahost_wait_queue *queue, luahost_task *task);

#endif
