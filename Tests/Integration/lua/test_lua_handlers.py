"""Handlers: which are called, when, in what order, and what becomes of their errors."""

import pytest

from harness.talk import complete, converse, run, sending


# on().


def test_decorator_returns_the_handler(lua):
    assert complete(lua, """
        local f = function() end
        for _, event in ipairs{"connect", "message", "disconnect", "error"} do
            print(eio.on(event)(f) == f, select("#", eio.on(event, f)))
        end
        print(select("#", eio:on("message", f)), eio:on("message")(f) == f)
    """).lines == ["true\t0"] * 4 + ["0\ttrue"]


INVALID_EVENTS = {
    "'open'": "'open'", "'Message'": "'Message'", "''": "''", "nil": "(a nil)", "5": "(a number)", "{}": "(a table)",
    "('x'):rep(1000)": "'" + "x" * 64 + "'",
}


@pytest.mark.parametrize("event", INVALID_EVENTS)
@pytest.mark.parametrize("call", ["eio.on({})", "eio.on({}, print)"])
def test_invalid_event(lua, call, event):
    result = complete(lua, f"print(pcall(function() {call.format(event)} end))")
    assert result.stdout == (
        f"false\tscript.lua:1: Invalid event {INVALID_EVENTS[event]}; the events are connect, message, disconnect, error\n")


