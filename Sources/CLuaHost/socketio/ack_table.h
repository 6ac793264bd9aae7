/* The acks that a client awaits, by namespace and number. */
#ifndef LUAHOST_SOCKETIO_ACK_TABLE_H
#define LUAHOST_SOCKETIO_ACK_TABLE_H

#include "core/task.h"

typedef struct luahost_sio_ack {
    uint64_t id;             /* of the protocol, from 1; 0 in a slot that is free */
    luahost_task *task;      /* in call(); NULL: there is a callback */
    int callback;            /* its reference in LUAHOST_SIO_CALLBACKS */
} luahost_sio_ack;

/* Those of one namespace. Numbers follow one another, and most acks come soon: each has the place of its number's low
 * bits. One whose place is wanted by a newer number moves to a hash table with open addressing; Lua's tables do not
 * stay small if their keys only grow. */
typedef struct luahost_sio_acks {
    struct luahost_sio_acks *next; /* of another namespace */
    luahost_sio_ack *recent;
    size_t places;                 /* of `recent`: a power of two */
    luahost_sio_ack *slots;        /* of the hash table */
    size_t old, capacity;          /* the acks in it, and its slots: a power of two, or 0 */
    size_t count;                  /* of both */
    size_t length;                 /* of the name */
    char name[];
} luahost_sio_acks;

/* Adds an ack whose number the namespace does not have yet. */
void luahost_sio_acks_add(luahost_sio_acks **list, luahost_slice name_space, luahost_sio_ack ack);
/* Takes the ack out; the id of the result is 0 if nobody awaits it. */
luahost_sio_ack luahost_sio_acks_take(luahost_sio_acks *list, luahost_slice name_space, uint64_t id);
/* Whether the task waits for the ack with this number of the namespace. */
bool luahost_sio_acks_has(const luahost_sio_acks *acks, uint64_t id, const luahost_task *task);
/* Takes the ack out that the task waits for, of whichever namespace. Returns the acks of that, or NULL. */
const luahost_sio_acks *luahost_sio_acks_drop(luahost_sio_acks *list, uint64_t id, const luahost_task *task);
/* Calls `body` for each ack. */
void luahost_sio_acks_each(
    const luahost_sio_acks *acks, void (*body)(void *context, const luahost_sio_ack *ack), void *context);
/* Takes those of a namespace out of the list, to be freed by the caller; or NULL. */
luahost_sio_acks *luahost_sio_acks_detach(luahost_sio_acks **list, luahost_slice name_space);
void luahost_sio_acks_free(luahost_sio_acks *list);

#endif
