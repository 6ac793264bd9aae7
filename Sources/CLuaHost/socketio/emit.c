/* sio.emit, sio.send and sio.call. */
#include <stdlib.h>

#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/acks.h"

/* An event as the arguments of emit, send or call have it. */
typedef struct request {
    const char *function;
    luahost_slice event, name_space;
    int first, last;      /* the arguments on the stack */
    int callback;         /* its index, or 0 */
    lua_Number timeout;   /* of call */
} request;

/* ---- arguments ---- */

static void check_event(lua_State *L, request *request, int index) {
    if (lua_type(L, index) != LUA_TSTRING) {
        luahost_argument_error(L, 1, request->function, "event: string expected, got %s", luaL_typename(L, index));
    }
    request->event = luahost_sio_slice(L, index);
    if (!luahost_sio_is_reserved(request->event)) return;
    luahost_argument_error(
        L, 1, request->function, "event: '%s' is reserved, the server would close the connection", request->event.data);
}

/* emit{event, …, namespace=, callback=}: pushes the values of the table in its place. */
static void read_table(lua_State *L, request *request, const char *const *known) {
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        bool is_known = lua_isinteger(L, -2);
        for (const char *const *name = known; !is_known && *name != NULL; name++) {
            is_known = lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), *name) == 0;
        }
        if (is_known) continue;
        lua_pop(L, 1);
        luahost_argument_error(
            L, 1, request->function, "unknown option '%s'; an event's own table is an argument after its name",
            luaL_tolstring(L, -1, NULL));
    }
    luahost_options options = {L, 1, 1, request->function};
    if (luahost_option_push(&options, "namespace") != LUA_TNIL) {
        request->name_space = luahost_sio_check_namespace(L, lua_gettop(L), 1, request->function);
    }
    if (luahost_option_push(&options, "callback") != LUA_TNIL) {
        request->callback = lua_gettop(L);
        if (!luahost_is_callable(L, request->callback)) luahost_option_error(&options, "callback", "function");
    }
    request->timeout = luahost_option_number(&options, "timeout", request->timeout);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    if (count > LUAHOST_SIO_MOST_ARGUMENTS) {
        luahost_argument_error(L, 1, request->function, "%d arguments: too many", (int)count);
    }
    luaL_checkstack(L, (int)count + 1, "too many arguments");
    int top = lua_gettop(L);
    for (lua_Integer index = 1; index <= count; index++) lua_rawgeti(L, 1, index);
    check_event(L, request, top + 1);
    request->first = top + 2;
    request->last = top + (int)count;
}

static void read_arguments(lua_State *L, request *request, const char *const *known) {
    request->name_space = (luahost_slice){"/", 1};
    bool is_of_namespace = lua_type(L, lua_upvalueindex(3)) == LUA_TSTRING;
    if (is_of_namespace) request->name_space = luahost_sio_slice(L, lua_upvalueindex(3));
    if (known != NULL && lua_istable(L, 1) && lua_isnone(L, 2)) {
        read_table(L, request, known);
    } else {
        check_event(L, request, 1);
        request->first = 2;
        request->last = lua_gettop(L);
    }
    if (request->last >= request->first && lua_isfunction(L, request->last)) request->callback = request->last--;
    while (request->last >= request->first && lua_isnil(L, request->last)) request->last--;
    for (int index = request->first; index <= request->last; index++) {
        if (!lua_isnil(L, index)) continue;
        luahost_argument_error(
            L, index - request->first + 2, request->function, "nil between arguments: eio.null is JSON's null");
    }
}

/* ---- results ---- */

static const char *why_not(luahost_socketio_result result) {
    switch (result) {
    case LUAHOST_EMIT_NEVER: return "connect() did not ask for it";
    case LUAHOST_EMIT_CONNECTING: return "the server has not accepted it yet";
    case LUAHOST_EMIT_REFUSED: return "the server has refused it";
    case LUAHOST_EMIT_LEFT: return "it was disconnected";
    case LUAHOST_EMIT_RECONNECTING: return "the client is reconnecting";
    case LUAHOST_EMIT_TEXT: return "the packet is not valid text";
    default: return "the client is not connected";
    }
}

