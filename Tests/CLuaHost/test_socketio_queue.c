/* Events of a Socket.IO client that wait: for a handler, for receive(), for the answer to another event. */
#include <string.h>

#include "socketio_run.h"
#include "tests.h"

static void events_without_a_handler_hold_up_no_others(void) {
    EXPECT_RUN(
        "sio.on('news', function(n) out('news', n) end)\n"
        "sio.connect('any')\n"
        "sio.receive(0)\n"
        "sio.emit('other', 1) sio.emit('news', 2) eio.sleep(0.01)\n"
        "out(sio.receive(0.01))\n"
        "sio.emit('later', 3) eio.sleep(0.01)\n"
        "sio.on('later', function(n) out('later', n) end) eio.sleep(0.01)\n"
        "sio.emit('of object', 4) eio.sleep(0.01)\n"
        "sio.register_namespace('/', {['on_of object'] = function(_, n) out('of object', n) end}) eio.sleep(0.01)\n"
        "sio.disconnect() out('closed', sio.receive())\n",
        "connect\nopen any socket.io\nauth \nemit [\"other\",1]\nemit [\"news\",2]\nlog news 2\nlog other 1\n"
        "emit [\"later\",3]\nlog later 3\nemit [\"of object\",4]\nlog of object 4\n"
        "disconnect\nlog closed nil client disconnect\nfinished\n");
}

static void events_without_a_handler_are_kept_after_the_end(void) {
    EXPECT_RUN(
        "sio.connect('any')\n"
        "sio.receive(0)\n"
        "sio.emit('left', 5) eio.sleep(0.01)\n"
        "sio.disconnect() out('closed', sio.receive()) out(sio.receive())\n",
        "connect\nopen any socket.io\nauth \nemit [\"left\",5]\ndisconnect\nlog closed left 5\n"
        "log nil client disconnect\nfinished\n");
}

static void ordered_handlers_and_events_without_one(void) {
    EXPECT_RUN(
        "sio.on('slow', function(n) eio.sleep(0.005) out('slow', n) end, {ordered = true})\n"
        "sio.connect('any')\n"
        "sio.emit('slow', 1) sio.emit('slow', 2) sio.emit('nobody') sio.emit('slow', 3) eio.sleep(0.1)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"slow\",1]\nemit [\"slow\",2]\nemit [\"nobody\"]\n"
        "emit [\"slow\",3]\nlog slow 1\nlog client 2 has no handler for the event \"nobody\" of /: it is dropped\n"
        "log slow 2\nlog slow 3\ndisconnect\nfinished\n");
}

static void events_behind_an_ordered_handler_are_kept(void) {
    EXPECT_RUN(
        "sio.on('slow', function(n) eio.sleep(0.005) out('slow', n) end, {ordered = true})\n"
        "sio.connect('any')\n"
        "sio.receive(0)\n"
        "sio.emit('slow', 1) sio.emit('slow', 2) sio.emit('nobody', 3) sio.emit('slow', 4) eio.sleep(0.1)\n"
        "out(sio.receive(0)) sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"slow\",1]\nemit [\"slow\",2]\nemit [\"nobody\",3]\n"
        "emit [\"slow\",4]\nlog slow 1\nlog slow 2\nlog slow 4\nlog nobody 3\ndisconnect\nfinished\n");
}

static void each_loss_has_its_own_detail(void) {
    EXPECT_RUN(
        "sio.on('slow', function(n) eio.sleep(0.02) end, {ordered = true})\n"
        "sio.on('disconnect', function(reason, detail) out(reason, detail.message, detail.will_reconnect) end)\n"
        "sio.connect('any')\n"
        "sio.emit('slow') sio.emit('slow') sio.emit('lose') eio.sleep(0.005) sio.emit('lose') eio.sleep(0.1)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"slow\"]\nemit [\"slow\"]\nemit [\"lose\"]\nopen any socket.io\n"
        "auth \nemit [\"lose\"]\nopen any socket.io\nauth \nlog transport error end 1 true\n"
        "log transport error end 2 true\ndisconnect\nlog client disconnect end 3 false\nfinished\n");
}

/* The answer to an event may come after more events than the queue takes. */
static void reading_goes_on_for_an_answer(void) {
    host *host = run_socketio(
        "sio.connect('any') sio.receive(0)\n"
        "sio.emit('burst') eio.sleep(0.01) out('full')\n"
        "out(sio.call('sum', 1))\n"
        "local count = 0 while sio.receive(0) do count = count + 1 end out(count)\n"
        "sio.disconnect()\n");
    const char *paused = strstr(host->log, "pause\nlog full\nemit [\"sum\",1]\ngo on\n");
    EXPECT(paused != NULL && strstr(paused, "log 1\nlog 1100\n") != NULL);
    EXPECT(paused != NULL && strstr(paused + 1, "pause\n") == NULL);
    host_end(host);
}

