/* eio.inspect: any value as text for a person, with sorted keys. It reads tables without metamethods; tostring, which
 * may run Lua, is called for userdata and clients only. */
#include <math.h>
#include <string.h>

#include "base/name.h"
#include "base/utf8.h"
#include "core/arguments.h"
#include "core/stack.h"
#include "json/json.h"
#include "library/inspect.h"
#include "library/library.h"

/* Deeper tables, further entries and further text are left out. */
enum { MAX_DEPTH = 32, MAX_ENTRIES = 100000, MAX_TEXT = 1 << 20 };
/* A table that is not longer is written in one line. */
enum { LINE = 100, INDENT = 2 };

static const char buffer_key;

typedef struct inspection {
    lua_State *L;
    luahost_buffer *out;
    int entries;
} inspection;

/* A table that is being written; the pointer is for comparisons only. */
typedef struct level {
    const struct level *parent;
    const void *table;
    int depth;
} level;

static void write_value(inspection *in, const level *parent, int index);

/* ---- text ---- */

static void add(inspection *in, const char *text) { luahost_buffer_append(in->out, text, strlen(text)); }

static bool is_full(const inspection *in) { return in->out->length > MAX_TEXT; }

static void write_byte(inspection *in, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    const char escape[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    if (byte == '\n') add(in, "\\n");
    else if (byte == '\t') add(in, "\\t");
    else if (byte == '\r') add(in, "\\r");
    else luahost_buffer_append(in->out, escape, sizeof escape);
}

/* Writes as much as may be: UTF-8 as it is, other bytes and control characters escaped. Calls nothing of Lua, to which
 * the text belongs. */
static void write_text(inspection *in, const char *text, size_t length, const char *quote) {
    size_t room = is_full(in) ? 0 : MAX_TEXT - in->out->length + 1;
    size_t shown = length < room ? length : room, valid = luahost_utf8_validate(text, shown);
    add(in, quote);
    for (size_t at = 0; at < shown; at++) {
        unsigned char byte = (unsigned char)text[at];
        if (at == valid) {
            write_byte(in, byte);
            valid = at + 1 + luahost_utf8_validate(text + at + 1, shown - at - 1);
            continue;
        }
        if (byte < 0x20 || byte == 0x7f) {
            write_byte(in, byte);
            continue;
        }
        /* U+0080 to U+009F are control characters, too. */
        if (byte == 0xc2 && (unsigned char)text[at + 1] < 0xa0) {
            write_byte(in, byte);
            write_byte(in, (unsigned char)text[++at]);
            continue;
        }
        if (*quote != '\0' && (byte == '"' || byte == '\\')) luahost_buffer_append_byte(in->out, '\\');
        luahost_buffer_append_byte(in->out, (char)byte);
    }
    add(in, quote);
    if (shown < length) add(in, "...");
}

/* ---- values that are not tables ---- */

static void write_number(inspection *in, int index) {
    if (lua_isinteger(in->L, index)) {
        luahost_json_write_integer(in->out, lua_tointeger(in->L, index));
        return;
    }
    lua_Number number = lua_tonumber(in->L, index);
    if (isfinite(number)) luahost_json_write_real(in->out, number);
    else add(in, isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
}

static void write_function(inspection *in, int index) {
    lua_Debug ar;
    lua_pushvalue(in->L, index);
    lua_getinfo(in->L, ">S", &ar);
    char place[LUA_IDSIZE + 32] = "<function>";
    if (ar.linedefined >= 0 && ar.what[0] != 'C') {
        snprintf(place, sizeof place, "<function %s:%d>", ar.short_src, ar.linedefined);
    }
    write_text(in, place, strlen(place), "");
}

/* As tostring has it, which may be a function of the script. */
static void write_object(inspection *in, int index) {
    size_t length;
    const char *text = luaL_tolstring(in->L, index, &length);
    add(in, "<");
    write_text(in, text, length, "");
    add(in, ">");
    lua_pop(in->L, 1);
}

static void write_userdata(inspection *in, int index) {
    size_t length;
    const char *data = luahost_to_bytes(in->L, index, &length);
    if (data == NULL) {
        write_object(in, index);
        return;
    }
    add(in, "bytes ");
    write_text(in, data, length, "\"");
}

/* ---- tables ---- */

static void write_line_start(inspection *in, int depth) {
    luahost_buffer_append_byte(in->out, '\n');
    for (int column = 0; column < depth * INDENT; column++) luahost_buffer_append_byte(in->out, ' ');
}

static void write_key(inspection *in, int index) {
    size_t length;
    const char *text = lua_type(in->L, index) == LUA_TSTRING ? lua_tolstring(in->L, index, &length) : NULL;
    if (text != NULL && luahost_is_name(text, length)) {
        write_text(in, text, length, "");
    } else {
        add(in, "[");
        if (lua_istable(in->L, index)) add(in, "<table>");
        else write_value(in, NULL, index);
        add(in, "]");
    }
    add(in, " = ");
}

/* Puts the lines from `start` on into one, if that is short; it has `layout` bytes less. A table inside is in one line
 * already, or too long itself. */
static void join_lines(inspection *in, size_t start, size_t layout) {
    luahost_buffer *out = in->out;
    if (out->length - start - layout > LINE) return;
    size_t to = start;
    for (size_t from = start; from < out->length; from++) {
        if (out->data[from] != '\n') {
            out->data[to++] = out->data[from];
            continue;
        }
        if (out->data[to - 1] == ',') out->data[to++] = ' ';
        while (from + 1 < out->length && out->data[from + 1] == ' ') from++;
    }
    out->length = to;
}

static void write_entries(inspection *in, const level *self, int table) {
    lua_State *L = in->L;
    size_t start = in->out->length;
    int count;
    bool is_complete = luahost_inspect_push_keys(L, table, in->entries, &count);
    in->entries -= count;
    int keys = table + 1, lines = 0;
    lua_Integer next = 1;
    add(in, "{");
    for (int at = 0; at < count; at++, lines++) {
        if (is_full(in)) {
            is_complete = false;
            break;
        }
        lua_rawgeti(L, keys, ((luahost_inspect_key *)lua_touserdata(L, keys + 1))[at].place);
        lua_pushvalue(L, -1);
        lua_rawget(L, table);
        write_line_start(in, self->depth);
        /* The elements of a list need no keys. */
        if (lua_isinteger(L, keys + 2) && lua_tointeger(L, keys + 2) == next) next++;
        else write_key(in, keys + 2);
        write_value(in, self, keys + 3);
        luahost_buffer_append_byte(in->out, ',');
        lua_settop(L, keys + 1);
    }
    if (!is_complete) {
        write_line_start(in, self->depth);
        add(in, "...,");
        lines++;
    }
    lua_settop(L, table);
    if (lines == 0) {
        add(in, "}");
        return;
    }
    in->out->length--;
    write_line_start(in, self->depth - 1);
    add(in, "}");
    size_t indent = (size_t)self->depth * INDENT;
    join_lines(in, start, (size_t)(lines + 1) * indent);
}

static bool is_client(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    bool is = lua_rawgetp(L, -1, &luahost_key_client_mt) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    return is;
}

static void write_table(inspection *in, const level *parent, int index) {
    level self = {parent, lua_topointer(in->L, index), parent == NULL ? 1 : parent->depth + 1};
    const level *at = parent;
    while (at != NULL && at->table != self.table) at = at->parent;
    if (at != NULL) add(in, "<cycle>");
    else if (is_client(in->L, index)) write_object(in, index);
    else if (self.depth > MAX_DEPTH) add(in, "{...}");
    else write_entries(in, &self, index);
}

/* Writes the value in slot `index`, which is the top of the stack unless it is a key. */
static void write_value(inspection *in, const level *parent, int index) {
    luaL_checkstack(in->L, 8, "eio.inspect");
    switch (lua_type(in->L, index)) {
    case LUA_TNIL: add(in, "nil"); break;
    case LUA_TBOOLEAN: add(in, lua_toboolean(in->L, index) ? "true" : "false"); break;
    case LUA_TNUMBER: write_number(in, index); break;
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(in->L, index, &length);
        write_text(in, text, length, "\"");
        break;
    }
    case LUA_TTABLE: write_table(in, parent, index); break;
    case LUA_TFUNCTION: write_function(in, index); break;
    case LUA_TUSERDATA: write_userdata(in, index); break;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(in->L, index) == NULL) add(in, "null");
        else add(in, "<userdata>");
        break;
    default: add(in, "<coroutine>"); break;
    }
}

