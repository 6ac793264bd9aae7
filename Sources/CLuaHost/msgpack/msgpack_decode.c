#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "library/bytes.h"
#include "msgpack/msgpack.h"

/* Slots that a value needs: a table, a key, its value, and the two that bytes need besides. */
#define SPARE_SLOTS 6

typedef struct decoder {
    lua_State *L;
    const char *data;
    const char *end;
    luahost_json_error *error;
    int depth;
    /* Values that are still to come after the one at work. Each takes a byte at least, so that no count is believed
     * that is larger than the rest of the data, and all tables together are as large as the data at most. */
    size_t owed;
} decoder;

typedef enum kind { NIL, UNDEFINED, BOOLEAN, INTEGER, REAL, STRING, BYTES, EXTENSION, ARRAY, MAP } kind;

/* The beginning of a value. */
typedef struct head {
    kind kind;
    /* The place after the tag and the length: the content of a string, bytes or extension, or the first element. */
    const char *content;
    /* Of the content in bytes; of an array or map in elements or pairs. */
    size_t length;
    union {
        bool boolean;
        lua_Integer integer;
        lua_Number real;
        int extension;
    };
} head;

/* Every reader takes the place where its part begins and returns the place after it, or NULL after a failure. */
static const char *read_value(decoder *d, const char *at);
static const char *push_value(decoder *d, const char *at, const head *value);

__attribute__((format(printf, 3, 4))) static const char *fail(decoder *d, const char *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    d->error->offset = (size_t)(at - d->data);
    vsnprintf(d->error->message, sizeof d->error->message, format, arguments);
    va_end(arguments);
    return NULL;
}

/* ---- the beginning of a value ---- */

/* Whether `count` bytes are left at `at` besides those of the values that follow. */
static inline bool has_bytes(const decoder *d, const char *at, size_t count) {
    size_t left = (size_t)(d->end - at);
    return left >= d->owed && left - d->owed >= count;
}

static inline uint64_t read_number(const char *at, int size) {
    uint64_t number = 0;
    for (int index = 0; index < size; index++) number = number << 8 | (unsigned char)at[index];
    return number;
}

/* The number with the sign of its highest byte. */
static inline lua_Integer read_signed(const char *at, int size) {
    uint64_t number = read_number(at, size), sign = UINT64_C(1) << (8 * size - 1);
    return (lua_Integer)((number ^ sign) - sign);
}

static void set_unsigned(head *head, uint64_t number) {
    head->kind = number <= LUA_MAXINTEGER ? INTEGER : REAL;
    if (head->kind == INTEGER) head->integer = (lua_Integer)number;
    else head->real = (lua_Number)number;
}

static void set_real(head *head, const char *at, int size) {
    uint64_t bits = read_number(at, size);
    uint32_t short_bits = (uint32_t)bits;
    float single;
    head->kind = REAL;
    if (size == 8) {
        memcpy(&head->real, &bits, sizeof bits);
    } else {
        memcpy(&single, &short_bits, sizeof single);
        head->real = (lua_Number)single;
    }
}

/* The extensions that JavaScript writes. */
static void set_extension(head *head, unsigned tag) {
    head->extension = (signed char)head->content[0];
    head->content += 1;
    if (head->extension != 0) return;
    head->kind = BYTES;
    if (tag == 0xD4 && head->content[0] == 0) {
        head->kind = UNDEFINED;
    } else if (tag == 0xD7) {
        head->kind = INTEGER;
        head->integer = read_signed(head->content, 8);
    }
}

/* How many bytes after the tag are a number or a length. */
static inline int number_size(unsigned tag) {
    static const unsigned char sizes[32] = {
        [0xC4 - 0xC0] = 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, [0xD9 - 0xC0] = 1, 2, 4, 2, 4, 2, 4,
    };
    return tag >= 0xC0 && tag < 0xE0 ? sizes[tag - 0xC0] : 0;
}

/* Takes the tag apart. `length` becomes that of the content, or the count of elements or pairs. */
static bool classify(head *head, unsigned tag, const char *number, int size) {
    switch (tag) {
    case 0xC0: head->kind = NIL; return true;
    case 0xC2: case 0xC3: head->kind = BOOLEAN; head->boolean = tag == 0xC3; return true;
    case 0xCA: case 0xCB: set_real(head, number, size); return true;
    case 0xCC: case 0xCD: case 0xCE: case 0xCF: set_unsigned(head, read_number(number, size)); return true;
    case 0xD0: case 0xD1: case 0xD2: case 0xD3:
        head->kind = INTEGER;
        head->integer = read_signed(number, size);
        return true;
    case 0xC4: case 0xC5: case 0xC6: head->kind = BYTES; break;
    case 0xC7: case 0xC8: case 0xC9: head->kind = EXTENSION; break;
    case 0xD4: case 0xD5: case 0xD6: case 0xD7: case 0xD8:
        head->kind = EXTENSION;
        head->length = (size_t)1 << (tag - 0xD4);
        return true;
    case 0xD9: case 0xDA: case 0xDB: head->kind = STRING; break;
    case 0xDC: case 0xDD: head->kind = ARRAY; break;
    case 0xDE: case 0xDF: head->kind = MAP; break;
    default: return false;
    }
    head->length = (size_t)read_number(number, size);
    return true;
}

