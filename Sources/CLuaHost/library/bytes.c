/* eio.bytes: an immutable run of bytes, which is sent and arrives as a binary message. */
#include <string.h>

#include "core/arguments.h"
#include "core/stack.h"
#include "library/library.h"

static const char bytes_key;

static int create_metatable(lua_State *L);

/* An empty userdata still has an address, so the data of bytes is never NULL. */
void luahost_push_bytes(lua_State *L, const char *data, size_t length) {
    void *bytes = lua_newuserdatauv(L, length, 0);
    if (length > 0) memcpy(bytes, data, length);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &bytes_key) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushcfunction(L, create_metatable);
        luahost_call_undisturbed(L, 0, 1);
    }
    lua_setmetatable(L, -2);
}

const char *luahost_to_bytes(lua_State *L, int index, size_t *length) {
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bytes_key);
    bool is_bytes = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!is_bytes) return NULL;
    *length = lua_rawlen(L, index);
    return lua_touserdata(L, index);
}

static luahost_slice check_bytes(lua_State *L, const char *function) {
    luahost_slice self;
    self.data = luahost_to_bytes(L, 1, &self.length);
    if (self.data == NULL) luaL_error(L, "bad self of '%s' (bytes expected, got %s)", function, luaL_typename(L, 1));
    return self;
}

/* Of a binary operator: bytes; with `allow_text`, strings and numbers too. */
static luahost_slice operand(lua_State *L, int index, bool allow_text, const char *operation) {
    luahost_slice slice;
    slice.data = luahost_to_bytes(L, index, &slice.length);
    if (slice.data == NULL && allow_text && lua_isstring(L, index)) slice.data = lua_tolstring(L, index, &slice.length);
    if (slice.data == NULL) luaL_error(L, "attempt to %s bytes with a %s value", operation, luaL_typename(L, index));
    return slice;
}

static int compare(lua_State *L) {
    luahost_slice a = operand(L, 1, false, "compare"), b = operand(L, 2, false, "compare");
    int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);
    if (order == 0) order = a.length < b.length ? -1 : a.length > b.length;
    return order;
}

/* Lua asks for any two userdata. */
static int bytes_eq(lua_State *L) {
    size_t length;
    bool both = luahost_to_bytes(L, 1, &length) != NULL && luahost_to_bytes(L, 2, &length) != NULL;
    lua_pushboolean(L, both && compare(L) == 0);
    return 1;
}

static int bytes_lt(lua_State *L) {
    lua_pushboolean(L, compare(L) < 0);
    return 1;
}

static int bytes_le(lua_State *L) {
    lua_pushboolean(L, compare(L) <= 0);
    return 1;
}

static int bytes_concat(lua_State *L) {
    luahost_slice a = operand(L, 1, true, "concatenate"), b = operand(L, 2, true, "concatenate");
    char *bytes = lua_newuserdatauv(L, a.length + b.length, 0);
    memcpy(bytes, a.data, a.length);
    memcpy(bytes + a.length, b.data, b.length);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bytes_key);
    lua_setmetatable(L, -2);
    return 1;
}

static int bytes_len(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)check_bytes(L, "len").length);
    return 1;
}

static int bytes_tostring(lua_State *L) {
    luahost_slice self = check_bytes(L, "tostring");
    lua_pushlstring(L, self.data, self.length);
    return 1;
}

static lua_Integer optional_position(lua_State *L, int number, const char *function, lua_Integer otherwise) {
    if (lua_isnoneornil(L, number + 1)) return otherwise;
    int is_integer;
    lua_Integer position = lua_tointegerx(L, number + 1, &is_integer);
    if (!is_integer) {
        luahost_argument_error(L, number, function, "integer expected, got %s", luaL_typename(L, number + 1));
    }
    return position;
}

/* The range that string.sub and string.byte make of their positions: *start (from 0) and the number of bytes. */
static size_t range(size_t length, lua_Integer first, lua_Integer last, size_t *start) {
    lua_Integer size = (lua_Integer)length;
    if (first < 0) first = first < -size ? 1 : size + first + 1;
    if (first == 0) first = 1;
    if (last > size) last = size;
    if (last < 0) last = last < -size ? 0 : size + last + 1;
    if (first > last) return 0;
    *start = (size_t)first - 1;
    return (size_t)(last - first + 1);
}

