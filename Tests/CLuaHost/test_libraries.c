#include <string.h>

#include "host.h"
#include "tests.h"

static void expect_fine(const char *script) {
    host *host = host_start(script, NULL);
    host_run(host, 0.5);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

static void libraries_are_as_in_lua(void) {
    expect_fine(
        "local n = 0 for k, v in pairs(math) do n = n + 1 end assert(n >= 27)\n"
        "assert(math.pi > 3 and package.loaded.math == math and require 'math' == math and getmetatable(math) == nil)");
    expect_fine("os.execute = nil assert(os.execute == nil and os.time and getmetatable(os) == nil)");
    expect_fine("local mine = function() end math.random = mine assert(math.random == mine and math.floor(1.5) == 1)");
    expect_fine("assert(debug.traceback() and utf8.char(65) == 'A' and io.lines and io.stdout and coroutine.running())");
    expect_fine("assert(math.nothing == nil and rawequal(math, _G.math))");
    expect_fine("local co = coroutine.wrap(function() eio.sleep(0) coroutine.yield(1) end) assert(co() == 1)");
}

static void what_clients_share_is_one(void) {
    expect_fine(
        "local c = require 'engineio'.Client()\n"
        "assert(c.queue_empty == eio.queue_empty and c.sleep == eio.sleep and eio.nothing == nil and eio[1] == nil)\n"
        "local ok, e = pcall(function() c.create_queue():get_nowait() end) assert(e == eio.queue_empty)\n"
        "for _, name in ipairs {'sleep', 'start_background_task', 'cancelled', 'create_queue', 'queue_full',\n"
        "  'get_queue_empty_exception', 'create_event', 'bytes', 'json', 'null', 'array', 'object', 'log', 'reason', 'on',\n"
        "  'connect', 'wait', 'disconnect', 'send', 'receive', 'buffered', 'drain', 'transport', 'state'} do\n"
        "  assert(c[name] ~= nil, name) end\n"
        "c.sleep = 5 assert(c.sleep == 5 and eio.sleep ~= 5)");
    expect_fine("local d = require 'eio'.json.decode('[null, []]') assert(tostring(d[1]) == 'null' and d[1] == eio.null)");
}

static void an_idle_vm_is_small(void) {
    host *host = host_start(
        "eio.on('message', function(m) if m == 'ping' then eio.send('pong') end end)\n"
        "eio.on('disconnect', function(reason) print('bye', reason) end)\n"
        "eio.connect('ws://127.0.0.1:1/')  eio.send('hello')  eio.wait()", NULL);
    host_run(host, 0);
    EXPECT(luahost_vm_memory(host->vm) < 23000);
    luahost_vm_stop(host->vm);
    host_run(host, 0);
    host_end(host);
}

void test_libraries(void) {
    libraries_are_as_in_lua();
    what_clients_share_is_one();
    an_idle_vm_is_small();
}
