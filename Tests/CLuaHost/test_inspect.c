/* eio.inspect, eio.is_bytes and the clocks. */
#include "host.h"
#include "tests.h"

static void expect_fine(const char *script) {
    host *host = host_start(script, NULL);
    host_run(host, 0.5);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

#define SHOWS(value, text) expect_fine("local s = eio.inspect(" value ") assert(s == [=[" text "]=], s)")

static void single_values_are_readable(void) {
    SHOWS("nil", "nil");
    SHOWS("true", "true");
    SHOWS("12", "12");
    SHOWS("1.0", "1.0");
    SHOWS("-1/0", "-inf");
    SHOWS("'a\\n\"\\\\\\0\\127\\xff\\u{e4}\\u{9b}'", "\"a\\n\\\"\\\\\\x00\\x7f\\xff\xc3\xa4\\xc2\\x9b\"");
    SHOWS("eio.null", "null");
    SHOWS("eio.bytes('\\1z')", "bytes \"\\x01z\"");
    SHOWS("print", "<function>");
    SHOWS("coroutine.create(print)", "<coroutine>");
    SHOWS("eio", "<engineio.Client 1 (disconnected)>");
    expect_fine("local s = eio.inspect(function() end) assert(s:find('^<function .*:1>$'), s)");
    expect_fine("local s = eio.inspect(eio.create_queue()) assert(s:find('^<queue: '), s)");
}

static void keys_are_sorted(void) {
    SHOWS("{}", "{}");
    SHOWS("{b = 1, a = {c = {}}, 10, 20, [5] = 5, [-1.5] = 0, [true] = 1, ['a b'] = 2}",
        "{[-1.5] = 0, 10, 20, [5] = 5, a = {c = {}}, [\"a b\"] = 2, b = 1, [true] = 1}");
    SHOWS("{[math.maxinteger] = 1, [math.maxinteger - 1] = 0, [math.mininteger] = 2}",
        "{[-9223372036854775808] = 2, [9223372036854775806] = 0, [9223372036854775807] = 1}");
    SHOWS("{[{}] = 1}", "{[<table>] = 1}");
    expect_fine("local x, y = ('x'):rep(40), ('y'):rep(48) local one = '{\"' .. x .. '\", {\"' .. y .. '\"}}'\n"
                "assert(#one == 98 and eio.inspect({x, {y}}) == one)\n"
                "assert(eio.inspect({x, {y .. 'yyy'}}) == '{\\n  \"' .. x .. '\",\\n  {\"' .. y .. 'yyy\"}\\n}')");
}

static void cycles_are_marked(void) {
    expect_fine("local t = {} t.t = {t} assert(eio.inspect(t) == '{t = {<cycle>}}')");
    expect_fine("local t = {} assert(eio.inspect({t, t}) == '{{}, {}}')");
}

static void tables_are_read_without_metamethods(void) {
    SHOWS("setmetatable({1}, {__index = error, __pairs = error, __len = error, __tostring = error, __name = 5})", "{1}");
    expect_fine("local _, e = pcall(eio.json.decode, '') local s = eio.inspect(e) assert(s:find('type = \"ValueError\"'), s)");
    expect_fine(
        "debug.setmetatable(io.stdout, {__tostring = function() error('own', 0) end})\n"
        "local ok, e = pcall(eio.inspect, {io.stdout}) assert(not ok and e == 'own', e)");
}

static void everything_has_a_limit(void) {
    expect_fine("local t = {} for _ = 1, 100000 do t = {t} end\n"
                "local s = eio.inspect(t):gsub('%s', '') assert(s == ('{'):rep(32) .. '{...}' .. ('}'):rep(32), s)");
    expect_fine("local t = {} for n = 1, 200000 do t[n] = 1 end\n"
                "local s = eio.inspect(t) assert(#s < 500100 and s:find('1,\\n  %.%.%.\\n}$'), #s)");
    expect_fine("local s = eio.inspect({('x'):rep(3 << 20), 'y'}) assert(#s < (1 << 20) + 100 and s:find('%.%.%.\\n}$'), #s)");
    /* As many paths as 2 to the 30th. */
    expect_fine("local t = {} for _ = 1, 30 do t = {t, t} end assert(#eio.inspect(t) < 2 << 20)");
}

static void is_bytes_knows_bytes(void) {
    expect_fine(
        "assert(eio.is_bytes(eio.bytes('x')) == true and eio:is_bytes(eio.bytes('')) == true)\n"
        "for _, other in ipairs {'x', 1, {}, eio, eio.null, io.stdout} do assert(eio.is_bytes(other) == false) end\n"
        "assert(eio.is_bytes(nil) == false and sio.is_bytes == eio.is_bytes)\n"
        "local ok, e = pcall(eio.is_bytes) assert(e:find(\"bad argument #1 to 'is_bytes' (value expected)\", 1, true))\n"
        "local ok, e = pcall(eio.inspect) assert(e:find(\"bad argument #1 to 'inspect' (value expected)\", 1, true))");
}

static void clocks_are_in_seconds(void) {
    expect_fine(
        "local t, m = eio.time(), eio.monotonic()\n"
        "assert(math.type(t) == 'float' and math.type(m) == 'float' and math.abs(t - os.time()) < 5)\n"
        "while eio.monotonic() == m do end\n"
        "local step = eio.monotonic() - m assert(step > 0 and step < 5, step)");
}

void test_inspect(void) {
    single_values_are_readable();
    keys_are_sorted();
    cycles_are_marked();
    tables_are_read_without_metamethods();
    everything_has_a_limit();
    is_bytes_knows_bytes();
    clocks_are_in_seconds();
}
