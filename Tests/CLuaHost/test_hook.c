/* Hooks of the script's and of the watchdog's. */
#include "host.h"
#include "tests.h"

static void expect_fine(const char *script, const char *log) {
    host *host = host_start(script, NULL);
    host_run(host, 1);
    EXPECT_LOG(host, log);
    host_end(host);
}

static void a_hook_reaches_tasks_and_handlers(void) {
    expect_fine(
        "local early = eio.start_background_task(function()\n"
        "  eio.sleep(0.01)\n"
        "  local early\n"
        "end)\n"
        "eio.sleep(0)\n"
        "local lines = {}\n"
        "local hook = function(_, line) lines[line] = true end\n"
        "debug.sethook(hook, 'l')\n"
        "eio.on('connect', function()\n"
        "  local in_a_handler\n"
        "end)\n"
        "eio.connect('x')\n"
        "eio.start_background_task(function()\n"
        "  local in_a_task = debug.gethook()\n"
        "  assert(in_a_task == hook and select(2, debug.gethook()) == 'l')\n"
        "end):join()\n"
        "early:join()\n"
        "assert(lines[3] and lines[10] and lines[14])\n"
        "eio.start_background_task(debug.sethook):join()\n"
        "lines = {} local a\n"
        "assert(next(lines) == nil and debug.gethook() == nil)\n"
        "eio.disconnect()", "connect\ndisconnect\nfinished\n");
}

static void coroutines_of_the_script_have_their_own(void) {
    expect_fine(
        "local mine, other = {}, {}\n"
        "debug.sethook(function(_, line) mine[line] = true end, 'l')\n"
        "local co = coroutine.create(function()\n"
        "  local a\n"
        "  eio.sleep(0)\n"
        "  local b\n"
        "end)\n"
        "assert(debug.gethook(co) == nil)\n"
        "local hook = function(_, line) other[line or 0] = true end\n"
        "debug.sethook(co, hook, 'l', 3)\n"
        "local f, mask, count = debug.gethook(co)\n"
        "assert(f == hook and mask == 'l' and count == 3)\n"
        "assert(coroutine.resume(co))\n"
        "assert(other[4] and other[6] and not mine[4] and not other[13] and mine[13])\n"
        "local wrapped = coroutine.wrap(function()\n"
        "  debug.sethook(function(_, line) other[line] = true end, 'l')\n"
        "  local c\n"
        "end) wrapped()\n"
        "assert(other[17] and not mine[17])", "finished\n");
}

static void the_watchdog_stops_what_has_a_hook(void) {
    expect_fine(
        "local count, inner = 0, 0\n"
        "debug.sethook(function() count = count + 1 end, '', 1000)\n"
        "local task = eio.start_background_task(function() while true do end end)\n"
        "local ok, err = task:join()\n"
        "assert(not ok and err:find('computed for more than'), err)\n"
        "assert(count > 0)\n"
        "local before = count\n"
        "for _ = 1, 1e5 do end\n"
        "assert(count > before and debug.gethook())\n"
        /* Turning its own hook off does not save it. */
        "ok, err = eio.start_background_task(function() while true do debug.sethook() end end):join()\n"
        "assert(not ok and err:find('computed for more than'), err)", "finished\n");
}

static void the_watchdog_stops_more_than_once(void) {
    expect_fine(
        "for _ = 1, 2 do\n"
        "  local ok, err = eio.start_background_task(function() while true do end end):join()\n"
        "  assert(not ok and err:find('computed for more than'), err)\n"
        "end", "finished\n");
}

static void arguments_are_those_of_lua(void) {
    expect_fine(
        "local ok, err = pcall(debug.sethook, 5, 'l') assert(not ok and err:find('function expected'), err)\n"
        "ok, err = pcall(debug.sethook, print) assert(not ok and err:find('string expected'), err)\n"
        "local f0 = function() end\n"
        "debug.sethook(f0, '') assert(debug.gethook() == nil)\n"
        "debug.sethook(f0, 'cr', 1000000000)\n"
        "local f, mask, count = debug.gethook() debug.sethook() assert(f == f0 and mask == 'cr' and count == 1000000000)",
        "finished\n");
}

void test_hook(void) {
    a_hook_reaches_tasks_and_handlers();
    coroutines_of_the_script_have_their_own();
    the_watchdog_stops_what_has_a_hook();
    the_watchdog_stops_more_than_once();
    arguments_are_those_of_lua();
}
