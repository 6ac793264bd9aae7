/* A script's text and the modules that it requires, for all VMs of a load test: each file is read once, so that a
 * change of one while the test runs makes no user different from the others. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/script.h"

/* Modules that would be more than that together are read by each VM. */
#define MOST_BYTES ((size_t)64 << 20)

/* One that was found; it stays until the source goes. */
typedef struct module {
    struct module *next;
    char *key; /* the name, a zero, and the path that was searched */
    size_t key_length;
    char *file;
    char *text;
    size_t length;
} module;

struct luahost_source {
    char *text;
    size_t length;
    pthread_mutex_t lock;
    module *modules;
    size_t kept;
};

luahost_source *luahost_source_create(luahost_slice text) {
    luahost_source *source = luahost_allocate_zeroed(sizeof *source);
    source->text = luahost_copy(text.data, text.length);
    source->length = text.length;
    pthread_mutex_init(&source->lock, NULL);
    return source;
}

static void free_module(module *module) {
    free(module->key);
    free(module->file);
    free(module->text);
    free(module);
}

void luahost_source_destroy(luahost_source *source) {
    while (source->modules != NULL) {
        module *module = source->modules;
        source->modules = module->next;
        free_module(module);
    }
    pthread_mutex_destroy(&source->lock);
    free(source->text);
    free(source);
}

/* As luaL_loadfile does: without a byte order mark, and without a first line that begins with #, whose end stays so
 * that lines count right. The name of the chunk is on top of the stack, and gives way to the function or message. */
static int load(lua_State *L, const char *text, size_t length, const char *mode) {
    const char *end = text + length;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    if (text < end && *text == '#') {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        text = line_end == NULL ? end : line_end;
        if (end - text > 1 && text[1] == LUA_SIGNATURE[0]) text++;
    }
    int status = luaL_loadbufferx(L, text, (size_t)(end - text), lua_tostring(L, -1), mode);
    lua_remove(L, -2);
    return status;
}

int luahost_source_load(lua_State *L, const char *path) {
    const luahost_source *source = luahost_vm_of(L)->options.source;
    if (path == NULL) lua_pushliteral(L, "=stdin");
    else lua_pushfstring(L, "@%s", path);
    return load(L, source->text, source->length, "t");
}

/* ---- modules ---- */

static const module *find(luahost_source *source, const char *key, size_t length) {
    pthread_mutex_lock(&source->lock);
    const module *found = source->modules;
    while (found != NULL && (found->key_length != length || memcmp(found->key, key, length) != 0)) found = found->next;
    pthread_mutex_unlock(&source->lock);
    return found;
}

/* NULL where it cannot be read, or is too much. */
static char *read_file(const char *path, size_t most, size_t *length) {
    FILE *file = fopen(path, "re");
    if (file == NULL) return NULL;
    char *text = NULL;
    size_t count = 0, capacity = 0;
    bool is_fine = true;
    while (is_fine) {
        if (count == capacity) {
            capacity = capacity == 0 ? 16384 : capacity * 2;
            text = luahost_reallocate(text, capacity);
        }
        size_t got = fread(text + count, 1, capacity - count, file);
        count += got;
        is_fine = count <= most && !ferror(file);
        if (got == 0) break;
    }
    fclose(file);
    if (!is_fine) {
        free(text);
        return NULL;
    }
    *length = count;
    return text;
}

/* Text that another VM has kept meanwhile comes first. NULL if it cannot be kept. */
static const module *keep(luahost_source *source, const char *key, size_t key_length, const char *file) {
    pthread_mutex_lock(&source->lock);
    size_t most = MOST_BYTES - source->kept;
    pthread_mutex_unlock(&source->lock);
    size_t length;
    char *text = read_file(file, most, &length);
    if (text == NULL) return NULL;
    module *made = luahost_allocate_zeroed(sizeof *made);
    *made = (module){NULL, luahost_copy(key, key_length), key_length, luahost_copy(file, strlen(file)), text, length};
    const module *known = find(source, key, key_length);
    pthread_mutex_lock(&source->lock);
    bool fits = known == NULL && length <= MOST_BYTES - source->kept;
    if (fits) {
        made->next = source->modules;
        source->modules = made;
        source->kept += length;
    }
    pthread_mutex_unlock(&source->lock);
    if (fits) return made;
    free_module(made);
    return known;
}

enum { NAME = 1, PATH = 2, KEY = 3, FILE_NAME = 4 };

/* The searcher of package.path. Upvalues: the table `package`, package.searchpath. */
static int search(lua_State *L) {
    luaL_checkstring(L, NAME);
    lua_settop(L, NAME);
    lua_getfield(L, lua_upvalueindex(1), "path");
    if (lua_type(L, PATH) != LUA_TSTRING) return luaL_error(L, "'package.path' must be a string");
    lua_pushvalue(L, NAME);
    lua_pushlstring(L, "", 1);
    lua_pushvalue(L, PATH);
    lua_concat(L, 3);
    luahost_source *source = luahost_vm_of(L)->options.source;
    size_t length;
    const char *key = lua_tolstring(L, KEY, &length);
    const module *module = find(source, key, length);
    if (module == NULL) {
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushvalue(L, NAME);
        lua_pushvalue(L, PATH);
        lua_call(L, 2, 2);
        if (lua_isnil(L, FILE_NAME)) return 1;
        module = keep(source, key, length, lua_tostring(L, FILE_NAME));
    }
    lua_settop(L, KEY);
    int status;
    if (module != NULL) {
        lua_pushstring(L, module->file);
        lua_pushfstring(L, "@%s", module->file);
        status = load(L, module->text, module->length, NULL);
    } else {
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushvalue(L, NAME);
        lua_pushvalue(L, PATH);
        lua_call(L, 2, 1);
        status = luaL_loadfilex(L, lua_tostring(L, FILE_NAME), NULL);
    }
    lua_pushvalue(L, FILE_NAME);
    if (status == LUA_OK) return 2;
    return luaL_error(
        L, "error loading module '%s' from file '%s':\n\t%s", lua_tostring(L, NAME), lua_tostring(L, FILE_NAME),
        lua_tostring(L, -2));
}

void luahost_source_open(lua_State *L) {
    if (luahost_vm_of(L)->options.source == NULL) return;
    lua_getglobal(L, LUA_LOADLIBNAME);
    lua_getfield(L, -1, "searchers");
    lua_pushvalue(L, -2);
    lua_getfield(L, -3, "searchpath");
    lua_pushcclosure(L, search, 2);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}