/* Reads the beginning of the value at `at`; all of the content is there then, or a byte for each element. */
static bool read_head(decoder *d, const char *at, head *head) {
    if (!has_bytes(d, at, 1)) return fail(d, at, "msgpack data ends where a value should be") != NULL;
    unsigned tag = (unsigned char)*at;
    int size = number_size(tag);
    if (!has_bytes(d, at, (size_t)size + 1)) return fail(d, at, "msgpack data ends within a value") != NULL;
    head->length = 0;
    if (tag < 0x80 || tag >= 0xE0) {
        head->kind = INTEGER;
        head->integer = (signed char)tag;
    } else if (tag < 0xC0) {
        head->kind = tag < 0x90 ? MAP : tag < 0xA0 ? ARRAY : STRING;
        head->length = tag & (tag < 0xA0 ? 0x0F : 0x1F);
    } else if (!classify(head, tag, at + 1, size)) {
        return fail(d, at, "byte 0x%02X where a msgpack value should be", tag) != NULL;
    }
    head->content = at + 1 + size;
    size_t needed = head->kind == MAP ? 2 * head->length : head->length + (head->kind == EXTENSION);
    if (!has_bytes(d, head->content, needed)) return fail(d, at, "msgpack data ends within a value") != NULL;
    if (head->kind == EXTENSION) set_extension(head, tag);
    return true;
}

/* ---- values ---- */

/* Pushes a table for `count` entries; one with very many grows as it is filled. */
static void push_table(lua_State *L, size_t count, bool is_array) {
    const size_t most = 1 << 20;
    int capacity = (int)(count < most ? count : most);
    lua_createtable(L, is_array ? capacity : 0, is_array ? 0 : capacity);
}

static bool is_text(const char *data, size_t length) {
    return luahost_utf8_validate(data, length) == length;
}

/* Pushes the key of a map as a string. */
static const char *read_key(decoder *d, const char *at) {
    lua_State *L = d->L;
    head key;
    if (!read_head(d, at, &key)) return NULL;
    switch (key.kind) {
    case STRING: case BYTES:
        if (!is_text(key.content, key.length)) return fail(d, at, "a key of a msgpack map is not UTF-8");
        lua_pushlstring(L, key.content, key.length);
        return key.content + key.length;
    case INTEGER: lua_pushinteger(L, key.integer); break;
    case REAL: lua_pushnumber(L, key.real); break;
    case BOOLEAN: lua_pushstring(L, key.boolean ? "true" : "false"); break;
    case NIL: lua_pushliteral(L, "null"); break;
    case UNDEFINED: case EXTENSION: case ARRAY: case MAP:
        return fail(d, at, "a key of a msgpack map is not a string");
    }
    lua_tolstring(L, -1, NULL);
    return key.content + key.length;
}

static const char *read_map(decoder *d, const head *map) {
    const char *at = map->content;
    push_table(d->L, map->length, false);
    d->owed += 2 * map->length;
    for (size_t left = map->length; left > 0; left--) {
        d->owed -= 1;
        if ((at = read_key(d, at)) == NULL) return NULL;
        d->owed -= 1;
        head value;
        if (!read_head(d, at, &value)) return NULL;
        if (value.kind == UNDEFINED) {
            lua_pushnil(d->L);
            at = value.content + value.length;
        } else if ((at = push_value(d, at, &value)) == NULL) {
            return NULL;
        }
        lua_rawset(d->L, -3);
    }
    return at;
}

static const char *read_array(decoder *d, const head *array) {
    const char *at = array->content;
    push_table(d->L, array->length, true);
    luahost_json_push_array_mt(d->L);
    lua_setmetatable(d->L, -2);
    d->owed += array->length;
    for (size_t index = 1; index <= array->length; index++) {
        d->owed -= 1;
        if ((at = read_value(d, at)) == NULL) return NULL;
        lua_rawseti(d->L, -2, (lua_Integer)index);
    }
    return at;
}

static const char *read_container(decoder *d, const char *at, const head *container) {
    if (d->depth == LUAHOST_JSON_MAX_DEPTH) {
        return fail(d, at, "msgpack data nested more than %d levels", LUAHOST_JSON_MAX_DEPTH);
    }
    if (!lua_checkstack(d->L, SPARE_SLOTS)) return fail(d, at, "no room on the Lua stack for the msgpack data");
    d->depth += 1;
    at = container->kind == MAP ? read_map(d, container) : read_array(d, container);
    d->depth -= 1;
    return at;
}

