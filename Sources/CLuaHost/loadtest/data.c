/* loadtest.data(file): the rows of a file, shared by all virtual users. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "core/arguments.h"
#include "core/stack.h"
#include "json/json.h"
#include "loadtest/data_file.h"
#include "loadtest/loadtest.h"
#include "script/script.h"

static const char data_key;

static luahost_data_file *check_data(lua_State *L, const char *function) {
    return *(luahost_data_file **)luahost_check_self(L, &data_key, "data", function);
}

/* ---- rows ---- */

static void push_csv_row(lua_State *L, const luahost_data_file *file, size_t row) {
    const luahost_field *names = file->fields, *values = file->fields + (row + 1) * file->columns;
    lua_createtable(L, 0, (int)file->columns);
    for (size_t column = 0; column < file->columns; column++) {
        lua_pushlstring(L, names[column].data, names[column].length);
        lua_pushlstring(L, values[column].data, values[column].length);
        lua_rawset(L, -3);
    }
}

static char first_byte(const luahost_data_file *file) {
    const luahost_field *first = &file->fields[0];
    size_t index = 0;
    while (index < first->length && memchr(" \t\r", first->data[index], 3) != NULL) index++;
    return index < first->length ? first->data[index] : '\0';
}

/* One value that goes over the whole file is what other tools read. */
static const char *layout_hint(const luahost_data_file *file) {
    switch (first_byte(file)) {
    case '[':
        return "; each line must be a value of its own, not the whole file one array: jq -c '.[]' makes such lines";
    case '{': return "; each line must be a value of its own: jq -c . makes such lines";
    default: return "";
    }
}

static void push_row(lua_State *L, const luahost_data_file *file, size_t row) {
    if (file->columns > 0) {
        push_csv_row(L, file, row);
        return;
    }
    const luahost_field *line = &file->fields[row];
    luahost_json_error error = {.message = "it is not UTF-8"};
    if (luahost_utf8_validate(line->data, line->length) == line->length &&
        luahost_json_decode(L, line->data, line->length, &error)) {
        return;
    }
    luaL_error(
        L, "%s:%d: no JSON: %s%s", file->path, (int)file->lines[row], error.message,
        row == 0 ? layout_hint(file) : "");
}

static int push_wrapped(lua_State *L, const char *function, uint64_t number) {
    const luahost_data_file *file = check_data(L, function);
    if (file->rows == 0) return luaL_error(L, "%s: %s has no rows", function, file->path);
    push_row(L, file, number % file->rows);
    return 1;
}

static int of_user(lua_State *L) {
    uint64_t id = luahost_vm_of(L)->identity.user.id;
    return push_wrapped(L, "user", id == 0 ? 0 : id - 1);
}

static int of_iteration(lua_State *L) {
    return push_wrapped(L, "iteration", luahost_vm_of(L)->identity.user.iteration_in_test);
}

/* Upvalue 1: the methods. */
static int index_data(lua_State *L) {
    const luahost_data_file *file = check_data(L, "index");
    int is_integer;
    lua_Integer row = lua_tointegerx(L, 2, &is_integer);
    if (lua_type(L, 2) != LUA_TNUMBER || !is_integer) {
        lua_settop(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
        return 1;
    }
    if (row < 1 || (uint64_t)row > file->rows) return 0;
    push_row(L, file, (size_t)row - 1);
    return 1;
}

static int length(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)check_data(L, "#")->rows);
    return 1;
}

/* ---- opening ---- */

/* Pushes the path, which is relative to the script's folder. */
static const char *push_path(lua_State *L, const char *path) {
    const char *script = luahost_script_path(luahost_vm_of(L));
    const char *slash = script == NULL ? NULL : strrchr(script, '/');
    if (path[0] == '/' || slash == NULL) return lua_pushstring(L, path);
    lua_pushlstring(L, script, (size_t)(slash - script) + 1);
    lua_pushstring(L, path);
    lua_concat(L, 2);
    return lua_tostring(L, -1);
}

/* By the first script that opens it, so that a bad row is an error before the test begins. */
static void check_rows(lua_State *L, luahost_data_file *file) {
    if (atomic_load(&file->is_checked)) return;
    for (size_t row = 0; file->columns == 0 && row < file->rows; row++) {
        push_row(L, file, row);
        lua_pop(L, 1);
    }
    const char *dot = strrchr(file->path, '.');
    bool is_json = dot != NULL && strcasecmp(dot, ".json") == 0;
    bool is_array = is_json && file->columns == 0 && file->rows == 1 && first_byte(file) == '[';
    if (is_array) luaL_error(L, "data: %s has one row, an array%s", file->path, layout_hint(file));
    atomic_store(&file->is_checked, true);
}

static int open_data(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING) {
        return luahost_argument_error(L, 1, "data", "file: string expected, got %s", luaL_typename(L, 1));
    }
    luahost_data_file **self = lua_newuserdatauv(L, sizeof *self, 0);
    char error[512];
    *self = luahost_data_file_open(push_path(L, lua_tostring(L, 1)), error, sizeof error);
    if (*self == NULL) return luaL_error(L, "data: %s", error);
    check_rows(L, *self);
    lua_pop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &data_key);
    lua_setmetatable(L, -2);
    return 1;
}

void luahost_data_open(lua_State *L) {
    static const luaL_Reg methods[] = {{"user", of_user}, {"iteration", of_iteration}, {NULL, NULL}};
    lua_createtable(L, 0, 3);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, index_data, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, length);
    lua_setfield(L, -2, "__len");
    lua_pushliteral(L, "data");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &data_key);
    lua_pushcfunction(L, open_data);
    lua_setfield(L, -2, "data");
}
