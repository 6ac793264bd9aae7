/* A hostile finalizer inside every function of the API. The script, hostile.lua, finds the functions by itself. It gets
 * from here only what it cannot find: which C functions are not Lua's, and which names there may be. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vm.h"
#include "host.h"
#include "tests.h"

/* ---- which functions are the host's ---- */

static lua_CFunction of_lua[512];
static size_t of_lua_count;

static bool is_of_lua(lua_CFunction function) {
    size_t index = 0;
    while (index < of_lua_count && of_lua[index] != function) index++;
    return index < of_lua_count;
}

static void note_functions(lua_State *L, int depth) {
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_iscfunction(L, -1) && !is_of_lua(lua_tocfunction(L, -1))) {
            if (of_lua_count == sizeof of_lua / sizeof *of_lua) abort();
            of_lua[of_lua_count++] = lua_tocfunction(L, -1);
        } else if (lua_istable(L, -1) && depth > 0) {
            note_functions(L, depth - 1);
        }
    }
}

static void note_lua(void) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    of_lua_count = 0;
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    note_functions(L, 3);
    lua_close(L);
}

static int is_ours(lua_State *L) {
    lua_CFunction function = lua_tocfunction(L, 1);
    lua_pushboolean(L, function != NULL && !is_of_lua(function));
    return 1;
}

/* ---- which names there may be: all that the sources have in quotes ---- */

