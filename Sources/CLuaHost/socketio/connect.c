/* sio.connect, and the functions of the script that each attempt calls: for the url, the headers and auth. */
#include "base/utf8.h"
#include "core/arguments.h"
#include "core/error.h"
#include "core/options.h"
#include "core/wait.h"
#include "socketio/socketio.h"

static const char *const option_names[] = {
    "headers", "auth", "transports", "namespaces", "socketio_path", "wait", "wait_timeout", "retry", NULL,
};

/* ---- arguments ---- */

luahost_slice luahost_sio_check_namespace(lua_State *L, int index, int number, const char *function) {
    if (lua_type(L, index) != LUA_TSTRING) {
        luahost_argument_error(
            L, number, function, "namespace: string expected, got %s", luahost_push_typename(L, index));
    }
    luahost_slice name = luahost_sio_slice(L, index);
    if (luahost_slice_is(name, "*")) {
        luahost_argument_error(L, number, function, "namespace '*' is for handlers and receive() alone: name one");
    }
    if (luahost_utf8_validate(name.data, name.length) < name.length) {
        luahost_argument_error(L, number, function, "namespace: the name is not UTF-8");
    }
    bool is_valid = name.length > 0 && name.data[0] == '/' && memchr(name.data, ',', name.length) == NULL &&
        memchr(name.data, '?', name.length) == NULL;
    if (!is_valid) {
        luahost_argument_error(
            L, number, function, "namespace '%s' is not valid: it begins with '/' and has no ',' and no '?'",
            name.data);
    }
    return name;
}

luahost_slice luahost_sio_check_namespaces(lua_State *L, int index, int number, const char *function) {
    bool is_all = lua_type(L, index) == LUA_TSTRING && luahost_slice_is(luahost_sio_slice(L, index), "*");
    return is_all ? luahost_sio_slice(L, index) : luahost_sio_check_namespace(L, index, number, function);
}

/* Replaces the option `namespaces` on top of the stack by a list without doubles. */
static void read_namespaces(lua_State *L, int number) {
    int given = lua_gettop(L);
    if (lua_isnil(L, given)) {
        luahost_sio_push_namespaces(L, lua_upvalueindex(1));
        lua_replace(L, given);
        return;
    }
    lua_newtable(L);
    int list = lua_gettop(L);
    if (lua_type(L, given) == LUA_TSTRING) {
        luahost_sio_check_namespace(L, given, number, "connect");
        lua_pushvalue(L, given);
        lua_rawseti(L, list, 1);
    } else if (lua_istable(L, given)) {
        lua_newtable(L);
        lua_Integer count = 0;
        enum { MOST_NAMESPACES = 1000 };
        for (lua_Integer index = 1; lua_rawgeti(L, given, index) != LUA_TNIL; index++, lua_settop(L, list + 1)) {
            if (index > MOST_NAMESPACES) luahost_argument_error(L, number, "connect", "more than 1000 namespaces");
            luahost_sio_check_namespace(L, list + 2, number, "connect");
            lua_pushvalue(L, list + 2);
            if (lua_rawget(L, list + 1) != LUA_TNIL) continue;
            lua_pushvalue(L, list + 2);
            lua_pushboolean(L, true);
            lua_rawset(L, list + 1);
            lua_pushvalue(L, list + 2);
            lua_rawseti(L, list, ++count);
        }
        if (count == 0) {
            lua_pushliteral(L, "/");
            lua_rawseti(L, list, 1);
        }
    } else {
        luahost_argument_error(
            L, number, "connect", "option 'namespaces': string or list of strings expected, got %s",
            luahost_push_typename(L, given));
    }
    lua_settop(L, list);
    lua_replace(L, given);
}

/* ---- an attempt ---- */

static luahost_sio *current(lua_State *L) { return (luahost_sio *)luahost_vm_of(L)->current->client; }

/* Whether no step has begun since the one that runs, whose number is its upvalue: a function of the script may return
 * when its attempt is over, and the next one has begun. */
static bool is_latest(lua_State *L) { return lua_tointeger(L, lua_upvalueindex(1)) == current(L)->step; }

/* The steps of `build`, by what is on the stack: the url, then the headers too. */
static int opened_url(lua_State *L, int status, lua_KContext context);
static int opened_headers(lua_State *L, int status, lua_KContext context);

/* Opens the connection with the url and the headers that the functions gave. */
static int opened_headers(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    static const char *const known[] = {"headers", NULL};
    luahost_sio *sio = current(L);
    luahost_client *client = &sio->client;
    if (!is_latest(L)) return 0;
    lua_settop(L, 2);
    luahost_connect_options out = {
        .url = luahost_check_url(L), .transports = sio->transports, .engineio_path = {"socket.io", 9},
    };
    if (!lua_isnil(L, 2)) {
        lua_createtable(L, 0, 1);
        lua_pushvalue(L, 2);
        lua_setfield(L, 3, known[0]);
        luahost_options options = luahost_options_read(L, 3, 2, "connect", known);
        out.headers = luahost_check_headers(&options, known[0]);
    }
    luahost_client_push(L, client, LUAHOST_SIO_PATH);
    if (lua_type(L, -1) == LUA_TSTRING) out.engineio_path = luahost_sio_slice(L, lua_gettop(L));
    luahost_error error = {.code = -1};
    if (client->context == NULL || client->vm->host.socketio_open(client->context, &out, &error) == 0) return 0;
    luahost_push_error(L, &error, true);
    return lua_error(L);
}

