/* Which handler an event gets, and its task. */
#include "core/error.h"
#include "json/decoder.h"
#include "socketio/socketio.h"

bool luahost_sio_is_reserved(luahost_slice event) {
#define IS(name) (memcmp(event.data, name, sizeof name - 1) == 0)
    /* By the length first, because most events have none of these. */
    switch (event.length) {
    case sizeof "connect" - 1: return IS("connect");
    case sizeof "disconnect" - 1: return IS("disconnect");
    case sizeof "newListener" - 1: return IS("newListener");
    case sizeof "connect_error" - 1: return IS("connect_error") || IS("disconnecting");
    case sizeof "removeListener" - 1: return IS("removeListener");
    default: return false;
    }
#undef IS
}

static void push_slice(lua_State *L, luahost_slice slice) { lua_pushlstring(L, slice.data, slice.length); }

/* The table of handlers is on top of the stack. Pushes the record of the event in the namespace, or nothing. */
static const luahost_sio_handler *push_record(lua_State *L, luahost_slice name_space, luahost_slice event) {
    int top = lua_gettop(L);
    push_slice(L, name_space);
    if (lua_rawget(L, top) == LUA_TTABLE) {
        push_slice(L, event);
        if (lua_rawget(L, top + 1) == LUA_TUSERDATA) {
            lua_replace(L, top + 1);
            return lua_touserdata(L, top + 1);
        }
    }
    lua_settop(L, top);
    return NULL;
}

static int method_returned(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* Arguments: an object, the name of an event, its arguments. The method on_… is called if there is one; one of the name
 * trigger_event gets every event, as in python. */
static int call_method(lua_State *L) {
    if (lua_getfield(L, 1, "trigger_event") != LUA_TNIL) {
        lua_insert(L, 1);
    } else {
        lua_pop(L, 1);
        lua_pushliteral(L, "on_");
        lua_pushvalue(L, 2);
        lua_concat(L, 2);
        lua_gettable(L, 1);
        if (lua_isnil(L, -1)) return 0;
        lua_replace(L, 2);
        lua_pushvalue(L, 2);
        lua_insert(L, 1);
        lua_remove(L, 3);
    }
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, method_returned);
    return method_returned(L, LUA_OK, 0);
}

/* Where the object of the namespace was registered: a reference. */
static int place_of(lua_State *L, luahost_sio *sio, luahost_slice name_space) {
    int top = lua_gettop(L), place = LUA_NOREF;
    luahost_client_push(L, &sio->client, LUAHOST_SIO_PLACES);
    if (lua_istable(L, -1)) {
        push_slice(L, name_space);
        if (lua_rawget(L, -2) == LUA_TNUMBER) place = (int)lua_tointeger(L, -1);
    }
    lua_settop(L, top);
    return place;
}

static luahost_sio_found find_method(lua_State *L, luahost_sio *sio, luahost_slice name_space, luahost_slice event) {
    static const luahost_slice any = {"*", 1};
    luahost_sio_found found = {.kind = LUAHOST_SIO_NONE};
    int top = lua_gettop(L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_CLASSES);
    if (!lua_istable(L, -1)) {
        lua_settop(L, top);
        return found;
    }
    for (int step = 0; step < 2; step++) {
        push_slice(L, step == 0 ? name_space : any);
        if (lua_rawget(L, top + 1) != LUA_TTABLE) {
            lua_settop(L, top + 1);
            continue;
        }
        lua_pushcfunction(L, call_method);
        lua_replace(L, top + 1);
        push_slice(L, event);
        int place = place_of(L, sio, step == 0 ? name_space : any);
        found = (luahost_sio_found){LUAHOST_SIO_METHOD, {.name = {"namespace", 9}, .place_ref = place}, 3};
        if (step == 1) {
            push_slice(L, name_space);
            found.values = 4;
        }
        return found;
    }
    lua_settop(L, top);
    return found;
}

