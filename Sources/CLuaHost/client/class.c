/* The client object in Lua: how it is made, read and collected. */
#include <string.h>

#include "client/client.h"
#include "core/arguments.h"

static const char shared_key, functions_key;

/* ---- making and collecting ---- */

static int client_collect(lua_State *L) {
    luahost_client *client = lua_touserdata(L, 1);
    luahost_vm *vm = client->vm;
    if (vm == NULL) return 0;
    if (client->context != NULL) vm->host.client_release(client->context);
    client->context = NULL;
    luahost_mailbox_clear(client);
    if (client->kind->free_parts != NULL) client->kind->free_parts(client);
    if (client->previous != NULL) client->previous->next = client->next; else vm->clients.first = client->next;
    if (client->next != NULL) client->next->previous = client->previous;
    client->vm = NULL;
    return 0;
}

luahost_client *luahost_client_make(
    lua_State *L, const luahost_client_kind *kind, int index, int table, luahost_client_options *settings) {
    int top = lua_gettop(L);
    luahost_vm *vm = luahost_vm_of(L);
    luahost_client_shared *shared = luahost_client_shared_of(L);
    luahost_json_mode json = luahost_client_options_read(L, kind, index, settings);
    int decode = lua_gettop(L), encode = decode - 1;

    luahost_client *client = lua_newuserdatauv(L, kind->size, kind->user_values);
    memset(client, 0, kind->size);
    client->json = json;
    client->at_signal = settings->handle_sigint ? LUAHOST_ENDS_AT_SIGNAL : LUAHOST_IGNORES_SIGNALS;
    client->anchor.ref = client->anchor.message_ref = LUA_NOREF;
    client->waits.connect.on_cancel = luahost_connect_cancelled;
    client->waits.receive.awaits_sockets = true;
    for (int event = 0; event < LUAHOST_EVENTS; event++) client->anchor.place_refs[event] = LUA_NOREF;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_client);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, table);
    lua_setiuservalue(L, -2, LUAHOST_UV_TABLE);
    lua_pushvalue(L, encode);
    lua_setiuservalue(L, -2, LUAHOST_UV_ENCODE);
    lua_pushvalue(L, decode);
    lua_setiuservalue(L, -2, LUAHOST_UV_DECODE);
    lua_rawsetp(L, table, &luahost_key_client);
    lua_rawgetp(L, LUA_REGISTRYINDEX, kind);
    lua_setmetatable(L, table);
    lua_settop(L, top);

    /* Nothing raises from here on. */
    client->vm = vm;
    client->kind = kind;
    client->shared = shared;
    client->number = ++vm->clients.made;
    client->next = vm->clients.first;
    if (client->next != NULL) client->next->previous = client;
    vm->clients.first = client;
    return client;
}

/* ---- reading its fields ---- */

/* The client whose table is at `table`, with its userdata pushed; NULL if the table is not a client. A script
 * finds the key with next() and may put anything in its place, also the userdata of another client. */
static const luahost_client *push_userdata(lua_State *L, int table) {
    if (lua_rawgetp(L, table, &luahost_key_client) != LUA_TUSERDATA || !lua_getmetatable(L, -1)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &luahost_key_client);
    if (!lua_rawequal(L, -1, -2)) return NULL;
    lua_pop(L, 2);
    lua_getiuservalue(L, -1, LUAHOST_UV_TABLE);
    if (!lua_rawequal(L, -1, table)) return NULL;
    lua_pop(L, 1);
    return lua_touserdata(L, -1);
}

static lua_CFunction find_method(const luahost_client_kind *kind, const char *name) {
    const luaL_Reg *method = kind->methods;
    while (method->name != NULL && strcmp(method->name, name) != 0) method++;
    return method->func;
}

/* Fields that the table does not have itself. Upvalues: the functions that all clients share, the kind. All but an
 * attribute is put into the table, so that the next access does not come here. */
