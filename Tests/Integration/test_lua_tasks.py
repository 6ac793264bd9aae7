"""Tasks, waiting, queues and events: what a script does without a network."""

import pytest


def run(lua, text):
    """Runs a script by its name alone, as messages then show it."""
    return lua.command(lua.write(text).name).finish()


def lines(lua, text):
    """What a script prints that ends well."""
    result = run(lua, text)
    assert result.status == 0 and not result.stderr, result
    return result.lines


# Sleeping, and the order of tasks.


def test_sleep_waits_that_long(lua):
    result = run(lua, "eio.sleep(0.3)\neio:sleep(0.2)")
    assert 0.5 <= result.duration < 1.5


def test_sleepers_wake_in_the_order_of_their_deadlines(lua):
    assert lines(lua, """
        for _, n in ipairs{3, 1, 2} do
            eio.start_background_task(function(s) eio.sleep(s / 20); print(s) end, n)
        end
    """) == ["1", "2", "3"]


def test_sleep_of_nothing_lets_the_others_run(lua):
    assert lines(lua, """
        local function count(name) for n = 1, 3 do print(name .. n); eio.sleep(0) end end
        eio.start_background_task(count, "a")
        eio.start_background_task(count, "b")
    """) == ["a1", "b1", "a2", "b2", "a3", "b3"]


def test_sleep_without_an_argument_is_a_sleep_of_nothing(lua):
    assert lines(lua, "print(select('#', eio.sleep()), eio.sleep())") == ["0"]


def test_hundred_years_of_sleep_are_no_overflow(lua):
    assert lines(lua, """
        for _, seconds in ipairs{3.2e9, 1e12, 1e300, math.huge} do
            local task = eio.start_background_task(eio.sleep, seconds)
            eio.sleep(0.01)
            print(task:done(), task:cancel())
        end
    """) == ["false\ttrue"] * 4


def test_task_starts_after_its_starter_waits(lua):
    assert lines(lua, """
        eio.start_background_task(function() print("task") end)
        print("main")
    """) == ["main", "task"]


def test_arguments_of_a_task(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function(...) return select("#", ...), ... end, nil, 1, nil)
        print(task:join())
    """) == ["true\t3\tnil\t1\tnil"]


def test_callable_table_as_a_task(lua):
    assert lines(lua, """
        local callable = setmetatable({}, {__call = function(_, x) return x * 2 end})
        print(eio.start_background_task(callable, 21):join())
    """) == ["true\t42"]


def test_program_ends_with_the_last_task(lua):
    assert lines(lua, """
        eio.start_background_task(function()
            eio.sleep(0.1)
            eio.start_background_task(function() eio.sleep(0.1); print("grandchild") end)
            print("child")
        end)
        print("main")
    """) == ["main", "child", "grandchild"]


def test_collected_task_object_lets_its_task_run(lua):
    assert lines(lua, """
        eio.start_background_task(function() eio.sleep(0.1); print("ran") end)
        collectgarbage(); collectgarbage()
    """) == ["ran"]


def test_ten_thousand_tasks(lua):
    assert lines(lua, """
        local tasks, sum = {}, 0
        for n = 1, 10000 do
            tasks[n] = eio.start_background_task(function() eio.sleep(0.2); return n end)
        end
        for _, task in ipairs(tasks) do sum = sum + select(2, task:join()) end
        print(sum, tasks[10000]:done())
    """) == ["50005000\ttrue"]


def test_ten_thousand_tasks_that_wait_are_cancelled(lua):
    assert lines(lua, """
        local tasks, cancelled = {}, 0
        for n = 1, 10000 do tasks[n] = eio.start_background_task(function() eio.create_event():wait() end) end
        eio.sleep(0)
        for _, task in ipairs(tasks) do task:cancel() end
        for _, task in ipairs(tasks) do
            local ok = task:join()
            if not ok then cancelled = cancelled + 1 end
        end
        print(cancelled)
    """) == ["10000"]


# join, cancel, done.


def test_join_gives_the_results(lua):
    assert lines(lua, """
        print(eio.start_background_task(function() return end):join())
        print(eio.start_background_task(function() eio.sleep(0.01); return 1, nil, 3 end):join())
    """) == ["true", "true\t1\tnil\t3"]


def test_error_that_a_join_waits_for_is_caught(lua):
    assert lines(lua, """
        local value = {}
        local ok, err = eio.start_background_task(function() error(value) end):join()
        print(ok, err == value)
        print(eio.start_background_task(function() eio.sleep(0.01); error("text", 0) end):join())
    """) == ["false\ttrue", "false\ttext"]


def test_error_that_is_joined_too_late_has_been_reported(lua):
    result = run(lua, """
        local task = eio.start_background_task(function() error("text", 0) end)
        eio.sleep(0.01)
        print(task:join())
    """)
    assert (result.lines, result.status) == (["false\ttext"], 1)
    assert "text" in result.stderr


def test_join_again_gives_the_same(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function() return "x" end)
        print(task:join()); print(task:join(0)); print(task.join(task))
    """) == ["true\tx"] * 3