/* The next session reads from its beginning. */
static void a_pause_ends_with_the_session(void) {
    host *host = run_socketio(
        "sio.connect('any') sio.receive(0)\n"
        "sio.emit('burst') eio.sleep(0.01) sio.emit('lose') eio.sleep(0.01) out('again')\n"
        "sio.disconnect()\n");
    EXPECT(strstr(host->log, "pause\nemit [\"lose\"]\ngo on\nopen any socket.io\nauth \nlog again\n") != NULL);
    host_end(host);
}

static void an_end_of_a_namespace_ends_its_calls(void) {
    EXPECT_RUN(
        "sio.connect('any', {namespaces = {'/', '/c'}})\n"
        "local function call(ns) return eio.start_background_task(function()\n"
        "local ok, e = pcall(sio.call, {'silence', namespace = ns}) out(ns, e.type, e.message) end) end\n"
        "call('/') call('/c') eio.sleep(0.001)\n"
        "sio.of('/c').emit('kick') eio.sleep(0.01) out(sio.call('sum', 2))\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"silence\"]\nemit [\"silence\"]\nemit [\"kick\"]\n"
        "log /c DisconnectedError call of 'silence': the connection ended before its ack (server disconnect)\n"
        "emit [\"sum\",2]\nlog 2\ndisconnect\n"
        "log / DisconnectedError call of 'silence': the connection ended before its ack (client disconnect)\nfinished\n");
}

/* A server that sends no ack costs no more memory than that of a hundred thousand callbacks. */
static void acks_that_do_not_come(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "for n = 1, 100000 do sio.emit('silence', print) end\n"
        "local ok, e = pcall(sio.emit, 'silence', print)\n"
        "assert(not ok and e.type == 'SocketIOError' and e.message:find('100000', 1, true), e)\n"
        "assert(sio.wait() and not sio.connected)\n"
        "sio.connect('any') sio.emit('silence', print) sio.disconnect()\n");
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "local function calls(count) for n = 1, count do\n"
        "assert(select(2, pcall(sio.call, {'silence', timeout = 0})).type == 'TimeoutError') end\n"
        "collectgarbage() return collectgarbage('count') end\n"
        "local before = calls(100)\n"
        "assert(calls(5000) < before + 20)\n"
        "sio.disconnect()\n");
}

/* The time of a receive() is over, its task has not gone on yet, and meanwhile an event or an end arrives. */
static void a_timeout_that_is_overtaken(void) {
    EXPECT_RUN(
        "sio.connect('any')\n"
        "eio.start_background_task(function() sio.emit('hold') sio.emit('late', 1) end)\n"
        "sio.emit('hold') out(sio.receive(0))\n"
        "out(sio.receive(0)) sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"hold\"]\nemit [\"hold\"]\nemit [\"late\",1]\nlog nil timeout\n"
        "log late 1\ndisconnect\nfinished\n");
    EXPECT_RUN(
        "sio.connect('any')\n"
        "eio.start_background_task(function() sio.emit('hold') sio.emit('kick') end)\n"
        "local root = sio.of('/') sio.emit('hold') out(root.receive(0))\n"
        "out(root.receive(0)) sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"hold\"]\nemit [\"hold\"]\nemit [\"kick\"]\nlog nil timeout\n"
        "log nil server disconnect\ndisconnect\nfinished\n");
    EXPECT_RUN(
        "sio.on('disconnect', function() end) sio.connect('any')\n"
        "eio.start_background_task(function() sio.emit('hold') sio.emit('end') end)\n"
        "sio.emit('hold') out(sio.receive(0))\n"
        "out(sio.receive(0))\n",
        "connect\nopen any socket.io\nauth \nemit [\"hold\"]\nemit [\"hold\"]\nemit [\"end\"]\nlog nil timeout\n"
        "log nil transport error\nfinished\n");
}

void test_socketio_queue(void) {
    events_without_a_handler_hold_up_no_others();
    events_without_a_handler_are_kept_after_the_end();
    ordered_handlers_and_events_without_one();
    events_behind_an_ordered_handler_are_kept();
    each_loss_has_its_own_detail();
    reading_goes_on_for_an_answer();
    a_timeout_that_is_overtaken();
    a_pause_ends_with_the_session();
    an_end_of_a_namespace_ends_its_calls();
    acks_that_do_not_come();
}
