/* Acks that are awaited: the table of them, and what happens to calls and callbacks. */
#include <stdio.h>
#include <string.h>

#include "core/vm.h"
#include "socketio/socketio.h"
#include "socketio_run.h"
#include "tests.h"

static luahost_sio_ack ack(uint64_t id) { return (luahost_sio_ack){.id = id, .callback = (int)id}; }

/* Numbers that a server answers in any order, of which some stay. */
static void each_ack_is_found_once(uint64_t step) {
    enum { COUNT = 5000 };
    luahost_sio_acks *list = NULL;
    for (uint64_t index = 1; index <= COUNT; index++) {
        luahost_sio_acks_add(&list, slice("/"), ack(index * step));
        /* Each third is answered while others come. */
        if (index % 3 == 0) EXPECT(luahost_sio_acks_take(list, slice("/"), index / 3 * step).id == index / 3 * step);
    }
    EXPECT(list->count == COUNT - COUNT / 3 && list->capacity < 4 * list->count);
    size_t found = 0;
    for (uint64_t index = COUNT; index > 0; index--) {
        luahost_sio_ack taken = luahost_sio_acks_take(list, slice("/"), index * step);
        EXPECT(taken.id == 0 || (taken.id == index * step && taken.callback == (int)taken.id));
        EXPECT((taken.id != 0) == (index > COUNT / 3));
        if (taken.id != 0) found++;
        EXPECT(luahost_sio_acks_take(list, slice("/"), index * step).id == 0);
    }
    EXPECT(found == COUNT - COUNT / 3 && list->count == 0 && list->slots == NULL);
    luahost_sio_acks_free(list);
}

/* One that never comes does not make the table grow with the numbers after it. */
static void an_old_ack_takes_no_places(void) {
    luahost_sio_acks *list = NULL;
    luahost_sio_acks_add(&list, slice("/"), ack(1));
    for (uint64_t id = 2; id < 100000; id++) {
        luahost_sio_acks_add(&list, slice("/"), ack(id));
        EXPECT(luahost_sio_acks_take(list, slice("/"), id).id == id && list->count == 1);
    }
    EXPECT(list->places + list->capacity <= 16);
    EXPECT(luahost_sio_acks_take(list, slice("/"), 1).callback == 1 && list->count == 0);
    luahost_sio_acks_free(list);
}

static void count_ack(void *context, const luahost_sio_ack *ack) { *(uint64_t *)context += ack->id; }

static void each_ack_is_listed_once(void) {
    enum { COUNT = 3000 };
    luahost_sio_acks *list = NULL;
    for (uint64_t id = 1; id <= COUNT; id++) luahost_sio_acks_add(&list, slice("/"), ack(id));
    EXPECT(list->old > 0 && list->old < COUNT);
    uint64_t sum = 0;
    luahost_sio_acks_each(list, count_ack, &sum);
    EXPECT(sum == (uint64_t)COUNT * (COUNT + 1) / 2);
    luahost_sio_acks_free(list);
}

static void namespaces_have_their_own_numbers(void) {
    luahost_sio_acks *list = NULL;
    luahost_sio_acks_add(&list, slice("/"), ack(1));
    luahost_sio_acks_add(&list, slice("/chat"), ack(1));
    luahost_sio_acks_add(&list, slice("/chat"), ack(2));
    EXPECT(luahost_sio_acks_take(list, slice("/"), 2).id == 0);
    EXPECT(luahost_sio_acks_take(list, slice("/cha"), 1).id == 0);
    luahost_sio_acks *chat = luahost_sio_acks_detach(&list, slice("/chat"));
    EXPECT(chat != NULL && chat->count == 2 && chat->next == NULL);
    EXPECT(luahost_sio_acks_detach(&list, slice("/chat")) == NULL);
    EXPECT(luahost_sio_acks_take(list, slice("/chat"), 1).id == 0);
    EXPECT(luahost_sio_acks_take(list, slice("/"), 1).id == 1);
    EXPECT(luahost_sio_acks_take(list, slice("/"), 0).id == 0);
    luahost_sio_acks_free(chat);
    luahost_sio_acks_free(list);
}

