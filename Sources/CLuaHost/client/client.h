/* One client object, as the files of the API see it. */
#ifndef LUAHOST_CLIENT_H
#define LUAHOST_CLIENT_H

#include "core/host.h"
#include "core/options.h"

/* In Lua a client is a table with a metatable. The table holds, under luahost_key_client, the full userdata whose block
 * this struct is; what the struct needs of Lua are the user values of that. Nothing of it is in the registry while no
 * session and no handler is alive, so a client that the script has dropped is collected, though its handlers refer to
 * it. */

extern const char luahost_key_client;

typedef enum luahost_event_kind {
    LUAHOST_EVENT_CONNECT, LUAHOST_EVENT_MESSAGE, LUAHOST_EVENT_DISCONNECT, LUAHOST_EVENT_ERROR, LUAHOST_EVENTS
} luahost_event_kind;

enum {
    LUAHOST_UV_TABLE = 1,   /* the client's table */
    LUAHOST_UV_SID,
    LUAHOST_UV_BASE_URL,
    LUAHOST_UV_UPGRADES,
    LUAHOST_UV_REASON,      /* of the last session's end */
    LUAHOST_UV_DETAIL,
    LUAHOST_UV_ENCODE,      /* the script's own JSON functions */
    LUAHOST_UV_DECODE,
    LUAHOST_UV_HANDLER,     /* + luahost_event_kind */
    LUAHOST_USER_VALUES = LUAHOST_UV_HANDLER + LUAHOST_EVENTS - 1,
};

typedef enum luahost_client_state {
    LUAHOST_DISCONNECTED, LUAHOST_CONNECTING, LUAHOST_CONNECTED, LUAHOST_DISCONNECTING
} luahost_client_state;

/* The end of a session, as far as the script has been told. */
typedef enum luahost_ending {
    LUAHOST_NOT_ENDING,
    LUAHOST_END_DUE,   /* the disconnect handler is to run, after those of the messages before it */
    LUAHOST_END_TOLD,  /* its first slice runs */
} luahost_ending;

typedef enum luahost_json_mode { LUAHOST_JSON_OFF, LUAHOST_JSON_ON, LUAHOST_JSON_OWN } luahost_json_mode;

/* A message that no handler has started on. */
typedef struct luahost_message {
    struct luahost_message *next;
    size_t length;
    bool is_binary;
    char data[];
} luahost_message;

/* What all clients of a VM share; a userdata in the registry. */
typedef struct luahost_engine {
    luahost_client *pumped_first, *pumped_last; /* those with work for luahost_clients_pump */
    unsigned clients_made;
    size_t error_handlers;
    int error_clients_ref; /* a table with weak values: from luahost_client * to userdata, of clients with an `error`
                              handler */
    int error_handler_ref; /* where luahost_client_error_handler puts the function that it found */
    int places_ref;        /* a table: "bot.lua:12" to the reference of that string */
} luahost_engine;

struct luahost_client {
    luahost_vm *vm;
    luahost_engine *engine;
    void *context;          /* the host's; NULL: released */
    luahost_client *next, *previous; /* in vm->clients */
    luahost_client *next_pumped;
    unsigned number;        /* 1 is the global eio */

    luahost_client_state state;
    luahost_ending ending;
    luahost_json_mode json;
    int transport;          /* 0 none yet, 1 polling, 2 websocket */
    bool encodes_itself;    /* LUAHOST_UV_ENCODE is set */
    bool handles_sigint;
    bool is_left_alone;     /* the end of the program does not wait for it */
    bool has_left;          /* the script has called disconnect() for the session: connect() does not raise then */
    bool is_lost;           /* counted in vm->lost_clients */
    bool event_due;         /* the session's disconnect event has not been given */
    bool is_upgrading;      /* the session is open and connect() has not returned */
    bool in_connect_slice;  /* the first slice of the connect handler runs */
    bool connect_raised;    /* and ended with an error, whose text is vm->scratch */
    bool is_pumped;
    bool is_ordered;
    bool receives;          /* receive() was called: the queue loses nothing */
    bool is_paused;
    bool told_pause, told_drop, told_unconnected; /* what has been logged in this session */

    /* What keeps it: a session, a running handler, a place in the pump's list. While that is not 0: */
    size_t holds;
    int anchor_ref;         /* of the userdata */
    int message_ref;        /* of the message handler, or LUA_NOREF */
    int place_refs[LUAHOST_EVENTS];

    luahost_message *queue_first, *queue_last;
    size_t queued_bytes, queued_count;
    size_t handlers;        /* message handlers that have not returned */
    size_t unwritten;       /* of the session that ended last */
    luahost_list connecters, waiters, receivers, senders, drainers, disconnecters;
    double ping_interval, ping_timeout;
};

/* ---- client.c ---- */

/* The client of the method that runs, whose `self`, if it was given, is taken away. Raises when it is released. */
static inline luahost_client *luahost_client_self(lua_State *L) {
    if (lua_type(L, 1) == LUA_TTABLE && lua_rawequal(L, 1, lua_upvalueindex(2))) lua_remove(L, 1);
    luahost_client *client = lua_touserdata(L, lua_upvalueindex(1));
    if (client->context == NULL || client->vm->closing) luaL_error(L, "the script is ending");
    return client;
}

/* One more reason to keep a client. The first one needs its userdata; luahost_client_keep is for those that follow. */
void luahost_client_hold(lua_State *L, luahost_client *client, int userdata);
static inline void luahost_client_keep(luahost_client *client) { client->holds++; }
void luahost_client_unhold(luahost_client *client);
/* Pushes a user value of a client that is kept. */
void luahost_client_push(lua_State *L, const luahost_client *client, int user_value);
/* Pops the value from vm->L. */
void luahost_client_store(luahost_client *client, int user_value);
/* Pushes the table of a new client. Its options are the table at `index`, or nil. */
int luahost_client_new(lua_State *L, luahost_engine *engine, int index);
/* Makes the metatables. What clients have in common is in the table on top of the stack, which stays. */
void luahost_client_open(lua_State *L);

/* ---- engineio.c ---- */

/* Whether the name is one of what clients share; makes it, in the table at `shared`, if it is not there. */
bool luahost_shared_open(lua_State *L, int shared, const char *name);

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

/* ---- session.c ---- */

/* The session is over and the script knows: sid nil, state 'disconnected', whoever waits goes on. Legal within a
 * slice. */
void luahost_client_reset(luahost_client *client);
/* The on_cancel of `connecters`: abandons the attempt. */
bool luahost_connect_cancelled(luahost_list *connecters);
/* Gives the disconnect event, for which `ending` is LUAHOST_END_DUE. */
void luahost_client_farewell(luahost_client *client);

/* ---- handlers.c ---- */

/* A task for the handler, with the function and no arguments on its stack; or NULL where there is none. The client is
 * kept until its on_done, which is luahost_handler_done. */
luahost_task *luahost_handler_task(luahost_client *client, luahost_event_kind event);
/* To be called by whatever replaces it as on_done. */
void luahost_handler_done(luahost_task *task);

/* ---- mailbox.c ---- */

/* Has the pump look at the client, if there is something to start. */
void luahost_mailbox_schedule(luahost_client *client);
/* Whether a handler could be started on the first message of the queue. */
bool luahost_mailbox_is_startable(const luahost_client *client);
/* Pauses or resumes reading. */
void luahost_mailbox_balance(luahost_client *client);
/* Drops what is queued. */
void luahost_mailbox_clear(luahost_client *client);

/* ---- log.c ---- */

/* Adds `log` to the table on top of the stack. */
void luahost_log_open(lua_State *L);

#endif
