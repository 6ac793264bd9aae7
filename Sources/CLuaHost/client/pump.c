/* Starts handlers on what is queued, one client after the other. */
#include "client/client.h"

void luahost_clients_pump(luahost_vm *vm, int most) {
    if (vm->clients.pending == 0 || luahost_vm_is_exiting(vm)) return;
    luahost_client_shared *shared = vm->clients.first->shared;
    do {
        luahost_client *client = shared->pumped_first;
        shared->pumped_first = client->next_pumped;
        if (shared->pumped_first == NULL) shared->pumped_last = NULL;
        client->is_pumped = false;
        vm->clients.pending--;
        if (luahost_mailbox_is_startable(client)) client->kind->start_next(client);
        else if (luahost_client_is_over(client)) luahost_client_show_end(client);
        luahost_mailbox_schedule(client);
        luahost_client_unhold(client);
    } while (--most > 0 && shared->pumped_first != NULL && luahost_may_run(vm));
}
