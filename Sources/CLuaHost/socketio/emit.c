/* sio.emit, sio.send and sio.call. */
#include "socketio/emit.h"

#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/acks.h"

/* ---- arguments ---- */

/* The value at the index is of that type. */
static inline void check_event(lua_State *L, luahost_sio_request *request, int index, int type) {
    if (__builtin_expect(type != LUA_TSTRING, 0)) {
        luahost_argument_error(
            L, 1, request->function, "event: string expected, got %s", luahost_push_typename(L, index));
    }
    request->event = luahost_sio_slice(L, index);
    if (__builtin_expect(!luahost_sio_is_reserved(request->event), 1)) return;
    luahost_argument_error(
        L, 1, request->function, "event: '%s' is reserved, the server would close the connection", request->event.data);
}

/* Raises an error for the first key that is neither an argument's number nor an option. */
static void check_keys(lua_State *L, const luahost_sio_request *request, const char *const *known) {
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_isinteger(L, -2)) continue;
        if (lua_type(L, -2) == LUA_TSTRING && luahost_option_is_known(lua_tostring(L, -2), known)) continue;
        lua_pop(L, 1);
        const char *name = luaL_tolstring(L, -1, NULL);
        if (known[0] == NULL) {
            luahost_argument_error(L, 1, request->function, "unknown option '%s'; it has none", name);
        }
        luahost_argument_error(
            L, 1, request->function,
            "unknown option '%s'; the nearest one is '%s', and a table of the event is an argument after its name",
            name, luahost_option_nearest(name, known));
    }
}

/* emit{event, …, namespace=, callback=}: pushes the values of the table in its place. */
static __attribute__((noinline)) void read_table(
    lua_State *L, luahost_sio_request *request, const char *const *known) {
    lua_settop(L, 1);
    check_keys(L, request, known);
    request->is_table = true;
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
    if (count == 0) lua_pushnil(L);
    check_event(L, request, top + 1, lua_type(L, top + 1));
    request->first = top + 2;
    request->last = top + (int)count;
}

/* Raises an argument error about argument `number` of the event, whose name is number 1. */
static int argument_error(lua_State *L, const luahost_sio_request *request, int number, const char *problem) {
    if (number == 0) return luahost_argument_error(L, 1, request->function, "%s", problem);
    if (request->is_table) return luahost_argument_error(L, 1, request->function, "item %d: %s", number, problem);
    return luahost_argument_error(L, number - request->hidden, request->function, "%s", problem);
}

void luahost_sio_read_request(lua_State *L, luahost_sio_request *request, int type, const char *const *known) {
    int top = lua_gettop(L);
    if (__builtin_expect(type == LUA_TTABLE && top == 1 && known != NULL, 0)) {
        read_table(L, request, known);
    } else {
        check_event(L, request, 1, type);
        request->first = 2;
        request->last = top;
    }
    type = request->last >= request->first ? lua_type(L, request->last) : LUA_TNONE;
    if (type == LUA_TFUNCTION) {
        request->callback = request->last--;
        type = LUA_TNIL;
    }
    /* Nils at the end are not arguments. */
    while (type == LUA_TNIL && request->last >= request->first && lua_isnil(L, request->last)) request->last--;
    for (int index = request->first; index < request->last; index++) {
        if (!lua_isnil(L, index)) continue;
        argument_error(L, request, index - request->first + 2, "nil between arguments: eio.null is JSON's null");
    }
}

void luahost_sio_refuse_callback(lua_State *L, const luahost_sio_request *request, const char *advice) {
    argument_error(L, request, request->callback - request->first + 2, advice);
}

/* ---- results ---- */

static const char *why_not(const luahost_sio *sio, luahost_socketio_result result) {
    switch (result) {
    case LUAHOST_EMIT_NEVER: return "connect() did not ask for it";
    case LUAHOST_EMIT_CONNECTING: return "the server has not accepted it yet";
    case LUAHOST_EMIT_REFUSED: return "the server has refused it";
    case LUAHOST_EMIT_LEFT: return "it was disconnected";
    case LUAHOST_EMIT_RECONNECTING: return "the client is reconnecting";
    /* The server has left it, if the session goes on. */
    default: return luahost_client_is_open(&sio->client) ? "it was disconnected" : "the client is not connected";
    }
}

static int raise_not_connected(
    lua_State *L, const luahost_sio *sio, const luahost_sio_request *request, luahost_socketio_result result) {
    luahost_slice name = request->name_space, reason = {NULL, 0};
    if (result == LUAHOST_EMIT_REFUSED) reason = sio->client.vm->host.socketio_refusal(sio->client.context, name);
    if (reason.length == 0) reason.data = "";
    return luahost_raise(
        L, "BadNamespaceError", "%.*s is not a connected namespace: %s%s%.*s", (int)name.length, name.data,
        why_not(sio, result), reason.length > 0 ? ": " : "", (int)reason.length, reason.data);
}

static void end_for_missing_acks(lua_State *L, luahost_sio *sio) {
    static const char problem[] = "no ack of 100000 events that want one";
    luahost_slice text = {problem, sizeof problem - 1}, none = {NULL, 0};
    sio->client.vm->host.socketio_illegal(sio->client.context, text, none);
    luahost_raise(L, "SocketIOError", "the server sent %s: the session ends", problem);
}

