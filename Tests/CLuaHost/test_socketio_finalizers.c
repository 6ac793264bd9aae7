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

void test_socketio_finalizers(void) {
    an_escaped_name_outlives_its_buffer();
}
