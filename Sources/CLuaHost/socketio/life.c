/* The beginning and the end of sessions and namespaces, each in its turn among the events. */
#include "base/utf8.h"
#include "core/error.h"
#include "socketio/own_json.h"
#include "socketio/socketio.h"

/* ---- in turn ---- */

/* Now, if no event is before it that has a handler, and Lua may run; else it gets into the queue. */
static void happen_in_turn(luahost_sio *sio, const luahost_sio_change *change) {
    luahost_client *client = &sio->client;
    if (client->mailbox.first == NULL && luahost_may_run(client->vm)) {
        luahost_sio_happen(sio, change);
        return;
    }
    luahost_sio_enqueue_change(sio, change);
    luahost_mailbox_schedule(client);
}

static void end_in_turn(luahost_sio *sio, luahost_disconnect_reason reason) {
    const luahost_sio_change change = {.happening = LUAHOST_SIO_ENDED, .reason = reason, .name_space = {"/", 1}};
    happen_in_turn(sio, &change);
}

/* ---- namespaces ---- */

static void push_sid(lua_State *L, luahost_slice sid) {
    if (sid.data == NULL) lua_pushnil(L); else lua_pushlstring(L, sid.data, sid.length);
}

/* Replaces what is on top of vm->L, the sid of "/" or nil, by a table of the connected namespaces, which is kept. */
static void make_namespaces(luahost_sio *sio) {
    lua_State *L = sio->client.vm->L;
    lua_createtable(L, 0, 2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "/");
    lua_pushvalue(L, -1);
    luahost_client_store(&sio->client, LUAHOST_SIO_NAMESPACES);
}

/* `sid` without data: the namespace is not connected any more. Returns whether it was. */
static bool set_namespace(luahost_sio *sio, luahost_slice name_space, luahost_slice sid) {
    lua_State *L = sio->client.vm->L;
    int top = lua_gettop(L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_NAMESPACES);
    bool was_connected = lua_type(L, top + 1) == LUA_TSTRING;
    if (!lua_istable(L, top + 1) && luahost_slice_is(name_space, "/")) {
        push_sid(L, sid);
        luahost_client_store(&sio->client, LUAHOST_SIO_NAMESPACES);
    } else {
        if (!lua_istable(L, top + 1)) make_namespaces(sio);
        lua_pushlstring(L, name_space.data, name_space.length);
        was_connected = lua_rawget(L, top + 1) != LUA_TNIL;
        lua_pushlstring(L, name_space.data, name_space.length);
        push_sid(L, sid);
        lua_rawset(L, top + 1);
    }
    lua_settop(L, top);
    return was_connected;
}

/* ---- handlers ---- */

static luahost_slice slice_of(const char *text) { return (luahost_slice){text, strlen(text)}; }

/* Pushes the handler of the event on vm->L; the number of values, 0 without one. */
static int push_handler(luahost_sio *sio, luahost_slice name_space, const char *event, luahost_sio_found *found) {
    *found = luahost_sio_find(sio->client.vm->L, sio, name_space, slice_of(event));
    return found->kind == LUAHOST_SIO_NONE ? 0 : found->values;
}

/* An error of the handler before it first waits is connect()'s to raise, if that has not returned. */
static void run_connect_handler(luahost_sio *sio, luahost_slice name_space) {
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    luahost_sio_found found;
    int values = push_handler(sio, name_space, "connect", &found);
    if (values == 0) return;
    bool is_first = client->waits.connect.first != NULL;
    if (is_first) {
        lua_pushcfunction(vm->L, luahost_call_connect_handler);
        lua_insert(vm->L, -values - 1);
        values++;
    }
    luahost_task *task = luahost_sio_task(sio, &found.handler, LUAHOST_EVENT_CONNECT, values);
    if (is_first) client->opening = LUAHOST_OPENING;
    luahost_task_run_now(task, values - 1);
    if (client->opening == LUAHOST_OPENING_FAILED && client->context != NULL) {
        luahost_slice text = {vm->scratch.data, vm->scratch.length};
        sio->is_rejected = true;
        vm->host.socketio_attempt_failed(client->context, text, true);
    }
    client->opening = LUAHOST_NOT_OPENING;
}