static int client_index(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *name = lua_tostring(L, 2);
    const luahost_client_kind *kind = lua_touserdata(L, lua_upvalueindex(2));
    if (push_userdata(L, 1) == NULL) return luaL_error(L, "the table is not a client");
    int userdata = lua_gettop(L);
    lua_pushcfunction(L, kind->attribute);
    lua_pushvalue(L, userdata);
    lua_pushvalue(L, 2);
    lua_call(L, 2, LUA_MULTRET);
    if (lua_gettop(L) > userdata) return 1;
    lua_CFunction method = find_method(kind, name);
    if (method != NULL) {
        lua_pushvalue(L, 1);
        lua_pushcclosure(L, method, 2);
    } else {
        if (!luahost_shared_open(L, lua_upvalueindex(1), name)) return 0;
        lua_pushvalue(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
}

static int client_text(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    const luahost_client *client = push_userdata(L, 1);
    const luahost_client_kind *kind = lua_touserdata(L, lua_upvalueindex(1));
    if (client == NULL) lua_pushstring(L, kind->type_name);
    else lua_pushfstring(L, "%s %d (%s)", kind->type_name, (int)client->number, luahost_client_state_name(client));
    return 1;
}

/* ---- the fields for a prompt ---- */

/* The kind of the client whose table is on top of the stack, and that has its own metatable still; else NULL. */
static const luahost_client_kind *kind_of(lua_State *L) {
    if (!lua_istable(L, -1)) return NULL;
    int table = lua_gettop(L);
    const luahost_client *client = push_userdata(L, table);
    bool is_own = client != NULL && lua_getmetatable(L, table);
    if (is_own) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, client->kind);
        is_own = lua_rawequal(L, -1, -2);
    }
    lua_settop(L, table);
    return is_own ? client->kind : NULL;
}

bool luahost_client_push_field(lua_State *L, const char *name, size_t length) {
    if (kind_of(L) == NULL) return false;
    lua_pushlstring(L, name, length);
    lua_gettable(L, -2);
    return true;
}

void luahost_client_list_fields(lua_State *L, void (*add)(void *context, const char *name), void *context) {
    const luahost_client_kind *kind = kind_of(L);
    if (kind != NULL) luahost_kind_list(kind, add, context);
}

void luahost_kind_list(
    const luahost_client_kind *kind, void (*add)(void *context, const char *name), void *context) {
    for (const luaL_Reg *method = kind->methods; method->name != NULL; method++) add(context, method->name);
    for (const char *const *name = kind->attribute_names; *name != NULL; name++) add(context, *name);
    luahost_shared_list(add, context);
}

/* ---- the class ---- */

luahost_client_shared *luahost_client_shared_of(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &shared_key);
    luahost_client_shared *shared = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return shared;
}

static void make_shared(lua_State *L) {
    luahost_client_shared *shared = lua_newuserdatauv(L, sizeof *shared, 0);
    memset(shared, 0, sizeof *shared);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    shared->error_clients_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    shared->places_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shared_key);
}

void luahost_client_open(lua_State *L) {
    make_shared(L);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, client_collect);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &luahost_key_client);
}

/* The metatable of the tables of this kind of client. */
static void open_kind(lua_State *L, const luahost_client_kind *kind) {
    lua_createtable(L, 0, 5);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_pushlightuserdata(L, (void *)kind);
    lua_pushcclosure(L, client_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pushlightuserdata(L, (void *)kind);
    lua_pushcclosure(L, client_text, 1);
    lua_setfield(L, -2, "__tostring");
    lua_pushstring(L, kind->type_name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__name");
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, true);
    lua_rawsetp(L, -2, &luahost_key_client_mt);
    lua_rawsetp(L, LUA_REGISTRYINDEX, kind);
}

void luahost_client_construct(lua_State *L) {
    if (lua_rawequal(L, 1, lua_upvalueindex(1))) lua_remove(L, 1);
    if (luahost_vm_is_closing(luahost_vm_of(L))) luaL_error(L, "the script is ending");
    lua_settop(L, 1);
}

void luahost_client_class(lua_State *L, const luahost_client_kind *kind, int module) {
    module = lua_absindex(L, module);
    open_kind(L, kind);
    lua_pushvalue(L, module);
    lua_pushcclosure(L, kind->construct, 1);
}