/* ---- the function ---- */

static int free_buffer(lua_State *L) {
    luahost_buffer_free(lua_touserdata(L, 1));
    return 0;
}

static int inspect(lua_State *L) {
    if (lua_gettop(L) > 1) luahost_method_shift(L);
    if (lua_isnone(L, 1)) return luahost_argument_error(L, 1, "inspect", "value expected");
    lua_settop(L, 1);
    /* Its own, because a finalizer may inspect something meanwhile. */
    luahost_buffer *out = lua_newuserdatauv(L, sizeof *out, 0);
    *out = (luahost_buffer){0};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &buffer_key);
    lua_setmetatable(L, 2);
    inspection in = {L, out, MAX_ENTRIES};
    lua_pushvalue(L, 1);
    write_value(&in, NULL, 3);
    lua_pushlstring(L, out->data, out->length);
    luahost_buffer_free(out);
    return 1;
}

void luahost_inspect_push_function(lua_State *L) {
    static const luaL_Reg metamethods[] = {{"__gc", free_buffer}, {NULL, NULL}};
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &buffer_key) == LUA_TNIL) {
        luahost_register_type(L, &buffer_key, "inspection", NULL, metamethods);
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, inspect);
}

void luahost_inspect_open(lua_State *L) {
    luahost_inspect_push_function(L);
    lua_setfield(L, -2, "inspect");
}