static void push_extension(lua_State *L, const head *extension) {
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, extension->extension);
    lua_setfield(L, -2, "type");
    luahost_push_bytes(L, extension->content, extension->length);
    lua_setfield(L, -2, "data");
}

/* Pushes the value at `at`, whose beginning is read. */
static const char *push_value(decoder *d, const char *at, const head *value) {
    lua_State *L = d->L;
    switch (value->kind) {
    case ARRAY: case MAP: return read_container(d, at, value);
    case NIL: case UNDEFINED: lua_pushlightuserdata(L, NULL); break;
    case BOOLEAN: lua_pushboolean(L, value->boolean); break;
    case INTEGER: lua_pushinteger(L, value->integer); break;
    case REAL: lua_pushnumber(L, value->real); break;
    case EXTENSION: push_extension(L, value); break;
    case BYTES: luahost_push_bytes(L, value->content, value->length); break;
    case STRING:
        if (is_text(value->content, value->length)) lua_pushlstring(L, value->content, value->length);
        else luahost_push_bytes(L, value->content, value->length);
    }
    return value->content + value->length;
}

static const char *read_value(decoder *d, const char *at) {
    head value;
    return read_head(d, at, &value) ? push_value(d, at, &value) : NULL;
}

/* True at the end of the data. */
static bool is_end(decoder *d, const char *at) {
    return at == d->end || fail(d, at, "msgpack data goes on after its value") != NULL;
}

bool luahost_msgpack_decode(lua_State *L, const char *data, size_t length, luahost_json_error *error) {
    decoder d = {.L = L, .data = data, .end = data + length, .error = error};
    int top = lua_gettop(L);
    const char *at = NULL;
    if (!lua_checkstack(L, SPARE_SLOTS)) fail(&d, data, "no room on the Lua stack for the msgpack data");
    else at = read_value(&d, data);
    if (at != NULL && is_end(&d, at)) return true;
    lua_settop(L, top);
    return false;
}

/* ---- arguments ---- */

static bool read_array_head(decoder *d, head *array) {
    if (!read_head(d, d->data, array)) return false;
    return array->kind == ARRAY || fail(d, d->data, "the arguments in msgpack are not an array") != NULL;
}

/* Pushes `count` elements, which begin at `at` and are all that there is. */
static int decode_elements(decoder *d, const char *at, size_t count) {
    lua_State *L = d->L;
    int top = lua_gettop(L);
    if (count > LUAHOST_MAX_ARGUMENTS) {
        at = fail(d, at, "more than %d arguments", LUAHOST_MAX_ARGUMENTS);
    } else if (!lua_checkstack(L, (int)count + SPARE_SLOTS)) {
        at = fail(d, at, "no room on the Lua stack for the arguments");
    }
    d->owed = count;
    for (size_t left = count; at != NULL && left > 0; left--) {
        d->owed -= 1;
        at = read_value(d, at);
    }
    if (at != NULL && is_end(d, at)) return (int)count;
    lua_settop(L, top);
    return -1;
}

int luahost_msgpack_decode_arguments(
    lua_State *L, const char *data, size_t length, const luahost_slice *attachments, size_t count,
    luahost_json_error *error) {
    (void)attachments;
    (void)count;
    decoder d = {.L = L, .data = data, .end = data + length, .error = error};
    head array;
    return read_array_head(&d, &array) ? decode_elements(&d, array.content, array.length) : -1;
}

int luahost_msgpack_decode_rest(
    lua_State *L, const char *data, size_t length, size_t rest, const luahost_slice *attachments, size_t count,
    luahost_json_error *error) {
    (void)attachments;
    (void)count;
    decoder d = {.L = L, .data = data, .end = data + length, .error = error};
    head array;
    return read_array_head(&d, &array) ? decode_elements(&d, data + rest, array.length - 1) : -1;
}

bool luahost_msgpack_read_event_name(
    const char *data, size_t length, luahost_buffer *scratch, luahost_slice *name, size_t *rest,
    luahost_json_error *error) {
    decoder d = {.data = data, .end = data + length, .error = error};
    head array, first = {.kind = NIL};
    if (!read_array_head(&d, &array)) return false;
    d.owed = array.length;
    if (array.length > 0) {
        d.owed -= 1;
        if (!read_head(&d, array.content, &first)) return false;
    }
    scratch->length = 0;
    if (first.kind == STRING && is_text(first.content, first.length)) {
        *name = (luahost_slice){first.content, first.length};
    } else if (first.kind == INTEGER || (first.kind == REAL && isfinite(first.real))) {
        if (first.kind == INTEGER) luahost_json_write_integer(scratch, first.integer);
        else luahost_json_write_real(scratch, first.real);
        *name = (luahost_slice){scratch->data, scratch->length};
    } else {
        return fail(&d, array.content, "the name of an event is not a string") != NULL;
    }
    *rest = (size_t)(first.content + first.length - data);
    return true;
}