static void acks_are_dropped_by_their_task(void) {
    luahost_task one = {0}, other = {0};
    luahost_sio_acks *list = NULL;
    luahost_sio_acks_add(&list, slice("/"), (luahost_sio_ack){.id = 1, .task = &one});
    luahost_sio_acks_add(&list, slice("/chat"), (luahost_sio_ack){.id = 1, .task = &other});
    EXPECT(luahost_sio_acks_drop(list, 2, &other) == NULL);
    const luahost_sio_acks *dropped = luahost_sio_acks_drop(list, 1, &other);
    EXPECT(dropped != NULL && dropped->length == 5 && memcmp(dropped->name, "/chat", 5) == 0);
    /* The free slot may have the task still. */
    EXPECT(luahost_sio_acks_drop(list, 1, &other) == NULL);
    EXPECT(luahost_sio_acks_has(list, 1, &one) && !luahost_sio_acks_has(list, 1, &other));
    luahost_sio_acks_free(list);
}

/* One that another task cancels, one whose time is over, and one whose ack comes, of two namespaces. */
static void calls_do_not_get_the_acks_of_others(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any', {namespaces = {'/', '/c'}})\n"
        "local c, got = sio.of('/c'), {}\n"
        "local first = eio.start_background_task(function() sio.call('silence') end)\n"
        "eio.start_background_task(function()\n"
        "  local ok, e = pcall(sio.call, {'silence', timeout = 0.02}) got.late = e.type end)\n"
        "eio.start_background_task(function() got.c = c.call('echo', 1) end)\n"
        "eio.start_background_task(function() got.main = sio.call('echo', 2) end)\n"
        "eio.sleep(0) first:cancel() eio.sleep(0.05)\n"
        "assert(got.late == 'TimeoutError' and got.c == 1 and got.main == 2)\n"
        "for i = 1, 100 do assert(sio.call('echo', i) == i) end\n"
        "sio.disconnect()\n");
}

/* By its ack, by its timeout, or by a cancellation, in a task or in a handler. */
static void nothing_is_left_of_a_call_that_has_ended(void) {
    host *host = run_socketio(
        "sio.connect('any')\n"
        "sio.on('echo', function() pcall(sio.call, {'silence', timeout = 0.01}) end)\n"
        "local task = eio.start_background_task(function() sio.call('silence') end)\n"
        "eio.start_background_task(function() pcall(sio.call, {'silence', timeout = 0.01}) end)\n"
        "sio.emit('echo') assert(sio.call('echo', 1) == 1)\n"
        "eio.sleep(0.02) task:cancel() eio.sleep(1e6)\n");
    const luahost_sio *sio = (luahost_sio *)host->vm->clients.first;
    EXPECT(sio->acks != NULL && sio->acks->count == 0 && sio->calls.first == NULL);
    EXPECT(sio->client.mailbox.answers == 0 && sio->client.mailbox.handlers == 0);
    EXPECT_LOG(
        host, "connect\nopen any socket.io\nauth \nemit [\"echo\"]\nemit [\"echo\",1]\n"
        "emit [\"silence\"]\nemit [\"silence\"]\nemit [\"silence\"]\n");
    host_end(host);
}

/* Gives the client the ack of the first event. */
static void give_ack(host *host, const char *payload) {
    luahost_socketio_received ack = {.name_space = slice("/"), .payload = slice(payload), .connection = 1};
    luahost_socketio_ack(host->vm->clients.first, 1, &ack);
}

/* The end of the session, which follows, ends the call. */
static void an_illegal_ack_leaves_its_call_waiting(void) {
    host *host = run_socketio(
        "sio.connect('any')\n"
        "local task = eio.start_background_task(function() sio.call('silence') end)\n"
        "local ok, e = task:join() out(ok, e.type)\n");
    const luahost_sio *sio = (luahost_sio *)host->vm->clients.first;
    give_ack(host, "[1");
    EXPECT(sio->acks != NULL && sio->acks->count == 1 && sio->client.mailbox.answers == 1 && sio->calls.first != NULL);
    host_run(host, 0.05);
    EXPECT(sio->client.mailbox.answers == 0 && sio->calls.first == NULL);
    EXPECT_LOG(
        host, "connect\nopen any socket.io\nauth \nemit [\"silence\"]\n"
        "illegal: JSON text ends where a comma or ']' should be: [1\nlog false DisconnectedError\nfinished\n");
    host_end(host);
}

