/* The part of an encoder that does not depend on the format: the path of a value, the limits, the kinds of tables and
 * the errors. JSON and msgpack are written with it. */
#ifndef LUAHOST_ENCODER_H
#define LUAHOST_ENCODER_H

#include "base/attachments.h"
#include "base/cold.h"
#include "json/json.h"

/* A table that is being written, and how far: the chain of them is the path to a value. */
typedef struct luahost_level {
    const struct luahost_level *parent;
    const void *table;
    /* The stack slot of the string key at work, or 0: then `index` is the key. */
    int key_slot;
    int depth;
    lua_Integer index;
} luahost_level;

typedef struct luahost_encoder {
    lua_State *L;
    luahost_buffer *out;
    luahost_json_error *error;
    /* For errors: the format's name, and "bytes of text" or "bytes". */
    const char *format, *unit;
    /* NULL: there is no place for bytes. */
    luahost_attachments *attachments;
    /* The number of the argument at work, from 1; 0 for a single value. */
    int argument;
    int tables;
    /* Some table reads like a placeholder; `error` has the message for the case that bytes follow. */
    bool has_false_placeholder;
    /* Of the shared metatables; NULL until the first table that has any metatable. */
    const void *array_mt;
    const void *object_mt;
} luahost_encoder;

/* How a table is written. */
typedef struct luahost_shape {
    bool is_array;
    /* By its metatable. */
    bool is_explicit;
    /* Its first key and value are on the stack. */
    bool has_next;
} luahost_shape;

typedef enum luahost_table_kind { LUAHOST_PLAIN, LUAHOST_EXPLICIT_ARRAY, LUAHOST_EXPLICIT_OBJECT } luahost_table_kind;

/* Takes the table's metatable for what it says about JSON; every other one means nothing here. */
static inline luahost_table_kind luahost_encoder_kind(luahost_encoder *e, int table) {
    if (!lua_getmetatable(e->L, table)) return LUAHOST_PLAIN;
    const void *metatable = lua_topointer(e->L, -1);
    if (e->array_mt == NULL) {
        luahost_json_push_array_mt(e->L);
        luahost_json_push_object_mt(e->L);
        e->array_mt = lua_topointer(e->L, -2);
        e->object_mt = lua_topointer(e->L, -1);
    }
    lua_settop(e->L, table);
    if (metatable == e->array_mt) return LUAHOST_EXPLICIT_ARRAY;
    return metatable == e->object_mt ? LUAHOST_EXPLICIT_OBJECT : LUAHOST_PLAIN;
}

/* Of the functions below those that return a bool fill the error and return false, so that a caller can return their
 * result. `at` is the level whose entry is at work, or NULL for the whole value. */

/* The message is `what`, the path of the value at work, and `advice`. */
LUAHOST_COLD bool luahost_encoder_fail(
    luahost_encoder *e, const luahost_level *at, const char *what, const char *advice);
LUAHOST_COLD bool luahost_encoder_fail_size(luahost_encoder *e, const luahost_level *at, int limit, const char *unit);
LUAHOST_COLD bool luahost_encoder_fail_length(luahost_encoder *e, const luahost_level *at);
/* For a value whose type no format has. */
LUAHOST_COLD bool luahost_encoder_fail_type(luahost_encoder *e, const luahost_level *at, int index);
/* For a text that is not UTF-8 at the error's offset; `what` is "the string" or "a key". */
LUAHOST_COLD bool luahost_encoder_fail_text(
    luahost_encoder *e, const luahost_level *at, const char *what, const char *advice);
/* For the key in slot `key`, which is not a string. */
LUAHOST_COLD bool luahost_encoder_fail_key(luahost_encoder *e, const luahost_level *self, int key);
LUAHOST_COLD bool luahost_encoder_fail_mixed(luahost_encoder *e, const luahost_level *self);
/* For a string key that an integer key of the same object becomes, too. */
LUAHOST_COLD bool luahost_encoder_fail_doubled(luahost_encoder *e, const luahost_level *self);
/* For the level that luahost_encoder_enter refuses. */
LUAHOST_COLD bool luahost_encoder_fail_level(luahost_encoder *e, const luahost_level *self);

/* Whether a string key is what an integer key of the same object becomes. */
bool luahost_encoder_is_doubled(lua_State *L, int table, const char *key, size_t length);

/* The length of an array whose keys come in any order, or -1 and an error. The table is on top of the stack. */
lua_Integer luahost_encoder_measure(luahost_encoder *e, const luahost_level *self, int table, bool is_explicit);

/* To be called before `count` arguments are written. */
bool luahost_encoder_begin(luahost_encoder *e, int count);
/* To be called before a value is pushed. Makes room for it and the two slots that it may need. */
bool luahost_encoder_make_room(luahost_encoder *e);

/* Begins the level of the table in slot `table`, which is the top of the stack, and decides how it is written; false
 * if it cannot be. Pushes the first key and value, if there are any, and leaves two more slots free. */
static inline bool luahost_encoder_enter(
    luahost_encoder *e, const luahost_level *parent, int table, luahost_level *self, luahost_shape *shape) {
    *self = (luahost_level){
        .parent = parent, .table = lua_topointer(e->L, table), .depth = parent ? parent->depth + 1 : 1};
    /* On every level: a cycle found only by the depth would first be written out that many times. */
    const luahost_level *at = parent;
    while (at != NULL && at->table != self->table) at = at->parent;
    bool fits = at == NULL && self->depth <= LUAHOST_JSON_MAX_DEPTH && e->out->length <= LUAHOST_JSON_MAX_LENGTH &&
        ++e->tables <= LUAHOST_JSON_MAX_TABLES && lua_checkstack(e->L, 4);
    *shape = (luahost_shape){0};
    if (__builtin_expect(!fits, 0)) return luahost_encoder_fail_level(e, self);
    luahost_table_kind kind = luahost_encoder_kind(e, table);
    lua_pushnil(e->L);
    shape->has_next = lua_next(e->L, table) != 0;
    shape->is_explicit = kind != LUAHOST_PLAIN;
    shape->is_array = kind == LUAHOST_EXPLICIT_ARRAY ||
        (kind == LUAHOST_PLAIN && shape->has_next && lua_type(e->L, table + 1) == LUA_TNUMBER);
    return true;
}

#endif