static int opened_url(lua_State *L, int status, lua_KContext context) {
    (void)status;
    if (!is_latest(L)) return 0;
    lua_settop(L, 1);
    luahost_client_push(L, &current(L)->client, LUAHOST_SIO_HEADERS);
    if (!lua_isfunction(L, 2)) return opened_headers(L, LUA_OK, 0);
    lua_callk(L, 0, 1, context, opened_headers);
    return opened_headers(L, LUA_OK, 0);
}

static int build(lua_State *L) {
    lua_settop(L, 0);
    luahost_client_push(L, &current(L)->client, LUAHOST_SIO_URL);
    if (!lua_isfunction(L, 1)) return opened_url(L, LUA_OK, 0);
    lua_callk(L, 0, 1, 0, opened_url);
    return opened_url(L, LUA_OK, 0);
}

static int authenticated(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    luahost_sio *sio = current(L);
    if (!is_latest(L)) return 0;
    lua_settop(L, 1);
    luahost_slice payload;
    const char *problem = luahost_sio_encode_auth(L, sio, 1, &payload);
    if (problem != NULL) return luahost_raise(L, "TypeError", "auth: %s", problem);
    if (sio->client.context == NULL) return 0;
    sio->client.vm->host.socketio_authenticate(sio->client.context, payload);
    luahost_sio_encoded(sio);
    return 0;
}

static int authenticate(lua_State *L) {
    lua_settop(L, 0);
    luahost_client_push(L, &current(L)->client, LUAHOST_SIO_AUTH);
    if (!lua_isfunction(L, 1)) return authenticated(L, LUA_OK, 0);
    lua_callk(L, 0, 1, 0, authenticated);
    return authenticated(L, LUA_OK, 0);
}

static int step_ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) return 0;
    luahost_client *client = &current(L)->client;
    /* A cancelled task ends by that. */
    if (luahost_is_cancelled(L, -1)) return lua_error(L);
    if (!is_latest(L)) return 0;
    luahost_push_error_text(L, -1);
    if (client->context != NULL) {
        client->vm->host.socketio_attempt_failed(client->context, luahost_sio_slice(L, lua_gettop(L)), false);
    }
    return 0;
}

/* Argument: a step, whose error ends the attempt. */
static int run_step(lua_State *L) {
    return step_ended(L, lua_pcallk(L, 0, 0, 0, 0, step_ended), 0);
}

static void start_step(luahost_client *client, lua_CFunction step) {
    luahost_vm *vm = client->vm;
    if (luahost_vm_is_exiting(vm)) return;
    luahost_task *task = luahost_task_create(vm, LUAHOST_IN_HANDLER, LUAHOST_EVENT_NAMED, "connect()");
    task->client = client;
    task->client_number = client->number;
    task->on_done = luahost_handler_done;
    luahost_client_keep(client);
    lua_Integer number = ++((luahost_sio *)client)->step;
    lua_pushinteger(task->co, number);
    lua_pushcclosure(task->co, run_step, 1);
    lua_pushinteger(task->co, number);
    lua_pushcclosure(task->co, step, 1);
    luahost_task_run_now(task, 1);
}

void luahost_socketio_attempt(luahost_client *client) { start_step(client, build); }

void luahost_socketio_rejoins(luahost_client *client) { start_step(client, authenticate); }

void luahost_socketio_opened(luahost_client *client, const luahost_session_info *info) {
    luahost_client_keep_info(client, info);
    client->logged = (luahost_logged){false, false, false};
    client->has_left = false;
    if (client->is_lost) client->vm->clients.lost--;
    client->is_lost = false;
    start_step(client, authenticate);
}

/* ---- connect ---- */

/* Checks what does not depend on a function's result, so that a mistake is an error of connect(). Returns the
 * transports. */
