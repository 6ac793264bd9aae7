#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/json_string.h"

/* A table that is being written, and how far: the chain of them is the path to a value. */
typedef struct level {
    const struct level *parent;
    const void *table;
    /* The stack slot of the string key at work, or 0: then `index` is the key. */
    int key_slot;
    int depth;
    lua_Integer index;
} level;

typedef struct encoder {
    lua_State *L;
    luahost_buffer *out;
    luahost_json_error *error;
    int tables;
    /* Of the shared metatables; NULL until the first table that has any metatable. */
    const void *array_mt;
    const void *object_mt;
} encoder;

static int encode_value(encoder *e, const level *parent, int index);

static bool is_name(const char *key, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char letter = (unsigned char)key[i] | 0x20;
        bool is_letter = (letter >= 'a' && letter <= 'z') || key[i] == '_';
        if (!is_letter && (i == 0 || key[i] < '0' || key[i] > '9')) return false;
    }
    return length > 0;
}

/* Writes the path of the value at work, as in `$.a[3]["b c"]`; one that is too long ends in dots. */
static void write_path(encoder *e, const level *last, char *path, size_t size) {
    const level *chain[LUAHOST_JSON_MAX_DEPTH];
    int count = 0;
    for (const level *at = last; at != NULL; at = at->parent) chain[count++] = at;
    size_t used = 1;
    path[0] = '$';
    while (count > 0) {
        const level *at = chain[--count];
        char index[24];
        size_t length = 0;
        const char *key = index;
        if (at->key_slot != 0) {
            key = lua_tolstring(e->L, at->key_slot, &length);
        } else {
            length = (size_t)snprintf(index, sizeof index, "%lld", (long long)at->index);
        }
        if (used + length + sizeof "[\"\"]..." > size) {
            memcpy(path + used, "...", 3);
            used += 3;
            break;
        }
        bool name = at->key_slot != 0 && is_name(key, length);
        const char *before = name ? "." : at->key_slot != 0 ? "[\"" : "[";
        const char *after = name ? "" : at->key_slot != 0 ? "\"]" : "]";
        used += (size_t)sprintf(path + used, "%s", before);
        for (size_t i = 0; i < length; i++) path[used++] = (unsigned char)key[i] < 0x20 ? '?' : key[i];
        used += (size_t)sprintf(path + used, "%s", after);
    }
    path[used] = 0;
}

/* Fills the error with `what`, the path of the value at work and `advice`; always 0. */
static __attribute__((noinline)) int fail(encoder *e, const level *at, const char *what, const char *advice) {
    char path[112];
    write_path(e, at, path, sizeof path);
    snprintf(e->error->message, sizeof e->error->message, "%s at %s%s", what, path, advice);
    return 0;
}

static int fail_size(encoder *e, const level *at, int limit, const char *unit) {
    char what[64];
    snprintf(what, sizeof what, "cannot encode more than %d %s", limit, unit);
    return fail(e, at, what, "");
}

static int fail_length(encoder *e, const level *at) {
    return fail_size(e, at, LUAHOST_JSON_MAX_LENGTH, "bytes of text");
}

static int encode_string(encoder *e, const level *at, int index) {
    size_t length;
    const char *text = lua_tolstring(e->L, index, &length);
    if (__builtin_expect(e->out->length + length > LUAHOST_JSON_MAX_LENGTH, 0)) return fail_length(e, at);
    if (luahost_json_write_string(e->out, text, length, &e->error->offset)) return 1;
    char what[64];
    snprintf(what, sizeof what, "byte %zu of the string is not UTF-8", e->error->offset + 1);
    return fail(e, at, what, ": JSON is UTF-8 text, send bytes as eio.bytes or in base64");
}

/* For a key that is refused; a number among those is a float. */
static const char *key_type_name(encoder *e, int key) {
    int type = lua_type(e->L, key);
    return type == LUA_TNUMBER ? "float" : lua_typename(e->L, type);
}

static int fail_key(encoder *e, const level *self, int key) {
    char what[64];
    snprintf(what, sizeof what, "cannot encode a key that is a %s", key_type_name(e, key));
    return fail(e, self->parent, what, ": JSON's keys are strings");
}

static int fail_mixed(encoder *e, const level *self) {
    return fail(e, self->parent, "cannot encode a table with string and integer keys",
        ": eio.object makes the integers strings");
}

/* Ends an array or object, whose last entry left a comma. */
static inline void close_container(luahost_buffer *out, char bracket) {
    if (out->data[out->length - 1] == ',') out->length -= 1;
    luahost_buffer_append_byte(out, bracket);
}

/* Whether a string key is what an integer key of the same object becomes. */
static bool is_doubled_key(lua_State *L, int table, const char *key, size_t length) {
    luahost_json_number number;
    if (luahost_json_read_number(key, key + length, &number) != key + length || !number.is_integer) return false;
    if (number.integer == 0 && length > 1) return false;
    int type = lua_rawgeti(L, table, number.integer);
    lua_pop(L, 1);
    return type != LUA_TNIL;
}

