/* print, and the functions of `io` that read the standard input when they are asked to: those wait as eio.sleep
 * does. Other files are left to Lua's io library. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/arguments.h"
#include "core/hook.h"
#include "core/wait.h"
#include "library/library.h"

/* ---- print ---- */

static bool write_all(const char *text, size_t length) {
    return fwrite(text, 1, length, stdout) == length;
}

/* Lua's print loses what it cannot write without a word. Scripts on other threads print, too: a line is one piece. */
static int print(lua_State *L) {
    if (luahost_vm_is_plan(luahost_vm_of(L))) return 0;
    int count = lua_gettop(L);
    bool is_written = true;
    for (int index = 1; index <= count; index++) {
        luaL_tolstring(L, index, NULL);
        lua_replace(L, index);
    }
    flockfile(stdout);
    for (int index = 1; index <= count; index++) {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        if (index > 1) is_written = is_written && write_all("\t", 1);
        is_written = is_written && write_all(text, length);
    }
    is_written = is_written && write_all("\n", 1) && fflush(stdout) == 0;
    int error = errno;
    if (!is_written) clearerr(stdout);
    funlockfile(stdout);
    if (is_written) return 0;
    if (luahost_vm_of(L)->options.output == LUAHOST_OUTPUT_MAY_CLOSE && (error == EPIPE || error == EBADF)) return 0;
    return luaL_error(L, "print: cannot write to the standard output: %s", strerror(error));
}

/* ---- io ---- */

static bool is_stdin(lua_State *L, int index) {
    const luaL_Stream *stream = luaL_testudata(L, index, LUA_FILEHANDLE);
    return stream != NULL && stream->closef != NULL && stream->f == stdin;
}

/* Calls Lua's own function, which is upvalue 1, with all arguments. Its errors would lack the place, since its
 * caller is C, and its name, since that is not what the library has under it now. */
static int call_original(lua_State *L, const char *name) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    luahost_block_begin(L, name);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    luahost_block_end(L);
    if (status == LUA_OK) return lua_gettop(L);
    if (lua_type(L, -1) == LUA_TSTRING) {
        lua_pushfstring(L, "to '%s'", name);
        luaL_gsub(L, lua_tostring(L, -2), "to '?'", lua_tostring(L, -1));
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* Whether the default input, which upvalue 2 (io.input) knows, is the standard input. */
static bool reads_stdin(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(2));
    bool is = lua_pcall(L, 0, 1, 0) == LUA_OK && is_stdin(L, -1);
    lua_pop(L, 1);
    return is;
}

static int read_default(lua_State *L) {
    return reads_stdin(L) ? luahost_input_read(L, false) : call_original(L, "read");
}

static int read_file(lua_State *L) {
    if (!is_stdin(L, 1)) return call_original(L, "read");
    lua_remove(L, 1);
    return luahost_input_read(L, false);
}

/* Upvalue 1: how many formats; then the formats. */
static int next_line(lua_State *L) {
    int count = (int)lua_tointeger(L, lua_upvalueindex(1));
    lua_settop(L, 0);
    luaL_checkstack(L, count, "too many arguments");
    for (int index = 1; index <= count; index++) lua_pushvalue(L, lua_upvalueindex(1 + index));
    return luahost_input_read(L, true);
}

/* The formats are what is on the stack. */
static int push_iterator(lua_State *L) {
    int count = lua_gettop(L);
    luaL_argcheck(L, count <= 250, 252, "too many arguments");
    lua_pushinteger(L, count);
    lua_insert(L, 1);
    lua_pushcclosure(L, next_line, count + 1);
    return 1;
}

/* Opening a named pipe waits for its other end. */
static int open_file(lua_State *L) {
    return call_original(L, "open");
}

static int lines_of_default(lua_State *L) {
    if (!lua_isnoneornil(L, 1) || !reads_stdin(L)) return call_original(L, "lines");
    if (lua_gettop(L) > 0) lua_remove(L, 1);
    return push_iterator(L);
}

static int lines_of_file(lua_State *L) {
    if (!is_stdin(L, 1)) return call_original(L, "lines");
    lua_remove(L, 1);
    return push_iterator(L);
}

/* While the plan is read, what goes to the terminal is dropped. */
static int write_unseen(lua_State *L, int file) {
    const luaL_Stream *stream = luaL_testudata(L, file, LUA_FILEHANDLE);
    bool is_seen = stream != NULL && stream->closef != NULL && (stream->f == stdout || stream->f == stderr);
    if (!is_seen) return -1;
    lua_pushvalue(L, file);
    return 1;
}

static int write_file(lua_State *L) {
    int results = write_unseen(L, 1);
    return results >= 0 ? results : call_original(L, "write");
}

/* Upvalue 2 is io.output. */
static int write_default(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 0, 1);
    int results = write_unseen(L, lua_gettop(L));
    if (results >= 0) return results;
    lua_pop(L, 1);
    return call_original(L, "write");
}

/* Puts `function` in place of a field of the table on top of the stack, with the old value as upvalue 1 and, unless
 * it is NULL, the field `other` as upvalue 2. */
static void replace(lua_State *L, const char *name, lua_CFunction function, const char *other) {
    lua_getfield(L, -1, name);
    if (other != NULL) lua_getfield(L, -2, other);
    lua_pushcclosure(L, function, other != NULL ? 2 : 1);
    lua_setfield(L, -2, name);
}

void luahost_print_open(lua_State *L) {
    lua_pushcfunction(L, print);
    lua_setglobal(L, "print");
}

void luahost_stdio_open(lua_State *L) {
    replace(L, "read", read_default, "input");
    replace(L, "lines", lines_of_default, "input");
    replace(L, "open", open_file, NULL);
    luahost_popen_open(L);
    bool is_plan = luahost_vm_is_plan(luahost_vm_of(L));
    if (is_plan) replace(L, "write", write_default, "output");
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__index");
    replace(L, "read", read_file, NULL);
    replace(L, "lines", lines_of_file, NULL);
    if (is_plan) replace(L, "write", write_file, NULL);
    lua_pop(L, 2);
}
