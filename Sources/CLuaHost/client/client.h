/* One client object, as the files of the API see it. */
#ifndef LUAHOST_CLIENT_H
#define LUAHOST_CLIENT_H

#include "core/options.h"
#include "core/schedule.h"

/* In Lua a client is a table with a metatable. The table holds, under luahost_key_client, the full userdata whose block
 * this struct is; what the struct needs of Lua are the user values of that. Nothing of it is in the registry while no
 * session and no handler is alive, so a client that the script has dropped is collected, though its handlers refer to
 * it. */

extern const char luahost_key_client;

/* The events that every kind of client has. */
enum { LUAHOST_EVENTS = LUAHOST_EVENT_NAMED };

enum {
    LUAHOST_UV_TABLE = 1,   /* the client's table */
    LUAHOST_UV_SID,
    LUAHOST_UV_BASE_URL,
    LUAHOST_UV_UPGRADES,
    LUAHOST_UV_REASON,      /* of the last session's end */
    LUAHOST_UV_DETAIL,
    LUAHOST_UV_ENCODE,      /* the script's own JSON functions */
    LUAHOST_UV_DECODE,
    LUAHOST_UV_HANDLER,     /* + luahost_event */
    LUAHOST_USER_VALUES = LUAHOST_UV_HANDLER + LUAHOST_EVENTS - 1,
};

/* The session as the script has been shown it. */
typedef enum luahost_client_state {
    LUAHOST_DISCONNECTED,
    LUAHOST_CONNECTING,
    LUAHOST_CONNECTED,
    LUAHOST_DISCONNECTING,
    /* The session is over, and its disconnect event is due after the messages before it: */
    LUAHOST_LOST_UNSHOWN,
    LUAHOST_CLOSED_UNSHOWN,
    /* The first slice of the disconnect handler runs: */
    LUAHOST_LOST_SHOWN,
    LUAHOST_CLOSED_SHOWN,
} luahost_client_state;

/* The first slice of the connect handler, whose error is connect()'s to raise. */
typedef enum luahost_opening {
    LUAHOST_NOT_OPENING,
    LUAHOST_OPENING,
    LUAHOST_OPENING_FAILED, /* it has raised an error, whose text is vm->scratch */
} luahost_opening;

/* The effect on the client of a signal that ends the program. */
typedef enum luahost_at_signal {
    LUAHOST_ENDS_AT_SIGNAL,
    LUAHOST_IGNORES_SIGNALS, /* handle_sigint = false */
    LUAHOST_LEFT_ALONE,      /* one has come: the end of the program does not wait for the session */
} luahost_at_signal;

typedef enum luahost_json_mode { LUAHOST_JSON_OFF, LUAHOST_JSON_ON, LUAHOST_JSON_OWN } luahost_json_mode;

/* A message that no handler has started on. */
typedef struct luahost_message {
    struct luahost_message *next;
    size_t length;
    bool is_binary;
    char data[];
} luahost_message;

/* The time at which a handler may start on the first message of a mailbox. */
typedef enum luahost_start {
    LUAHOST_START_AT_ONCE,
    LUAHOST_START_IN_ORDER, /* when none runs that has not returned */
    LUAHOST_START_LATER,    /* of a kind that queues all: not until something changes */
} luahost_start;

typedef struct luahost_mailbox {
    luahost_message *first, *last;
    luahost_message *kept, *last_kept; /* of a kind that queues all: older ones, for which there is no handler */
    size_t bytes, count; /* of both lists */
    size_t handlers;    /* message handlers that have not returned */
    size_t answers;     /* of the server that are awaited, and may come after what waits here */
    luahost_start start;
    bool is_received;   /* receive() was called: the queue loses nothing */
    bool is_paused;     /* reading is */
} luahost_mailbox;

/* The tasks that wait in a method of the client. */
typedef struct luahost_client_waits {
    luahost_wait_queue connect, wait, receive, send, drain, disconnect;
} luahost_client_waits;

/* Keeps a client alive in Lua. */
typedef struct luahost_anchor {
    size_t holds;           /* a session, a running handler, a place in the pump's list; while that is not 0: */
    int ref;                /* of the userdata */
    int message_ref;        /* of the message handler, or what a kind of its own has in its place; or LUA_NOREF */
    int place_refs[LUAHOST_EVENTS]; /* where the handlers were registered */
} luahost_anchor;

