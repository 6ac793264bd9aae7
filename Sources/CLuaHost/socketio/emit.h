/* An event that the script sends: its arguments, and how it gets to the host. */
#ifndef LUAHOST_SOCKETIO_EMIT_H
#define LUAHOST_SOCKETIO_EMIT_H

#include "socketio/socketio.h"

/* An event as the arguments of emit, send or call have it. */
typedef struct luahost_sio_request {
    const char *function;
    luahost_slice event, name_space;
    int first, last;      /* the arguments on the stack */
    int callback;         /* its index, or 0 */
    lua_Number timeout;   /* of call, and of a callback; < 0: none */
    bool is_table;        /* emit{…} */
    bool may_wait;        /* luahost_check_wait was called */
    int hidden;           /* so many of the values before `first` are not the script's */
} luahost_sio_request;

static const luahost_slice luahost_sio_main_namespace = {"/", 1};

/* Reads (event, …) or ({event, …, options}), whose options are `known` (NULL: there is no such form), into a request
 * that has the function, the namespace and the timeout. The first argument is of the type. Raises argument errors. */
void luahost_sio_read_request(lua_State *L, luahost_sio_request *request, int type, const char *const *known);
/* Raises an argument error, with the advice, for the request's callback. */
void luahost_sio_refuse_callback(lua_State *L, const luahost_sio_request *request, const char *advice);
/* Sends the event; *id is the number of its ack. Raises whatever does not depend on the connection. */
luahost_socketio_result luahost_sio_transmit(
    lua_State *L, luahost_sio *sio, const luahost_sio_request *request, bool wants_ack, uint64_t *id);
/* Ends emit: waits if max_buffered bytes wait. */
int luahost_sio_emitted(lua_State *L, luahost_sio *sio, luahost_socketio_result result, const char *what);

#endif
