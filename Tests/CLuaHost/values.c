#include "values.h"

#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "library/bytes.h"

values_memory values_memory_used;

/* After each block, for Lua itself is not built with a sanitizer. */
static const char guard[16] = "after a block";

static void check_guard(const void *block, size_t size) {
    if (block == NULL || memcmp((const char *)block + size, guard, sizeof guard) == 0) return;
    fprintf(stderr, "a block of %zu bytes was written past its end\n", size);
    abort();
}

/* Lua passes the type of a new object as the old size. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    values_memory *memory = context;
    size_t had = block == NULL ? 0 : old_size;
    check_guard(block, had);
    if (new_size == 0) {
        memory->bytes -= had;
        free(block);
        return NULL;
    }
    if (new_size > had && memory->limit >= 0 && memory->limit-- == 0) {
        memory->limit = 0;
        return NULL;
    }
    if (block == NULL && old_size != 0) memory->objects++;
    memory->bytes += new_size - had;
    if (memory->bytes > memory->most) memory->most = memory->bytes;
    char *moved = realloc(block, new_size + sizeof guard);
    if (moved == NULL) abort();
    memcpy(moved + new_size, guard, sizeof guard);
    return moved;
}

static int make_bytes(lua_State *L) {
    size_t length;
    const char *data = luaL_checklstring(L, 1, &length);
    luahost_push_bytes(L, data, length);
    return 1;
}

static int make_array(lua_State *L) {
    lua_settop(L, 1);
    luahost_json_push_array_mt(L);
    lua_setmetatable(L, 1);
    return 1;
}

static int make_object(lua_State *L) {
    lua_settop(L, 1);
    luahost_json_push_object_mt(L);
    lua_setmetatable(L, 1);
    return 1;
}

static const char *const helpers =
    "function equal(a, b)\n"
    "  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b and math.type(a) == math.type(b) end\n"
    "  for key, value in pairs(a) do if not equal(value, b[key]) then return false end end\n"
    "  for key in pairs(b) do if a[key] == nil then return false end end\n"
    "  return true\n"
    "end\n"
    "function text(most) local t = {} for i = 1, math.random(0, most) do\n"
    "  local letters = {'a', '\"', '\\\\', '\\30', '\\0', 'é', '€', '😀', '/', '_placeholder'}\n"
    "  t[i] = letters[math.random(#letters)] end return table.concat(t) end\n"
    "local function number() local bits = math.random(0, 64)\n"
    "  local n = bits == 64 and math.random(0) or math.random(0, (1 << bits) - 1 & math.maxinteger)\n"
    "  return math.random() < 0.5 and n or -n end\n"
    "function random(depth)\n"
    "  local kind = math.random(depth > 0 and 12 or 8)\n"
    "  if kind <= 2 then return number() end\n"
    "  if kind == 3 then return number() / 8 * 10.0 ^ math.random(-200, 200) end\n"
    "  if kind == 4 then return text(math.random() < 0.1 and 400 or 20) end\n"
    "  if kind == 5 then return math.random() < 0.5 end\n"
    "  if kind == 6 then return null end\n"
    "  if kind == 7 then return bytes(text(50)) end\n"
    "  if kind == 8 then return math.random() < 0.5 and {} or array {} end\n"
    "  local t, count = {}, math.random() < 0.1 and math.random(40) or math.random(0, 5)\n"
    "  for i = 1, count do t[kind <= 10 and i or text(8) .. i] = random(depth - 1) end\n"
    "  return kind <= 10 and array(t) or t\n"
    "end\n";

lua_State *values_open(void) {
    values_memory_used = (values_memory){.limit = -1};
    lua_State *L = lua_newstate(allocate, &values_memory_used);
    if (L == NULL) abort();
    luaL_openlibs(L);
    luahost_json_open(L);
    lua_register(L, "bytes", make_bytes);
    lua_register(L, "array", make_array);
    lua_register(L, "object", make_object);
    lua_pushlightuserdata(L, NULL);
    lua_setglobal(L, "null");
    if (luaL_dostring(L, helpers)) abort();
    return L;
}

static bool run(lua_State *L, const char *chunk, int arguments, int results) {
    if (luaL_loadstring(L, chunk) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        abort();
    }
    lua_insert(L, -1 - arguments);
    if (lua_pcall(L, arguments, results, 0) == LUA_OK) return true;
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return false;
}

int values_push(lua_State *L, const char *chunk) {
    lua_settop(L, 0);
    if (!run(L, chunk, 0, LUA_MULTRET)) abort();
    return lua_gettop(L);
}

bool values_check(lua_State *L, const char *chunk) {
    bool is_right = run(L, chunk, lua_gettop(L), 1) && lua_isboolean(L, -1) && lua_toboolean(L, -1);
    lua_settop(L, 0);
    return is_right;
}
