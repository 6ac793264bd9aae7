/* One Socket.IO client, as the files of its API see it. */
#ifndef LUAHOST_SOCKETIO_H
#define LUAHOST_SOCKETIO_H

#include <string.h>

#include "base/attachments.h"
#include "base/cold.h"
#include "client/client.h"
#include "json/json.h"
#include "socketio/ack_table.h"

/* The user values of a client, after those that every kind has. All are nil until they are needed. */
enum {
    LUAHOST_SIO_HANDLERS = LUAHOST_USER_VALUES + 1, /* namespace -> event -> a handler's record */
    LUAHOST_SIO_CLASSES,    /* namespace -> object */
    LUAHOST_SIO_PLACES,     /* namespace -> the reference of the place where its object was registered */
    LUAHOST_SIO_NAMES,      /* the names and namespaces of handlers, each as key and value */
    LUAHOST_SIO_NAMESPACES, /* of the connected ones: namespace -> sid; or the sid of "/", if no other has connected */
    LUAHOST_SIO_LEFT,       /* of those that have ended, and were not asked for again: namespace -> reason */
    LUAHOST_SIO_WANTED,     /* those of connect(): its name if there is one, or a list */
    LUAHOST_SIO_CALLBACKS,  /* of emit(), for acks that are awaited: by the references of luaL_ref */
    LUAHOST_SIO_URL,        /* of connect(), as the script gave them, for the attempts: */
    LUAHOST_SIO_AUTH,
    LUAHOST_SIO_HEADERS,
    LUAHOST_SIO_PATH,
    LUAHOST_SIO_DROPPED,    /* names of events that nobody handles and whose warning was logged */
    LUAHOST_SIO_ENGINE,     /* sio.eio */
    LUAHOST_SIO_USER_VALUES = LUAHOST_SIO_ENGINE,
};

/* A userdata whose user value is the function. */
typedef struct luahost_sio_handler {
    luahost_slice name, name_space; /* strings in LUAHOST_SIO_NAMES, which loses none: tasks refer to the name */
    int place_ref;
    bool is_ordered;
} luahost_sio_handler;

/* A task in receive(), in a userdata on its stack. */
typedef struct luahost_sio_receiver {
    struct luahost_sio_receiver *next, *previous;
    luahost_wait_queue queue;
    struct luahost_sio *sio;                /* NULL: not in the client's list any more */
    luahost_slice event, name_space;        /* data NULL: any */
} luahost_sio_receiver;

typedef struct luahost_sio {
    luahost_client client;
    luahost_serializer serializer;
    luahost_transports transports; /* of connect() */
    luahost_sio_receiver *receivers, *last_receiver;
    luahost_attachments attachments; /* of the packet that is being encoded */
    luahost_sio_handler latest;   /* that of the server's latest event, because the next event is mostly for it. Its
                                     name has no characters that JSON escapes. Its function is anchor.message_ref;
                                     LUA_NOREF without one. */
    luahost_sio_acks *acks;       /* that are awaited */
    luahost_wait_queue calls;     /* tasks in call(); the ticket of each is the number of its ack */
    luahost_wait_queue ready;     /* tasks that wait for the end of connecting, or of the client's session */
    size_t ordered;               /* handlers that have not returned and are `ordered` */
    unsigned step;                /* the number of the last step of an attempt, in which the script's functions run */
    bool is_simple;               /* of a SimpleClient: events without a handler are kept for receive() */
    bool is_recovered;
    bool is_rejected;             /* by its connect handler, before connect() has returned */
    bool has_given_up;            /* reconnecting, in the last session's wake */
} luahost_sio;

/* The client of the method that runs; luahost_client_self has taken `self` away. */
static inline luahost_sio *luahost_sio_self(lua_State *L) { return (luahost_sio *)luahost_client_self(L); }

/* The client of the method that runs. */
static inline luahost_sio *luahost_sio_of_method(lua_State *L) { return (luahost_sio *)luahost_client_of_method(L); }