def test_join_with_a_timeout(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function() eio.sleep(0.3); return "late" end)
        print(task:join(0)); print(task:join(0.05)); print(task:done()); print(task:join(5)); print(task:done())
    """) == ["nil\ttimeout", "nil\ttimeout", "false", "true\tlate", "true"]


def test_several_join_one_task(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function() eio.sleep(0.05); return "x" end)
        for n = 1, 3 do eio.start_background_task(function() print(n, task:join()) end) end
    """) == ["1\ttrue\tx", "2\ttrue\tx", "3\ttrue\tx"]


def test_task_cannot_join_itself(lua):
    assert lines(lua, """
        local task
        task = eio.start_background_task(function() return pcall(task.join, task) end)
        print(select(3, task:join()))
    """)[0].endswith("a task cannot join itself")


def test_cancelled_task_is_no_error(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function() eio.sleep(60) end)
        eio.sleep(0)
        print(task:cancel())
        local ok, err = task:join()
        print(ok, err == eio.cancelled, tostring(err))
        print(task:done(), task:cancel())
    """) == ["true", "false\ttrue\ttask cancelled", "true\tfalse"]


def test_task_cancelled_before_it_started_never_runs(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function() print("ran") end)
        task:cancel()
        print((task:join()))
    """) == ["false"]


def test_cancel_closes_and_cleans_up(lua):
    assert lines(lua, """
        local task = eio.start_background_task(function()
            local guard <close> = setmetatable({}, {__close = function() print("closed") end})
            eio.sleep(60)
        end)
        eio.sleep(0)
        task:cancel(); task:join()
    """) == ["closed"]


def test_cancel_is_raised_at_every_wait(lua):
    """A task that catches the cancellation is cancelled all the same."""
    assert lines(lua, """
        local raised = 0
        local task = eio.start_background_task(function()
            for _ = 1, 3 do
                local ok, err = pcall(eio.sleep, 60)
                if not ok and err == eio.cancelled then raised = raised + 1 end
            end
        end)
        eio.sleep(0)
        task:cancel(); task:join()
        print(raised)
    """) == ["3"]


CANCELLED_WAITS = {
    "sleep": "eio.sleep(60)",
    "join": "eio.start_background_task(function() eio.sleep(0.3) end):join()",
    "get": "eio.create_queue():get()",
    "put": "local q = eio.create_queue(1); q:put(1); q:put(2)",
    "queue join": "local q = eio.create_queue(); q:put(1); q:join()",
    "event": "eio.create_event():wait()",
    "generator": "for _ in coroutine.wrap(function() eio.sleep(60) end) do end",
}


@pytest.mark.parametrize("wait", CANCELLED_WAITS)
def test_cancel_ends_each_wait(lua, wait):
    result = run(lua, f"""
        local task = eio.start_background_task(function() {CANCELLED_WAITS[wait]} end)
        eio.sleep(0.05)
        task:cancel()
        print((task:join(1)))
    """)
    assert (result.lines, result.status, result.stderr) == (["false"], 0, "")
    assert result.duration < 5


def test_text_of_a_task(lua):
    assert lines(lua, """
        local function work() eio.sleep(0.01) end
        local task = eio.start_background_task(work)
        print(task); eio.sleep(0); print(task); task:join(); print(task)
    """) == [f"task 'work' (started at script.lua:3): {state}" for state in ("ready", "waiting", "done")]


# Queues and events, as in python.


def test_queue_is_first_in_first_out(lua):
    assert lines(lua, """
        local q = eio.create_queue()
        print(q:empty(), q:qsize(), q:full())
        q:put("a"); q:put(false); q:put(eio.null); q:put_nowait({1})
        print(q:empty(), q:qsize(), q:full())
        print(q:get(), q:get(), q:get() == eio.null, q:get_nowait()[1], q:empty())
    """) == ["true\t0\tfalse", "false\t4\tfalse", "a\tfalse\ttrue\t1\ttrue"]