static int bytes_sub(lua_State *L) {
    luahost_slice self = check_bytes(L, "sub");
    size_t start = 0;
    size_t count = range(
        self.length, optional_position(L, 1, "sub", 1), optional_position(L, 2, "sub", -1), &start);
    luahost_push_bytes(L, self.data + start, count);
    return 1;
}

static int bytes_byte(lua_State *L) {
    luahost_slice self = check_bytes(L, "byte");
    lua_Integer first = optional_position(L, 1, "byte", 1);
    size_t start = 0, count = range(self.length, first, optional_position(L, 2, "byte", first), &start);
    if (count > 100000 || !lua_checkstack(L, (int)count)) return luaL_error(L, "too many bytes for one call of 'byte'");
    for (size_t index = 0; index < count; index++) lua_pushinteger(L, (unsigned char)self.data[start + index]);
    return (int)count;
}

/* string.unpack counts its arguments otherwise, so only the reason is taken from its error. */
static int unpack_failed(lua_State *L) {
    const char *message = lua_tostring(L, -1);
    const char *reason = message != NULL ? strchr(message, '(') : NULL;
    return luaL_error(L, "bad argument #1 to 'unpack' %s", reason != NULL ? reason : message != NULL ? message : "");
}

static int bytes_unpack(lua_State *L) {
    luahost_slice self = check_bytes(L, "unpack");
    if (lua_type(L, 2) != LUA_TSTRING) {
        return luahost_argument_error(L, 1, "unpack", "format string expected, got %s", luaL_typename(L, 2));
    }
    lua_Integer position = optional_position(L, 2, "unpack", 1), size = (lua_Integer)self.length;
    if (position > size + 1 || position < -size) {
        return luahost_argument_error(L, 2, "unpack", "initial position out of bytes");
    }
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 2);
    lua_pushlstring(L, self.data, self.length);
    lua_pushinteger(L, position);
    if (lua_pcall(L, 3, LUA_MULTRET, 0) != LUA_OK) return unpack_failed(L);
    return lua_gettop(L) - 2;
}

static int bytes_new(lua_State *L) {
    luahost_method_shift(L);
    size_t length;
    if (luahost_to_bytes(L, 1, &length) != NULL) {
        lua_settop(L, 1);
        return 1;
    }
    if (lua_type(L, 1) != LUA_TSTRING) {
        return luahost_argument_error(L, 1, "bytes", "string expected, got %s", luaL_typename(L, 1));
    }
    const char *data = lua_tolstring(L, 1, &length);
    luahost_push_bytes(L, data, length);
    return 1;
}

static int is_bytes(lua_State *L) {
    if (lua_gettop(L) > 1) luahost_method_shift(L);
    if (lua_isnone(L, 1)) return luahost_argument_error(L, 1, "is_bytes", "value expected");
    size_t length;
    lua_pushboolean(L, luahost_to_bytes(L, 1, &length) != NULL);
    return 1;
}

void luahost_bytes_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"bytes", bytes_new}, {"is_bytes", is_bytes}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}

static int create_metatable(lua_State *L) {
    static const luaL_Reg metamethods[] = {
        {"__eq", bytes_eq}, {"__lt", bytes_lt}, {"__le", bytes_le}, {"__concat", bytes_concat},
        {"__len", bytes_len}, {"__tostring", bytes_tostring}, {NULL, NULL},
    };
    static const luaL_Reg methods[] = {{"len", bytes_len}, {"sub", bytes_sub}, {"byte", bytes_byte}, {NULL, NULL}};
    luaL_newlib(L, metamethods);
    lua_pushliteral(L, "bytes");
    lua_setfield(L, -2, "__name");
    luaL_newlib(L, methods);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, LUA_STRLIBNAME);
    lua_pushliteral(L, "unpack");
    lua_rawget(L, -2);
    lua_replace(L, -3);
    lua_pop(L, 1);
    lua_pushcclosure(L, bytes_unpack, 1);
    lua_setfield(L, -2, "unpack");
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bytes_key);
    return 1;
}