static inline bool luahost_slices_are_equal(luahost_slice a, luahost_slice b) {
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static inline bool luahost_slice_is(luahost_slice slice, const char *text) {
    return slice.length == strlen(text) && memcmp(slice.data, text, slice.length) == 0;
}

/* More acks that are awaited end the session: a server that sends none must not cost all memory. */
enum { LUAHOST_SIO_MOST_ACKS = 100000 };

/* The arguments of one event, at most. */
enum { LUAHOST_SIO_MOST_ARGUMENTS = 8000 };

/* Names that events of the server cannot have, and that `*` does not match. */
bool luahost_sio_is_reserved(luahost_slice event);

/* ---- payload.c ---- */

/* Finds the name of an event and where its arguments begin. The name is in the payload or in the VM's scratch buffer.
 * False: the payload is illegal, and *problem says why. */
bool luahost_sio_event_name(
    lua_State *L, const luahost_sio *sio, luahost_slice payload, luahost_slice *name, size_t *rest,
    const char **problem);
/* Pushes the arguments that begin at `rest`, or (0) the elements of the payload; -1: it is illegal. */
int luahost_sio_push_arguments(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, size_t rest, const char **problem);
/* Whether the arguments of an event that begin at `rest` are known to be legal without reading them as Lua values. */
bool luahost_sio_is_legal(const luahost_sio *sio, const luahost_socketio_received *event, size_t rest);
/* Pushes the arguments of `connect_error`, of a payload that is not empty: the elements of an array, or the one value;
 * -1: it is illegal. */
int luahost_sio_push_refusal(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, const char **problem);
/* Pushes the one value of a payload that the client's own code reads; false: the payload is not one value. */
bool luahost_sio_push_value(lua_State *L, const luahost_sio *sio, luahost_slice payload);
/* Writes the payload into the VM's scratch buffer, after the headroom: an array of the values in the slots first to
 * last, of which an event's name is the first. The namespace of the packet is set. Returns false and fills the error if
 * a value cannot be written; raises errors of the script's own functions. They may leave values on the stack, which
 * keep the attachments. */
bool luahost_sio_encode(
    lua_State *L, luahost_sio *sio, int first, int last, luahost_socketio_packet *packet, luahost_json_error *error);
/* Writes the payload of an ack without values. */
void luahost_sio_encode_nothing(luahost_sio *sio, luahost_socketio_packet *packet);
/* Writes the value of `auth` into the scratch buffer; the payload is empty for nil. Returns NULL, or what is wrong with
 * it, which is on top of the stack or constant. Raises errors of the script's own functions. */
const char *luahost_sio_encode_auth(lua_State *L, luahost_sio *sio, int index, luahost_slice *payload);
/* Gives the storage of a large packet back. */
void luahost_sio_encoded(luahost_sio *sio);

/* ---- handlers.c ---- */

typedef struct luahost_sio_found {
    enum { LUAHOST_SIO_NONE, LUAHOST_SIO_FUNCTION, LUAHOST_SIO_METHOD } kind;
    luahost_sio_handler handler;
    int values;              /* on the stack: the function, and the arguments that come before those of the event */
} luahost_sio_found;

/* Pushes the handler, in python's order of lookup, with real fall-through. The client is kept. */
luahost_sio_found luahost_sio_find(lua_State *L, luahost_sio *sio, luahost_slice name_space, luahost_slice event);
int luahost_sio_on(lua_State *L);
int luahost_sio_register_namespace(lua_State *L);
void luahost_sio_push_event_table(lua_State *L);
/* Pushes the namespaces that have handlers, or "/" without any: those of a connect() that names none. */
void luahost_sio_push_namespaces(lua_State *L, int userdata);
/* The task of a handler, with nothing on its stack. */
luahost_task *luahost_sio_empty_task(luahost_sio *sio, const luahost_sio_handler *handler, luahost_event event);
/* The same, with `values` (function and arguments) that are taken from the top of vm->L's stack. */
luahost_task *luahost_sio_task(luahost_sio *sio, const luahost_sio_handler *handler, luahost_event event, int values);
/* The on_done of that task. */
void luahost_sio_handler_done(luahost_task *task);

/* ---- connect.c ---- */
int luahost_sio_connect(lua_State *L);
/* Replaces LUAHOST_SIO_WANTED, on top of the stack, by a list of its own if it is one name. */
void luahost_sio_list_wanted(lua_State *L);
/* The name of a namespace at `index`; raises an argument error. */
luahost_slice luahost_sio_check_namespace(lua_State *L, int index, int number, const char *function);
/* The same, or "*", which stands for all of them. */
luahost_slice luahost_sio_check_namespaces(lua_State *L, int index, int number, const char *function);

/* ---- delivery.c ---- */

/* The payload of a packet is illegal: the session ends with this text and the beginning of the payload. */
LUAHOST_COLD void luahost_sio_refuse(luahost_sio *sio, const char *problem, luahost_slice payload);
/* The string at the index. */
luahost_slice luahost_sio_slice(lua_State *L, int index);
void luahost_sio_start_next(luahost_client *client);

/* Whether events without a handler wait for receive(). */
static inline bool luahost_sio_keeps(const luahost_sio *sio) {
    return sio->client.mailbox.is_received || sio->is_simple;
}

/* ---- receive.c ---- */

bool luahost_sio_matches(const luahost_sio_receiver *receiver, luahost_slice name_space, luahost_slice name);
void luahost_sio_unlink(luahost_sio_receiver *receiver);
/* Sends the empty ack of an event that receive() takes. */
void luahost_sio_acknowledge_taken(luahost_sio *sio, const luahost_socketio_received *event);
/* Pushes the name and the arguments; the number of values, or -1. */
int luahost_sio_push_event(
    lua_State *L, luahost_sio *sio, const luahost_socketio_received *event, luahost_slice name, size_t rest);
int luahost_sio_receive(lua_State *L);
/* The next event of any namespace within the seconds (< 0: without a limit); `top` is the top of the stack, and `k`
 * finds the values of receive() above that. */
int luahost_sio_receive_with(
    lua_State *L, luahost_sio *sio, const luahost_sio_receiver *wanted, lua_Number seconds, lua_KFunction k);
/* The k of receive(): reads what is packed. Returns the number of values above `top`. */
int luahost_sio_received(lua_State *L, int status, lua_KContext top);
void luahost_sio_wake_receivers(luahost_sio *sio);
/* The same for those of one namespace; the reason of its end is on top of vm->L's stack. */
void luahost_sio_wake_receivers_of(luahost_sio *sio, luahost_slice name_space);

/* ---- queue.c ---- */

typedef enum luahost_sio_happening {
    LUAHOST_SIO_EVENT,
    LUAHOST_SIO_CONNECTED,
    LUAHOST_SIO_REFUSED,
    LUAHOST_SIO_READY,
    LUAHOST_SIO_DISCONNECTED,
    LUAHOST_SIO_ENDED,
} luahost_sio_happening;

/* A change of the session or of a namespace. */
typedef struct luahost_sio_change {
    luahost_sio_happening happening;
    luahost_disconnect_reason reason;
    bool flag;               /* recovered, will reconnect */
    luahost_slice name_space;
    luahost_slice text;      /* the sid, or the payload of a refusal */
    luahost_detail detail;   /* of the end of a namespace */
} luahost_sio_change;

void luahost_sio_enqueue(luahost_sio *sio, const luahost_socketio_received *event);
void luahost_sio_enqueue_change(luahost_sio *sio, const luahost_sio_change *change);
luahost_sio_happening luahost_sio_happening_of(const luahost_message *message);
/* The change that a message was made of, whose texts are in the message. */
luahost_sio_change luahost_sio_dequeued_change(const luahost_message *message);
/* The event that a message was made of. The slices of its attachments are in *list, to be freed. */
luahost_socketio_received luahost_sio_dequeued(const luahost_message *message, luahost_slice **list);

/* ---- life.c ---- */

/* Ends the waits and the session, as luahost_client_reset does. */
void luahost_sio_reset(luahost_sio *sio);
/* Does what follows from the change: runs handlers, wakes tasks. */
void luahost_sio_happen(luahost_sio *sio, const luahost_sio_change *change);

/* ---- emit.c ---- */
int luahost_sio_emit(lua_State *L);
int luahost_sio_send(lua_State *L);
int luahost_sio_call(lua_State *L);
/* The same, of an object of sio.of(), whose namespace is upvalue 3. */
int luahost_sio_emit_in_namespace(lua_State *L);
int luahost_sio_send_in_namespace(lua_State *L);
int luahost_sio_call_in_namespace(lua_State *L);

/* ---- acks.c ---- */

/* The namespace, or the session, is over: callbacks are dropped, calls raise. */
void luahost_sio_end_acks(luahost_sio *sio, luahost_slice name_space, luahost_disconnect_reason reason);
void luahost_sio_end_all_acks(luahost_sio *sio, luahost_disconnect_reason reason);

/* ---- namespace.c ---- */
int luahost_sio_of(lua_State *L);

/* ---- ends.c ---- */

/* The namespace has ended, and others may stay: notes the reason, and pushes it on vm->L. */
void luahost_sio_push_end(luahost_sio *sio, const luahost_sio_change *change);
/* The namespace is asked for, or connected: it has not ended any more. */
void luahost_sio_forget_end(lua_State *L, luahost_sio *sio, luahost_slice name_space);

/* ---- class.c ---- */

/* Makes the table at `table` that of a new client, whose options are the table at `index`, or nil. Leaves its userdata
 * on the stack. */
luahost_sio *luahost_sio_make(lua_State *L, int index, int table);
/* Pushes the sid of the namespace, or (NULL) of "/", or else of the only one; the userdata is at the index. */
void luahost_sio_push_sid(lua_State *L, int userdata, const char *name_space);

/* ---- simple.c ---- */

/* SimpleClient(…), with the module as upvalue 1. */
int luahost_sio_simple(lua_State *L);

#endif
