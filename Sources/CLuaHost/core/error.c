/* Errors as tables: {type=, message=, where=, …}, with a readable tostring. */
#include <stdarg.h>
#include <stdio.h>

#include "core/error.h"

const char luahost_key_errors;
static const char measured_key, cancelled_key;

static void push_text(lua_State *L, int error) {
    error = lua_absindex(L, error);
    lua_pushliteral(L, "where");
    if (lua_rawget(L, error) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushliteral(L, "");
    }
    lua_pushliteral(L, "message");
    lua_rawget(L, error);
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    lua_concat(L, 2);
}

static int error_text(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    push_text(L, 1);
    return 1;
}

/* So that print("failed: " .. err) does what one thinks. */
static int error_concat(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void set_slice(lua_State *L, const char *name, luahost_slice value) {
    if (value.length == 0) return;
    lua_pushlstring(L, value.data, value.length);
    lua_setfield(L, -2, name);
}

static void set_where(lua_State *L) {
    luaL_where(L, 1);
    lua_setfield(L, -2, "where");
}

static void open_metatable(lua_State *L, const void *key) {
    static const luaL_Reg metamethods[] = {{"__tostring", error_text}, {"__concat", error_concat}, {NULL, NULL}};
    luaL_newlib(L, metamethods);
    lua_pushliteral(L, "eio.error");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* Two that do the same: by its metatable an error is known to be measured, also where the script raises it again.
 * The second one is made when it is needed. */
static void set_metatable(lua_State *L, bool is_measured) {
    const void *key = is_measured ? &measured_key : &luahost_key_errors;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TNIL) {
        lua_pop(L, 1);
        open_metatable(L, key);
        lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    }
    lua_setmetatable(L, -2);
}

void luahost_push_error(lua_State *L, const luahost_error *error, bool with_where) {
    lua_createtable(L, 0, 6);
    set_slice(L, "type", error->type);
    lua_pushlstring(L, error->message.data, error->message.length);
    lua_setfield(L, -2, "message");
    set_slice(L, "phase", error->phase);
    set_slice(L, "cause", error->cause);
    set_slice(L, "body", error->body);
    set_slice(L, "retry_after", error->retry_after);
    if (error->status != 0) {
        lua_pushinteger(L, error->status);
        lua_setfield(L, -2, "status");
    }
    if (error->code >= 0) {
        lua_pushinteger(L, error->code);
        lua_setfield(L, -2, "code");
    }
    if (with_where) set_where(L);
    set_metatable(L, error->is_measured);
}

bool luahost_is_measured_error(lua_State *L, int index) {
    if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &measured_key);
    bool is = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is;
}

enum { LONGEST_TEXT = 1024 };

static int raise_text(lua_State *L, bool is_measured, const char *type, const char *text) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, type);
    lua_setfield(L, -2, "type");
    lua_pushstring(L, text);
    lua_setfield(L, -2, "message");
    set_where(L);
    set_metatable(L, is_measured);
    return lua_error(L);
}

int luahost_raise(lua_State *L, const char *type, const char *format, ...) {
    char text[LONGEST_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return raise_text(L, false, type, text);
}

int luahost_raise_measured(lua_State *L, bool is_measured, const char *type, const char *format, ...) {
    char text[LONGEST_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return raise_text(L, is_measured, type, text);
}

/* ---- the value of a cancelled wait ---- */

void luahost_push_cancelled(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
}

bool luahost_is_cancelled(lua_State *L, int index) {
    index = lua_absindex(L, index);
    luahost_push_cancelled(L);
    bool is = lua_rawequal(L, index, -1);
    lua_pop(L, 1);
    return is;
}

static int cancelled_text(lua_State *L) {
    lua_pushliteral(L, "task cancelled");
    return 1;
}

/* ---- any value as text ---- */

static int value_text(lua_State *L) {
    bool is_text = lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER;
    if (!is_text && luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) {
        lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    } else {
        luaL_tolstring(L, 1, NULL);
    }
    return 1;
}

void luahost_push_error_text(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushcfunction(L, value_text);
    lua_pushvalue(L, index);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK) return;
    lua_pop(L, 1);
    lua_pushfstring(L, "(error object is a %s value, and its __tostring raised an error)", luaL_typename(L, index));
}

void luahost_error_open(lua_State *L) {
    open_metatable(L, &luahost_key_errors);
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, cancelled_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "eio.cancelled");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled_key);
}
