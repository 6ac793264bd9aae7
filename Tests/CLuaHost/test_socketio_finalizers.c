/* Finalizers of a script that run while an event of Socket.IO is on its way to its handler. */
#include "socketio_run.h"
#include "tests.h"

/* The collector does a whole collection wherever Lua may collect, and each runs `act`. */
#define FINALIZER \
    "local act, is_on\n" \
    "local function arm() setmetatable({}, {__gc = function() if is_on then act() arm() end end}) end\n" \
    "local function collect() is_on = true arm() collectgarbage('incremental', 10, 1000, 40) collectgarbage() end\n" \
    "local function rest() is_on = false collectgarbage('incremental', 200, 100, 13) end\n"

/* An escaped name is read into a buffer that the finalizer uses, too. */
static void an_escaped_name_outlives_its_buffer(void) {
    EXPECT_RUN(
        FINALIZER
        "local text, long = '', ('y'):rep(100000)\n"
        "act = function() pcall(sio.emit, 'x', long) end\n"
        "local c = require('socketio').Client{json = {encode = function() return text end, decode = eio.json.decode}}\n"
        "c.on('ab', function() rest() out('ab') end)\n"
        "c.connect('any')\n"
        "for _, name in ipairs {[[\\u0061b]], [[a\\u0062]], [[\\u0061c]]} do\n"
        "text = '[\"' .. name .. '\"]' c.emit('event') collect() eio.sleep(0.01) rest() end\n"
        "c.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"\\u0061b\"]\nlog ab\nemit [\"a\\u0062\"]\nlog ab\n"
        "emit [\"\\u0061c\"]\nlog client 2 has no handler for the event \"ac\" of /: it is dropped\n"
        "disconnect\nfinished\n");
}

/* The finalizer runs where the coroutine of an event is made, because the table of the handler before has grown. */
static void a_handler_is_found_whose_client_gets_another(void) {
    EXPECT_RUN(
        FINALIZER
        "local sleep, is_next = eio.sleep, false\n"
        "act = function() if is_next then is_next = false sio.on('other', print) end end\n"
        "sio.on('news', function(n) out('news', n) local list = {}\n"
        "for index = 1, 100 do list[index] = n end is_next = true sleep(0.05) end)\n"
        "sio.connect('any')\n"
        "collect() for n = 1, 3 do sio.emit('news', n) end eio.sleep(0.01) rest() eio.sleep(0.1)\n"
        "sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"news\",1]\nemit [\"news\",2]\nemit [\"news\",3]\n"
        "log news 1\nlog news 2\nlog news 3\ndisconnect\nfinished\n");
}

/* The finalizer runs where the handler of the first event of the queue is looked for. */
static void a_finalizer_receives_while_an_event_has_its_turn(void) {
    EXPECT_RUN(
        FINALIZER
        "local is_next = false\n"
        "act = function() if is_next then is_next = false out('received', sio.receive(0)) end end\n"
        "sio.on('slow', function() eio.sleep(0.01) collect() local list = {}\n"
        "for index = 1, 100 do list[index] = index end is_next = true end, {ordered = true})\n"
        "for _, name in ipairs {'late', 'last'} do\n"
        "sio.on(name, function(n) rest() out(name, n) end, {ordered = true}) end\n"
        "sio.connect('any')\n"
        "sio.emit('slow') sio.emit('late', 1) sio.emit('last', 2) eio.sleep(0.05) sio.disconnect()\n",
        "connect\nopen any socket.io\nauth \nemit [\"slow\"]\nemit [\"late\",1]\nemit [\"last\",2]\n"
        "log received last 2\nlog late 1\ndisconnect\nfinished\n");
}

void test_socketio_finalizers(void) {
    an_escaped_name_outlives_its_buffer();
    a_handler_is_found_whose_client_gets_another();
    a_finalizer_receives_while_an_event_has_its_turn();
}