static void run_refused_handler(luahost_sio *sio, luahost_slice name_space, luahost_slice payload) {
    luahost_vm *vm = sio->client.vm;
    luahost_sio_found found;
    int values = push_handler(sio, name_space, "connect_error", &found);
    if (values == 0) return;
    luahost_socketio_received packet = {.payload = payload};
    const char *problem = NULL;
    int arguments = payload.length == 0 ? 0 : luahost_sio_push_refusal(vm->L, sio, &packet, &problem);
    if (arguments < 0) {
        luahost_sio_refuse(sio, problem, payload);
        return;
    }
    values += arguments;
    if (arguments > 0) values = luahost_sio_insert_unpacking(vm->L, sio, values);
    luahost_task *task = luahost_sio_task(sio, &found.handler, LUAHOST_EVENT_NAMED, values);
    luahost_task_run_now(task, values - 1);
}

/* Pushes the detail with the namespace and whether the client reconnects. */
static void push_detail(lua_State *L, const luahost_sio_change *change) {
    luahost_push_detail(L, &change->detail);
    lua_pushlstring(L, change->name_space.data, change->name_space.length);
    lua_setfield(L, -2, "namespace");
    lua_pushboolean(L, change->flag);
    lua_setfield(L, -2, "will_reconnect");
}

static void run_disconnect_handler(luahost_sio *sio, const luahost_sio_change *change) {
    luahost_client *client = &sio->client;
    luahost_sio_found found;
    int values = push_handler(sio, change->name_space, "disconnect", &found);
    if (values == 0) return;
    lua_pushstring(client->vm->L, luahost_reason_text(change->reason));
    push_detail(client->vm->L, change);
    luahost_task *task = luahost_sio_task(sio, &found.handler, LUAHOST_EVENT_DISCONNECT, values + 2);
    luahost_task_run_now(task, values + 1);
}

/* Whether the namespaces of the script have a handler for their end. */
static bool has_disconnect_handler(luahost_sio *sio, luahost_slice name_space) {
    lua_State *L = sio->client.vm->L;
    int top = lua_gettop(L);
    luahost_sio_found found;
    bool has = push_handler(sio, name_space, "disconnect", &found) > 0;
    lua_settop(L, top);
    return has;
}

/* ---- what happens ---- */

static void wake_ready(luahost_sio *sio) {
    while (sio->ready.first != NULL) luahost_task_wake(sio->ready.first, 0);
}

static void be_ready(luahost_sio *sio) {
    luahost_client *client = &sio->client;
    luahost_task *task = client->waits.connect.first;
    /* The namespaces may have answered before the connect handler had its turn. */
    if (sio->is_rejected) return;
    wake_ready(sio);
    bool is_wanted = client->state == LUAHOST_CONNECTED || client->state == LUAHOST_CONNECTING;
    if (!is_wanted || task == NULL) return;
    lua_pushboolean(task->co, true);
    luahost_task_wake(task, 1);
}

void luahost_sio_reset(luahost_sio *sio) {
    luahost_client *client = &sio->client;
    if (client->state == LUAHOST_DISCONNECTED) return;
    luahost_sio_end_all_acks(sio, LUAHOST_CLIENT_DISCONNECT);
    luahost_sio_wake_receivers(sio);
    lua_pushnil(client->vm->L);
    luahost_client_store(client, LUAHOST_SIO_NAMESPACES);
    luahost_client_reset(client);
    wake_ready(sio);
}

static void end(luahost_sio *sio, const luahost_sio_change *change) {
    luahost_client *client = &sio->client;
    if (client->state == LUAHOST_DISCONNECTED) return;
    client->state = change->reason == LUAHOST_TRANSPORT_ERROR ? LUAHOST_LOST_SHOWN : LUAHOST_CLOSED_SHOWN;
    if (!has_disconnect_handler(sio, change->name_space)) luahost_client_note_loss(client);
    luahost_sio_reset(sio);
}

