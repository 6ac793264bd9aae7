/* The bytes that an encoder found in a value, to be sent after its text. */
#ifndef LUAHOST_ATTACHMENTS_H
#define LUAHOST_ATTACHMENTS_H

#include <stdbool.h>

#include "CLuaHostLoop.h"

/* For one packet, in both directions. */
#define LUAHOST_MAX_ATTACHMENTS 100000

/* A growing list of slices. A zeroed one is empty and ready for use. The virtual machine owns it, for the reason that
 * luahost_buffer has. */
typedef struct luahost_attachments {
    luahost_slice *items;
    size_t count;
    size_t capacity;
} luahost_attachments;

/* False if the list has LUAHOST_MAX_ATTACHMENTS already. */
bool luahost_attachments_add(luahost_attachments *list, const char *data, size_t length);

/* Empties the list; storage for more than `keep` is given back. */
void luahost_attachments_reset(luahost_attachments *list, size_t keep);

#endif
