/* The Socket.IO client of scripts, without sockets: see socketio_peers.c for what its server does. */
#include "socketio_run.h"
#include "tests.h"

static void connects_and_emits(void) {
    EXPECT_RUN(
        "sio.on('connect', function() out('connected', sio.connected, sio.sid) end)\n"
        "sio.on('news', function(...) out('news', ...) sio.disconnect() end)\n"
        "sio.connect('any', {auth = {token = 'x'}})\n"
        "sio.emit('news', 1, 'two', {three = 3})\n",
        "connect\nopen any socket.io\nauth {\"token\":\"x\"}\nlog connected true sid\n"
        "emit [\"news\",1,\"two\",{\"three\":3}]\nlog news 1 two {\"three\":3}\ndisconnect\nfinished\n");
}

static void an_event_without_a_handler_holds_up_nothing(void) {
    EXPECT_RUN(
        "sio.connect('greet', {namespaces = {'/', '/a'}})\n"
        "out('connected')\n"
        "sio.disconnect()\n",
        "connect\nopen greet socket.io\nauth \n"
        "log client 2 has no handler for the event \"hello\" of /: it is dropped\n"
        "log connected\ndisconnect\nfinished\n");
}

/* It has its turn after the last namespace has answered. */
static void a_connect_handler_that_fails_late_fails_the_connect(void) {
    EXPECT_RUN(
        "sio.on('connect', function() error('no way', 0) end)\n"
        "sio.on('hello', function() end)\n"
        "out(pcall(sio.connect, 'greet') == false)\n",
        "connect\nopen greet socket.io\nauth \nattempt failed: no way\nlog true\nfinished\n");
}

static void acks_are_the_results_of_handlers(void) {
    EXPECT_RUN(
        "sio.on('ask', function(...) out('ask', ...) return ..., nil end)\n"
        "sio.connect('any')\n"
        "sio.emit('ask', {}, eio.bytes('ab'))\n"
        "eio.sleep(0.01)\n"
        "sio.on('ask', function() eio.sleep(0.01) return 'late', eio.bytes('x') end)\n"
        "sio.emit('ask')\n"
        "eio.sleep(0.02)\n"
        "sio.on('ask', function() return 1, nil, 2 end)\n"
        "sio.emit('ask')\n"
        "eio.sleep(0.01)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \n"
        "emit [\"ask\",{},{\"_placeholder\":true,\"num\":0}]\nlog ask {} ab\n"
        "ack 7[{}] of 1 with 0\n"
        "emit [\"ask\"]\nack 7[\"late\",{\"_placeholder\":true,\"num\":0}] of 1 with 1\n"
        "emit [\"ask\"]\nreport 'ask' handler (client 2, registered at t.lua:10): t.lua:10: result 2 of the handler is nil: an ack has eio.null for it\n"
        "disconnect\nfinished\n");
}

/* The latest handler is remembered, for its own event and namespace, until another is registered. */
static void each_event_finds_its_own_handler(void) {
    EXPECT_RUN(
        "local function echo(...) sio.emit(...) eio.sleep(0.01) end\n"
        "sio.on('one', function() out('one') end)\n"
        "sio.on('one', function() out('one of a') end, '/a')\n"
        "sio.on('two', function() out('two') end)\n"
        "sio.on('*', function(event) out('any', event) end)\n"
        "sio.connect('any', {namespaces = {'/', '/a'}})\n"
        "for _, event in ipairs{'one', 'one', 'two', 'on', 'one'} do echo(event) end\n"
        "echo{'one', namespace = '/a'} echo{'one', namespace = '/a'} echo('one')\n"
        "sio.on('one', function() out('new') end) echo('one') echo('one')\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \n"
        "emit [\"one\"]\nlog one\nemit [\"one\"]\nlog one\nemit [\"two\"]\nlog two\nemit [\"on\"]\nlog any on\n"
        "emit [\"one\"]\nlog one\nemit [\"one\"]\nlog one of a\nemit [\"one\"]\nlog one of a\n"
        "emit [\"one\"]\nlog one\nemit [\"one\"]\nlog new\nemit [\"one\"]\nlog new\ndisconnect\nfinished\n");
}

