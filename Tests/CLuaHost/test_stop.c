#include <string.h>
#include <time.h>

#include "host.h"
#include "tests.h"

static void stop_ends_everything(void) {
    host *host = host_start(
        "lt = require 'loadtest'\n"
        "eio.on('disconnect', function(r) eio.sleep(0.01) lt.check(1, {late = false}) end)\n"
        "eio.on('message', function() error('not started any more') end)\n"
        "function default()\n"
        "  eio.connect()\n"
        "  local t = eio.start_background_task(function() eio.sleep(10) error('task') end)\n"
        "  local ok, e = pcall(lt.group, 'g', function() lt.time('t', function() eio.sleep(10) end) end)\n"
        "  lt.check(ok, {ended = true, slept = ok})\n"
        "  eio.send('bye')\n"
        "  error('what the stop caused')\n"
        "end", NULL);
    luahost_vm_hold(host->vm);
    host_run(host, 0);
    host_call(host, "default", "", 1);
    host_run(host, 0);
    EXPECT_LOG(host, "connect\nintern group ::g\nintern time t\n");
    luahost_vm_stop(host->vm);
    host->log[host->logged] = '\0';
    host_run(host, 0.2);
    host_call(host, "default", "", 2);
    /* The order of conditions is that of the table. */
    bool ended = strstr(host->log, "check 512 passed\n") != NULL;
    EXPECT(ended);
    EXPECT(strstr(host->log, "failed") == NULL);
    EXPECT(strstr(host->log, "report") == NULL);
    EXPECT(strstr(host->log, "took") == NULL);
    EXPECT(strstr(host->log, "send bye\nended 1 cancelled \ndisconnect\n") != NULL);
    EXPECT(strstr(host->log, "finished\nno call\n") != NULL);
    EXPECT(luahost_vm_error_count(host->vm) == 0);
    host_end(host);
}

static void a_bot_is_stopped_while_it_connects(void) {
    host *host = host_start("eio.connect('silent') eio.send('never')", NULL);
    host_run(host, 0);
    luahost_vm_stop(host->vm);
    host_run(host, 0);
    EXPECT_LOG(host, "connect\nabandon\ndisconnect\nfinished\n");
    host_end(host);
}

static void an_error_in_a_disconnect_handler_is_one(void) {
    host *host = host_start(
        "eio.on('disconnect', function() error('own') end)  eio.connect()  eio.wait()", NULL);
    host_run(host, 0);
    luahost_vm_stop(host->vm);
    host_run(host, 0);
    EXPECT_LOG(
        host, "connect\ndisconnect\n"
              "report 'disconnect' handler (registered at t.lua:1): t.lua:1: own\nfinished\n");
    host_end(host);
}

static void nobody_connects_again(void) {
    host *host = host_start(
        "eio.on('disconnect', function() while not pcall(eio.connect) do eio.sleep(1) end end)\n"
        "eio.connect()  eio.wait()", NULL);
    host_run(host, 0);
    luahost_vm_stop(host->vm);
    host_run(host, 0);
    EXPECT_LOG(host, "connect\ndisconnect\nfinished\n");
    host_end(host);
}

static void a_loop_that_catches_is_unwound(void) {
    host *host = host_start(
        "eio.start_background_task(function() repeat pcall(eio.sleep, 1) until false end)\n"
        "coroutine.wrap(function() while true do pcall(eio.sleep, 1) end end)()", NULL);
    host_run(host, 0);
    /* The watchdog would do it after half a second. */
    clock_t start = clock();
    luahost_vm_stop(host->vm);
    EXPECT(clock() - start < CLOCKS_PER_SEC / 4);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

static void a_slice_that_computes_is_ended_with_its_loop(void) {
    host *host = host_start(
        "lt = require 'loadtest'\n"
        "eio.connect()\n"
        "while true do pcall(lt.time, 't', function() while true do end end) end", NULL);
    luahost_loop_end(host->loop, 0);
    host_run(host, 0);
    EXPECT(luahost_vm_is_stopped(host->vm));
    EXPECT(strstr(host->log, "report") == NULL);
    EXPECT(strstr(host->log, "took") == NULL);
    EXPECT(strstr(host->log, "disconnect\nfinished\n") != NULL);
    host_end(host);
}

static void from_within_a_slice(void) {
    host *host = host_start(
        "lt = require 'loadtest'  function default() pcall(lt.abort, 'enough') eio.send('no') end", NULL);
    host->stops_on_abort = true;
    luahost_vm_hold(host->vm);
    host_run(host, 0);
    host_call(host, "default", "", 1);
    host_run(host, 0);
    EXPECT_LOG(host, "abort enough\nended 1 cancelled \nfinished\n");
    host_end(host);
}

static void what_was_stopped_can_be_called_again(void) {
    host *host = host_start(
        "function default()\n"
        "  eio.start_background_task(function() while true do eio.sleep(0.01) end end)\n"
        "  eio.connect()  eio.wait()\n"
        "end\n"
        "function after() eio.sleep(0.01) return eio.state end", NULL);
    EXPECT(!luahost_vm_chunk_returned(host->vm));
    luahost_vm_hold(host->vm);
    host_run(host, 0);
    EXPECT(luahost_vm_chunk_returned(host->vm));
    host_call(host, "default", "", 1);
    host_run(host, 0);
    luahost_vm_stop(host->vm);
    host_run(host, 0);
    EXPECT(!luahost_vm_chunk_returned(host->vm));
    EXPECT_LOG(host, "connect\nended 1 cancelled \ndisconnect\nfinished\n");
    luahost_vm_resume(host->vm);
    host_call(host, "after", "", 2);
    host_run(host, 0.2);
    EXPECT_LOG(host, "ended 2 ok \"disconnected\"\n");
    luahost_vm_stop(host->vm);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

void test_stop(void) {
    stop_ends_everything();
    a_bot_is_stopped_while_it_connects();
    an_error_in_a_disconnect_handler_is_one();
    nobody_connects_again();
    a_loop_that_catches_is_unwound();
    a_slice_that_computes_is_ended_with_its_loop();
    from_within_a_slice();
    what_was_stopped_can_be_called_again();
}
