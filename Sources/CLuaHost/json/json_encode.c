#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/encoder.h"
#include "json/json_string.h"
#include "library/bytes.h"

static bool encode_value(luahost_encoder *e, const luahost_level *parent, int index);

static bool encode_string(luahost_encoder *e, const luahost_level *at, int index) {
    size_t length;
    const char *text = lua_tolstring(e->L, index, &length);
    if (__builtin_expect(e->out->length + length > LUAHOST_JSON_MAX_LENGTH, 0)) {
        return luahost_encoder_fail_length(e, at);
    }
    if (luahost_json_write_string(e->out, text, length, &e->error->offset)) return true;
    return luahost_encoder_fail_text(
        e, at, "the string", ": JSON is UTF-8 text, send bytes as eio.bytes or in base64");
}

/* Ends an array or object, whose last entry left a comma. */
static inline void close_container(luahost_buffer *out, char bracket) {
    if (out->data[out->length - 1] == ',') out->length -= 1;
    luahost_buffer_append_byte(out, bracket);
}

/* Writes the key in slot `key` of an object. */
static inline bool encode_key(luahost_encoder *e, luahost_level *self, int table, int key, bool is_explicit) {
    int type = lua_type(e->L, key);
    if (__builtin_expect(type == LUA_TSTRING, 1)) {
        size_t length;
        const char *text = lua_tolstring(e->L, key, &length);
        self->key_slot = key;
        if (is_explicit && luahost_encoder_is_doubled(e->L, table, text, length)) {
            return luahost_encoder_fail_doubled(e, self);
        }
        if (luahost_json_write_string(e->out, text, length, &e->error->offset)) return true;
        return luahost_encoder_fail_text(e, self->parent, "a key", ": JSON is UTF-8 text");
    }
    if (!lua_isinteger(e->L, key)) return luahost_encoder_fail_key(e, self, key);
    if (!is_explicit) return luahost_encoder_fail_mixed(e, self);
    self->key_slot = 0;
    self->index = lua_tointegerx(e->L, key, NULL);
    luahost_buffer_append_byte(e->out, '"');
    luahost_json_write_integer(e->out, self->index);
    luahost_buffer_append_byte(e->out, '"');
    return true;
}

/* Writes the members of the table; the first key and value are on the stack if `has_next`. */
static bool encode_object(luahost_encoder *e, luahost_level *self, int table, bool has_next, bool is_explicit) {
    luahost_buffer_append_byte(e->out, '{');
    while (has_next) {
        if (!encode_key(e, self, table, table + 1, is_explicit)) return false;
        luahost_buffer_append_byte(e->out, ':');
        if (!encode_value(e, self, table + 2)) return false;
        lua_settop(e->L, table + 1);
        luahost_buffer_append_byte(e->out, ',');
        has_next = lua_next(e->L, table) != 0;
    }
    close_container(e->out, '}');
    return true;
}

/* Writes an array whose keys `lua_next` does not give in order. */
static bool encode_scattered_array(luahost_encoder *e, luahost_level *self, int table, bool is_explicit) {
    lua_settop(e->L, table);
    lua_Integer length = luahost_encoder_measure(e, self, table, is_explicit);
    if (length < 0) return false;
    luahost_buffer_append_byte(e->out, '[');
    for (self->index = 1; self->index <= length; self->index++) {
        lua_rawgeti(e->L, table, self->index);
        if (!encode_value(e, self, table + 1)) return false;
        lua_settop(e->L, table);
        luahost_buffer_append_byte(e->out, ',');
    }
    close_container(e->out, ']');
    return true;
}

/* Writes the elements of the table; the first key and value are on the stack if `has_next`. */
static bool encode_array(luahost_encoder *e, luahost_level *self, int table, bool has_next, bool is_explicit) {
    size_t start = e->out->length, attachments = e->attachments == NULL ? 0 : e->attachments->count;
    luahost_buffer_append_byte(e->out, '[');
    for (self->index = 1; has_next; self->index++) {
        /* Nearly every array is stored in order, and one pass both checks and writes it. */
        if (!lua_isinteger(e->L, table + 1) || lua_tointegerx(e->L, table + 1, NULL) != self->index) {
            e->out->length = start;
            if (e->attachments != NULL) e->attachments->count = attachments;
            return encode_scattered_array(e, self, table, is_explicit);
        }
        if (!encode_value(e, self, table + 2)) return false;
        lua_settop(e->L, table + 1);
        luahost_buffer_append_byte(e->out, ',');
        has_next = lua_next(e->L, table) != 0;
    }
    close_container(e->out, ']');
    return true;
}

/* Writes the table in slot `table`, which is the top of the stack. */
static bool encode_table(luahost_encoder *e, const luahost_level *parent, int table) {
    luahost_level self;
    luahost_shape shape;
    if (!luahost_encoder_enter(e, parent, table, &self, &shape)) return false;
    if (shape.is_array) return encode_array(e, &self, table, shape.has_next, shape.is_explicit);
    return encode_object(e, &self, table, shape.has_next, shape.is_explicit);
}

static bool encode_number(luahost_encoder *e, const luahost_level *parent, int index) {
    if (lua_isinteger(e->L, index)) {
        luahost_json_write_integer(e->out, lua_tointegerx(e->L, index, NULL));
        return true;
    }
    lua_Number value = lua_tonumberx(e->L, index, NULL);
    if (!isfinite(value)) {
        const char *what = isnan(value) ? "cannot encode nan" : value > 0 ? "cannot encode inf" : "cannot encode -inf";
        return luahost_encoder_fail(e, parent, what, ": JSON has no such number");
    }
    luahost_json_write_real(e->out, value);
    return true;
}