/* Equal names of more than 40 bytes are several strings of Lua. */
static void a_long_name_is_kept_when_its_handler_is_registered_again(void) {
#define SIXTY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define ONE \
    "emit [\"n" SIXTY "\"]\nlog handled\n" \
    "report 'n" SIXTY "' handler (client 2, registered at t.lua:5): oops\n"
    EXPECT_RUN(
        "local function long(start) return start .. ('x'):rep(60) end\n"
        "sio.on(long('n'), function() end, long('/s'))\n"
        "sio.on(long('n'), function() out('handled') error('oops', 0) end, long('/s'))\n"
        "sio.connect('any', {namespaces = {long('/s')}})\n"
        "collectgarbage() collectgarbage()\n"
        "for _ = 1, 2 do sio.emit{long('n'), namespace = long('/s')} eio.sleep(0.01) end\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \n" ONE ONE "disconnect\nfinished\n");
#undef ONE
#undef SIXTY
}

static void calls_return_the_ack(void) {
    EXPECT_RUN(
        "sio.connect('any')\n"
        "out(sio.call('sum', 1, {2}))\n"
        "sio.emit('later', 5, function(...) out('callback', ...) end)\n"
        "sio.emit{'named', 6, callback = function(...) out('named', ...) end}\n"
        "eio.sleep(0.01)\n"
        "local ok, e = pcall(sio.call, {'silence', timeout = 0.01}) out(ok, e.type, e.message)\n"
        "local task = eio.start_background_task(function() local ok, e = pcall(sio.call, 'silence') out(e.type) end)\n"
        "eio.sleep(0.01)\n"
        "local other = eio.start_background_task(function() sio.call('silence') end)\n"
        "eio.sleep(0.01) other:cancel() eio.sleep(0)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \n"
        "emit [\"sum\",1,[2]]\nlog 1 [2]\nemit [\"later\",5]\nemit [\"named\",6]\nlog callback 5\nlog named 6\n"
        "emit [\"silence\"]\nlog false TimeoutError call of 'silence': no ack in time\n"
        "emit [\"silence\"]\nemit [\"silence\"]\ndisconnect\nlog DisconnectedError\nfinished\n");
}

static void handlers_are_found_in_order(void) {
    EXPECT_RUN(
        "sio.on('a', function(...) out('/ a', ...) end)\n"
        "sio.on('*', function(...) out('/ *', ...) end)\n"
        "sio.on('a', function(...) out('* a', ...) end, '*')\n"
        "sio.on('*', function(...) out('* *', ...) end, {namespace = '*'})\n"
        "sio.event('/c').own = function(...) out('/c own', ...) end\n"
        "sio.register_namespace('/d', {on_x = function(self, ...) out('class', ...) end})\n"
        "sio.connect('any', {namespaces = {'/', '/c', '/d', '/c'}})\n"
        "sio.emit('a', 1) sio.emit('b', 2)\n"
        "sio.of('/c').emit('a', 3) sio.of('/c').emit('own', 4) sio.of('/c').emit('other', 5)\n"
        "eio.sleep(0.01)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \n"
        "emit [\"a\",1]\nemit [\"b\",2]\nemit [\"a\",3]\nemit [\"own\",4]\nemit [\"other\",5]\n"
        "log / a 1\nlog / * b 2\nlog * a /c 3\nlog /c own 4\nlog * * other /c 5\ndisconnect\nfinished\n");
}

static void receive_takes_events(void) {
    EXPECT_RUN(
        "sio.connect('any')\n"
        "sio.emit('a', 1) sio.emit('b', 2) sio.emit('ask', 3)\n"
        "out(sio.receive{event = 'b'}) out(sio.receive{namespace = '*'}) out(sio.receive()) out(sio.receive(0.01))\n"
        "eio.start_background_task(function() out(sio.receive()) end) eio.sleep(0)\n"
        "sio.disconnect() out(sio.receive())\n",
        "connect\nopen any socket.io\nauth \nemit [\"a\",1]\nemit [\"b\",2]\nemit [\"ask\",3]\n"
        "log b 2\nlog a 1\nack 7[] of 1 with 0\nlog ask 3\nlog nil timeout\n"
        "disconnect\nlog nil client disconnect\nlog nil client disconnect\nfinished\n");
}

static void reconnects(void) {
    EXPECT_RUN(
        "sio.on('disconnect', function(reason, d) out(reason, d.will_reconnect, d.namespace, sio.get_sid()) end)\n"
        "sio.on('connect', function() out('connect') end)\n"
        "sio.connect('any', {auth = function() out('auth') return {n = 1} end})\n"
        "sio.emit('lose') eio.sleep(0.01) out(sio.connected)\n"
        "sio.emit('end') out(sio.wait(), sio.connected)\n",
        "connect\nopen any socket.io\nlog auth\nauth {\"n\":1}\nlog connect\nemit [\"lose\"]\n"
        "log transport error true / sid\nopen any socket.io\nlog auth\nauth {\"n\":1}\nlog connect\nlog true\n"
        "emit [\"end\"]\nlog transport error false / sid\nlog true false\nfinished\n");
}

