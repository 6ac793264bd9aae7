/* eio.json, eio.null, eio.array and eio.object. */
#include "base/utf8.h"
#include "core/arguments.h"
#include "core/error.h"
#include "json/json.h"
#include "json/json_api.h"
#include "library/library.h"

/* The most that the scratch buffer keeps from one message to the next. */
#define SCRATCH_KEPT 65536

/* The functions of eio.json have that table as their first upvalue, for eio.json:encode(x). */
static void shift_json(lua_State *L) {
    if (lua_gettop(L) > 1 && lua_rawequal(L, 1, lua_upvalueindex(1))) lua_remove(L, 1);
}

static int json_encode(lua_State *L) {
    shift_json(L);
    if (lua_isnone(L, 1)) return luahost_argument_error(L, 1, "encode", "value expected");
    luahost_buffer *scratch = &luahost_vm_of(L)->scratch;
    luahost_json_error error;
    scratch->length = 0;
    if (!luahost_json_encode(L, 1, scratch, &error)) {
        luahost_buffer_reset(scratch, SCRATCH_KEPT);
        return luahost_argument_error(L, 1, "encode", "%s", error.message);
    }
    lua_pushlstring(L, scratch->data, scratch->length);
    luahost_buffer_reset(scratch, SCRATCH_KEPT);
    return 1;
}

static int json_decode(lua_State *L) {
    shift_json(L);
    size_t length;
    const char *text = luahost_to_bytes(L, 1, &length);
    if (text == NULL && lua_type(L, 1) == LUA_TSTRING) text = lua_tolstring(L, 1, &length);
    if (text == NULL) {
        return luahost_argument_error(L, 1, "decode", "string or bytes expected, got %s", luaL_typename(L, 1));
    }
    size_t invalid = luahost_utf8_validate(text, length);
    if (invalid < length) return luahost_raise(L, "ValueError", "the JSON text is not UTF-8 at byte %zu", invalid + 1);
    luahost_json_error error;
    if (!luahost_json_decode(L, text, length, &error)) {
        return luahost_raise(L, "ValueError", "not valid JSON at byte %zu: %s", error.offset + 1, error.message);
    }
    return 1;
}

/* Marks a table, a new one if there is no argument, as an array or an object of JSON. */
static int mark(lua_State *L, const char *function, void (*push_metatable)(lua_State *L)) {
    luahost_method_shift(L);
    if (lua_isnone(L, 1)) lua_newtable(L);
    if (!lua_istable(L, 1)) {
        return luahost_argument_error(L, 1, function, "table expected, got %s", luaL_typename(L, 1));
    }
    lua_settop(L, 1);
    if (lua_getmetatable(L, 1)) {
        luahost_json_push_array_mt(L);
        luahost_json_push_object_mt(L);
        if (!lua_rawequal(L, 2, 3) && !lua_rawequal(L, 2, 4)) {
            return luahost_argument_error(L, 1, function, "the table has a metatable of its own");
        }
    }
    push_metatable(L);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int array(lua_State *L) {
    return mark(L, "array", luahost_json_push_array_mt);
}

static int object(lua_State *L) {
    return mark(L, "object", luahost_json_push_object_mt);
}

static int light_userdata_text(lua_State *L) {
    const void *address = lua_touserdata(L, 1);
    if (address == NULL) lua_pushliteral(L, "null");
    else lua_pushfstring(L, "userdata: %p", address);
    return 1;
}

/* All light userdata share one metatable. */
void luahost_null_open(lua_State *L) {
    lua_pushlightuserdata(L, NULL);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, light_userdata_text);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

void luahost_json_api_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"encode", json_encode}, {"decode", json_decode}, {NULL, NULL}};
    static const luaL_Reg marks[] = {{"array", array}, {"object", object}, {NULL, NULL}};
    luaL_setfuncs(L, marks, 0);
    luaL_newlibtable(L, functions);
    lua_pushvalue(L, -1);
    luaL_setfuncs(L, functions, 1);
    lua_setfield(L, -2, "json");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}
