/* SimpleClient, without sockets. */
#include <string.h>

#include "socketio_run.h"
#include "tests.h"

static void sends_and_receives(void) {
    EXPECT_RUN(
        "local simple = require('socketio').SimpleClient{reconnection = false}\n"
        "out(simple.sid, simple.transport, simple.client.connected, simple.nothing, getmetatable(simple).__name)\n"
        "simple.connect('any', {namespace = '/c', auth = {token = 'x'}})\n"
        "out(simple.sid, simple.transport, simple.client.connection_namespaces)\n"
        "out(simple.emit('a', 1, {2}), simple:emit{'b', eio.null})\n"
        "out(simple.receive(), simple:receive(1))\n"
        "out(simple.call('sum', 1, {2}))\n"
        "simple.emit('ask', 3) out(simple.receive{timeout = 1})\n"
        "local function try(f, ...) local ok, e = pcall(f, ...) out(e.type, e.message) end\n"
        "try(simple.receive, 0.01) try(simple.call, {'silence', timeout = 0.01}) try(simple.connect, 'any')\n"
        "simple.emit('left') eio.sleep(0.01)\n"
        "out(simple.disconnect(), simple.sid, simple.transport)\n"
        "out(simple.receive()) try(simple.receive) try(simple.emit, 'x') try(simple.call, 'x')\n"
        "simple.connect('any') out(simple.sid) simple.emit('left') eio.sleep(0.01) simple.disconnect()\n"
        "simple.connect('any') try(simple.receive, 0) simple.disconnect()\n",
        "log nil nil false nil socketio.SimpleClient\nconnect\nopen any socket.io\nauth {\"token\":\"x\"}\n"
        "log sid websocket [\"/c\"]\nemit [\"a\",1,[2]]\nemit [\"b\",null]\nlog true true\n"
        "log [\"a\",1,[2]] [\"b\",null]\nemit [\"sum\",1,[2]]\nlog 1 [2]\n"
        "emit [\"ask\",3]\nack 7[] of 1 with 0\nlog [\"ask\",3]\n"
        "log TimeoutError receive: no event in time\nemit [\"silence\"]\n"
        "log TimeoutError call of 'silence': no ack in time\nlog RuntimeError Already connected\n"
        "emit [\"left\"]\ndisconnect\nlog true nil nil\nlog [\"left\"]\n"
        "log DisconnectedError receive: the client is not connected (client disconnect)\n"
        "log DisconnectedError emit: the client is not connected (client disconnect)\n"
        "log DisconnectedError call: the client is not connected (client disconnect)\n"
        "connect\nopen any socket.io\nauth \nlog sid\nemit [\"left\"]\ndisconnect\n"
        "connect\nopen any socket.io\nauth \nlog TimeoutError receive: no event in time\ndisconnect\nfinished\n");
}

static void waits_while_it_reconnects(void) {
    EXPECT_RUN(
        "local simple = require('socketio').SimpleClient()\n"
        "simple.connect('any', {auth = function() eio.sleep(0.02) return {} end})\n"
        "simple.emit('lose') eio.sleep(0.005)\n"
        "eio.start_background_task(function() out(simple.receive()) end)\n"
        "out(simple.emit('a'), 'sent')\n"
        "simple.emit('lose') eio.sleep(0.005) out(simple.call('sum', 1))\n"
        "local task = eio.start_background_task(function()\n"
        "local ok, e = pcall(simple.call, 'silence') out(e.type) end) eio.sleep(0.001)\n"
        "simple.emit('lose') eio.sleep(0.005)\n"
        "task = eio.start_background_task(function() local ok, e = pcall(simple.emit, 'x') out(e.type) end)\n"
        "local other = eio.start_background_task(function() simple.emit('never') end)\n"
        "eio.sleep(0.001) other:cancel() simple.disconnect() task:join() eio.sleep(0.03)\n"
        "simple.connect('any') simple.emit('end') local ok, e = pcall(simple.receive) out(e.type, e.message)\n",
        "connect\nopen any socket.io\nauth {}\nemit [\"lose\"]\nopen any socket.io\nauth {}\nemit [\"a\"]\n"
        "log true sent\nemit [\"lose\"]\nlog [\"a\"]\nopen any socket.io\nauth {}\nemit [\"sum\",1]\nlog 1\n"
        "emit [\"silence\"]\nemit [\"lose\"]\nlog DisconnectedError\nopen any socket.io\ndisconnect\n"
        "log DisconnectedError\nconnect\nopen any socket.io\nauth \nemit [\"end\"]\n"
        "log DisconnectedError receive: the client is not connected (transport error)\nfinished\n");
}

/* A script that only sends keeps the newest events, and goes on reading. */
static void never_receives(void) {
    host *host = run_socketio(
        "local simple = require('socketio').SimpleClient()\n"
        "simple.connect('any') simple.emit('burst') simple.emit('burst') eio.sleep(0.01)\n"
        "out(simple.call('sum', 1))\n"
        "local count = 0 while pcall(simple.receive, 0) do count = count + 1 end out(count)\n"
        "simple.disconnect()\n");
    EXPECT(strstr(host->log, "pause\n") == NULL);
    EXPECT(strstr(host->log, "its oldest messages are dropped\n") != NULL);
    EXPECT(strstr(host->log, "log 1\nlog 1024\n") != NULL);
    host_end(host);
}

static void has_handlers_by_its_client(void) {
    EXPECT_RUN(
        "local simple = require('socketio').SimpleClient()\n"
        "simple.client.on('news', function(n) out('news', n) end)\n"
        "simple.connect('any') simple.emit('other', 1) simple.emit('news', 2) out(simple.receive())\n"
        "eio.sleep(0.01) simple.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"other\",1]\nemit [\"news\",2]\nlog [\"other\",1]\nlog news 2\n"
        "disconnect\nfinished\n");
}

void test_socketio_simple(void) {
    sends_and_receives();
    waits_while_it_reconnects();
    never_receives();
    has_handlers_by_its_client();
}