def test_queue_with_a_size(lua):
    assert lines(lua, """
        local q = eio.create_queue(2)
        eio.start_background_task(function() for n = 1, 5 do q:put(n); print("put " .. n) end end)
        eio.sleep(0.02)
        print(q:full(), q:qsize())
        for _ = 1, 5 do print("got " .. q:get()); eio.sleep(0.02) end
    """) == ["put 1", "put 2", "true\t2", "got 1", "put 3", "got 2", "put 4", "got 3", "put 5", "got 4", "got 5"]


def test_empty_and_full_queues_raise(lua):
    assert lines(lua, """
        local q = eio.create_queue(1)
        for _, get in ipairs{q.get_nowait, function() return q:get(false) end, function() return q:get(true, 0.05) end,
                             function() return q:get{timeout = 0.05} end, function() return q:get{block = false} end} do
            local ok, err = pcall(get, q)
            print(ok, err == eio.queue_empty, err == eio.get_queue_empty_exception(), tostring(err))
        end
        q:put(1)
        for _, put in ipairs{q.put_nowait, function() q:put(2, false) end, function() q:put(2, true, 0.05) end} do
            local ok, err = pcall(put, q, 2)
            print(ok, err == eio.queue_full)
        end
        print(q:qsize())
    """) == ["false\ttrue\ttrue\tthe queue is empty"] * 5 + ["false\ttrue"] * 3 + ["1"]


def test_getters_are_served_in_order(lua):
    assert lines(lua, """
        local q = eio.create_queue()
        for n = 1, 3 do eio.start_background_task(function() print(n, q:get()) end) end
        eio.sleep(0)
        for _, item in ipairs{"a", "b", "c"} do q:put(item) end
    """) == ["1\ta", "2\tb", "3\tc"]


def test_item_for_a_cancelled_getter_is_not_lost(lua):
    assert lines(lua, """
        local q = eio.create_queue()
        local first = eio.start_background_task(function() q:get() end)
        eio.start_background_task(function() print("second", q:get()) end)
        eio.sleep(0)
        first:cancel()
        q:put("x")
    """) == ["second\tx"]


def test_item_put_together_with_a_cancellation_is_not_lost(lua):
    assert lines(lua, """
        local q, taken = eio.create_queue(), nil
        local getter = eio.start_background_task(function() taken = q:get() end)
        eio.sleep(0)
        q:put("x")
        getter:cancel()
        getter:join()
        print(taken or q:get(true, 1))
    """) == ["x"]


def test_queue_join_waits_for_task_done(lua):
    assert lines(lua, """
        local q = eio.create_queue()
        for n = 1, 3 do q:put(n) end
        eio.start_background_task(function()
            for _ = 1, 3 do print(q:get()); eio.sleep(0.02); q:task_done() end
        end)
        q:join()
        print("joined")
        print(select(2, pcall(q.task_done, q)))
    """)[:4] == ["1", "2", "3", "joined"]


def test_event(lua):
    assert lines(lua, """
        local e = eio.create_event()
        print(e:is_set(), e:wait(0.02))
        for n = 1, 2 do eio.start_background_task(function() print(n, e:wait()) end) end
        eio.sleep(0.02)
        e:set()
        print(e:is_set(), e:wait(), e:wait(0))
        eio.sleep(0)
        e:clear()
        print(e:is_set(), e:wait(0))
    """) == ["false\tfalse", "true\ttrue\ttrue", "1\ttrue", "2\ttrue", "false\tfalse"]


# Where a script may wait.

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
    # What ticks beside it shows that only this coroutine waits.
    script = f"""
        local ticks = 0
        local ticker = eio.start_background_task(function() while true do ticks = ticks + 1; eio.sleep(0.001) end end)
        {PLACES[place]}
        eio.sleep(0.02)
        assert(ticks > 3)
        ticker:cancel()
    """
    assert lines(lua, script) == ["x"]


def test_module_is_loaded_once_though_its_loading_waits(lua):
    lua.write("print('loading'); eio.sleep(0.05); return {}", "slow.lua")
    assert lines(lua, """
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
    assert lines(lua, """
        local ok = pcall(table.sort, {2, 1}, function() eio.sleep(0) end)
        eio.sleep(0.01)
        print(ok, "alive")
    """) == ["false\talive"]


def test_own_coroutines_yield_as_ever(lua):
    assert lines(lua, """
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
    assert lines(lua, """
        local co = coroutine.create(function() eio.sleep(0.05); return "done" end)
        eio.start_background_task(function() print("first", coroutine.resume(co)) end)
        eio.start_background_task(function() print("second", coroutine.status(co), (coroutine.resume(co))) end)
    """) == ["second\tnormal\tfalse", "first\ttrue\tdone"]