static int raise_result(lua_State *L, const request *request, luahost_socketio_result result) {
    if (result == LUAHOST_EMIT_FULL) {
        lua_pushfstring(L, "sio.%s, with max_buffered bytes unwritten,", request->function);
        return luahost_raise_cannot_wait(L, lua_tostring(L, -1));
    }
    return luahost_raise(
        L, "BadNamespaceError", "%.*s is not a connected namespace: %s", (int)request->name_space.length,
        request->name_space.data, why_not(result));
}

/* Sends the event; *id is the number of its ack. Raises what went wrong. */
static luahost_socketio_result transmit(
    lua_State *L, luahost_sio *sio, const request *request, bool wants_ack, uint64_t *id) {
    luahost_socketio_packet packet = {
        .name_space = request->name_space, .event = request->event, .may_wait = luahost_can_wait(L),
    };
    luahost_sio_encode(L, sio, request->name_space, request->first - 1, request->last, request->function, &packet);
    luahost_client *client = &sio->client;
    if (__builtin_expect(wants_ack && sio->acks >= LUAHOST_SIO_MOST_ACKS, 0)) {
        static const char problem[] = "no ack of 100000 events that want one";
        luahost_sio_encoded(sio);
        client->vm->host.socketio_illegal(
            client->context, (luahost_slice){problem, sizeof problem - 1}, (luahost_slice){NULL, 0});
        luahost_raise(L, "SocketIOError", "the server sent %s: the session ends", problem);
    }
    luahost_socketio_result result = client->vm->host.socketio_emit(client->context, &packet, wants_ack, id);
    luahost_sio_encoded(sio);
    if (__builtin_expect(result > LUAHOST_EMIT_SENT_FULL, 0)) raise_result(L, request, result);
    return result;
}

/* Ends emit: waits if max_buffered bytes wait. */
static int emitted(lua_State *L, luahost_sio *sio, luahost_socketio_result result, const char *what) {
    if (__builtin_expect(result == LUAHOST_EMIT_SENT_FULL && luahost_can_wait(L), 0)) {
        lua_settop(L, 0);
        return luahost_park(L, &sio->client.waits.send, -1, NULL, what);
    }
    lua_pushboolean(L, true);
    return 1;
}

/* ---- the functions ---- */

static int emit(lua_State *L, luahost_sio *sio, request *request) {
    uint64_t id = 0;
    luahost_socketio_result result = transmit(L, sio, request, request->callback != 0, &id);
    if (request->callback != 0) {
        lua_pushvalue(L, request->callback);
        luahost_sio_keep_ack(L, request->name_space, id);
    }
    return emitted(L, sio, result, "sio.emit");
}

int luahost_sio_emit(lua_State *L) {
    static const char *const known[] = {"namespace", "callback", NULL};
    luahost_sio *sio = luahost_sio_self(L);
    request request = {.function = "emit"};
    read_arguments(L, &request, known);
    return emit(L, sio, &request);
}

int luahost_sio_send(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    lua_pushliteral(L, "message");
    lua_insert(L, 1);
    request request = {.function = "send"};
    read_arguments(L, &request, NULL);
    return emit(L, sio, &request);
}

int luahost_sio_call(lua_State *L) {
    static const char *const known[] = {"namespace", "timeout", NULL};
    luahost_sio *sio = luahost_sio_self(L);
    request request = {.function = "call", .timeout = 60};
    read_arguments(L, &request, known);
    if (request.callback != 0) {
        return luahost_argument_error(
            L, request.callback, "call", "a function: call() returns the ack, emit() has callbacks");
    }
    luahost_check_wait(L, "sio.call");
    uint64_t id = 0;
    transmit(L, sio, &request, true, &id);
    return luahost_sio_await_ack(L, sio, request.name_space, request.event, id, request.timeout);
}