void luahost_sio_happen(luahost_sio *sio, const luahost_sio_change *change) {
    static const luahost_slice none = {NULL, 0};
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    int top = lua_gettop(vm->L);
    luahost_client_keep(client);
    luahost_enter(vm, vm->L);
    switch (change->happening) {
    case LUAHOST_SIO_EVENT:
        break;
    case LUAHOST_SIO_CONNECTED:
        sio->is_recovered = change->flag;
        set_namespace(sio, change->name_space, change->text);
        luahost_sio_forget_end(vm->L, sio, change->name_space);
        if (client->state == LUAHOST_CONNECTING) client->state = LUAHOST_CONNECTED;
        run_connect_handler(sio, change->name_space);
        break;
    case LUAHOST_SIO_REFUSED:
        run_refused_handler(sio, change->name_space, change->text);
        break;
    case LUAHOST_SIO_READY:
        be_ready(sio);
        break;
    case LUAHOST_SIO_DISCONNECTED:
        /* Before the handler, which may ask for the namespace again. */
        if (!change->flag && !sio->is_simple) {
            luahost_sio_push_end(sio, change);
            luahost_sio_wake_receivers_of(sio, change->name_space);
            lua_settop(vm->L, top);
        }
        run_disconnect_handler(sio, change);
        set_namespace(sio, change->name_space, none);
        break;
    case LUAHOST_SIO_ENDED:
        end(sio, change);
        break;
    }
    lua_settop(vm->L, top);
    luahost_leave(vm);
    luahost_client_unhold(client);
}

/* ---- events of the network ---- */

void luahost_socketio_connected(
    luahost_client *client, luahost_slice name_space, luahost_slice sid, bool is_recovered) {
    const luahost_sio_change change = {
        .happening = LUAHOST_SIO_CONNECTED, .flag = is_recovered, .name_space = name_space, .text = sid,
    };
    happen_in_turn((luahost_sio *)client, &change);
}

void luahost_socketio_refused(luahost_client *client, luahost_slice name_space, luahost_slice payload) {
    const luahost_sio_change change = {
        .happening = LUAHOST_SIO_REFUSED, .name_space = name_space, .text = payload,
    };
    happen_in_turn((luahost_sio *)client, &change);
}

void luahost_socketio_ready(luahost_client *client) {
    const luahost_sio_change change = {.happening = LUAHOST_SIO_READY};
    happen_in_turn((luahost_sio *)client, &change);
}

void luahost_socketio_disconnected(
    luahost_client *client, luahost_slice name_space, luahost_disconnect_reason reason, const luahost_detail *detail,
    bool will_reconnect) {
    luahost_sio *sio = (luahost_sio *)client;
    const luahost_sio_change change = {
        .happening = LUAHOST_SIO_DISCONNECTED, .reason = reason, .flag = will_reconnect, .name_space = name_space,
        .detail = *detail,
    };
    luahost_client_keep_detail(client, reason, detail);
    luahost_sio_end_acks(sio, name_space, reason);
    happen_in_turn(sio, &change);
}

void luahost_socketio_ended(
    luahost_client *client, luahost_disconnect_reason reason, const luahost_detail *detail, size_t unwritten,
    bool will_reconnect) {
    luahost_sio *sio = (luahost_sio *)client;
    client->session.unwritten = unwritten;
    luahost_client_keep_detail(client, reason, detail);
    luahost_sio_end_all_acks(sio, reason);
    luahost_client_drained(client);
    if (will_reconnect) {
        if (luahost_client_is_open(client)) client->state = LUAHOST_CONNECTING;
        luahost_mailbox_resume(client);
        luahost_client_writable(client);
        return;
    }
    end_in_turn(sio, reason);
}

/* Pushes the JSON of the server's answer, or else the text of the error, as python. */
static void push_failure(lua_State *L, const luahost_error *error) {
    luahost_slice body = error->body;
    luahost_json_error problem;
    bool is_text = body.length > 0 && luahost_utf8_validate(body.data, body.length) == body.length;
    if (is_text && luahost_json_decode(L, body.data, body.length, &problem)) return;
    lua_pushlstring(L, error->message.data, error->message.length);
}

