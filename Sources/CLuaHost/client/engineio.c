/* The module `engineio` and the ready client `eio`. */
#include "client/client.h"
#include "core/module.h"
#include "core/stack.h"
#include "json/json.h"
#include "json/json_api.h"

static const luaL_Reg methods[] = {
    {"on", luahost_client_on}, {"connect", luahost_client_connect}, {"wait", luahost_client_wait},
    {"disconnect", luahost_client_disconnect}, {"send", luahost_client_send}, {"receive", luahost_client_receive},
    {"buffered", luahost_client_buffered}, {"drain", luahost_client_drain}, {"transport", luahost_client_transport},
    {NULL, NULL},
};

static int construct(lua_State *L);

static const luahost_client_kind kind = {
    .type_name = "engineio.Client",
    .size = sizeof(luahost_client),
    .user_values = LUAHOST_USER_VALUES,
    .methods = methods,
    .option_names = luahost_client_option_names,
    .attribute_names = luahost_client_attribute_names,
    .construct = construct,
    .attribute = luahost_client_attribute,
    .start_next = luahost_client_start_next,
};

/* Pushes the table of a new client. Its options are the table at `index`, or nil. */
static void push_new(lua_State *L, int index) {
    luahost_client_options settings;
    lua_createtable(L, 0, 1);
    luahost_client *client = luahost_client_make(L, &kind, index, lua_gettop(L), &settings);
    client->context = client->vm->host.client_create(client->vm->context, client, &settings);
}

static int construct(lua_State *L) {
    luahost_client_construct(L);
    push_new(L, 1);
    return 1;
}

static void set_up(lua_State *L) {
    luahost_json_open(L);
    luahost_null_open(L);
    luahost_client_open(L);

    lua_createtable(L, 0, 1);
    luahost_client_class(L, &kind, -1);
    lua_setfield(L, -2, "Client");
    luahost_set_loaded(L, "engineio");

    lua_pushnil(L);
    push_new(L, lua_gettop(L));
    lua_pushvalue(L, -1);
    lua_setglobal(L, "eio");
    luahost_set_loaded(L, "eio");
}

const luahost_module luahost_client_module = {
    .set_up = set_up,
    .pump = luahost_clients_pump,
    .leave_alone = luahost_clients_leave_alone,
    .interrupt = luahost_clients_interrupt,
    .push_field = luahost_client_push_field,
    .list_fields = luahost_client_list_fields,
    .take_error = luahost_client_take_error,
    .release_objects = luahost_clients_release,
    .free_parts = luahost_clients_free,
};
