#include "json/encoder.h"

#include <stdio.h>

#include "base/name.h"

/* ---- the path of a value ---- */

/* Writes the path of the value at work, as in `$.a[3]["b c"]`; one that is too long ends in dots. */
static void write_path(const luahost_encoder *e, const luahost_level *last, char *path, size_t size) {
    const luahost_level *chain[LUAHOST_JSON_MAX_DEPTH];
    int count = 0;
    for (const luahost_level *at = last; at != NULL; at = at->parent) chain[count++] = at;
    size_t used = 1;
    path[0] = '$';
    while (count > 0) {
        const luahost_level *at = chain[--count];
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
        bool is_name = at->key_slot != 0 && luahost_is_name(key, length);
        const char *before = is_name ? "." : at->key_slot != 0 ? "[\"" : "[";
        const char *after = is_name ? "" : at->key_slot != 0 ? "\"]" : "]";
        used += (size_t)sprintf(path + used, "%s", before);
        for (size_t i = 0; i < length; i++) path[used++] = (unsigned char)key[i] < 0x20 ? '?' : key[i];
        used += (size_t)sprintf(path + used, "%s", after);
    }
    path[used] = 0;
}

/* ---- errors ---- */

bool luahost_encoder_fail(luahost_encoder *e, const luahost_level *at, const char *what, const char *advice) {
    char path[112];
    write_path(e, at, path, sizeof path);
    e->error->argument = e->argument;
    snprintf(e->error->message, sizeof e->error->message, "%s at %s%s", what, path, advice);
    return false;
}

bool luahost_encoder_fail_size(luahost_encoder *e, const luahost_level *at, int limit, const char *unit) {
    char what[64];
    snprintf(what, sizeof what, "cannot encode more than %d %s", limit, unit);
    return luahost_encoder_fail(e, at, what, "");
}

bool luahost_encoder_fail_length(luahost_encoder *e, const luahost_level *at) {
    return luahost_encoder_fail_size(e, at, LUAHOST_JSON_MAX_LENGTH, e->unit);
}

bool luahost_encoder_fail_type(luahost_encoder *e, const luahost_level *at, int index) {
    char what[64], advice[64] = "";
    int type = lua_type(e->L, index);
    snprintf(what, sizeof what, "cannot encode %s%s", type == LUA_TNIL ? "" : "a ", lua_typename(e->L, type));
    if (type == LUA_TNIL) snprintf(advice, sizeof advice, ": eio.null is %s's null", e->format);
    return luahost_encoder_fail(e, at, what, advice);
}

bool luahost_encoder_fail_text(luahost_encoder *e, const luahost_level *at, const char *what, const char *advice) {
    char text[64];
    snprintf(text, sizeof text, "byte %zu of %s is not UTF-8", e->error->offset + 1, what);
    return luahost_encoder_fail(e, at, text, advice);
}

/* For a key that is refused; a number among those is a float. */
static const char *key_type_name(luahost_encoder *e, int key) {
    int type = lua_type(e->L, key);
    return type == LUA_TNUMBER ? "float" : lua_typename(e->L, type);
}

bool luahost_encoder_fail_key(luahost_encoder *e, const luahost_level *self, int key) {
    char what[64], advice[64];
    snprintf(what, sizeof what, "cannot encode a key that is a %s", key_type_name(e, key));
    snprintf(advice, sizeof advice, ": %s's keys are strings", e->format);
    return luahost_encoder_fail(e, self->parent, what, advice);
}

bool luahost_encoder_fail_mixed(luahost_encoder *e, const luahost_level *self) {
    return luahost_encoder_fail(
        e, self->parent, "cannot encode a table with string and integer keys",
        ": eio.object makes the integers strings");
}

bool luahost_encoder_fail_doubled(luahost_encoder *e, const luahost_level *self) {
    return luahost_encoder_fail(e, self, "cannot encode both the integer and the string as a key", "");
}

bool luahost_encoder_fail_level(luahost_encoder *e, const luahost_level *self) {
    const luahost_level *parent = self->parent, *at = parent;
    while (at != NULL && at->table != self->table) at = at->parent;
    if (at != NULL) return luahost_encoder_fail(e, parent, "cannot encode a cycle: a table contains itself", "");
    if (self->depth > LUAHOST_JSON_MAX_DEPTH) {
        return luahost_encoder_fail_size(e, parent, LUAHOST_JSON_MAX_DEPTH, "levels of tables");
    }
    if (e->out->length > LUAHOST_JSON_MAX_LENGTH) return luahost_encoder_fail_length(e, parent);
    if (e->tables > LUAHOST_JSON_MAX_TABLES) {
        return luahost_encoder_fail_size(e, parent, LUAHOST_JSON_MAX_TABLES, "tables");
    }
    return luahost_encoder_fail(e, parent, "no room on the Lua stack", "");
}

/* ---- keys ---- */

bool luahost_encoder_is_doubled(lua_State *L, int table, const char *key, size_t length) {
    luahost_json_number number;
    if (luahost_json_read_number(key, key + length, &number) != key + length || !number.is_integer) return false;
    if (number.integer == 0 && length > 1) return false;
    int type = lua_rawgeti(L, table, number.integer);
    lua_pop(L, 1);
    return type != LUA_TNIL;
}

static bool fail_array_key(luahost_encoder *e, const luahost_level *self, int key, bool is_explicit) {
    if (is_explicit) {
        char what[64];
        snprintf(what, sizeof what, "cannot encode an eio.array with a %s as a key", key_type_name(e, key));
        return luahost_encoder_fail(e, self->parent, what, ": its keys are 1 to n");
    }
    if (lua_type(e->L, key) == LUA_TSTRING) return luahost_encoder_fail_mixed(e, self);
    return luahost_encoder_fail_key(e, self, key);
}

lua_Integer luahost_encoder_measure(luahost_encoder *e, const luahost_level *self, int table, bool is_explicit) {
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
            luahost_encoder_fail(
                e, self->parent, what, ": arrays begin at 1; eio.object makes integer keys strings");
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
    luahost_encoder_fail(e, self->parent, what, ": fill it with eio.null; eio.object makes integer keys strings");
    return -1;
}

/* ---- arguments ---- */

bool luahost_encoder_begin(luahost_encoder *e, int count) {
    e->error->offset = 0;
    e->error->argument = 0;
    if (count <= LUAHOST_MAX_ARGUMENTS) return true;
    snprintf(
        e->error->message, sizeof e->error->message, "cannot encode more than %d arguments", LUAHOST_MAX_ARGUMENTS);
    return false;
}

bool luahost_encoder_make_room(luahost_encoder *e) {
    if (lua_checkstack(e->L, 3)) return true;
    e->error->argument = 0;
    snprintf(e->error->message, sizeof e->error->message, "no room on the Lua stack");
    return false;
}