static void acks_end_with_their_namespace(void) {
    EXPECT_RUN(
        "sio.connect('any', {namespaces = {'/', '/c'}})\n"
        "local c = sio.of('/c')\n"
        "eio.start_background_task(function() local ok, e = pcall(c.call, 'silence') out(e.type, e.message) end)\n"
        "eio.start_background_task(function() sio.call{'silence', timeout = 0.02} end)\n"
        "c.emit('silence', function() out('never') end)\n"
        "eio.sleep(0) c.emit('kick') eio.sleep(0.01) out('left') eio.sleep(0.02)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"silence\"]\nemit [\"silence\"]\nemit [\"silence\"]\n"
        "emit [\"kick\"]\n"
        "log DisconnectedError call of 'silence': the connection ended before its ack (server disconnect)\n"
        "log left\nreport task (started at t.lua:6): t.lua:6: call of 'silence': no ack in time\n"
        "disconnect\nfinished\n");
}

static void illegal_payloads_without_a_handler(void) {
    EXPECT_RUN(
        "sio.on('disconnect', function() out('disconnect') end)\n"
        "sio.connect('any')\n"
        "sio.emit('bad') eio.sleep(0.01)\n",
        "connect\nopen any socket.io\nauth \nemit [\"bad\"]\n"
        "illegal: JSON text ends where a value should be: [\"x\",\nlog disconnect\nfinished\n");
}

/* The name of the latest handler is compared as it is written. */
static void an_escaped_name_is_not_taken_for_another(void) {
    EXPECT_RUN(
        "local text\n"
        "local c = require('socketio').Client{json = {encode = function() return text end, decode = eio.json.decode}}\n"
        "c.on([[a\\u0062]], function() out('with a backslash') end)\n"
        "c.on('ab', function() out('ab') end)\n"
        "c.connect('any')\n"
        "for _, name in ipairs {[[a\\\\u0062]], [[a\\\\u0062]], [[a\\u0062]], 'ab', [[\\u0061b]]} do\n"
        "text = '[\"' .. name .. '\"]' c.emit('event') eio.sleep(0.01) end\n"
        "c.disconnect()\n",
        "connect\nopen any socket.io\nauth \n"
        "emit [\"a\\\\u0062\"]\nlog with a backslash\nemit [\"a\\\\u0062\"]\nlog with a backslash\n"
        "emit [\"a\\u0062\"]\nlog ab\nemit [\"ab\"]\nlog ab\nemit [\"\\u0061b\"]\nlog ab\ndisconnect\nfinished\n");
}

static void an_illegal_payload_for_the_latest_handler(void) {
    EXPECT_RUN(
        "sio.on('x', function() out('x') end, {ordered = true})\n"
        "for _ = 1, 2 do sio.connect('any')\n"
        "for _, event in ipairs {'x', 'x', 'bad'} do sio.emit(event) eio.sleep(0.01) end end\n",
#define SESSION \
    "connect\nopen any socket.io\nauth \nemit [\"x\"]\nlog x\nemit [\"x\"]\nlog x\nemit [\"bad\"]\n" \
    "illegal: JSON text ends where a value should be: [\"x\",\n"
        SESSION SESSION "finished\n");
#undef SESSION
}

static void connects_again_in_the_disconnect_handler(void) {
    EXPECT_RUN(
        "local count = 0\n"
        "for _, name in ipairs {'/', '/c'} do sio.on('disconnect', function(reason) out(name, reason)\n"
        "count = count + 1 if count == 1 then out(sio.connect('any', {namespaces = '/'}), sio.connected) end end, name) end\n"
        "sio.connect('any', {namespaces = {'/', '/c'}})\n"
        "local ok, e = pcall(sio.connect, 'any') out(e.type, e.message)\n"
        "sio.emit('end') eio.sleep(0.01) sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nlog ConnectionError Already connected\nemit [\"end\"]\n"
        "log / transport error\nlog /c transport error\nconnect\nopen any socket.io\nauth \nlog true true\ndisconnect\n"
        "log / client disconnect\nfinished\n");
}

