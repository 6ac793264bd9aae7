#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "json/encoder.h"
#include "library/bytes.h"
#include "msgpack/msgpack.h"

/* A tag, and a number of up to eight bytes. */
#define LONGEST_HEAD 9

static bool encode_value(luahost_encoder *e, const luahost_level *parent, int index);

/* ---- tags ---- */

/* Writes a tag and the last `size` bytes of a number, the highest byte first. */
static inline void write_head(luahost_buffer *out, unsigned tag, uint64_t number, int size) {
    char *write = luahost_buffer_reserve(out, LONGEST_HEAD);
    *write++ = (char)tag;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) *write++ = (char)(number >> shift & 0xFF);
    out->length += (size_t)size + 1;
}

/* Writes a number after the tag of its size: `tag` is that for one byte, followed by those for 2, 4 and 8. */
static inline void write_sized(luahost_buffer *out, unsigned tag, uint64_t number) {
    if (number <= UINT8_MAX) write_head(out, tag, number, 1);
    else if (number <= UINT16_MAX) write_head(out, tag + 1, number, 2);
    else if (number <= UINT32_MAX) write_head(out, tag + 2, number, 4);
    else write_head(out, tag + 3, number, 8);
}

static void write_integer(luahost_buffer *out, lua_Integer value) {
    if (value >= -32 && value <= 127) write_head(out, (unsigned char)value, 0, 0);
    else if (value >= 0) write_sized(out, 0xCC, (uint64_t)value);
    else if (value >= INT8_MIN) write_head(out, 0xD0, (uint64_t)value, 1);
    else if (value >= INT16_MIN) write_head(out, 0xD1, (uint64_t)value, 2);
    else if (value >= INT32_MIN) write_head(out, 0xD2, (uint64_t)value, 4);
    else write_head(out, 0xD3, (uint64_t)value, 8);
}

static void write_string(luahost_buffer *out, const char *text, size_t length) {
    if (length < 32) write_head(out, 0xA0 | (unsigned)length, 0, 0);
    else write_sized(out, 0xD9, length);
    luahost_buffer_append(out, text, length);
}

/* The head of an array (0x90, 0xDC) or a map (0x80, 0xDE). */
static void write_count(luahost_buffer *out, unsigned short_tag, unsigned tag, uint64_t count) {
    if (count < 16) write_head(out, short_tag | (unsigned)count, 0, 0);
    else if (count <= UINT16_MAX) write_head(out, tag, count, 2);
    else write_head(out, tag + 1, count, 4);
}

static void write_array_head(luahost_buffer *out, uint64_t count) {
    write_count(out, 0x90, 0xDC, count);
}

/* Writes the head of a map before its members, which begin at `start` after the byte that was left for it. */
static void insert_map_head(luahost_buffer *out, size_t start, uint64_t count) {
    if (count < 16) {
        out->data[start - 1] = (char)(0x80 | count);
        return;
    }
    size_t members = out->length - start, size = count <= UINT16_MAX ? 3 : 5;
    luahost_buffer_reserve(out, size - 1);
    memmove(out->data + start - 1 + size, out->data + start, members);
    out->length = start - 1;
    write_count(out, 0x80, 0xDE, count);
    out->length += members;
}

/* ---- strings and bytes ---- */

static bool has_space(luahost_encoder *e, const luahost_level *at, size_t length) {
    if (__builtin_expect(e->out->length + length <= LUAHOST_JSON_MAX_LENGTH, 1)) return true;
    return luahost_encoder_fail_length(e, at);
}

static bool encode_string(luahost_encoder *e, const luahost_level *at, int index) {
    size_t length;
    const char *text = lua_tolstring(e->L, index, &length);
    if (!has_space(e, at, length)) return false;
    e->error->offset = luahost_utf8_validate(text, length);
    if (e->error->offset < length) return luahost_encoder_fail_text(e, at, "the string", ": send bytes as eio.bytes");
    write_string(e->out, text, length);
    return true;
}

static bool encode_userdata(luahost_encoder *e, const luahost_level *at, int index) {
    size_t length;
    const char *data = luahost_to_bytes(e->L, index, &length);
    if (data == NULL) return luahost_encoder_fail_type(e, at, index);
    if (!has_space(e, at, length)) return false;
    write_sized(e->out, 0xC4, length);
    luahost_buffer_append(e->out, data, length);
    return true;
}

static void write_real(luahost_buffer *out, lua_Number value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    write_head(out, 0xCB, bits, 8);
}

/* ---- tables ---- */

/* Writes the key in slot `key` of a map. */
static bool encode_key(luahost_encoder *e, luahost_level *self, int table, int key, bool is_explicit) {
    if (__builtin_expect(lua_type(e->L, key) == LUA_TSTRING, 1)) {
        size_t length;
        const char *text = lua_tolstring(e->L, key, &length);
        self->key_slot = key;
        if (is_explicit && luahost_encoder_is_doubled(e->L, table, text, length)) {
            return luahost_encoder_fail_doubled(e, self);
        }
        if (!has_space(e, self->parent, length)) return false;
        e->error->offset = luahost_utf8_validate(text, length);
        if (e->error->offset < length) return luahost_encoder_fail_text(e, self->parent, "a key", "");
        write_string(e->out, text, length);
        return true;
    }
    if (!lua_isinteger(e->L, key)) return luahost_encoder_fail_key(e, self, key);
    if (!is_explicit) return luahost_encoder_fail_mixed(e, self);
    self->key_slot = 0;
    self->index = lua_tointegerx(e->L, key, NULL);
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)self->index);
    write_string(e->out, text, (size_t)length);
    return true;
}

