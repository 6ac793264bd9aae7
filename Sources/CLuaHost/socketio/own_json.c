#include "socketio/own_json.h"

#include "core/error.h"
#include "json/decoder.h"
#include "library/bytes.h"

static void push_function(lua_State *L, const luahost_sio *sio, int user_value) {
    /* A method may run while nothing keeps its client but itself. */
    if (sio->client.anchor.holds > 0) luahost_client_push(L, &sio->client, user_value);
    else lua_getiuservalue(L, lua_upvalueindex(1), user_value);
}

/* ---- bytes become placeholders ---- */

/* One value with everything in it. */
typedef struct stripping {
    int list;             /* the index of the list of its bytes */
    lua_Integer count;
    int tables;
    bool has_false_placeholder;
} stripping;

static void strip(lua_State *L, stripping *state, int depth);

/* Replaces the bytes on top of the stack. */
static void put_placeholder(lua_State *L, stripping *state) {
    if (state->count == LUAHOST_MAX_ATTACHMENTS) {
        luahost_raise(L, "ValueError", "more than %d attachments", LUAHOST_MAX_ATTACHMENTS);
    }
    lua_rawseti(L, state->list, state->count + 1);
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "_placeholder");
    lua_pushinteger(L, state->count++);
    lua_setfield(L, -2, "num");
}

/* Replaces the nil in the slot `copy` by a table with the fields and the metatable of the table below it. */
static void make_copy(lua_State *L, int copy) {
    lua_newtable(L);
    lua_replace(L, copy);
    for (lua_pushnil(L); lua_next(L, copy - 1);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, copy);
    }
    if (lua_getmetatable(L, copy - 1)) lua_setmetatable(L, copy);
}

/* Replaces the table on top of the stack by a copy if there are bytes in it. */
static void strip_table(lua_State *L, stripping *state, int depth) {
    if (depth == LUAHOST_JSON_MAX_DEPTH) {
        luahost_raise(L, "ValueError", "more than %d levels of tables, or a cycle", LUAHOST_JSON_MAX_DEPTH);
    }
    if (++state->tables > LUAHOST_JSON_MAX_TABLES) {
        luahost_raise(L, "ValueError", "more than %d tables", LUAHOST_JSON_MAX_TABLES);
    }
    luaL_checkstack(L, 8, NULL);
    int table = lua_gettop(L), copy = table + 1, key = table + 2;
    lua_pushnil(L);
    lua_pushliteral(L, "_placeholder");
    lua_rawget(L, table);
    if (lua_isboolean(L, -1) && lua_toboolean(L, -1)) state->has_false_placeholder = true;
    lua_settop(L, copy);
    for (lua_pushnil(L); lua_next(L, table); lua_settop(L, key)) {
        if (!lua_istable(L, -1) && lua_type(L, -1) != LUA_TUSERDATA) continue;
        lua_pushvalue(L, -1);
        strip(L, state, depth + 1);
        if (lua_rawequal(L, -1, -2)) continue;
        if (lua_isnil(L, copy)) make_copy(L, copy);
        lua_pushvalue(L, key);
        lua_insert(L, -2);
        lua_rawset(L, copy);
    }
    if (lua_isnil(L, copy)) {
        lua_settop(L, table);
        return;
    }
    lua_settop(L, copy);
    lua_replace(L, table);
}

/* Replaces the value on top of the stack by one without bytes; by itself if it has none. */
static void strip(lua_State *L, stripping *state, int depth) {
    size_t length;
    if (lua_istable(L, -1)) strip_table(L, state, depth);
    else if (lua_type(L, -1) == LUA_TUSERDATA && luahost_to_bytes(L, -1, &length) != NULL) put_placeholder(L, state);
}

static void check_placeholders(lua_State *L, const stripping *state) {
    if (!state->has_false_placeholder || state->count == 0) return;
    luahost_raise(
        L, "ValueError",
        "cannot encode bytes beside a table with _placeholder = true: it reads like an attachment");
}

/* ---- writing ---- */

/* Calls the function below the value on top of the stack with it; the text begins with `bracket`. */
static void call_encode(lua_State *L, char bracket) {
    lua_call(L, 1, 1);
    if (lua_type(L, -1) != LUA_TSTRING) {
        luahost_raise(L, "TypeError", "json.encode returned a %s, not a string", luaL_typename(L, -1));
    }
    const char *text = lua_tostring(L, -1);
    text += strspn(text, " \t\r\n");
    if (*text == bracket) return;
    luahost_raise(
        L, "ValueError", "json.encode did not return the text of a JSON %s", bracket == '[' ? "array" : "object");
}

/* Pushes the list of bytes and the function, in that order. */
static void push_encode(lua_State *L, const luahost_sio *sio) {
    luaL_checkstack(L, 8, NULL);
    lua_newtable(L);
    push_function(L, sio, LUAHOST_UV_ENCODE);
}

void luahost_sio_run_encode(lua_State *L, luahost_sio *sio, int first, int last) {
    push_encode(L, sio);
    stripping state = {.list = lua_gettop(L) - 1};
    lua_createtable(L, last - first + 1, 0);
    luahost_json_push_array_mt(L);
    lua_setmetatable(L, -2);
    for (int slot = first; slot <= last; slot++) {
        lua_pushvalue(L, slot);
        strip(L, &state, 1);
        lua_rawseti(L, -2, slot - first + 1);
    }
    check_placeholders(L, &state);
    call_encode(L, '[');
}

void luahost_sio_run_encode_value(lua_State *L, luahost_sio *sio, int index) {
    push_encode(L, sio);
    stripping state = {.list = lua_gettop(L) - 1};
    lua_pushvalue(L, index);
    strip(L, &state, 0);
    if (state.count > 0) luahost_raise(L, "ValueError", "auth: bytes cannot be part of it");
    call_encode(L, '{');
}