/* An Engine.IO connection that failed: each namespace that the script wanted gets it, as in python. */
static void report_failure(luahost_sio *sio, const luahost_error *error) {
    luahost_vm *vm = sio->client.vm;
    lua_State *L = vm->L;
    int top = lua_gettop(L);
    luahost_enter(vm, L);
    luahost_client_push(L, &sio->client, LUAHOST_SIO_WANTED);
    luahost_sio_list_wanted(L);
    lua_Integer count = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
    for (lua_Integer index = 1; index <= count && luahost_vm_may_resume(vm); index++) {
        lua_settop(L, top + 1);
        if (lua_rawgeti(L, top + 1, index) != LUA_TSTRING) continue;
        luahost_sio_found found;
        int values = push_handler(sio, luahost_sio_slice(L, top + 2), "connect_error", &found);
        if (values == 0) continue;
        push_failure(L, error);
        luahost_task *task = luahost_sio_task(sio, &found.handler, LUAHOST_EVENT_NAMED, values + 1);
        luahost_task_ready(task, values);
        luahost_enter(vm, L);
    }
    lua_settop(L, top);
    luahost_leave(vm);
}

static void set_names(lua_State *L, const char *field, luahost_slice names) {
    if (names.length == 0) return;
    lua_newtable(L);
    const char *at = names.data, *stop = names.data + names.length;
    for (lua_Integer index = 1; at < stop; index++) {
        const char *comma = memchr(at, ',', (size_t)(stop - at));
        const char *next = comma == NULL ? stop : comma;
        lua_pushlstring(L, at, (size_t)(next - at));
        lua_rawseti(L, -2, index);
        at = comma == NULL ? stop : comma + 1;
    }
    lua_setfield(L, -2, field);
}

/* Pushes a table of the refused namespaces and the server's reasons, eio.null where it gave none. */
static void push_reasons(luahost_sio *sio, luahost_slice refused, const luahost_slice *reasons) {
    lua_State *L = sio->client.vm->L;
    lua_newtable(L);
    const char *at = refused.data, *stop = refused.data + refused.length;
    while (at < stop) {
        const char *comma = memchr(at, ',', (size_t)(stop - at));
        if (comma == NULL) comma = stop;
        lua_pushlstring(L, at, (size_t)(comma - at));
        if (!luahost_sio_push_value(L, sio, *reasons++)) lua_pushlightuserdata(L, NULL);
        lua_rawset(L, -3);
        at = comma + 1;
    }
}

void luahost_socketio_attempt_failed(
    luahost_client *client, const luahost_error *error, luahost_slice refused, const luahost_slice *reasons,
    luahost_slice silent, bool will_retry) {
    luahost_sio *sio = (luahost_sio *)client;
    luahost_vm *vm = client->vm;
    client->session.unwritten = 0;
    luahost_client_keep(client);
    if (refused.length == 0 && silent.length == 0) report_failure(sio, error);
    int top = lua_gettop(vm->L);
    luahost_enter(vm, vm->L);
    if (!will_retry) push_reasons(sio, refused, reasons);
    luahost_leave(vm);
    /* A finalizer that ran may have cancelled the task. */
    luahost_task *task = client->waits.connect.first;
    if (!will_retry && task != NULL && luahost_vm_is_running(vm) && !task->cancelled) {
        luahost_enter(vm, task->co);
        lua_pushboolean(task->co, false);
        luahost_push_error(task->co, error, false);
        set_names(task->co, "refused", refused);
        set_names(task->co, "silent", silent);
        if (refused.length > 0) {
            lua_xmove(vm->L, task->co, 1);
            lua_setfield(task->co, -2, "namespaces");
        }
        luahost_task_wake(task, 2);
    }
    lua_settop(vm->L, top);
    if (will_retry && client->state == LUAHOST_CONNECTED) client->state = LUAHOST_CONNECTING;
    if (!will_retry) luahost_sio_reset(sio);
    luahost_client_unhold(client);
}

void luahost_socketio_gave_up(luahost_client *client, bool by_script) {
    luahost_sio *sio = (luahost_sio *)client;
    sio->has_given_up = !by_script;
    end_in_turn(sio, by_script ? LUAHOST_CLIENT_DISCONNECT : LUAHOST_TRANSPORT_ERROR);
}
