/* The end of the script, for its clients. */
#include <stdlib.h>

#include "client/client.h"

void luahost_clients_leave_alone(luahost_vm *vm) {
    for (luahost_client *client = vm->clients.first; client != NULL; client = client->next) {
        bool is_asked = client->state == LUAHOST_CONNECTING || client->state == LUAHOST_CONNECTED;
        if (client->at_signal != LUAHOST_IGNORES_SIGNALS || !is_asked) continue;
        client->at_signal = LUAHOST_LEFT_ALONE;
        vm->clients.left_alone++;
    }
}

void luahost_clients_interrupt(luahost_vm *vm) {
    for (luahost_client *client = vm->clients.first; client != NULL; client = client->next) {
        bool is_open = client->state == LUAHOST_CONNECTING || luahost_client_is_open(client);
        if (!is_open || client->at_signal == LUAHOST_LEFT_ALONE) continue;
        if (client->state == LUAHOST_CONNECTED) client->state = LUAHOST_DISCONNECTING;
        vm->host.client_disconnect(client->context, -1, false);
    }
}

void luahost_clients_release(luahost_vm *vm) {
    for (luahost_client *client = vm->clients.first; client != NULL; client = client->next) {
        if (client->context != NULL) vm->host.client_release(client->context);
        client->context = NULL;
    }
}

void luahost_clients_free(luahost_vm *vm) {
    free(vm->clients.lost_reason);
}