static luahost_transports check_constants(lua_State *L, luahost_sio *sio, const luahost_options *options) {
    if (!lua_isnil(L, 1) && lua_type(L, 1) != LUA_TSTRING && !lua_isfunction(L, 1)) {
        luahost_argument_error(
            L, 1, "connect", "url: string or function expected, got %s", luahost_push_typename(L, 1));
    }
    if (!lua_isfunction(L, 1)) luahost_check_url(L);
    int headers = luahost_option_push(options, "headers");
    if (headers != LUA_TNIL && headers != LUA_TTABLE && headers != LUA_TFUNCTION) {
        luahost_option_error(options, "headers", "table or function");
    }
    if (headers == LUA_TTABLE) luahost_check_headers(options, "headers");
    luahost_transports transports = luahost_check_transports(options, "transports");
    luahost_option_string(options, "socketio_path", "socket.io");
    int type = luahost_option_push(options, "auth");
    if (type == LUA_TFUNCTION) return transports;
    if (type != LUA_TNIL && type != LUA_TTABLE) luahost_option_error(options, "auth", "table or function");
    luahost_slice payload;
    const char *problem = luahost_sio_encode_auth(L, sio, lua_gettop(L), &payload);
    if (problem != NULL) luahost_argument_error(L, options->number, options->function, "auth: %s", problem);
    luahost_sio_encoded(sio);
    return transports;
}

void luahost_sio_list_wanted(lua_State *L) {
    if (lua_type(L, -1) != LUA_TSTRING) return;
    lua_createtable(L, 1, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 1);
}

/* The slices of the list on top of the stack, in a userdata that is pushed. */
static const luahost_slice *slices_of(lua_State *L, size_t *count) {
    int list = lua_gettop(L);
    *count = (size_t)lua_rawlen(L, list);
    luahost_slice *slices = lua_newuserdatauv(L, *count * sizeof *slices, 0);
    for (size_t index = 0; index < *count; index++) {
        lua_rawgeti(L, list, (lua_Integer)index + 1);
        slices[index] = luahost_sio_slice(L, -1);
        lua_pop(L, 1);
    }
    return slices;
}

static void store_option(lua_State *L, const luahost_options *options, const char *name, int user_value) {
    luahost_option_push(options, name);
    lua_setiuservalue(L, lua_upvalueindex(1), user_value);
}

/* The session is over whose end was to be waited for. */
static int connect_again(lua_State *L, int status, lua_KContext top) {
    (void)status;
    lua_settop(L, (int)top);
    return luahost_sio_connect(L);
}

int luahost_sio_connect(lua_State *L) {
    luahost_sio *sio = luahost_sio_self(L);
    luahost_client *client = &sio->client;
    luahost_vm *vm = client->vm;
    int number = 2;
    if (lua_istable(L, 1) && lua_isnone(L, 2) && vm->options.default_url.length > 0) {
        lua_pushnil(L);
        lua_insert(L, 1);
        number = 1;
    }
    lua_settop(L, 2);
    luahost_options options = luahost_options_read(L, 2, number, "connect", option_names);
    luahost_socketio_connect out = {
        .wait = luahost_option_boolean(&options, "wait", true),
        .wait_timeout = luahost_option_number(&options, "wait_timeout", 5),
        .retry = luahost_option_boolean(&options, "retry", false),
    };
    luahost_transports transports = check_constants(L, sio, &options);
    lua_settop(L, 2);
    luahost_option_push(&options, "namespaces");
    read_namespaces(L, number);
    out.namespaces = slices_of(L, &out.namespace_count);

    if (!luahost_vm_is_running(vm) && vm->current != NULL) vm->current->cancelled = true;
    luahost_check_wait(L, "sio.connect");
    if (luahost_vm_is_plan(vm)) return luahost_plan_wait(L, "sio.connect");
    if (luahost_client_is_shown(client)) luahost_sio_reset(sio);
    if (client->state != LUAHOST_DISCONNECTED) {
        if (!vm->host.socketio_is_ending(client->context)) {
            return luahost_raise(L, "ConnectionError", "Already connected");
        }
        /* In the disconnect handler of a session whose end follows. */
        lua_settop(L, 2);
        return luahost_park_with(L, &client->waits.wait, -1, NULL, "sio.connect", connect_again);
    }
    /* Of one name, as most have it, no list is kept. */
    if (out.namespace_count == 1) lua_rawgeti(L, 3, 1); else lua_pushvalue(L, 3);
    lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_WANTED);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_URL);
    store_option(L, &options, "auth", LUAHOST_SIO_AUTH);
    store_option(L, &options, "headers", LUAHOST_SIO_HEADERS);
    store_option(L, &options, "socketio_path", LUAHOST_SIO_PATH);
    sio->transports = transports;
    lua_pushnil(L);
    lua_setiuservalue(L, lua_upvalueindex(1), LUAHOST_SIO_LEFT);
    luahost_client_hold(L, client, lua_upvalueindex(1));
    luahost_error error = {.code = -1};
    if (vm->host.socketio_connect(client->context, &out, &error) != 0) {
        luahost_client_unhold(client);
        luahost_push_error(L, &error, true);
        return lua_error(L);
    }
    client->state = LUAHOST_CONNECTING;
    vm->clients.in_session++;
    sio->has_given_up = sio->is_rejected = false;
    luahost_mailbox_clear(client);
    return luahost_park_with(L, &client->waits.connect, -1, NULL, "sio.connect", luahost_client_connect_returned);
}
