#include <string.h>

#include "host.h"
#include "tests.h"

static void expect_script(const char *script, const char *log) {
    char text[4096] = "local lt = require 'loadtest' ";
    strcat(text, script);
    host *host = host_start(text, NULL);
    host_run(host, 1);
    EXPECT_LOG(host, log);
    host_end(host);
}

static void metrics(void) {
    expect_script(
        "local c, g, r, t = lt.Counter('c'), lt.Gauge('g'), lt.Rate('r'), lt.Trend('t', true)\n"
        "c:add(2) g:add(-1.5) r:add(true) r:add(0) r:add(7) t:add(0.25, {room = 'a'})\n"
        "assert(lt.Counter('c') == c)\n"
        "lt.group('x', function() c:add(1) eio.start_background_task(function() c:add(3) end):join() c:add(4) end)",
        "counter c\ngauge g\nrate r\ntrend t of times\nadd 0 2\nadd 1 -1.5\nadd 2 1\nadd 2 0\nadd 2 1\n"
        "add 3 0.25 room=a\nintern group ::x\nadd 0 1 in 236\nadd 0 3 in 236\nadd 0 4 in 236\ngroup took 0.0 in 236\n"
        "finished\n");
}

static void checks(void) {
    expect_script(
        "assert(lt.check(5, {big = function(v) eio.sleep(0) return v > 4 end}) == true)\n"
        "assert(lt.check(5, {big = false}, {k = 'v'}) == false)\n"
        "assert(lt.check(nil, {none = function(v) return v == nil end}) == true)\n"
        "assert(lt.check(1, {}) == true)\n"
        "local ok, e = pcall(lt.check, 1, {bad = function() eio.sleep(0) error('e', 0) end}, {k = 'v'})\n"
        "assert(not ok and e == 'e')",
        "intern check big\ncheck 306 passed\ncheck 306 failed k=v\nintern check none\ncheck 432 passed\n"
        "intern check bad\ncheck 295 failed k=v\nfinished\n");
}

static void groups_nest(void) {
    expect_script(
        "local function inner(...) lt.check(1, {c = true}) eio.sleep(0.1) return ... end\n"
        "local a, b = lt.group('a', function() return lt.group('b', inner, 1, 2) end)\n"
        "assert(a == 1 and b == 2)\n"
        "pcall(lt.group, 'a', error, 'x')\n"
        "lt.check(1, {c = true})\n"
        "lt.group('a', function() local n = nil; n() end)",
        "intern group ::a\nintern group ::a::b\nintern check c\ncheck 99 passed in 427\ngroup took 0.1 in 427\n"
        "group took 0.1 in 213\ngroup took 0.0 in 213\ncheck 99 passed\n"
        "report main chunk: t.lua:6: attempt to call a nil value (local 'n')\ngroup took 0.0 in 213\nfinished\n");
}

static void times(void) {
    expect_script(
        "local a, b = lt.time('t', function(x) eio.sleep(0.1) return x, 2 end, 1)\n"
        "assert(a == 1 and b == 2)\n"
        "local ok, e = pcall(lt.time, 't', function() eio.sleep(0) error({}) end)\n"
        "assert(type(e) == 'table')\n"
        "lt.time('t', function() error('last') end)",
        "intern time t\ntime 116 took 0.1\ntime 116 took 0.0 ((error object is a table value))\n"
        "report main chunk: t.lua:5: last\ntime 116 took 0.0 (t.lua:5: last)\nfinished\n");
}

static void a_cancelled_time_is_none(void) {
    host *host = host_start(
        "lt = require 'loadtest'  function default() lt.group('g', function() lt.time('t', function()\n"
        "local ok = pcall(eio.sleep, 9) lt.check(ok, {c = function(v) return v end}) error('late') end) end) end", NULL);
    luahost_vm_hold(host->vm);
    host_run(host, 0);
    host_call(host, "default", "", 1);
    host_run(host, 0);
    luahost_vm_cancel_call(host->vm, 1);
    host_run(host, 0);
    EXPECT_LOG(host, "intern group ::g\nintern time t\nintern check c\nended 1 cancelled \n");
    host_end(host);
}

static void rounds(void) {
    expect_script(
        "local start = os.clock()\n"
        "assert(lt.pace(0.2) == 0)\n"
        "eio.sleep(0.1) assert(lt.pace(0.2) < 0.05)\n"
        "eio.sleep(0.5) assert(lt.pace(0.2) > 0.25)\n"
        "lt.pace(0.2)",
        "pace 0.1 0.1\npace 0.5 0.5\npace 0.0 0.3\nfinished\n");
    host *host = host_start("lt = require 'loadtest'  function default() lt.pace(0.1) end", NULL);
    luahost_vm_hold(host->vm);
    host_run(host, 0);
    host->calls_on_end = 2;
    host_call(host, "default", "", 1);
    host_run(host, 0.5);
    EXPECT_LOG(host, "ended 1 ok \npace 0.0 0.0\nended 2 ok \npace 0.0 0.0\nended 3 ok \n");
    host_end(host);
}

