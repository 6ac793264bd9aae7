"""Queues and events, as in python."""

from harness.talk import lines_of


def test_queue_is_first_in_first_out(lua):
    assert lines_of(lua, """
        local q = eio.create_queue()
        print(q:empty(), q:qsize(), q:full())
        q:put("a"); q:put(false); q:put(eio.null); q:put_nowait({1})
        print(q:empty(), q:qsize(), q:full())
        print(q:get(), q:get(), q:get() == eio.null, q:get_nowait()[1], q:empty())
    """) == ["true\t0\tfalse", "false\t4\tfalse", "a\tfalse\ttrue\t1\ttrue"]


def test_queue_with_a_size(lua):
    assert lines_of(lua, """
        local q = eio.create_queue(2)
        eio.start_background_task(function() for n = 1, 5 do q:put(n); print("put " .. n) end end)
        eio.sleep(0.02)
        print(q:full(), q:qsize())
        for _ = 1, 5 do print("got " .. q:get()); eio.sleep(0.02) end
    """) == ["put 1", "put 2", "true\t2", "got 1", "put 3", "got 2", "put 4", "got 3", "put 5", "got 4", "got 5"]


def test_empty_and_full_queues_raise(lua):
    assert lines_of(lua, """
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
    assert lines_of(lua, """
        local q = eio.create_queue()
        for n = 1, 3 do eio.start_background_task(function() print(n, q:get()) end) end
        eio.sleep(0)
        for _, item in ipairs{"a", "b", "c"} do q:put(item) end
    """) == ["1\ta", "2\tb", "3\tc"]


def test_item_for_a_cancelled_getter_is_not_lost(lua):
    assert lines_of(lua, """
        local q = eio.create_queue()
        local first = eio.start_background_task(function() q:get() end)
        eio.start_background_task(function() print("second", q:get()) end)
        eio.sleep(0)
        first:cancel()
        q:put("x")
    """) == ["second\tx"]


def test_item_put_together_with_a_cancellation_is_not_lost(lua):
    assert lines_of(lua, """
        local q, taken = eio.create_queue(), nil
        local getter = eio.start_background_task(function() taken = q:get() end)
        eio.sleep(0)
        q:put("x")
        getter:cancel()
        getter:join()
        print(taken or q:get(true, 1))
    """) == ["x"]


def test_queue_join_waits_for_task_done(lua):
    assert lines_of(lua, """
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
    assert lines_of(lua, """
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