luahost_socketio_result luahost_sio_transmit(
    lua_State *L, luahost_sio *sio, const luahost_sio_request *request, bool wants_ack, uint64_t *id) {
    luahost_socketio_packet packet = {
        .name_space = request->name_space, .event = request->event,
        .may_wait = request->may_wait || luahost_can_wait(L),
    };
    luahost_json_error error;
    if (__builtin_expect(!luahost_sio_encode(L, sio, request->first - 1, request->last, &packet, &error), 0)) {
        argument_error(L, request, error.argument, error.message);
    }
    luahost_client *client = &sio->client;
    if (__builtin_expect(client->context == NULL, 0)) luaL_error(L, "the script is ending");
    if (__builtin_expect(wants_ack && client->mailbox.answers >= LUAHOST_SIO_MOST_ACKS, 0)) {
        luahost_sio_encoded(sio);
        end_for_missing_acks(L, sio);
    }
    luahost_socketio_result result = client->vm->host.socketio_emit(client->context, &packet, wants_ack, id);
    luahost_sio_encoded(sio);
    if (__builtin_expect(result == LUAHOST_EMIT_FULL, 0)) {
        lua_pushfstring(L, "sio.%s, with max_buffered bytes unwritten,", request->function);
        luahost_raise_cannot_wait(L, lua_tostring(L, -1));
    }
    if (__builtin_expect(result == LUAHOST_EMIT_TEXT, 0)) {
        luahost_raise(L, "ValueError", "%s: the packet is not valid text", request->function);
    }
    return result;
}

/* The same; raises an error if the namespace is not connected. */
static inline luahost_socketio_result transmit(
    lua_State *L, luahost_sio *sio, const luahost_sio_request *request, bool wants_ack, uint64_t *id) {
    luahost_socketio_result result = luahost_sio_transmit(L, sio, request, wants_ack, id);
    if (__builtin_expect(result > LUAHOST_EMIT_SENT_FULL, 0)) raise_not_connected(L, sio, request, result);
    return result;
}

int luahost_sio_emitted(lua_State *L, luahost_sio *sio, luahost_socketio_result result, const char *what) {
    if (__builtin_expect(result == LUAHOST_EMIT_SENT_FULL && luahost_can_wait(L), 0)) {
        lua_settop(L, 0);
        return luahost_park(L, &sio->client.waits.send, -1, NULL, what);
    }
    lua_pushboolean(L, true);
    return 1;
}

/* ---- the functions ---- */

static int emit(lua_State *L, luahost_sio *sio, luahost_sio_request *request) {
    uint64_t id = 0;
    luahost_socketio_result result = transmit(L, sio, request, request->callback != 0, &id);
    if (request->callback != 0) {
        lua_pushvalue(L, request->callback);
        if (request->timeout < 0) luahost_sio_keep_callback(L, sio, request->name_space, id);
        else luahost_sio_keep_callback_for(L, sio, request, id);
    }
    return luahost_sio_emitted(L, sio, result, "sio.emit");
}

static int emit_event(lua_State *L, luahost_slice name_space) {
    static const char *const known[] = {"namespace", "callback", "timeout", NULL};
    int type = luahost_client_shift(L);
    luahost_sio *sio = luahost_sio_of_method(L);
    luahost_sio_request request = {.function = "emit", .name_space = name_space, .timeout = -1};
    luahost_sio_read_request(L, &request, type, known);
    if (request.timeout >= 0 && request.callback == 0) {
        luahost_argument_error(L, 1, "emit", "option 'timeout': there is no callback that could wait for an ack");
    }
    return emit(L, sio, &request);
}

static int send_message(lua_State *L, luahost_slice name_space) {
    luahost_sio *sio = luahost_sio_self(L);
    luaL_checkstack(L, LUA_MINSTACK, "too many arguments");
    lua_pushliteral(L, "message");
    lua_insert(L, 1);
    luahost_sio_request request = {.function = "send", .name_space = name_space, .timeout = -1, .hidden = 1};
    luahost_sio_read_request(L, &request, LUA_TSTRING, NULL);
    return emit(L, sio, &request);
}

static int call_event(lua_State *L, luahost_slice name_space) {
    static const char *const known[] = {"namespace", "timeout", NULL};
    int type = luahost_client_shift(L);
    luahost_sio *sio = luahost_sio_of_method(L);
    luahost_sio_request request = {.function = "call", .name_space = name_space, .timeout = 60};
    luahost_sio_read_request(L, &request, type, known);
    if (__builtin_expect(request.callback != 0, 0)) {
        luahost_sio_refuse_callback(L, &request, "a function: call() returns the ack, emit() has callbacks");
    }
    luahost_check_wait(L, "sio.call");
    request.may_wait = true;
    uint64_t id = 0;
    transmit(L, sio, &request, true, &id);
    return luahost_sio_await_ack(L, sio, &request, id);
}

int luahost_sio_emit(lua_State *L) { return emit_event(L, luahost_sio_main_namespace); }

int luahost_sio_send(lua_State *L) { return send_message(L, luahost_sio_main_namespace); }

int luahost_sio_call(lua_State *L) { return call_event(L, luahost_sio_main_namespace); }

static luahost_slice namespace_of_method(lua_State *L) { return luahost_sio_slice(L, lua_upvalueindex(3)); }

int luahost_sio_emit_in_namespace(lua_State *L) { return emit_event(L, namespace_of_method(L)); }

int luahost_sio_send_in_namespace(lua_State *L) { return send_message(L, namespace_of_method(L)); }

int luahost_sio_call_in_namespace(lua_State *L) { return call_event(L, namespace_of_method(L)); }