static void arguments(void) {
    static const char *const wrong[][2] = {
        {"lt.Counter(1)", "bad argument #1 to 'Counter' (name: string expected, got number)"},
        {"lt.Rate('a b')", "bad argument #1 to 'Rate' (name: letters, digits and _ expected, not beginning with a digit, at most 128)"},
        {"lt.Trend('x', 1)", "bad argument #2 to 'Trend' (isTime: boolean expected, got number)"},
        {"lt.Gauge('x', true)", "bad argument #2 to 'Gauge' (nil expected, got boolean)"},
        {"lt.Counter('c') lt.Trend('c')", "bad argument #1 to 'Trend' (name: 'c' is a Counter already)"},
        {"lt.Counter('c'):add('1')", "bad argument #1 to 'add' (value: number expected, got string)"},
        {"lt.Counter('c'):add(0/0)", "bad argument #1 to 'add' (value: it is nan)"},
        {"lt.Counter('c'):add(1/0)", "bad argument #1 to 'add' (value: it is inf)"},
        {"lt.Counter('c').add(1)", "bad self of 'add' (metric expected, got number)"},
        {"lt.Counter('c'):add(1, 'a')", "bad argument #2 to 'add' (tags: table expected, got string)"},
        {"lt.Counter('c'):add(1, {a = 1})", "bad argument #2 to 'add' (tags: the value of 'a' must be a string, got number)"},
        {"lt.Counter('c'):add(1, {'a'})", "bad argument #2 to 'add' (tags: their names must be strings, got number)"},
        {"lt.check()", "bad argument #1 to 'check' (value expected)"},
        {"lt.check(1)", "bad argument #2 to 'check' (conditions: table expected, got nil)"},
        {"lt.check(1, {true})", "bad argument #2 to 'check' (conditions: their names must be strings, got number)"},
        {"lt.check(1, {}, 5)", "bad argument #3 to 'check' (tags: table expected, got number)"},
        {"lt.group('a::b', print)", "bad argument #1 to 'group' (name: '::' stands between groups and cannot be in 'a::b')"},
        {"lt.group('', print)", "bad argument #1 to 'group' (name: it is empty)"},
        {"lt.group('a')", "bad argument #2 to 'group' (f: function expected, got no value)"},
        {"lt.time(nil, print)", "bad argument #1 to 'time' (name: string expected, got nil)"},
        {"lt.time('a', 5)", "bad argument #2 to 'time' (f: function expected, got number)"},
        {"lt.pace(0)", "bad argument #1 to 'pace' (interval: seconds > 0 expected, got 0)"},
        {"lt.pace('1')", "bad argument #1 to 'pace' (interval: seconds > 0 expected, got string)"},
        {"lt.fail({})", "bad argument #1 to 'fail' (message: string expected, got table)"},
        {"lt.data({})", "bad argument #1 to 'data' (file: string expected, got table)"},
        {"lt.fail('so')", "so"},
        {"lt.fail()", "fail() was called"},
    };
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        char script[256] = "local lt = require 'loadtest' ", log[512] = "report main chunk: t.lua:1: ";
        strcat(script, wrong[index][0]);
        strcat(strcat(log, wrong[index][1]), "\nfinished\n");
        host *host = host_start(script, NULL);
        host_run(host, 0);
        if (strstr(host->log, "report") != NULL) memmove(host->log, strstr(host->log, "report"), strlen(strstr(host->log, "report")) + 1);
        EXPECT_LOG(host, log);
        host_end(host);
    }
    host *host = host_start("require'loadtest'.Counter('c')", NULL);
    host->refuses_metrics = true;
    host_run(host, 0);
    EXPECT_LOG(
        host, "report main chunk: t.lua:1: bad argument #1 to 'Counter' (name: the host does not want it)\nfinished\n");
    host_end(host);
}

static void it_works_in_a_plain_bot(void) {
    host *host = host_start_plain(
        "local lt = require 'loadtest'\n"
        "lt.group('g', function() assert(lt.check(1, {a = true, b = function() return true end})) end)\n"
        "lt.Counter('c'):add(1) lt.time('t', function() end) lt.pace(0.01) lt.pace(0.01)\n"
        "assert(__VU == 1 and __ITER == 0 and lt.vu.id == 1 and lt.vu.iteration == 0 and lt.env == __ENV)\n"
        "lt.abort('no more')");
    host_run(host, 1);
    EXPECT_LOG(host, "log aborted: no more\nexit 108\n");
    host_end(host);
}

static void new_names_all_the_time_cost_no_memory(void) {
    host *host = host_start(
        "local lt = require 'loadtest'\n"
        "collectgarbage() local before = collectgarbage('count')\n"
        "for i = 1, 10000 do lt.check(1, {['' .. i] = true}) end\n"
        "for i = 1, 1500 do lt.group('g' .. i, function() end) end\n"
        "collectgarbage() assert(collectgarbage('count') - before < 400)", NULL);
    luahost_vm_hold(host->vm);
    for (int round = 0; round < 20 && host->log[0] != 'X'; round++) host_run(host, 0.05);
    EXPECT(strstr(host->log, "report") == NULL);
    EXPECT(strstr(host->log, "log more than 1000 groups") != NULL);
    host_end(host);
}

void test_loadtest(void) {
    metrics();
    checks();
    groups_nest();
    times();
    a_cancelled_time_is_none();
    rounds();
    arguments();
    it_works_in_a_plain_bot();
    new_names_all_the_time_cost_no_memory();
}