/* ---- attachments ---- */

/* Called for each `true` with the level that it is an entry of. An object that reads like a placeholder is harmless
 * only in a packet without attachments, and those may follow. */
static bool check_placeholder(luahost_encoder *e, const luahost_level *object) {
    static const char name[] = "_placeholder";
    if (object == NULL || object->key_slot == 0 || e->has_false_placeholder) return true;
    size_t length;
    const char *key = lua_tolstring(e->L, object->key_slot, &length);
    if (length != sizeof name - 1 || memcmp(key, name, length) != 0) return true;
    e->has_false_placeholder = true;
    luahost_encoder_fail(
        e, object->parent, "cannot encode bytes beside a table with _placeholder = true",
        ": it reads like an attachment");
    return e->attachments->count == 0;
}

static __attribute__((noinline)) bool encode_userdata(luahost_encoder *e, const luahost_level *parent, int index) {
    if (e->attachments == NULL) {
        return luahost_encoder_fail(
            e, parent, "cannot encode bytes or another userdata", ": send bytes by themselves or in base64");
    }
    size_t length;
    const char *data = luahost_to_bytes(e->L, index, &length);
    if (data == NULL) return luahost_encoder_fail_type(e, parent, index);
    /* The error has the message already. */
    if (e->has_false_placeholder) return false;
    static const char head[] = "{\"_placeholder\":true,\"num\":";
    luahost_buffer_append(e->out, head, sizeof head - 1);
    luahost_json_write_integer(e->out, (lua_Integer)e->attachments->count);
    luahost_buffer_append_byte(e->out, '}');
    if (luahost_attachments_add(e->attachments, data, length)) return true;
    return luahost_encoder_fail_size(e, parent, LUAHOST_MAX_ATTACHMENTS, "attachments");
}

/* ---- any value ---- */

/* Writes the value in slot `index`: a string, or the top of the stack; two more are free. The stack is as before,
 * unless the value cannot be written. */
static bool encode_value(luahost_encoder *e, const luahost_level *parent, int index) {
    switch (lua_type(e->L, index)) {
    case LUA_TSTRING: return encode_string(e, parent, index);
    case LUA_TNUMBER: return encode_number(e, parent, index);
    case LUA_TTABLE: return encode_table(e, parent, index);
    case LUA_TUSERDATA: return encode_userdata(e, parent, index);
    case LUA_TBOOLEAN:
        if (!lua_toboolean(e->L, index)) {
            luahost_buffer_append(e->out, "false", 5);
            return true;
        }
        luahost_buffer_append(e->out, "true", 4);
        return __builtin_expect(e->attachments == NULL, 1) || check_placeholder(e, parent);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(e->L, index) != NULL) break;
        luahost_buffer_append(e->out, "null", 4);
        return true;
    }
    return luahost_encoder_fail_type(e, parent, index);
}

bool luahost_json_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error) {
    luahost_encoder e = {.L = L, .out = out, .error = error, .format = "JSON", .unit = "bytes of text"};
    int top = lua_gettop(L);
    size_t start = out->length;
    error->offset = 0;
    index = lua_absindex(L, index);
    bool is_written = false;
    if (!lua_checkstack(L, 1)) {
        snprintf(error->message, sizeof error->message, "no room on the Lua stack");
    } else {
        lua_pushvalue(L, index);
        is_written = encode_value(&e, NULL, top + 1);
        if (is_written && out->length > LUAHOST_JSON_MAX_LENGTH) is_written = luahost_encoder_fail_length(&e, NULL);
    }
    lua_settop(L, top);
    if (!is_written) out->length = start;
    return is_written;
}

/* Writes the argument in the slot, which is not a string: the one on top stays where it is. */
static bool encode_other(luahost_encoder *e, int slot, int top) {
    if (!luahost_encoder_make_room(e)) return false;
    if (slot == top) return encode_value(e, NULL, slot);
    lua_pushvalue(e->L, slot);
    if (!encode_value(e, NULL, top + 1)) return false;
    lua_settop(e->L, top);
    return true;
}

bool luahost_json_encode_arguments(
    lua_State *L, int first, int last, luahost_buffer *out, luahost_attachments *attachments,
    luahost_json_error *error) {
    luahost_encoder e = {
        .L = L, .out = out, .error = error, .format = "JSON", .unit = "bytes of text", .attachments = attachments};
    int top = lua_gettop(L);
    size_t start = out->length;
    attachments->count = 0;
    bool is_written = luahost_encoder_begin(&e, last - first + 1);
    luahost_buffer_append_byte(out, '[');
    for (int slot = first; is_written && slot <= last; slot++) {
        e.argument = slot - first + 1;
        is_written = lua_type(L, slot) == LUA_TSTRING ? encode_string(&e, NULL, slot) : encode_other(&e, slot, top);
        luahost_buffer_append_byte(out, ',');
    }
    close_container(out, ']');
    e.argument = 0;
    if (is_written && out->length > LUAHOST_JSON_MAX_LENGTH) is_written = luahost_encoder_fail_length(&e, NULL);
    if (__builtin_expect(is_written, 1)) return true;
    lua_settop(L, top);
    out->length = start;
    attachments->count = 0;
    return false;
}
