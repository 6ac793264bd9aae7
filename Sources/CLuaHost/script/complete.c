/* The names that may follow at a prompt. Tables are read without metamethods; of those, only an __index that is a table
 * and the host's own are followed. */
#include <string.h>

#include "base/name.h"
#include "core/module.h"
#include "core/schedule.h"
#include "library/library.h"
#include "script/script.h"

enum { MOST_NAMES = 1000, LONGEST_NAME = 200, MOST_KEYS = 100000, MOST_TABLES = 10 };

typedef struct completion {
    lua_State *L;
    luahost_buffer *out;
    luahost_slice prefix;
    bool is_method;    /* only functions are wanted */
    int names, keys;   /* that may still be added, or looked at */
} completion;

static void add(completion *self, const char *name, size_t length) {
    bool fits = length >= self->prefix.length && length <= LONGEST_NAME;
    if (!fits || memcmp(name, self->prefix.data, self->prefix.length) != 0) return;
    if (!luahost_is_name(name, length) || self->names-- <= 0) return;
    luahost_buffer_append(self->out, name, length);
    luahost_buffer_append_byte(self->out, '\n');
}

static void add_name(void *self, const char *name) { add(self, name, strlen(name)); }

static void add_keys(completion *self, int table) {
    lua_State *L = self->L;
    for (lua_pushnil(L); self->keys-- > 0 && lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || (self->is_method && !lua_isfunction(L, -1))) continue;
        size_t length;
        const char *name = lua_tolstring(L, -2, &length);
        add(self, name, length);
    }
    lua_settop(L, table);
}

/* Pushes the table that has the fields which the value on top does not have itself; false, and nothing is pushed,
 * without one. */
static bool push_index(lua_State *L) {
    if (!lua_getmetatable(L, -1)) return false;
    lua_pushliteral(L, "__index");
    bool is_table = lua_rawget(L, -2) == LUA_TTABLE;
    lua_remove(L, -2);
    if (!is_table) lua_pop(L, 1);
    return is_table;
}

/* Replaces the value on top by its field, or nil. */
static void step(lua_State *L, const char *name, size_t length) {
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->push_field != NULL && (*module)->push_field(L, name, length)) {
            lua_remove(L, -2);
            return;
        }
    }
    for (int tables = 0; tables < MOST_TABLES; tables++) {
        if (lua_istable(L, -1)) {
            lua_pushlstring(L, name, length);
            if (lua_rawget(L, -2) != LUA_TNIL) {
                lua_remove(L, -2);
                return;
            }
            lua_pop(L, 1);
        }
        if (!push_index(L)) break;
        lua_remove(L, -2);
    }
    lua_pop(L, 1);
    lua_pushnil(L);
}

static void add_fields(completion *self) {
    lua_State *L = self->L;
    for (int tables = 0; tables < MOST_TABLES; tables++) {
        for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
            if ((*module)->list_fields != NULL) (*module)->list_fields(L, add_name, self);
        }
        if (lua_istable(L, -1)) add_keys(self, lua_gettop(L));
        if (!push_index(L)) break;
    }
}

static void add_keywords(completion *self) {
    static const char *const keywords[] = {
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    };
    for (size_t index = 0; index < sizeof keywords / sizeof *keywords; index++) add_name(self, keywords[index]);
}

static bool is_part(char byte) {
    return luahost_is_name(&byte, 1) || (byte >= '0' && byte <= '9');
}

/* Argument: a userdata with the completion, whose prefix is the text before the cursor. */
static int complete(lua_State *L) {
    completion *self = lua_touserdata(L, 1);
    const char *end = self->prefix.data + self->prefix.length, *start = end;
    while (start > self->prefix.data && (is_part(start[-1]) || start[-1] == '.' || start[-1] == ':')) start--;
    lua_pushglobaltable(L);
    const char *name = start;
    bool is_global = true;
    for (const char *at = start; at < end; at++) {
        if (is_part(*at)) continue;
        size_t length = (size_t)(at - name);
        if (length == 0) return 0;
        lua_pushlstring(L, name, length);
        if (is_global) luahost_library_fill(L, lua_tostring(L, -1));
        lua_pop(L, 1);
        step(L, name, length);
        self->is_method = *at == ':';
        is_global = false;
        name = at + 1;
    }
    self->prefix = (luahost_slice){name, (size_t)(end - name)};
    if (is_global && name == end) return 0;
    if (is_global) add_keywords(self);
    add_fields(self);
    return 0;
}

luahost_slice luahost_vm_complete(luahost_vm *vm, luahost_slice text) {
    luahost_buffer *out = &vm->scratch;
    out->length = 0;
    lua_State *L = vm->L;
    luahost_enter(vm, L);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    completion self = {L, out, text, false, MOST_NAMES, MOST_KEYS};
    lua_pushcfunction(L, complete);
    lua_pushlightuserdata(L, &self);
    /* No finalizer of the script runs meanwhile. */
    bool collects = lua_gc(L, LUA_GCISRUNNING) > 0;
    if (collects) lua_gc(L, LUA_GCSTOP);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1);
    if (collects) lua_gc(L, LUA_GCRESTART);
    luahost_leave(vm);
    return (luahost_slice){out->data, out->length};
}