/* Writes the key in slot `key` of an object. */
static inline int encode_key(encoder *e, level *self, int table, int key, bool is_explicit) {
    int type = lua_type(e->L, key);
    if (__builtin_expect(type == LUA_TSTRING, 1)) {
        size_t length;
        const char *text = lua_tolstring(e->L, key, &length);
        self->key_slot = key;
        if (is_explicit && is_doubled_key(e->L, table, text, length)) {
            return fail(e, self, "cannot encode both the integer and the string as a key", "");
        }
        if (luahost_json_write_string(e->out, text, length, &e->error->offset)) return 1;
        char what[64];
        snprintf(what, sizeof what, "byte %zu of a key is not UTF-8", e->error->offset + 1);
        return fail(e, self->parent, what, ": JSON is UTF-8 text");
    }
    if (!lua_isinteger(e->L, key)) return fail_key(e, self, key);
    if (!is_explicit) return fail_mixed(e, self);
    self->key_slot = 0;
    self->index = lua_tointegerx(e->L, key, NULL);
    luahost_buffer_append_byte(e->out, '"');
    luahost_json_write_integer(e->out, self->index);
    luahost_buffer_append_byte(e->out, '"');
    return 1;
}

/* Writes the members of the table; the first key and value are on the stack if `has_next`. */
static int encode_object(encoder *e, level *self, int table, bool has_next, bool is_explicit) {
    luahost_buffer_append_byte(e->out, '{');
    while (has_next) {
        if (!encode_key(e, self, table, table + 1, is_explicit)) return 0;
        luahost_buffer_append_byte(e->out, ':');
        if (!encode_value(e, self, table + 2)) return 0;
        lua_settop(e->L, table + 1);
        luahost_buffer_append_byte(e->out, ',');
        has_next = lua_next(e->L, table) != 0;
    }
    close_container(e->out, '}');
    return 1;
}

static int fail_array_key(encoder *e, const level *self, int key, bool is_explicit) {
    if (is_explicit) {
        char what[64];
        snprintf(what, sizeof what, "cannot encode an eio.array with a %s as a key", key_type_name(e, key));
        return fail(e, self->parent, what, ": its keys are 1 to n");
    }
    if (lua_type(e->L, key) == LUA_TSTRING) return fail_mixed(e, self);
    return fail_key(e, self, key);
}

/* The length of an array whose keys come in any order, or -1 after `fail`. The table is on top of the stack. */
static lua_Integer measure_array(encoder *e, const level *self, int table, bool is_explicit) {
    lua_Integer count = 0, largest = 0;
    lua_pushnil(e->L);
    while (lua_next(e->L, table) != 0) {
        if (!lua_isinteger(e->L, table + 1)) {
            fail_array_key(e, self, table + 1, is_explicit);
            return -1;
        }
        lua_Integer key = lua_tointegerx(e->L, table + 1, NULL);
        if (key < 1) {
            char what[80];
            snprintf(what, sizeof what, "cannot encode an array with the index %lld", (long long)key);
            fail(e, self->parent, what, ": arrays begin at 1; eio.object makes integer keys strings");
            return -1;
        }
        if (key > largest) largest = key;
        count += 1;
        lua_settop(e->L, table + 1);
    }
    if (largest == count) return count;
    lua_Integer missing = 1;
    while (lua_rawgeti(e->L, table, missing) != LUA_TNIL) {
        lua_settop(e->L, table);
        missing += 1;
    }
    char what[80];
    snprintf(what, sizeof what, "cannot encode an array with a hole, index %lld,", (long long)missing);
    fail(e, self->parent, what, ": fill it with eio.null; eio.object makes integer keys strings");
    return -1;
}

/* Writes an array whose keys `lua_next` does not give in order. */
static int encode_scattered_array(encoder *e, level *self, int table, bool is_explicit) {
    lua_settop(e->L, table);
    lua_Integer length = measure_array(e, self, table, is_explicit);
    if (length < 0) return 0;
    luahost_buffer_append_byte(e->out, '[');
    for (self->index = 1; self->index <= length; self->index++) {
        lua_rawgeti(e->L, table, self->index);
        if (!encode_value(e, self, table + 1)) return 0;
        lua_settop(e->L, table);
        luahost_buffer_append_byte(e->out, ',');
    }
    close_container(e->out, ']');
    return 1;
}

/* Writes the elements of the table; the first key and value are on the stack if `has_next`. */
static int encode_array(encoder *e, level *self, int table, bool has_next, bool is_explicit) {
    size_t start = e->out->length;
    luahost_buffer_append_byte(e->out, '[');
    for (self->index = 1; has_next; self->index++) {
        /* Nearly every array is stored in order, and one pass both checks and writes it. */
        if (!lua_isinteger(e->L, table + 1) || lua_tointegerx(e->L, table + 1, NULL) != self->index) {
            e->out->length = start;
            return encode_scattered_array(e, self, table, is_explicit);
        }
        if (!encode_value(e, self, table + 2)) return 0;
        lua_settop(e->L, table + 1);
        luahost_buffer_append_byte(e->out, ',');
        has_next = lua_next(e->L, table) != 0;
    }
    close_container(e->out, ']');
    return 1;
}

