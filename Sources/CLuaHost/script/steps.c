/* The main task: LUA_INIT, then what the command line asks for, in order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/call.h"
#include "core/module.h"
#include "core/schedule.h"
#include "script/script.h"

/* Of what `arg` says its length is: a script on the command line may have given it a __len. */
#define MAX_ARGUMENTS 1000000

/* RUN_INPUT is the standard input where no script is named, not even "-": what is in `arg` is not the script's then. */
typedef enum step_kind { RUN_TEXT, RUN_FILE, RUN_SCRIPT, RUN_STDIN, RUN_INPUT, REQUIRE, ADD_TO_PATH } step_kind;

typedef struct step {
    step_kind kind;
    const char *chunk_name; /* of RUN_TEXT */
    char *text;
    size_t length;
} step;

struct luahost_steps {
    step *steps;
    size_t count, capacity;
};

static void insert_step(luahost_vm *vm, size_t index, step_kind kind, const char *chunk_name, luahost_slice text) {
    if (vm->parts.steps == NULL) vm->parts.steps = luahost_allocate_zeroed(sizeof *vm->parts.steps);
    struct luahost_steps *list = vm->parts.steps;
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        list->steps = luahost_reallocate(list->steps, list->capacity * sizeof *list->steps);
    }
    memmove(list->steps + index + 1, list->steps + index, (list->count - index) * sizeof *list->steps);
    list->steps[index] = (step){kind, chunk_name, luahost_copy(text.data, text.length), text.length};
    list->count++;
}

static size_t step_count(const luahost_vm *vm) {
    return vm->parts.steps == NULL ? 0 : vm->parts.steps->count;
}

void luahost_vm_add_step(luahost_vm *vm, luahost_step kind, luahost_slice text) {
    static const step_kind kinds[] = {RUN_TEXT, REQUIRE, RUN_SCRIPT, RUN_STDIN};
    insert_step(vm, step_count(vm), kinds[kind], "=(command line)", text);
}

const char *luahost_script_path(const luahost_vm *vm) {
    for (size_t index = 0; index < step_count(vm); index++) {
        if (vm->parts.steps->steps[index].kind == RUN_SCRIPT) return vm->parts.steps->steps[index].text;
    }
    return NULL;
}

static void free_parts(luahost_vm *vm) {
    luahost_calls_free(vm);
    for (size_t index = 0; index < step_count(vm); index++) free(vm->parts.steps->steps[index].text);
    if (vm->parts.steps != NULL) free(vm->parts.steps->steps);
    free(vm->parts.steps);
}

/* ---- one step ---- */

static int load_now(lua_State *L, const char *path) {
    return luaL_loadfilex(L, path, "t");
}

/* Reading a directory fails only after it was opened, with a text that does not name what was wanted. */
static void load_file(lua_State *L, const char *path, int (*load)(lua_State *L, const char *path)) {
    struct stat info;
    if (load == load_now && path != NULL && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        lua_pushfstring(L, "cannot open %s: %s", path, strerror(EISDIR));
        lua_error(L);
    }
    if (load(L, path) == LUA_OK) return;
    /* The only message of the loader's that does not name the file. */
    const char *message = lua_tostring(L, -1);
    if (path != NULL && strncmp(message, "attempt to load", 15) == 0) {
        lua_pushfstring(L, "cannot open %s: %s", path, message);
    }
    lua_error(L);
}

/* A load test reads its script once. */
static void load_script(lua_State *L, const char *path) {
    load_file(L, path, luahost_vm_of(L)->options.source != NULL ? luahost_source_load : load_now);
}

/* The arguments after the script on the command line. */
static int push_script_arguments(lua_State *L) {
    if (lua_getglobal(L, "arg") != LUA_TTABLE) luaL_error(L, "'arg' is not a table");
    int table = lua_gettop(L);
    lua_Integer count = luaL_len(L, table);
    if (count < 0) count = 0;
    if (count > MAX_ARGUMENTS) luaL_error(L, "too many arguments to script");
    luaL_checkstack(L, (int)count + 3, "too many arguments to script");
    for (lua_Integer index = 1; index <= count; index++) lua_rawgeti(L, table, index);
    lua_remove(L, table);
    return (int)count;
}

/* package.path = "<folder>/?.lua;<folder>/?/init.lua;" .. package.path */
static void add_to_path(lua_State *L, const char *script) {
    const char *slash = strrchr(script, '/');
    if (slash == NULL) lua_pushliteral(L, ".");
    else lua_pushlstring(L, script, slash == script ? 1 : (size_t)(slash - script));
    const char *folder = lua_tostring(L, -1);
    /* package.path cannot express a folder with these in its name. */
    if (strpbrk(folder, ";?") == NULL && lua_getglobal(L, "package") == LUA_TTABLE) {
        if (lua_getfield(L, -1, "path") == LUA_TSTRING) {
            lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;%s", folder, folder, lua_tostring(L, -1));
            lua_setfield(L, -3, "path");
        }
    }
    lua_settop(L, 0);
}