/* The last session. */
typedef struct luahost_session {
    luahost_transport transport;
    double ping_interval, ping_timeout;
    size_t unwritten;       /* of its messages, when it ended */
} luahost_session;

/* Warnings that have been logged in the session. */
typedef struct luahost_logged {
    bool pause, drop, unconnected;
} luahost_logged;

/* Shared by all clients of a VM; a userdata in the registry. */
typedef struct luahost_client_shared {
    luahost_client *pumped_first, *pumped_last; /* those with work for the pump; vm->clients.pending is their number */
    size_t error_handlers;
    int error_clients_ref; /* a table with weak values: from luahost_client * to userdata, of clients with an `error`
                              handler */
    int places_ref;        /* a table: "bot.lua:12" to the reference of that string */
} luahost_client_shared;

/* A kind of client. A module that brings another kind has one of these, and passes it to luahost_client_class. */
typedef struct luahost_client_kind {
    const char *type_name;             /* "engineio.Client" */
    size_t size;                       /* of its struct, which begins with a luahost_client; the rest is zeroed */
    int user_values;                   /* LUAHOST_USER_VALUES, and after them its own */
    const luaL_Reg *methods;           /* each has the userdata and the table of the client as upvalues 1 and 2 */
    const char *const *option_names;   /* of Client{…}; ends with NULL */
    const char *const *attribute_names; /* of `attribute`; ends with NULL */
    lua_CFunction construct;           /* Client(…), with the module as upvalue 1 */
    lua_CFunction attribute;           /* (userdata, name): a field that the table does not keep; else nothing */
    bool queues_all;                   /* start_next decides what of the queue may start, and sets `start` */
    /* For the pump: takes the first message of the queue and starts its handler. */
    void (*start_next)(luahost_client *client);
    void (*free_parts)(luahost_client *client); /* frees its memory outside of Lua; NULL: it has none */
} luahost_client_kind;

struct luahost_client {
    luahost_vm *vm;
    const luahost_client_kind *kind;
    luahost_client_shared *shared;
    void *context;                   /* the host's; NULL: released */
    luahost_client *next, *previous; /* in vm->clients */
    luahost_client *next_pumped;
    unsigned number;                 /* 1 is the global eio */
    luahost_client_state state;
    luahost_opening opening;
    luahost_json_mode json;
    luahost_at_signal at_signal;
    bool has_left;                   /* the script has called disconnect(): connect() does not raise then */
    bool is_lost;                    /* counted in vm->clients.lost */
    bool is_pumped;
    luahost_anchor anchor;
    luahost_mailbox mailbox;
    luahost_session session;
    luahost_client_waits waits;
    luahost_logged logged;
};

/* The disconnect event is due. */
static inline bool luahost_client_is_over(const luahost_client *client) {
    return client->state == LUAHOST_LOST_UNSHOWN || client->state == LUAHOST_CLOSED_UNSHOWN;
}

/* The disconnect handler has begun. */
static inline bool luahost_client_is_shown(const luahost_client *client) {
    return client->state >= LUAHOST_LOST_SHOWN;
}

/* The server has accepted the session, and nothing has ended it. */
static inline bool luahost_client_is_open(const luahost_client *client) {
    return client->state == LUAHOST_CONNECTED || client->state == LUAHOST_DISCONNECTING;
}

/* ---- client.c ---- */

/* Takes `self`, if it was given, away from the method that runs. Returns the type of the first argument. */
static inline int luahost_client_shift(lua_State *L) {
    int type = lua_type(L, 1);
    if (type != LUA_TTABLE || !lua_rawequal(L, 1, lua_upvalueindex(2))) return type;
    lua_remove(L, 1);
    return lua_type(L, 1);
}

/* The client of the method that runs. Raises when it is released. */
static inline luahost_client *luahost_client_of_method(lua_State *L) {
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    if (__builtin_expect(client->context == NULL || luahost_vm_is_closing(client->vm), 0)) {
        luaL_error(L, "the script is ending");
    }
    return client;
}

/* Both. */
static inline luahost_client *luahost_client_self(lua_State *L) {
    luahost_client_shift(L);
    return luahost_client_of_method(L);
}

