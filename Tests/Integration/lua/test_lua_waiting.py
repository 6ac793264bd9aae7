"""Where a script may wait, and what it is told where it may not."""

import pytest

from harness.talk import lines_of, run


PLACES = {
    "main chunk": "eio.sleep(0.01); print('x')",
    "coroutine.wrap": "local f = coroutine.wrap(function() eio.sleep(0.01); return 'x' end); print(f())",
    "coroutine.resume": """
        local co = coroutine.create(function(a) eio.sleep(0.01); coroutine.yield(a); eio.sleep(0.01); return 'end' end)
        assert(select(2, coroutine.resume(co, 1)) == 1 and coroutine.status(co) == "suspended")
        assert(select(2, coroutine.resume(co)) == 'end' and coroutine.status(co) == "dead")
        print('x')""",
    "nested coroutines": """
        local function nest(depth)
            if depth == 0 then eio.sleep(0.01); return 'x' end
            return coroutine.wrap(nest)(depth - 1)
        end
        print(nest(50))""",
    "generator": """
        local seen = {}
        for n in coroutine.wrap(function() for n = 1, 3 do eio.sleep(0.01); coroutine.yield(n) end end) do
            seen[#seen + 1] = n
        end
        assert(table.concat(seen) == "123"); print('x')""",
    "pcall": "print(select(2, pcall(function() eio.sleep(0.01); return 'x' end)))",
    "xpcall": "print(select(2, xpcall(function() eio.sleep(0.01); error('x', 0) end, function(e) return e end)))",
    "metamethods": """
        local wait = function() eio.sleep(0.01); return true end
        local t = setmetatable({}, {__index = wait, __add = wait, __call = wait, __lt = wait, __eq = wait, __len = wait,
            __concat = wait, __unm = wait, __newindex = wait})
        local u = setmetatable({}, getmetatable(t))
        local _ = t.a and t + 1 and t() and t < u and t == u and #t and t .. "" and -t
        t.a = 1
        print('x')""",
    "iterator": """
        local function next_one(_, n) eio.sleep(0.01); if n < 3 then return n + 1 end end
        local sum = 0
        for n in next_one, nil, 0 do sum = sum + n end
        assert(sum == 6); print('x')""",
    "__pairs": """
        local t = setmetatable({}, {__pairs = function() eio.sleep(0.01); return next, {x = 1} end})
        for k in pairs(t) do print(k) end""",
    "__close": """
        do local c <close> = setmetatable({}, {__close = function() eio.sleep(0.01); print('x') end}) end""",
    "dofile": "dofile('waits.lua'); print('x')",
    "require": "print((require('waits')))",
    "task": "eio.start_background_task(function() eio.sleep(0.01); print('x') end)",
}


@pytest.mark.parametrize("place", PLACES)
def test_waiting_is_possible(lua, place):
    lua.write("eio.sleep(0.01)\nreturn 'x'", "waits.lua")
    # A second coroutine ticks meanwhile, which shows that only this one waits.
    script = f"""
        local ticks = 0
        local ticker = eio.start_background_task(function() while true do ticks = ticks + 1; eio.sleep(0.001) end end)
        {PLACES[place]}
        eio.sleep(0.02)
        assert(ticks > 3)
        ticker:cancel()
    """
    assert lines_of(lua, script) == ["x"]


def test_module_is_loaded_once_though_its_loading_waits(lua):
    lua.write("print('loading'); eio.sleep(0.05); return {}", "slow.lua")
    assert lines_of(lua, """
        local loaded = {}
        for n = 1, 2 do eio.start_background_task(function() loaded[n] = require "slow" end) end
        eio.sleep(0.2)
        print(loaded[1] == loaded[2], loaded[1] ~= nil)
    """) == ["loading", "true\ttrue"]


OBSTACLES = {
    "'table.sort'": "table.sort({3, 2, 1}, function(a, b) WAIT; return a < b end)",
    "'string.gsub'": "string.gsub('abc', '.', function() WAIT end)",
    "'tostring'": "tostring(setmetatable({}, {__tostring = function() WAIT; return '' end}))",
    "'load'": "load(function() WAIT end)",
}
WAITS = {
    "eio.sleep": "eio.sleep(0)",
    "eio.connect": "eio.connect('http://127.0.0.1:1')",
    "queue:get": "eio.create_queue():get()",
    "event:wait": "eio.create_event():wait()",
    "task:join": "eio.start_background_task(function() end):join()",
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_error_names_what_is_in_the_way(lua, obstacle):
    code = OBSTACLES[obstacle].replace("WAIT", "eio.sleep(0)")
    # load() returns the error of its reader as a value, the others raise.
    result = run(lua, f"print(pcall(function() return {code} end))")
    assert f"eio.sleep cannot wait here, inside {obstacle}" in result.stdout, result


@pytest.mark.parametrize("wait", WAITS)
def test_error_names_what_cannot_wait(lua, wait):
    code = OBSTACLES["'table.sort'"].replace("WAIT", WAITS[wait])
    result = run(lua, f"print(select(2, pcall(function() {code} end)))")
    assert result.stdout.startswith(f"script.lua:1: {wait} cannot wait here, inside 'table.sort'"), result


def test_finalizer_cannot_wait(lua):
    result = run(lua, """
        local err
        setmetatable({}, {__gc = function() err = select(2, pcall(eio.sleep, 0)) end})
        collectgarbage(); collectgarbage()
        print(err)
    """)
    assert result.stdout.endswith("eio.sleep cannot wait here, inside a finalizer (__gc)\n"), result


def test_wait_from_the_wrong_place_leaves_the_task_whole(lua):
    assert lines_of(lua, """
        local ok = pcall(table.sort, {2, 1}, function() eio.sleep(0) end)
        eio.sleep(0.01)
        print(ok, "alive")
    """) == ["false\talive"]


def test_own_coroutines_yield_as_ever(lua):
    assert lines_of(lua, """
        local co = coroutine.create(function(...)
            local got = table.pack(coroutine.yield(...))
            eio.sleep(0.01)
            error({got.n})
        end)
        print(coroutine.resume(co, 1, nil))
        local ok, err = coroutine.resume(co, nil, nil, nil)
        print(ok, err[1], coroutine.status(co))
        print(coroutine.resume(co))
        print(coroutine.isyieldable(), coroutine.running())
    """)[:3] == ["true\t1\tnil", "false\t3\tdead", "false\tcannot resume dead coroutine"]


def test_yield_outside_of_own_coroutines_is_an_error(lua):
    result = run(lua, "coroutine.yield(1)")
    assert result.status == 1
    assert "script.lua:1: coroutine.yield outside" in result.stderr


def test_coroutine_resumed_by_two_tasks(lua):
    """While it waits for the host, nobody else can resume it."""
    assert lines_of(lua, """
        local co = coroutine.create(function() eio.sleep(0.05); return "done" end)
        eio.start_background_task(function() print("first", coroutine.resume(co)) end)
        eio.start_background_task(function() print("second", coroutine.status(co), (coroutine.resume(co))) end)
    """) == ["second\tnormal\tfalse", "first\ttrue\tdone"]