/* Writes the members of the table; the first key and value are on the stack if `has_next`. */
static bool encode_map(luahost_encoder *e, luahost_level *self, int table, bool has_next, bool is_explicit) {
    luahost_buffer_append_byte(e->out, 0);
    size_t start = e->out->length;
    uint64_t count = 0;
    for (; has_next; count++) {
        if (!encode_key(e, self, table, table + 1, is_explicit)) return false;
        if (!encode_value(e, self, table + 2)) return false;
        lua_settop(e->L, table + 1);
        has_next = lua_next(e->L, table) != 0;
    }
    insert_map_head(e->out, start, count);
    return true;
}

/* Writes an array whose keys `lua_next` does not give in order. */
static bool encode_scattered_array(luahost_encoder *e, luahost_level *self, int table, bool is_explicit) {
    lua_settop(e->L, table);
    lua_Integer length = luahost_encoder_measure(e, self, table, is_explicit);
    if (length < 0) return false;
    write_array_head(e->out, (uint64_t)length);
    for (self->index = 1; self->index <= length; self->index++) {
        lua_rawgeti(e->L, table, self->index);
        if (!encode_value(e, self, table + 1)) return false;
        lua_settop(e->L, table);
    }
    return true;
}

/* Writes the elements of the table; the first key and value are on the stack if `has_next`. */
static bool encode_array(luahost_encoder *e, luahost_level *self, int table, bool has_next, bool is_explicit) {
    size_t start = e->out->length;
    /* Keys that are 1 to n have no other border than n. */
    write_array_head(e->out, lua_rawlen(e->L, table));
    self->index = 1;
    /* Nearly every array is stored in order, and one pass both checks and writes it. */
    while (has_next && lua_isinteger(e->L, table + 1) && lua_tointegerx(e->L, table + 1, NULL) == self->index) {
        if (!encode_value(e, self, table + 2)) return false;
        lua_settop(e->L, table + 1);
        has_next = lua_next(e->L, table) != 0;
        self->index += 1;
    }
    if (!has_next) return true;
    e->out->length = start;
    return encode_scattered_array(e, self, table, is_explicit);
}

/* Writes the table in slot `table`, which is the top of the stack. */
static bool encode_table(luahost_encoder *e, const luahost_level *parent, int table) {
    luahost_level self;
    luahost_shape shape;
    if (!luahost_encoder_enter(e, parent, table, &self, &shape)) return false;
    if (shape.is_array) return encode_array(e, &self, table, shape.has_next, shape.is_explicit);
    return encode_map(e, &self, table, shape.has_next, shape.is_explicit);
}

/* ---- any value ---- */

/* Writes the value in slot `index`, which is the top of the stack; two more are free. */
static bool encode_value(luahost_encoder *e, const luahost_level *parent, int index) {
    switch (lua_type(e->L, index)) {
    case LUA_TSTRING: return encode_string(e, parent, index);
    case LUA_TTABLE: return encode_table(e, parent, index);
    case LUA_TUSERDATA: return encode_userdata(e, parent, index);
    case LUA_TNUMBER:
        if (lua_isinteger(e->L, index)) write_integer(e->out, lua_tointegerx(e->L, index, NULL));
        else write_real(e->out, lua_tonumberx(e->L, index, NULL));
        return true;
    case LUA_TBOOLEAN:
        luahost_buffer_append_byte(e->out, (char)(lua_toboolean(e->L, index) ? 0xC3 : 0xC2));
        return true;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(e->L, index) != NULL) break;
        luahost_buffer_append_byte(e->out, (char)0xC0);
        return true;
    }
    return luahost_encoder_fail_type(e, parent, index);
}

/* Writes the values in the slots, after the head of their array if `is_array`. */
static bool encode_slots(
    lua_State *L, int first, int last, bool is_array, luahost_buffer *out, luahost_json_error *error) {
    luahost_encoder e = {.L = L, .out = out, .error = error, .format = "msgpack", .unit = "bytes"};
    int top = lua_gettop(L), count = last - first + 1;
    size_t start = out->length;
    bool is_written = luahost_encoder_begin(&e, count) && luahost_encoder_make_room(&e);
    if (is_array) write_array_head(out, (uint64_t)count);
    for (int slot = first; is_written && slot <= last; slot++) {
        if (is_array) e.argument = slot - first + 1;
        lua_pushvalue(L, slot);
        is_written = encode_value(&e, NULL, top + 1);
        lua_settop(L, top);
    }
    e.argument = 0;
    if (is_written && out->length > LUAHOST_JSON_MAX_LENGTH) is_written = luahost_encoder_fail_length(&e, NULL);
    if (!is_written) out->length = start;
    return is_written;
}

bool luahost_msgpack_encode(lua_State *L, int index, luahost_buffer *out, luahost_json_error *error) {
    index = lua_absindex(L, index);
    return encode_slots(L, index, index, false, out, error);
}

bool luahost_msgpack_encode_arguments(
    lua_State *L, int first, int last, luahost_buffer *out, luahost_attachments *attachments,
    luahost_json_error *error) {
    attachments->count = 0;
    return encode_slots(L, first, last, true, out, error);
}