def test_registering_again_replaces(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("message", function() print("first") end)
        eio.on("message", function() print("second") end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["second"]


def test_callable_table_as_a_handler(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("message", setmetatable({}, {__call = function(_, m) print("called", m) end}))
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["called\ta"]


def test_handler_replaced_by_itself_while_messages_come(lua, transport):
    result = converse(lua, sending(transport, "41", "42", "43"), """
        eio.on("message", function(m)
            print("old", m)
            eio.on("message", function(n) print("new", n) end)
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["old\t1", "new\t2", "new\t3"]


# The order of handlers.


def test_handlers_start_in_order_and_overlap_when_they_wait(lua, transport):
    result = converse(lua, sending(transport, "41", "42", "43"), """
        eio.on("message", function(m)
            print("start", m)
            if m == "1" then eio.sleep(0.1) end
            print("end", m)
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["start\t1", "start\t2", "end\t2", "start\t3", "end\t3", "end\t1"]


@pytest.mark.parametrize("how", ["eio.on('message', f, {ordered = true})", "eio.on('message', {ordered = true})(f)"])
def test_ordered_handlers_wait_for_each_other(lua, transport, how):
    result = converse(lua, sending(transport, "41", "42", "43"), f"""
        local function f(m)
            print("start", m)
            eio.sleep(0.03)
            print("end", m)
        end
        {how}
        eio.connect(arg[1], {{transports = arg[2]}})
    """, transport)
    assert result.lines == [f"{what}\t{number}" for number in "123" for what in ("start", "end")]


def test_ordered_goes_on_after_an_error(lua, transport):
    result = converse(lua, sending(transport, "41", "42"), """
        eio.on("message", function(m) eio.sleep(0.01); print(m); error("oh") end, {ordered = true})
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == ["1", "2"]


def test_connect_handler_runs_before_messages(lua, transport):
    result = converse(lua, sending(transport, "4early"), """
        eio.on("connect", function() print("connect", eio.state, eio.sid) end)
        eio.on("message", function(m) print("message", m) end)
        eio.on("disconnect", function(...) print("disconnect", (...)) end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print("end")
    """, transport)
    assert result.lines == ["connect\tconnected\tsid-1", "message\tearly", "disconnect\tserver disconnect", "end"]


def test_connect_returns_when_its_handler_waits(lua, transport):
    result = converse(lua, sending(transport), """
        eio.on("connect", function() print("handler"); eio.sleep(0.1); print("handler ends") end)
        eio.connect(arg[1], {transports = arg[2]})
        print("connected")
    """, transport)
    assert result.lines == ["handler", "connected", "handler ends"]


def test_return_values_of_handlers_mean_nothing(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        for _, event in ipairs{"connect", "message", "disconnect"} do
            eio.on(event, function() print(event); return false end)
        end
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["connect", "message", "disconnect"]


# Errors in handlers.


def test_error_handler_replaces_printing_but_not_the_status(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("error", function(err, traceback, where)
            print(err); print(where)
            print(traceback:match("stack traceback:") ~= nil, traceback:match("script.lua:%d+"))
        end)
        eio.on("message", function(m) error("bad " .. m) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == [
        "script.lua:6: bad a", "'message' handler (registered at script.lua:6)", "true\tscript.lua:6"]
    assert result.stderr == ""


def test_error_handler_gets_the_very_value(lua, transport):
    result = converse(lua, sending(transport), """
        local value = {}
        eio.on("error", function(err) print(err == value) end)
        eio.on("disconnect", function() error(value) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert (result.lines, result.stderr) == (["true"], "")


def test_error_handler_sees_tasks_and_the_main_chunk(lua):
    result = complete(lua, """
        eio.on("error", function(err, _, where) print(err, where) end)
        local function work() error("in the task", 0) end
        eio.start_background_task(work)
        eio.sleep(0)
        error("in the main chunk", 0)
    """, status=1)
    assert result.lines == [
        "in the task\ttask 'work' (started at script.lua:4)", "in the main chunk\tmain chunk"]
    assert result.stderr == ""


def test_error_in_the_error_handler_is_printed(lua):
    result = complete(lua, """
        eio.on("error", function() error("worse") end)
        eio.start_background_task(function() error("bad") end)
    """, status=1)
    assert "worse" in result.stderr and "'error' handler" in result.stderr


def test_error_handler_of_the_client_at_fault(lua, echo):
    result = complete(lua, """
        local a, b = require("engineio").Client(), require("engineio").Client()
        a.on("error", function(err, _, where) print("a", err, where) end)
        b.on("error", function(err, _, where) print("b", err, where) end)
        for _, c in ipairs{a, b} do
            c.on("message", function(m) c.disconnect(); error(m, 0) end)
            c.connect(arg[1])
        end
        a.send("one"); a.wait(); b.send("two")
    """, echo.url, status=1)
    assert result.lines == [
        "a\tone\t'message' handler (client 2, registered at script.lua:6)",
        "b\ttwo\t'message' handler (client 3, registered at script.lua:6)"]


def test_error_in_one_handler_leaves_the_others_and_the_connection(lua, transport):
    result = converse(lua, sending(transport, "41", "42"), """
        eio.on("message", function(m) print(m); error("oh") end)
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == ["1", "2", "server disconnect"]


def test_error_in_the_connect_handler_is_raised_by_connect(lua, transport):
    async def conversation(server):
        await server.open(transport)
        await server.gone()

    result = converse(lua, conversation, """
        eio.on("connect", function() error("no thanks", 0) end)
        local ok, err = pcall(eio.connect, arg[1], {transports = arg[2]})
        print(ok, err.type, tostring(err):match("no thanks"), eio.state, eio.sid)
    """, transport)
    assert result.lines == ["false\tConnectionError\tno thanks\tdisconnected\tnil"]


def test_error_in_the_connect_handler_after_it_waited_is_reported(lua, transport):
    result = converse(lua, sending(transport), """
        eio.on("connect", function() eio.sleep(0); error("too late") end)
        eio.connect(arg[1], {transports = arg[2]})
        print("connected")
    """, transport, status=1)
    assert result.lines == ["connected"]
    assert "too late" in result.stderr and "'connect' handler" in result.stderr


# Python's ways with packets.


def test_nothing_is_delivered_after_a_close_packet(lua, transport):
    result = converse(lua, sending(transport, "4a", "1", "4b"), """
        eio.on("message", print)
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait(); eio.sleep(0.05)
    """, transport)
    assert result.lines == ["a", "server disconnect"]


def test_second_open_and_unknown_packets_change_nothing(lua, transport):
    second = '0{"sid":"other","upgrades":[],"pingInterval":1000,"pingTimeout":1000}'
    result = converse(lua, sending(transport, second, "7x", "9", "4a"), """
        eio.on("connect", function() print("connect") end)
        eio.on("message", function(m) print(m, eio.sid) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["connect", "a\tsid-1"]


def test_ping_times_as_text(lua, transport):
    async def conversation(server):
        session = await server.open(transport, ping_interval="25000", ping_timeout="5000")
        await session.send("1")

    result = converse(lua, conversation, """
        eio.on("connect", function() print(eio.ping_interval, eio.ping_timeout) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["25.0\t5.0"]


def test_separator_in_text_is_refused_on_polling(lua):
    async def conversation(server):
        session = await server.open("polling")
        assert await session.receive() == "4ok"
        await session.send("1")

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = "polling"})
        print(pcall(eio.send, "a" .. string.char(0x1e) .. "b"))
        eio.send("ok")
    """)
    assert result.lines[0].startswith("false\t") and "byte 2" in result.lines[0] and "eio.bytes" in result.lines[0]


# The traceback of an uncaught error.


TRACEBACKS = {
    "eio.on('connect', function() eio.sleep(0); error('x') end); eio.connect(arg[1]); eio.sleep(0.1)": [
        "[C]: in function 'error'", "script.lua:1: in function <script.lua:1>"],
    "eio.start_background_task(function() coroutine.wrap(error)('x') end)": [
        "[C]: in function 'error'", "script.lua:1: in function <script.lua:1>"],
    "eio.start_background_task(coroutine.wrap(error), 'x')": ["[C]: in function 'error'"],
    "eio.start_background_task(eio.sleep, 'x')": ["[C]: in function 'eio.sleep'"],
}


@pytest.mark.parametrize("code", TRACEBACKS)
def test_traceback_has_the_calls_of_the_script_only(lua, echo, code):
    result = run(lua, code + " eio.sleep(0.05) eio.disconnect()", echo.url)
    assert result.status == 1
    shown = result.stderr.partition("stack traceback:\n")[2].splitlines()
    assert [line.strip() for line in shown if line.startswith("\t")] == TRACEBACKS[code], result
