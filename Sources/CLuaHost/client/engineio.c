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

static void *create(luahost_client *client, const luahost_client_options *settings) {
    return client->vm->host.client_create(client->vm->context, client, settings);
}

static const luahost_client_kind kind = {
    .type_name = "engineio.Client",
    .size = sizeof(luahost_client),
    .user_values = LUAHOST_USER_VALUES,
    .methods = methods,
    .option_names = luahost_client_option_names,
    .attributes = luahost_client_attributes,
    .push_attribute = luahost_client_push_attribute,
    .create = create,
    .is_startable = luahost_mailbox_accepts,
    .start_next = luahost_client_start_next,
};

static void set_up(lua_State *L) {
    luahost_json_open(L);
    luahost_null_open(L);
    luahost_client_open(L);

    lua_createtable(L, 0, 1);
    luahost_client_class(L, &kind, -1);
    lua_setfield(L, -2, "Client");
    luahost_set_loaded(L, "engineio");

    lua_pushnil(L);
    luahost_client_new(L, &kind, lua_gettop(L));
    lua_pushvalue(L, -1);
    lua_setglobal(L, "eio");
    luahost_set_loaded(L, "eio");
}

const luahost_module luahost_client_module = {
    .set_up = set_up,
    .pump = luahost_clients_pump,
    .leave_alone = luahost_clients_leave_alone,
    .interrupt = luahost_clients_interrupt,
    .take_error = luahost_client_take_error,
    .release_objects = luahost_clients_release,
    .free_parts = luahost_clients_free,
};