/* One more reason to keep a client. The first one needs its userdata; luahost_client_keep is for those that follow. */
void luahost_client_hold(lua_State *L, luahost_client *client, int userdata);
static inline void luahost_client_keep(luahost_client *client) { client->anchor.holds++; }
void luahost_client_unhold(luahost_client *client);
/* Pushes a user value of a client that is kept. */
void luahost_client_push(lua_State *L, const luahost_client *client, int user_value);
/* Pops the value from vm->L. */
void luahost_client_store(luahost_client *client, int user_value);

/* The reason as scripts see it. */
const char *luahost_reason_text(luahost_disconnect_reason reason);

/* ---- class.c ---- */

/* Pushes what all clients of the VM share, which is in the registry. */
luahost_client_shared *luahost_client_shared_of(lua_State *L);
/* Makes the metatables. */
void luahost_client_open(lua_State *L);
/* Pushes the constructor Client. Its module, which it may be called as a method of, is at `module`. */
void luahost_client_class(lua_State *L, const luahost_client_kind *kind, int module);
/* In the constructor: takes its module away, so that the options, or nil, are the only value of the stack. */
void luahost_client_construct(lua_State *L);
/* Makes the table at `table` that of a new client, whose options are the table at `index`, or nil. Its context is the
 * caller's to make. */
luahost_client *luahost_client_make(
    lua_State *L, const luahost_client_kind *kind, int index, int table, luahost_client_options *settings);

/* For luahost_module. */
bool luahost_client_push_field(lua_State *L, const char *name, size_t length);
void luahost_client_list_fields(lua_State *L, void (*add)(void *context, const char *name), void *context);
/* The names of all fields that a client of this kind may have. */
void luahost_kind_list(
    const luahost_client_kind *kind, void (*add)(void *context, const char *name), void *context);

/* ---- client_options.c ---- */

/* Reads the options at `index`. Leaves encode and decode of the option `json` on the stack, or two nils. */
luahost_json_mode luahost_client_options_read(
    lua_State *L, const luahost_client_kind *kind, int index, luahost_client_options *settings);
extern const char *const luahost_client_option_names[];
/* An option that is true, false or a level. */
luahost_logger luahost_option_logger(const luahost_options *options, const char *name);

/* ---- shared.c ---- */

/* Whether the name is one of what clients share; makes it, in the table at `shared`, if it is not there. */
bool luahost_shared_open(lua_State *L, int shared, const char *name);
void luahost_shared_list(void (*add)(void *context, const char *name), void *context);

/* ---- connect.c ---- */

/* Options of connect(); what they leave on the stack keeps them. */
luahost_pairs luahost_check_headers(const luahost_options *options, const char *option);
luahost_transports luahost_check_transports(const luahost_options *options, const char *option);
/* The url at index 1, or the one of the command line. */
luahost_slice luahost_check_url(lua_State *L);

/* ---- the methods ---- */
int luahost_client_on(lua_State *L);
int luahost_client_connect(lua_State *L);
int luahost_client_wait(lua_State *L);
int luahost_client_disconnect(lua_State *L);
int luahost_client_send(lua_State *L);
int luahost_client_receive(lua_State *L);
int luahost_client_buffered(lua_State *L);
int luahost_client_drain(lua_State *L);
int luahost_client_transport(lua_State *L);

/* ---- attributes.c ---- */
int luahost_client_attribute(lua_State *L);
extern const char *const luahost_client_attribute_names[];
/* "connected", as eio.state has it. */
const char *luahost_client_state_name(const luahost_client *client);

/* ---- session.c ---- */

/* The session is over and the script has been shown it: sid nil, state 'disconnected', waiting tasks go on. Legal
 * within a slice. */
void luahost_client_reset(luahost_client *client);
/* The on_cancel of waits.connect: abandons the attempt. */
bool luahost_connect_cancelled(luahost_wait_queue *queue, luahost_task *task);
/* Gives the disconnect event of a session that is over. */
void luahost_client_show_end(luahost_client *client);
/* Keeps what the handshake has brought. */
void luahost_client_keep_info(luahost_client *client, const luahost_session_info *info);
/* Pushes the table of a detail. */
void luahost_push_detail(lua_State *L, const luahost_detail *detail);
/* Keeps why the session is over. */
void luahost_client_keep_detail(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail);
/* Calls the function below it, with the arguments above it, for a connect handler: an error that it raises before it
 * first waits is connect()'s to raise, and is not reported. To be put under the function on the stack of the task of a
 * handler, while client->opening is LUAHOST_OPENING. */
