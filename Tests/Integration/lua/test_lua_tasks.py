"""Sleeping and background tasks: their order, join, cancel and done."""

import pytest

from harness.talk import lines_of, run


# Sleeping, and the order of tasks.


def test_sleep_waits_that_long(lua):
    # The other sleeper is the upper bound: a busy machine takes its time for the start and the end.
    result = run(lua, """
        eio.start_background_task(function() eio.sleep(0.7) print("later") end)
        eio.sleep(0.3)
        eio:sleep(0.2)
        print("sooner")
    """)
    assert result.lines == ["sooner", "later"] and result.duration >= 0.5


def test_sleepers_wake_in_the_order_of_their_deadlines(lua):
    assert lines_of(lua, """
        for _, n in ipairs{3, 1, 2} do
            eio.start_background_task(function(s) eio.sleep(s / 20); print(s) end, n)
        end
    """) == ["1", "2", "3"]


def test_sleep_of_nothing_lets_the_others_run(lua):
    assert lines_of(lua, """
        local function count(name) for n = 1, 3 do print(name .. n); eio.sleep(0) end end
        eio.start_background_task(count, "a")
        eio.start_background_task(count, "b")
    """) == ["a1", "b1", "a2", "b2", "a3", "b3"]


def test_sleep_without_an_argument_is_a_sleep_of_nothing(lua):
    assert lines_of(lua, "print(select('#', eio.sleep()), eio.sleep())") == ["0"]


def test_hundred_years_of_sleep_are_no_overflow(lua):
    assert lines_of(lua, """
        for _, seconds in ipairs{3.2e9, 1e12, 1e300, math.huge} do
            local task = eio.start_background_task(eio.sleep, seconds)
            eio.sleep(0.01)
            print(task:done(), task:cancel())
        end
    """) == ["false\ttrue"] * 4


def test_task_starts_after_its_starter_waits(lua):
    assert lines_of(lua, """
        eio.start_background_task(function() print("task") end)
        print("main")
    """) == ["main", "task"]


def test_arguments_of_a_task(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function(...) return select("#", ...), ... end, nil, 1, nil)
        print(task:join())
    """) == ["true\t3\tnil\t1\tnil"]


def test_callable_table_as_a_task(lua):
    assert lines_of(lua, """
        local callable = setmetatable({}, {__call = function(_, x) return x * 2 end})
        print(eio.start_background_task(callable, 21):join())
    """) == ["true\t42"]


def test_program_ends_with_the_last_task(lua):
    assert lines_of(lua, """
        eio.start_background_task(function()
            eio.sleep(0.1)
            eio.start_background_task(function() eio.sleep(0.1); print("grandchild") end)
            print("child")
        end)
        print("main")
    """) == ["main", "child", "grandchild"]


def test_collected_task_object_lets_its_task_run(lua):
    assert lines_of(lua, """
        eio.start_background_task(function() eio.sleep(0.1); print("ran") end)
        collectgarbage(); collectgarbage()
    """) == ["ran"]


def test_ten_thousand_tasks(lua):
    assert lines_of(lua, """
        local tasks, sum = {}, 0
        for n = 1, 10000 do
            tasks[n] = eio.start_background_task(function() eio.sleep(0.2); return n end)
        end
        for _, task in ipairs(tasks) do sum = sum + select(2, task:join()) end
        print(sum, tasks[10000]:done())
    """) == ["50005000\ttrue"]


def test_ten_thousand_tasks_that_wait_are_cancelled(lua):
    assert lines_of(lua, """
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
    assert lines_of(lua, """
        print(eio.start_background_task(function() return end):join())
        print(eio.start_background_task(function() eio.sleep(0.01); return 1, nil, 3 end):join())
    """) == ["true", "true\t1\tnil\t3"]


def test_error_that_a_join_waits_for_is_caught(lua):
    assert lines_of(lua, """
        local value = {}
        local ok, err = eio.start_background_task(function() error(value) end):join()
        print(ok, err == value)
        print(eio.start_background_task(function() eio.sleep(0.01); error("text", 0) end):join())
    """) == ["false\ttrue", "false\ttext"]


def test_error_that_a_join_no_longer_waits_for_is_reported(lua):
    result = run(lua, """
        local task = eio.start_background_task(function() eio.sleep(0.1); error("text", 0) end)
        print(task:join(0.01))
        eio.start_background_task(function() task:join() end):cancel()
    """)
    assert (result.lines, result.status) == (["nil\ttimeout"], 1)
    assert "text" in result.stderr


def test_error_that_is_joined_too_late_has_been_reported(lua):
    result = run(lua, """
        local task = eio.start_background_task(function() error("text", 0) end)
        eio.sleep(0.01)
        print(task:join())
    """)
    assert (result.lines, result.status) == (["false\ttext"], 1)
    assert "text" in result.stderr


def test_join_again_gives_the_same(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function() return "x" end)
        print(task:join()); print(task:join(0)); print(task.join(task))
    """) == ["true\tx"] * 3


def test_join_with_a_timeout(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function() eio.sleep(0.3); return "late" end)
        print(task:join(0)); print(task:join(0.05)); print(task:done()); print(task:join(5)); print(task:done())
    """) == ["nil\ttimeout", "nil\ttimeout", "false", "true\tlate", "true"]


def test_several_join_one_task(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function() eio.sleep(0.05); return "x" end)
        for n = 1, 3 do eio.start_background_task(function() print(n, task:join()) end) end
    """) == ["1\ttrue\tx", "2\ttrue\tx", "3\ttrue\tx"]


def test_task_cannot_join_itself(lua):
    assert lines_of(lua, """
        local task
        task = eio.start_background_task(function() return pcall(task.join, task) end)
        print(select(3, task:join()))
    """)[0].endswith("a task cannot join itself")


def test_cancelled_task_is_no_error(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function() eio.sleep(60) end)
        eio.sleep(0)
        print(task:cancel())
        local ok, err = task:join()
        print(ok, err == eio.cancelled, tostring(err))
        print(task:done(), task:cancel())
    """) == ["true", "false\ttrue\ttask cancelled", "true\tfalse"]


def test_task_cancelled_before_it_started_never_runs(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function() print("ran") end)
        task:cancel()
        print((task:join()))
    """) == ["false"]


def test_cancel_closes_and_cleans_up(lua):
    assert lines_of(lua, """
        local task = eio.start_background_task(function()
            local guard <close> = setmetatable({}, {__close = function() print("closed") end})
            eio.sleep(60)
        end)
        eio.sleep(0)
        task:cancel(); task:join()
    """) == ["closed"]


def test_cancel_is_raised_at_every_wait(lua):
    """A task that catches the cancellation is cancelled all the same."""
    assert lines_of(lua, """
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
    assert lines_of(lua, """
        local function work() eio.sleep(0.01) end
        local task = eio.start_background_task(work)
        print(task); eio.sleep(0); print(task); task:join(); print(task)
    """) == [f"task 'work' (started at script.lua:3): {state}" for state in ("ready", "waiting", "done")]