typedef enum table_kind { plain_table, explicit_array, explicit_object } table_kind;

/* Takes the table's metatable for what it says about JSON; every other one means nothing here. */
static table_kind kind_of(encoder *e, int table) {
    if (!lua_getmetatable(e->L, table)) return plain_table;
    const void *metatable = lua_topointer(e->L, -1);
    if (e->array_mt == NULL) {
        luahost_json_push_array_mt(e->L);
        luahost_json_push_object_mt(e->L);
        e->array_mt = lua_topointer(e->L, -2);
        e->object_mt = lua_topointer(e->L, -1);
    }
    lua_settop(e->L, table);
    return metatable == e->array_mt ? explicit_array : metatable == e->object_mt ? explicit_object : plain_table;
}

/* Writes the table in slot `table`, which is the top of the stack. */
static int encode_table(encoder *e, const level *parent, int table) {
    level self = {.parent = parent, .table = lua_topointer(e->L, table), .depth = parent ? parent->depth + 1 : 1};
    /* On every level: a cycle found only by the depth would first be written out that many times. */
    for (const level *at = parent; at != NULL; at = at->parent) {
        if (at->table == self.table) return fail(e, parent, "cannot encode a cycle: a table contains itself", "");
    }
    if (self.depth > LUAHOST_JSON_MAX_DEPTH) {
        return fail_size(e, parent, LUAHOST_JSON_MAX_DEPTH, "levels of tables");
    }
    if (e->out->length > LUAHOST_JSON_MAX_LENGTH) return fail_length(e, parent);
    if (++e->tables > LUAHOST_JSON_MAX_TABLES) return fail_size(e, parent, LUAHOST_JSON_MAX_TABLES, "tables");
    if (!lua_checkstack(e->L, 4)) return fail(e, parent, "no room on the Lua stack", "");

    table_kind kind = kind_of(e, table);
    lua_pushnil(e->L);
    bool has_next = lua_next(e->L, table) != 0;
    bool is_array = kind == explicit_array ||
        (kind == plain_table && has_next && lua_type(e->L, table + 1) == LUA_TNUMBER);
    if (is_array) return encode_array(e, &self, table, has_next, kind == explicit_array);
    return encode_object(e, &self, table, has_next, kind == explicit_object);
}

static int encode_number(encoder *e, const level *parent, int index) {
    if (lua_isinteger(e->L, index)) {
        luahost_json_write_integer(e->out, lua_tointegerx(e->L, index, NULL));
        return 1;
    }
    lua_Number value = lua_tonumberx(e->L, index, NULL);
    if (!isfinite(value)) {
        const char *what = isnan(value) ? "cannot encode nan" : value > 0 ? "cannot encode inf" : "cannot encode -inf";
        return fail(e, parent, what, ": JSON has no such number");
    }
    luahost_json_write_real(e->out, value);
    return 1;
}

static int fail_type(encoder *e, const level *parent, int index) {
    switch (lua_type(e->L, index)) {
    case LUA_TNIL: return fail(e, parent, "cannot encode nil", ": eio.null is JSON's null");
    case LUA_TUSERDATA:
        return fail(e, parent, "cannot encode bytes or another userdata", ": send bytes by themselves or in base64");
    default: {
        char what[64];
        snprintf(what, sizeof what, "cannot encode a %s", lua_typename(e->L, lua_type(e->L, index)));
        return fail(e, parent, what, "");
    }
    }
}

/* Writes the value in slot `index`, which is the top of the stack. */
static int encode_value(encoder *e, const level *parent, int index) {
    switch (lua_type(e->L, index)) {
    case LUA_TSTRING: return encode_string(e, parent, index);
    case LUA_TNUMBER: return encode_number(e, parent, index);
    case LUA_TTABLE: return encode_table(e, parent, index);
    case LUA_TBOOLEAN:
        if (lua_toboolean(e->L, index)) {
            luahost_buffer_append(e->out, "true", 4);
        } else {
            luahost_buffer_append(e->out, "false", 5);
        }
        return 1;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(e->L, index) != NULL) break;
        luahost_buffer_append(e->out, "null", 4);
        return 1;
    }
    return fail_type(e, parent, index);
}

int luahost_json_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error) {
    encoder e = {.L = L, .out = out, .error = error};
    int top = lua_gettop(L);
    size_t start = out->length;
    error->offset = 0;
    index = lua_absindex(L, index);
    int ok = 0;
    if (!lua_checkstack(L, 1)) {
        snprintf(error->message, sizeof error->message, "no room on the Lua stack");
    } else {
        lua_pushvalue(L, index);
        ok = encode_value(&e, NULL, top + 1);
        if (ok && out->length > LUAHOST_JSON_MAX_LENGTH) ok = fail_length(&e, NULL);
    }
    lua_settop(L, top);
    if (!ok) out->length = start;
    return ok;
}
