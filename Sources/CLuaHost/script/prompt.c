/* The statements of a prompt. Each is a chunk, and a task that may wait; what it returns is shown. */
#include <stdlib.h>
#include <string.h>

#include "core/life.h"
#include "core/schedule.h"
#include "library/inspect.h"
#include "library/library.h"
#include "script/script.h"

#define CHUNK_NAME "=stdin"

/* The host is waiting for the end of the chunk or statement that runs. */
static void statement_done(luahost_task *task) {
    luahost_vm *vm = task->vm;
    vm->parts.statement = NULL;
    if (luahost_vm_is_running(vm)) vm->host.statement_ended(vm->context);
}

void luahost_prompt_watch(luahost_task *task) {
    task->vm->parts.statement = task;
    task->on_done = statement_done;
}

/* ---- what it returned ---- */

static int shown(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

static int show(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    int count = lua_gettop(L);
    if (count == 0) return 0;
    luaL_checkstack(L, LUA_MINSTACK, "too many results to show");
    for (int index = 1; index <= count; index++) {
        luahost_inspect_push_function(L);
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        lua_replace(L, index);
    }
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    lua_callk(L, count, 0, 0, shown);
    return 0;
}

static int run(lua_State *L) {
    lua_callk(L, 0, LUA_MULTRET, 0, show);
    return show(L, LUA_OK, 0);
}

/* ---- reading it ---- */

/* As lua5.4 finds out that a statement goes on in the next line. */
static bool is_incomplete(lua_State *L) {
    static const char mark[] = "<eof>";
    size_t length;
    const char *message = lua_tolstring(L, -1, &length);
    size_t end = sizeof mark - 1;
    return message != NULL && length >= end && memcmp(message + length - end, mark, end) == 0;
}

/* `=x` is what lua5.1 shows values by, and lua5.4 still takes it. */
static int load_expression(lua_State *L, luahost_slice text) {
    if (text.length > 0 && text.data[0] == '=') text = (luahost_slice){text.data + 1, text.length - 1};
    lua_pushliteral(L, "return ");
    lua_pushlstring(L, text.data, text.length);
    lua_concat(L, 2);
    size_t length;
    const char *expression = lua_tolstring(L, -1, &length);
    int status = luaL_loadbufferx(L, expression, length, CHUNK_NAME, "t");
    lua_remove(L, -2);
    return status;
}

/* Pushes the function or the message. */
static int load(lua_State *L, luahost_slice text) {
    int status = load_expression(L, text);
    if (status != LUA_ERRSYNTAX) return status;
    lua_pop(L, 1);
    return luaL_loadbufferx(L, text.length == 0 ? "" : text.data, text.length, CHUNK_NAME, "t");
}

static void report(luahost_vm *vm, lua_State *L) {
    luahost_report report = {.kind = LUAHOST_IN_MAIN, .where = {CHUNK_NAME, sizeof CHUNK_NAME - 1}};
    report.message.data = lua_tolstring(L, -1, &report.message.length);
    vm->host.report(vm->context, &report);
}

luahost_statement luahost_vm_statement(luahost_vm *vm, luahost_slice text) {
    if (!luahost_vm_is_running(vm) || vm->parts.statement != NULL) return LUAHOST_STATEMENT_INVALID;
    lua_State *L = vm->L;
    luahost_enter(vm, L);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    int status = load(L, text);
    bool goes_on = status == LUA_ERRSYNTAX && is_incomplete(L);
    luahost_leave(vm);
    if (status != LUA_OK) {
        if (!goes_on) report(vm, L);
        lua_pop(L, 1);
        return goes_on ? LUAHOST_STATEMENT_INCOMPLETE : LUAHOST_STATEMENT_INVALID;
    }
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_MAIN, LUAHOST_NO_EVENT, NULL);
    luahost_prompt_watch(task);
    lua_pushcfunction(task->co, run);
    lua_xmove(L, task->co, 1);
    luahost_task_ready(task, 1);
    return LUAHOST_STATEMENT_BEGUN;
}

void luahost_vm_interrupt_statement(luahost_vm *vm) {
    if (vm->parts.statement != NULL) luahost_task_cancel(vm->parts.statement);
}

void luahost_vm_end_prompt(luahost_vm *vm) {
    luahost_vm_end(vm);
}

size_t luahost_vm_prompt(luahost_vm *vm, bool is_first, char *text, size_t size) {
    lua_State *L = vm->L;
    luahost_enter(vm, L);
    luaL_checkstack(L, 3, NULL);
    lua_pushglobaltable(L);
    lua_pushstring(L, is_first ? "_PROMPT" : "_PROMPT2");
    bool is_text = lua_rawget(L, -2) == LUA_TSTRING;
    size_t length = 0;
    const char *value = is_text ? lua_tolstring(L, -1, &length) : is_first ? "> " : ">> ";
    if (!is_text) length = strlen(value);
    if (length > size) length = size;
    memcpy(text, value, length);
    lua_pop(L, 2);
    luahost_leave(vm);
    return length;
}

/* ---- lines of an input that is not a terminal, which statements read, too ---- */

static void line_done(luahost_task *task) {
    luahost_vm *vm = task->vm;
    luahost_slice line = {vm->parts.line, vm->parts.line_length};
    if (luahost_vm_is_running(vm)) vm->host.line_read(vm->context, vm->parts.line == NULL ? NULL : &line);
    free(vm->parts.line);
    vm->parts.line = NULL;
}

static int read_line(lua_State *L) {
    return luahost_input_read(L, false);
}

static int line_read(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_vm *vm = luahost_vm_of(L);
    const char *line = lua_tolstring(L, -1, &vm->parts.line_length);
    if (line != NULL) vm->parts.line = luahost_copy(line, vm->parts.line_length);
    return 0;
}

static int run_reader(lua_State *L) {
    lua_pushcfunction(L, read_line);
    lua_callk(L, 0, 1, 0, line_read);
    return line_read(L, LUA_OK, 0);
}

void luahost_vm_read_line(luahost_vm *vm) {
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_MAIN, LUAHOST_NO_EVENT, NULL);
    task->on_done = line_done;
    lua_pushcfunction(task->co, run_reader);
    luahost_task_ready(task, 0);
}