static bool is_letter(int byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static void add_names(lua_State *L, FILE *file) {
    char name[64];
    size_t length = 0;
    bool is_inside = false;
    for (int byte; (byte = getc(file)) != EOF;) {
        if (byte == '"') {
            if (is_inside && length > 0) {
                lua_pushlstring(L, name, length);
                lua_pushboolean(L, true);
                lua_rawset(L, -3);
            }
            is_inside = !is_inside;
            length = 0;
        } else if (is_inside && (!is_letter(byte) || length == sizeof name)) {
            is_inside = false;
        } else if (is_inside) {
            name[length++] = (char)byte;
        }
    }
}

static void push_names(lua_State *L) {
    lua_newtable(L);
    FILE *list = popen("find " SOURCES " -name '*.c'", "r");
    char path[1024];
    while (list != NULL && fgets(path, sizeof path, list) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        FILE *file = fopen(path, "r");
        if (file == NULL) continue;
        add_names(L, file);
        fclose(file);
    }
    if (list != NULL) pclose(list);
}

/* ---- a VM that is attacked ---- */

static int limited_call_ended(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_vm_of(L)->options.memory_limit = 0;
    return 0;
}

/* Arguments: a number of bytes, a function and its arguments, which is called with no more memory than that. The limit
 * ends here, because Lua may need memory to call anything that would end it. */
static int call_with_limit(lua_State *L) {
    luahost_vm *vm = luahost_vm_of(L);
    vm->options.memory_limit = vm->memory.used + (size_t)lua_tointeger(L, 1);
    lua_remove(L, 1);
    return limited_call_ended(L, lua_pcallk(L, lua_gettop(L) - 1, 0, 0, 0, limited_call_ended), 0);
}

static char *read_text(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    if (file == NULL || fread(text, 1, (1 << 20) - 1, file) == 0) abort();
    fclose(file);
    return text;
}

static host *start_hostile(const char *mode) {
    char *script = read_text(TESTS "/hostile.lua");
    host *host = host_start(script, NULL);
    free(script);
    lua_State *L = host->vm->L;
    lua_register(L, "is_ours", is_ours);
    lua_register(L, "call_with_limit", call_with_limit);
    push_names(L);
    lua_setglobal(L, "names");
    lua_pushstring(L, mode);
    lua_setglobal(L, "mode");
    lua_pushliteral(L, TESTS);
    lua_setglobal(L, "folder");
    host->is_silent = host->reads_stdin = true;
    luahost_vm_hold(host->vm);
    return host;
}

static void attack(const char *mode) {
    host *host = start_hostile(mode);
    host_run(host, 600);
    EXPECT(host->vm->life.main_done);
    luahost_vm_stop(host->vm);
    host_run(host, 1);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

/* os.exit ends the VM, or in a held one the calls. */
static void exits_among_finalizers(void) {
    host *host = start_hostile("exit");
    host_run(host, 0.5);
    host_call(host, "default", "", 1);
    host_run(host, 0.5);
    luahost_vm_stop(host->vm);
    host_run(host, 1);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
    host = start_hostile("exit at once");
    host_run(host, 0.5);
    EXPECT(host->exit_status == 3);
    host_end(host);
}

/* ---- the standard streams, which the script reads and writes ---- */

static int redirect(int descriptor, const char *path) {
    int saved = dup(descriptor), file = open(path, O_RDWR);
    if (saved < 0 || file < 0 || dup2(file, descriptor) < 0) abort();
    close(file);
    return saved;
}

static void restore(int descriptor, int saved) {
    dup2(saved, descriptor);
    close(saved);
}

static void write_lines(const char *path, const char *first, int count) {
    FILE *file = fopen(path, "w");
    fprintf(file, "%s\n", first);
    for (int line = 0; line < count; line++) fprintf(file, "%d,a line that has some length\n", line);
    fclose(file);
}

/* ---- what needs no finalizer ---- */

/* The report of an error in an `error` handler names the client, which nothing else keeps by then. */
static void an_error_handler_outlives_its_client(void) {
    host *host = host_start(
        "do local client = require 'engineio'.Client()\n"
        "client.on('error', function() eio.sleep(0.02) collectgarbage() error('again') end)\n"
        "client.on('message', function() error('first') end)\n"
        "client.connect('echo') client.send('x') eio.sleep(0.005) client.disconnect() end\n"
        "collectgarbage() collectgarbage() eio.sleep(0.05)", NULL);
    host_run(host, 1);
    EXPECT(strstr(host->log, "report 'error' handler (client 2, registered at t.lua:2): t.lua:2: again\n") == NULL);
    EXPECT(strstr(host->log, ": t.lua:2: again\n") != NULL);
    host_end(host);
}

/* The error of connect() is completed from what the disconnect handler was given. */
static void a_detail_with_a_metatable(void) {
    host *host = host_start(
        "eio.on('disconnect', function(_, detail)\n"
        "  for key in pairs(detail) do detail[key] = nil end\n"
        "  setmetatable(detail, {__index = error})\n"
        "end)\n"
        "local _, err = pcall(eio.json.decode, '{')\n"
        "getmetatable(err).__newindex = error\n"
        "local _, err = pcall(eio.connect, 'early')\n"
        "error(err.phase)", NULL);
    host_run(host, 1);
    EXPECT(strstr(host->log, "report main chunk: t.lua:8: probe\n") != NULL);
    host_end(host);
}

void test_hostile(void) {
    static const char *const modes[] = {"incremental", "generational", "memory"};
    an_error_handler_outlives_its_client();
    a_detail_with_a_metatable();
    note_lua();
    write_lines("lines", "1", 100000);
    write_lines("rows.csv", "number,name", 40);
    fflush(stdout);
    host_max_block = 0;
    int output = redirect(STDOUT_FILENO, "/dev/null");
    for (size_t index = 0; index < sizeof modes / sizeof *modes; index++) {
        int input = redirect(STDIN_FILENO, "lines");
        attack(modes[index]);
        restore(STDIN_FILENO, input);
    }
    int input = redirect(STDIN_FILENO, "lines");
    exits_among_finalizers();
    restore(STDIN_FILENO, input);
    fflush(stdout);
    restore(STDOUT_FILENO, output);
    host_max_block = 0.5;
    remove("lines");
    remove("rows.csv");
    remove("attacked.lua");
}
