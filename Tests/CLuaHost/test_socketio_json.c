/* A script's own JSON functions for Socket.IO packets. */
#include "socketio_run.h"
#include "tests.h"

/* The placeholder's fields come in the order that the log expects. */
#define CLIENT \
    "local function encode(value) return (eio.json.encode(value):gsub('{\"num\":(%d+),\"_placeholder\":true}',\n" \
    "'{\"_placeholder\":true,\"num\":%1}')) end\n" \
    "local c = require('socketio').Client{json = {encode = encode, decode = function(text) out('decode', text)\n" \
    "return eio.json.decode(text) end}}\n"

static void functions_of_the_script_read_and_write(void) {
    EXPECT_RUN(CLIENT
        "c.on('x', function(a, b, t, n) out('x', a, b, t and t.k[1], n) end)\n"
        "c.connect('any', {auth = {a = 1}})\n"
        "c.emit('x') c.emit('x', 1, eio.bytes('ab'), {k = {eio.bytes('cd')}}, eio.null) eio.sleep(0.01)\n"
        "out(c.call('sum', {2}, eio.bytes('ef')))\n"
        "c.emit('later', 3, function(...) out('callback', ...) c.disconnect() end) c.wait()\n",
        "connect\nopen any socket.io\nauth {\"a\":1}\nemit [\"x\"]\n"
        "emit [\"x\",1,{\"_placeholder\":true,\"num\":0},{\"k\":[{\"_placeholder\":true,\"num\":1}]},null]\n"
        "log decode [\"x\"]\nlog x nil nil nil nil\n"
        "log decode [\"x\",1,{\"_placeholder\":true,\"num\":0},{\"k\":[{\"_placeholder\":true,\"num\":1}]},null]\n"
        "log x 1 ab cd null\n"
        "emit [\"sum\",[2],{\"_placeholder\":true,\"num\":0}]\nlog decode [[2],{\"_placeholder\":true,\"num\":0}]\n"
        "log [2] ef\nemit [\"later\",3]\nlog decode [3]\nlog callback 3\ndisconnect\nfinished\n");
}

static void acks_and_receive(void) {
    EXPECT_RUN(CLIENT
        "c.connect('any')\n"
        "c.emit('ask', eio.bytes('a')) local event, bytes = c.receive() out(event, bytes)\n"
        "c.on('ask', function(...) return ..., eio.bytes('b') end)\n"
        "c.on('*', function(event, ...) out('*', event, ...) end)\n"
        "c.emit('ask', 1) c.emit('y', 2) eio.sleep(0.01)\n"
        "c.register_namespace('/', {on_z = function(self, n) out('z', n) end})\n"
        "c.disconnect()\n"
        "local ok, e = pcall(c.connect, 'refuse')\n"
        "c.on('connect_error', function(data) out(data.message) end)\n"
        "ok, e = pcall(c.connect, 'refuse') out(e.refused)\n",
        "connect\nopen any socket.io\nauth \nemit [\"ask\",{\"_placeholder\":true,\"num\":0}]\nack 7[] of 1 with 0\n"
        "log decode [\"ask\",{\"_placeholder\":true,\"num\":0}]\nlog ask a\n"
        "emit [\"ask\",1]\nemit [\"y\",2]\nlog decode [\"ask\",1]\n"
        "ack 7[1,{\"_placeholder\":true,\"num\":0}] of 1 with 1\nlog decode [\"y\",2]\nlog * y 2\ndisconnect\n"
        "connect\nopen refuse socket.io\nauth \nlog decode {\"message\":\"no\"}\n"
        "connect\nopen refuse socket.io\nauth \n"
        "log decode {\"message\":\"no\"}\nlog no\nlog [\"/\"]\nfinished\n");
}

