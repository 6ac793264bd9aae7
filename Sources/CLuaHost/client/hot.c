/* Where the memory is that a message needs. */
#include "client/client.h"
#include "core/host.h"

/* Of Lua's own objects, whose sizes are not public: what most of them have. Behind the main thread lies what all threads share. */
enum { THREAD_SIZE = 192, MAIN_THREAD_SIZE = 384, CLOSURE_SIZE = 64, UPVALUE_SIZE = 40, TABLE_SIZE = 56 };
/* As many upvalues of a handler as are likely to be used. */
enum { UPVALUES = 4 };

typedef struct list {
    luahost_range *next, *end;
} list;

static void add(list *list, const void *start, size_t length) {
    if (start == NULL || list->next == list->end) return;
    *list->next++ = (luahost_range){start, length};
}

static void add_handler(list *list, lua_State *L, int ref) {
    if (ref == LUA_NOREF) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
    add(list, lua_topointer(L, -1), CLOSURE_SIZE);
    if (lua_isfunction(L, -1) && !lua_iscfunction(L, -1)) {
        for (int index = 1; index <= UPVALUES && lua_getupvalue(L, -1, index) != NULL; index++) {
            add(list, lua_upvalueid(L, -2, index), UPVALUE_SIZE);
            if (lua_istable(L, -1)) add(list, lua_topointer(L, -1), TABLE_SIZE);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

size_t luahost_client_hot_memory(luahost_client *client, luahost_range *ranges) {
    luahost_vm *vm = client->vm;
    list list = {ranges, ranges + LUAHOST_HOT_RANGES};
    add(&list, client, sizeof *client);
    add(&list, vm, sizeof *vm);
    add(&list, vm->L, MAIN_THREAD_SIZE);
    if (vm->pool_count > 0) {
        add(&list, &vm->pool[vm->pool_count - 1], sizeof *vm->pool);
        add(&list, &vm->pool_refs[vm->pool_count - 1], sizeof *vm->pool_refs);
        add(&list, vm->pool[vm->pool_count - 1], THREAD_SIZE);
    }
    if (vm->timer_count > 0) {
        add(&list, vm->timers, sizeof *vm->timers);
        add(&list, &vm->timers[0]->deadline, sizeof vm->timers[0]->deadline);
    }
    if (vm->free_tasks != NULL) add(&list, vm->free_tasks, sizeof *vm->free_tasks);
    if (!vm->closing && lua_checkstack(vm->L, 2)) add_handler(&list, vm->L, client->message_ref);
    return (size_t)(list.next - ranges);
}