static void failures_of_connect(void) {
    EXPECT_RUN(
        "sio.on('connect_error', function(data) out('connect_error', data) end)\n"
        "local ok, e = pcall(sio.connect, 'fail') out(e.type, e.message)\n"
        "ok, e = pcall(sio.connect, 'refuse') out(e.type, e.refused)\n"
        "ok, e = pcall(sio.connect, 'any', {auth = function() error('boom', 0) end}) out(e.message)\n"
        "sio.on('connect', function() error('not today', 0) end)\n"
        "ok, e = pcall(sio.connect, 'any') out(e.message)\n",
        "connect\nopen fail socket.io\nlog connect_error no server\nlog ConnectionError no server\n"
        "connect\nopen refuse socket.io\nauth \nlog connect_error {\"message\":\"no\"}\nlog ConnectionError [\"/\"]\n"
        "connect\nopen any socket.io\nattempt failed: boom\nlog connect_error no server\nlog no server\n"
        "connect\nopen any socket.io\nauth \nattempt failed: not today\nlog connect_error no server\nlog no server\n"
        "finished\n");
}

static void wrong_arguments(void) {
    EXPECT_RUN(
        "local function try(f, ...) local ok, e = pcall(f, ...) out((tostring(type(e) == 'table' and e.message or e)\n"
        ":gsub('t.lua:%d+: ', ''))) end\n"
        "local Client = require('socketio').Client\n"
        "try(Client, {reconnection_dely = 1}) try(Client, {serializer = 'pickle'}) try(Client, {json = false})\n"
        "try(sio.emit, 1) try(sio.emit, 'connect') try(sio.emit, 'a', nil, 1) try(sio.emit, 'a', print, 1)\n"
        "try(sio.emit, 'a') try(sio.connect, 'x', {namespaces = 'chat'}) try(sio.connect, 'x', {auth = 'secret'})\n"
        "try(sio.connect, 'x', {auth = {1}}) try(sio.on, 'a', 5) try(sio.of, '/a,b') try(sio.call, 'a', print)\n"
        "try(sio.emit, {'a', namspace = '/x'})\n",
        "log bad argument #1 to 'Client' (unknown option 'reconnection_dely'; the nearest one is 'reconnection_delay')\n"
        "log bad argument #1 to 'Client' (option 'serializer': 'default' or 'msgpack' expected, got 'pickle')\n"
        "log bad argument #1 to 'Client' (option 'json': true or {encode=, decode=} expected: the packets of Socket.IO are JSON)\n"
        "log bad argument #1 to 'emit' (event: string expected, got number)\n"
        "log bad argument #1 to 'emit' (event: 'connect' is reserved, the server would close the connection)\n"
        "log bad argument #2 to 'emit' (nil between arguments: eio.null is JSON's null)\n"
        "log bad argument #2 to 'emit' (cannot encode a function at $)\n"
        "log / is not a connected namespace: the client is not connected\n"
        "log bad argument #2 to 'connect' (namespace 'chat' is not valid: it begins with '/' and has no ',' and no '?')\n"
        "log bad argument #2 to 'connect' (option 'auth': table or function expected, got string)\n"
        "log bad argument #2 to 'connect' (auth: a table with names expected, got a list)\n"
        "log bad argument #2 to 'on' (handler: function expected, got number)\n"
        "log bad argument #1 to 'of' (namespace '/a,b' is not valid: it begins with '/' and has no ',' and no '?')\n"
        "log bad argument #2 to 'call' (a function: call() returns the ack, emit() has callbacks)\n"
        "log bad argument #1 to 'emit' (unknown option 'namspace'; the nearest one is 'namespace', and a table of the event is an argument after its name)\n"
        "finished\n");
}

void test_socketio(void) {
    connects_and_emits();
    an_event_without_a_handler_holds_up_nothing();
    a_connect_handler_that_fails_late_fails_the_connect();
    acks_are_the_results_of_handlers();
    each_event_finds_its_own_handler();
    a_long_name_is_kept_when_its_handler_is_registered_again();
    calls_return_the_ack();
    handlers_are_found_in_order();
    receive_takes_events();
    reconnects();
    acks_end_with_their_namespace();
    illegal_payloads_without_a_handler();
    an_escaped_name_is_not_taken_for_another();
    an_illegal_payload_for_the_latest_handler();
    connects_again_in_the_disconnect_handler();
    failures_of_connect();
    wrong_arguments();
}