/* The function of the record is on top of the stack. */
static void keep_latest(lua_State *L, luahost_sio *sio, const luahost_sio_handler *record) {
    const char *end = record->name.data + record->name.length;
    if (luahost_json_skip_plain_bytes(record->name.data, end) != end) return;
    lua_pushvalue(L, -1);
    int *ref = &sio->client.anchor.message_ref;
    if (*ref == LUA_NOREF) *ref = luaL_ref(L, LUA_REGISTRYINDEX);
    else lua_rawseti(L, LUA_REGISTRYINDEX, *ref);
    sio->latest = *record;
}

static bool is_latest(const luahost_sio *sio, luahost_slice name_space, luahost_slice event) {
    return sio->client.anchor.message_ref != LUA_NOREF && luahost_slices_are_equal(sio->latest.name, event) &&
        luahost_slices_are_equal(sio->latest.name_space, name_space);
}

luahost_sio_found luahost_sio_find(lua_State *L, luahost_sio *sio, luahost_slice name_space, luahost_slice event) {
    static const luahost_slice any = {"*", 1};
    int top = lua_gettop(L);
    if (is_latest(sio, name_space, event)) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, sio->client.anchor.message_ref);
        return (luahost_sio_found){LUAHOST_SIO_FUNCTION, sio->latest, 1};
    }
    luahost_client_push(L, &sio->client, LUAHOST_SIO_HANDLERS);
    if (lua_istable(L, -1)) {
        bool is_reserved = luahost_sio_is_reserved(event), is_star = luahost_slices_are_equal(event, any);
        for (int step = 0; step < 4; step++) {
            bool is_any_event = (step & 1) != 0, is_any_namespace = step >= 2;
            /* An event of the name "*" is one of those that "*" stands for. */
            if (is_any_event ? is_reserved : is_star) continue;
            const luahost_sio_handler *record =
                push_record(L, is_any_namespace ? any : name_space, is_any_event ? any : event);
            if (record == NULL) continue;
            luahost_sio_found found = {LUAHOST_SIO_FUNCTION, *record, 1};
            lua_getiuservalue(L, -1, 1);
            if (step == 0 && !is_reserved) keep_latest(L, sio, record);
            lua_replace(L, top + 1);
            lua_settop(L, top + 1);
            if (is_any_event) push_slice(L, event);
            if (is_any_namespace) push_slice(L, name_space);
            found.values += is_any_event + is_any_namespace;
            return found;
        }
    }
    lua_settop(L, top);
    return find_method(L, sio, name_space, event);
}

void luahost_sio_handler_done(luahost_task *task) {
    luahost_client *client = task->client;
    client->mailbox.handlers--;
    if (__builtin_expect(client->mailbox.is_paused, 0)) luahost_mailbox_balance(client);
    if (__builtin_expect(luahost_mailbox_has_work(client), 0)) luahost_mailbox_schedule(client);
    luahost_client_unhold(client);
}

static void ordered_handler_done(luahost_task *task) {
    ((luahost_sio *)task->client)->ordered--;
    task->client->mailbox.start = LUAHOST_START_AT_ONCE;
    luahost_sio_handler_done(task);
}

luahost_task *luahost_sio_empty_task(luahost_sio *sio, const luahost_sio_handler *handler, luahost_event event) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_HANDLER, event, handler->name.data);
    task->client = client;
    task->client_number = client->number;
    task->registered_ref = handler->place_ref;
    luahost_client_keep(client);
    task->on_done = luahost_sio_handler_done;
    if (__builtin_expect(handler->is_ordered, 0)) {
        task->on_done = ordered_handler_done;
        sio->ordered++;
    }
    if (__builtin_expect(++client->mailbox.handlers >= LUAHOST_HANDLERS, 0)) luahost_mailbox_balance(client);
    return task;
}

luahost_task *luahost_sio_task(luahost_sio *sio, const luahost_sio_handler *handler, luahost_event event, int values) {
    luahost_task *task = luahost_sio_empty_task(sio, handler, event);
    /* A coroutine that is about to run has LUA_MINSTACK slots, as each function of C. */
    if (values > LUA_MINSTACK) lua_checkstack(task->co, values);
    lua_xmove(sio->client.vm->L, task->co, values);
    return task;
}