/* Pushes a function and its arguments; returns their number, or -1 when nothing is to be called. */
static int begin(lua_State *L, const step *now) {
    switch (now->kind) {
    case ADD_TO_PATH:
        add_to_path(L, now->text);
        return -1;
    case RUN_TEXT:
        if (luaL_loadbufferx(L, now->text, now->length, now->chunk_name, "t") != LUA_OK) lua_error(L);
        return 0;
    case RUN_FILE:
        load_file(L, now->text, load_now);
        return 0;
    case RUN_SCRIPT:
        load_script(L, now->text);
        return push_script_arguments(L);
    case RUN_STDIN:
        load_script(L, NULL);
        return push_script_arguments(L);
    case RUN_INPUT:
        load_script(L, NULL);
        return 0;
    case REQUIRE: {
        const char *equals = strchr(now->text, '=');
        lua_getglobal(L, "require");
        lua_pushstring(L, equals != NULL ? equals + 1 : now->text);
        return 1;
    }
    }
    return -1;
}

/* -l MOD sets the global MOD, without the mark and what follows it in "mod-v2"; -l NAME=MOD sets NAME. */
static void end(lua_State *L, const step *now) {
    if (now->kind == REQUIRE) {
        const char *name_end = strchr(now->text, '=');
        if (name_end == NULL) name_end = strchr(now->text, '-');
        if (name_end == NULL) name_end = now->text + now->length;
        lua_pushglobaltable(L);
        lua_pushlstring(L, now->text, (size_t)(name_end - now->text));
        lua_pushvalue(L, 1);
        lua_settable(L, -3);
    }
    lua_settop(L, 0);
}

/* `begun` steps have begun; the last of them has just returned. */
static int run_steps(lua_State *L, int status, lua_KContext begun) {
    (void)status;
    struct luahost_steps *list = luahost_vm_of(L)->parts.steps;
    for (;;) {
        if (begun > 0) end(L, &list->steps[begun - 1]);
        if (begun == (lua_KContext)list->count) return 0;
        const step *now = &list->steps[begun++];
        int arguments = begin(L, now);
        if (arguments >= 0) lua_callk(L, arguments, now->kind == REQUIRE ? 1 : 0, begun, run_steps);
    }
}

static int run_main(lua_State *L) {
    return run_steps(L, LUA_OK, 0);
}

/* ---- the start ---- */

static void add_environment_step(luahost_vm *vm) {
    const char *name = "=LUA_INIT_5_4";
    const char *text = getenv(name + 1);
    if (text == NULL) text = getenv((name = "=LUA_INIT") + 1);
    if (text == NULL) return;
    bool is_file = text[0] == '@';
    insert_step(vm, 0, is_file ? RUN_FILE : RUN_TEXT, name, (luahost_slice){text + is_file, strlen(text + is_file)});
}

static void set_arg(lua_State *L, const luahost_slice *arguments, size_t count, long script) {
    if (script < 0) script = 0;
    lua_createtable(L, (int)count, (int)script + 1);
    for (size_t index = 0; index < count; index++) {
        lua_pushlstring(L, arguments[index].data, arguments[index].length);
        lua_rawseti(L, -2, (lua_Integer)index - script);
    }
    lua_setglobal(L, "arg");
}

void luahost_vm_start(luahost_vm *vm, const luahost_slice *arguments, size_t count, long script_index) {
    set_arg(vm->L, arguments, count, script_index);
    for (size_t index = step_count(vm); index-- > 0;) {
        step *now = &vm->parts.steps->steps[index];
        if (now->kind == RUN_STDIN && script_index < 0) now->kind = RUN_INPUT;
        if (now->kind != RUN_SCRIPT) continue;
        insert_step(vm, 0, ADD_TO_PATH, NULL, (luahost_slice){now->text, now->length});
        break;
    }
    if (!vm->options.ignore_environment) add_environment_step(vm);
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_MAIN, LUAHOST_NO_EVENT, NULL);
    if (step_count(vm) == 0) insert_step(vm, 0, RUN_TEXT, "=(command line)", (luahost_slice){"", 0});
    if (luahost_vm_has_prompt(vm)) luahost_prompt_watch(task);
    lua_pushcfunction(task->co, run_main);
    luahost_task_ready(task, 0);
}

static void set_up(lua_State *L) {
    luahost_require_open(L);
    luahost_source_open(L);
}

const luahost_module luahost_script_module = {.set_up = set_up, .free_parts = free_parts};