/* Values of an ack are put on the stack of a task that a finalizer cancels meanwhile. */
static void a_call_may_be_cancelled_while_its_ack_is_read(void) {
    host *host = run_socketio(
        "sio.connect('any')\n"
        "local task = eio.start_background_task(function()\n"
        "  local got = table.pack(pcall(sio.call, 'silence'))\n"
        "  out(got.n, got[1], got[2] == eio.cancelled, (pcall(sio.call, 'silence'))) end)\n"
        "eio.sleep(0) collectgarbage('stop')\n"
        "setmetatable({}, {__gc = function() out('finalizer') task:cancel() end})\n"
        "eio.sleep(1e6)\n");
    static char payload[200000];
    size_t length = 1;
    payload[0] = '[';
    for (int element = 0; element < 5000; element++) {
        length += (size_t)snprintf(payload + length, sizeof payload - length, "\"element number %d\",", element);
    }
    payload[length - 1] = ']';
    lua_gc(host->vm->L, LUA_GCRESTART);
    give_ack(host, payload);
    host_run(host, 0.05);
    const luahost_sio *sio = (luahost_sio *)host->vm->clients.first;
    EXPECT(sio->acks->count == 0 && sio->client.mailbox.answers == 0 && sio->calls.first == NULL);
    EXPECT_LOG(
        host, "connect\nopen any socket.io\nauth \nemit [\"silence\"]\n"
        "log finalizer\nlog 2 false true false\n");
    host_end(host);
}

/* A callback may send the next one, and is forgotten after it has run. */
static void callbacks_run_once(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "local ran, collected = 0, 0\n"
        "local function send()\n"
        "  local token = setmetatable({}, {__gc = function() collected = collected + 1 end})\n"
        "  sio.emit('echo', ran, function(n) assert(token and n == ran) ran = ran + 1 if ran < 500 then send() end end)\n"
        "end\n"
        "send()\n"
        "while ran < 500 do eio.sleep(0) end\n"
        "collectgarbage() collectgarbage()\n"
        "assert(collected >= 499, collected)\n"
        "sio.disconnect()\n");
}

/* The tasks go on in the order in which they began to wait. */
static void all_calls_end_with_the_session(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any', {namespaces = {'/', '/c'}})\n"
        "local ended = {}\n"
        "for i = 1, 100 do eio.start_background_task(function()\n"
        "  local ok, e = pcall(sio.call, {'silence', namespace = i % 2 == 0 and '/c' or '/'})\n"
        "  assert(not ok and e.type == 'DisconnectedError') ended[#ended + 1] = i end) end\n"
        "local token = setmetatable({}, {__gc = function() ended.collected = true end})\n"
        "sio.emit('silence', function() error(token) end) token = nil\n"
        "eio.sleep(0) sio.emit('lose') eio.sleep(0.02)\n"
        "assert(#ended == 100)\n"
        "for i = 1, 50 do assert(ended[i] == 2 * i - 1 and ended[50 + i] == 2 * i) end\n"
        "collectgarbage() collectgarbage() assert(ended.collected)\n"
        "assert(sio.call('echo', 7) == 7)\n"
        "sio.disconnect()\n");
}

void test_socketio_acks(void) {
    each_ack_is_found_once(1);
    each_ack_is_found_once(64);
    each_ack_is_found_once(UINT64_C(1) << 20);
    an_old_ack_takes_no_places();
    each_ack_is_listed_once();
    namespaces_have_their_own_numbers();
    acks_are_dropped_by_their_task();
    calls_do_not_get_the_acks_of_others();
    nothing_is_left_of_a_call_that_has_ended();
    an_illegal_ack_leaves_its_call_waiting();
    a_call_may_be_cancelled_while_its_ack_is_read();
    callbacks_run_once();
    all_calls_end_with_the_session();
}