static void values_of_the_script_are_not_changed(void) {
    EXPECT_RUN(CLIENT
        "c.connect('any')\n"
        "local value = {eio.bytes('a')} c.emit('x', value) out(type(value[1]))\n"
        "c.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"x\",[{\"_placeholder\":true,\"num\":0}]]\n"
        "log userdata\ndisconnect\nfinished\n");
}

static void errors_of_the_functions(void) {
    EXPECT_RUN(
        "local encode, decode = eio.json.encode, eio.json.decode\n"
        "local c = require('socketio').Client{json = {encode = function(v) return encode(v) end,\n"
        "decode = function(t) return decode(t) end}}\n"
        "local function try(f, ...) local ok, e = pcall(f, ...) out(type(e) == 'table' and e.message or e) end\n"
        "c.connect('any') c.on('x', print)\n"
        "encode = function() error('cannot write') end try(c.emit, 'x')\n"
        "encode = function() return 5 end try(c.emit, 'x')\n"
        "encode = function() return '5[]' end try(c.emit, 'x')\n"
        "encode = function() eio.sleep(1) end out((select(2, pcall(c.emit, 'x')):gsub(', inside .*', '')))\n"
        "encode = eio.json.encode try(c.emit, 'x', {_placeholder = true}, eio.bytes('x'))\n"
        "local cycle = {} cycle[1] = cycle try(c.emit, 'x', cycle)\n"
        "try(c.of('/d').connect, {eio.bytes('x')}) try(c.of('/d').connect, {1})\n"
        "decode = function() error('cannot read') end c.emit('x') eio.sleep(0.01) try(c.call, 'sum')\n"
        "decode = function() return 5 end try(c.call, 'sum')\n"
        "encode = function() return '[\"sum\",{}]' end\n"
        "decode = function() return {{_placeholder = true, num = 1}} end try(c.call, 'sum', eio.bytes('x'))\n"
        "encode = eio.json.encode decode = function() return {n = 3, 'a'} end out(c.call('sum')) out(select('#', c.call('sum')))\n"
        "c.disconnect()\n"
        "local Client = require('socketio').Client\n"
        "try(Client, {json = 5}) try(Client, {json = {encode = print}}) try(Client, {json = false})\n"
        "try(Client, {serializer = 'msgpack', json = {encode = print, decode = print}})\n",
        "connect\nopen any socket.io\nauth \n"
        "log t.lua:8: cannot write\n"
        "log json.encode returned a number, not a string\n"
        "log json.encode did not return the text of a JSON array\n"
        "log t.lua:11: eio.sleep cannot wait here\n"
        "log cannot encode bytes beside a table with _placeholder = true: it reads like an attachment\n"
        "log more than 128 levels of tables, or a cycle\n"
        "log auth: bytes cannot be part of it\nlog json.encode did not return the text of a JSON object\n"
        "emit [\"x\"]\nreport 'x' handler (client 2, registered at t.lua:7): t.lua:15: cannot read\n"
        "emit [\"sum\"]\nlog t.lua:15: cannot read\n"
        "emit [\"sum\"]\nlog json.decode returned a number, not a list\n"
        "emit [\"sum\",{}]\nlog a placeholder is not that of an attachment\n"
        "emit [\"sum\"]\nlog a nil nil\nemit [\"sum\"]\nlog 3\ndisconnect\n"
        "log bad argument #1 to 'Client' (option 'json': true, false or {encode=, decode=} expected, got number)\n"
        "log bad argument #1 to 'Client' (option 'json': its field 'decode' must be a function, got nil)\n"
        "log bad argument #1 to 'Client' (option 'json': true or {encode=, decode=} expected: the packets of Socket.IO are"
        " JSON)\n"
        "log bad argument #1 to 'Client' (option 'json': the packets are not JSON with serializer = 'msgpack')\nfinished\n");
}

void test_socketio_json(void) {
    functions_of_the_script_read_and_write();
    acks_and_receive();
    values_of_the_script_are_not_changed();
    errors_of_the_functions();
}