void luahost_sio_take_encoded(lua_State *L, luahost_buffer *out, luahost_attachments *attachments) {
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    size_t blanks = strspn(text, " \t\r\n");
    luahost_buffer_append(out, text + blanks, length - blanks);
    lua_pop(L, 1);
    attachments->count = 0;
    size_t count = (size_t)lua_rawlen(L, -1);
    for (size_t index = 1; index <= count; index++) {
        luahost_slice bytes;
        lua_rawgeti(L, -1, (lua_Integer)index);
        bytes.data = luahost_to_bytes(L, -1, &bytes.length);
        lua_pop(L, 1);
        if (bytes.data != NULL) luahost_attachments_add(attachments, bytes.data, bytes.length);
    }
}

/* ---- placeholders become bytes ---- */

/* Where a packed payload has its parts; the attachments follow. */
enum { PACKED_SKIPPED, PACKED_DECODE, PACKED_TEXT, PACKED_ATTACHMENTS };

void luahost_sio_push_packed(
    lua_State *L, const luahost_sio *sio, const luahost_socketio_received *packet, bool has_name) {
    luaL_checkstack(L, 8, NULL);
    lua_createtable(L, PACKED_TEXT + (int)packet->attachment_count, 1);
    lua_pushinteger(L, has_name);
    lua_rawseti(L, -2, PACKED_SKIPPED);
    push_function(L, sio, LUAHOST_UV_DECODE);
    lua_rawseti(L, -2, PACKED_DECODE);
    lua_pushlstring(L, packet->payload.data, packet->payload.length);
    lua_rawseti(L, -2, PACKED_TEXT);
    for (size_t index = 0; index < packet->attachment_count; index++) {
        luahost_push_bytes(L, packet->attachments[index].data, packet->attachments[index].length);
        lua_rawseti(L, -2, PACKED_ATTACHMENTS + (lua_Integer)index);
    }
}

/* Puts the attachments of the packed payload in the places of their placeholders in the table on top of the stack. */
static void fill(lua_State *L, int packed, lua_Integer count, int *tables, int depth) {
    if (depth == LUAHOST_JSON_MAX_DEPTH || ++*tables > LUAHOST_JSON_MAX_TABLES) {
        luahost_raise(L, "ValueError", "json.decode returned too many tables, or a cycle");
    }
    luaL_checkstack(L, 8, NULL);
    int table = lua_gettop(L), key = table + 1;
    for (lua_pushnil(L); lua_next(L, table); lua_settop(L, key)) {
        if (!lua_istable(L, -1)) continue;
        lua_Integer number = -1;
        if (!luahost_json_is_placeholder(L, &number)) {
            fill(L, packed, count, tables, depth + 1);
            continue;
        }
        if (number < 0 || number >= count) luahost_raise(L, "ValueError", "a placeholder is not that of an attachment");
        lua_pushvalue(L, key);
        lua_rawgeti(L, packed, PACKED_ATTACHMENTS + number);
        lua_rawset(L, table);
    }
}

/* Replaces the packed payload and the list above it by the elements of the list. */
static int spread(lua_State *L, int packed, lua_Integer skipped) {
    int list = packed + 1, is_number = 0;
    lua_pushliteral(L, "n");
    lua_rawget(L, list);
    lua_Integer length = lua_tointegerx(L, -1, &is_number);
    lua_pop(L, 1);
    if (!is_number) length = (lua_Integer)lua_rawlen(L, list);
    if (length < skipped) length = skipped;
    if (length - skipped > LUAHOST_MAX_ARGUMENTS) {
        luahost_raise(L, "ValueError", "json.decode returned more than %d arguments", LUAHOST_MAX_ARGUMENTS);
    }
    luaL_checkstack(L, (int)(length - skipped) + LUA_MINSTACK, "too many arguments");
    for (lua_Integer index = skipped + 1; index <= length; index++) lua_rawgeti(L, list, index);
    lua_remove(L, list);
    lua_remove(L, packed);
    return (int)(length - skipped);
}

int luahost_sio_unpack(lua_State *L) {
    int packed = lua_gettop(L);
    luaL_checkstack(L, 8, NULL);
    lua_rawgeti(L, packed, PACKED_SKIPPED);
    lua_Integer skipped = lua_tointeger(L, -1);
    lua_Integer count = (lua_Integer)lua_rawlen(L, packed) - PACKED_TEXT;
    lua_pop(L, 1);
    lua_rawgeti(L, packed, PACKED_DECODE);
    lua_rawgeti(L, packed, PACKED_TEXT);
    const char *text = lua_tostring(L, -1);
    bool is_array = text[strspn(text, " \t\r\n")] == '[';
    lua_call(L, 1, 1);
    if (is_array && !lua_istable(L, -1)) {
        luahost_raise(L, "TypeError", "json.decode returned a %s, not a list", luaL_typename(L, -1));
    }
    int tables = 0;
    if (count > 0 && lua_istable(L, -1)) fill(L, packed, count, &tables, 0);
    if (is_array) return spread(L, packed, skipped);
    lua_replace(L, packed);
    return 1;
}

static int returned(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* Arguments: a function, arguments, a packed payload. */
static int unpack_and_call(lua_State *L) {
    luahost_sio_unpack(L);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, returned);
    return returned(L, LUA_OK, 0);
}

int luahost_sio_insert_unpacking(lua_State *L, const luahost_sio *sio, int values) {
    if (!luahost_sio_has_own_json(sio)) return values;
    lua_pushcfunction(L, unpack_and_call);
    lua_insert(L, -values - 1);
    return values + 1;
}