int luahost_call_connect_handler(lua_State *L);
/* Counts a connection that was lost and of which the script is not notified. */
void luahost_client_note_loss(luahost_client *client);
/* Raises the error of a connect() that has failed: true, or false and the error, are on the stack after `top`. */
int luahost_client_connect_returned(lua_State *L, int status, lua_KContext top);

/* ---- handlers.c ---- */

bool luahost_is_callable(lua_State *L, int index);
/* The reference of the text "bot.lua:12", the place that called; LUA_NOREF without one. */
int luahost_place_ref(lua_State *L, const luahost_client_shared *shared);
/* Registers the function at `handler` for the client of the method that runs. */
void luahost_client_add_handler(
    lua_State *L, luahost_client *client, luahost_event event, int handler, bool is_ordered);

/* A task for the handler, with the function and no arguments on its stack; or NULL if there is no handler. The
 * client is kept until its on_done, which is luahost_handler_done. */
luahost_task *luahost_handler_task(luahost_client *client, luahost_event event);
/* For an on_done that replaces it. */
void luahost_handler_done(luahost_task *task);

/* ---- errors.c ---- */

/* The take_error of the module: starts the client's `error` handler, or that of the client that was made first. */
bool luahost_client_take_error(luahost_task *task, int error);

/* ---- ending.c ---- */
void luahost_clients_leave_alone(luahost_vm *vm);
void luahost_clients_interrupt(luahost_vm *vm);
void luahost_clients_release(luahost_vm *vm);
void luahost_clients_free(luahost_vm *vm);

/* ---- mailbox.c ---- */

/* Whether a message handler could be started now. */
static inline bool luahost_mailbox_accepts(const luahost_client *client) {
    const luahost_mailbox *mailbox = &client->mailbox;
    if (client->kind->queues_all) return mailbox->start != LUAHOST_START_LATER;
    bool is_in_order = mailbox->start == LUAHOST_START_AT_ONCE || mailbox->handlers == 0;
    return client->anchor.message_ref != LUA_NOREF && is_in_order;
}

/* Whether a handler could be started on the first message of the queue. */
static inline bool luahost_mailbox_is_startable(const luahost_client *client) {
    return client->mailbox.first != NULL && luahost_mailbox_accepts(client);
}

/* More handlers than that pause reading; while answers are awaited, which must not stay unread, ten times as many. */
enum { LUAHOST_HANDLERS = 10000 };

/* Whether there is something to start for the pump. */
static inline bool luahost_mailbox_has_work(const luahost_client *client) {
    return luahost_mailbox_is_startable(client) || luahost_client_is_over(client);
}

/* Has the pump look at the client, if there is something to start. */
void luahost_mailbox_schedule(luahost_client *client);
/* Pauses or resumes reading. */
void luahost_mailbox_balance(luahost_client *client);
void luahost_mailbox_add(luahost_client *client, const char *data, size_t length, bool is_binary);
/* Adds a message that malloc made, without a look at the limits. */
void luahost_mailbox_append(luahost_client *client, luahost_message *message);
/* The first message, to be freed by the caller; there is one. */
luahost_message *luahost_mailbox_take(luahost_client *client);
/* Undoes that. */
void luahost_mailbox_put_back(luahost_client *client, luahost_message *message);
/* Drops what is queued. */
void luahost_mailbox_clear(luahost_client *client);
/* Moves the first message to those that are kept until receive() takes them or a handler is registered. */
void luahost_mailbox_keep(luahost_client *client);
/* The kept messages are the first ones again: a handler may have been registered for them. */
void luahost_mailbox_offer_kept(luahost_client *client);
/* Takes the message after `previous` (NULL: the first one) out of one of the lists. */
void luahost_mailbox_remove(luahost_client *client, bool is_kept, luahost_message *previous);
/* Drops the oldest of the kept messages while too many wait, if receive() was never called. */
void luahost_mailbox_limit_kept(luahost_client *client);
/* Reading goes on: the session is over that was paused. */
void luahost_mailbox_resume(luahost_client *client);

/* ---- delivery.c ---- */
void luahost_client_start_next(luahost_client *client);

/* ---- pump.c ---- */
void luahost_clients_pump(luahost_vm *vm, int most);

#endif
