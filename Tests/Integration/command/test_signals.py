"""Signals, and slices of Lua that compute."""

import asyncio
import re
import signal
import threading
import time

import pytest

from harness.scripted import ScriptedServer
from harness.talk import listening, run


# Signals.


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signal_flushes_and_runs_disconnect_handlers(lua, transport, number, status):
    received = []
    with ScriptedServer(listening(transport, received)) as server:
        running = lua.command(lua.write("""
            eio.on("disconnect", function(reason) eio.sleep(0.1); print(reason) end)
            eio.connect(arg[1], {transports = arg[2]})
            for n = 1, 100 do eio.send(n) end
            print("ready")
            eio.wait()
        """).name, server.url, transport)
        running.wait_for("ready")
        running.signal(number)
        result = running.finish(8)
    assert (result.lines, result.status) == (["ready", "client disconnect"], status), result
    assert received == [f"4{number}" for number in range(1, 101)] + ["1"]


def test_signal_ends_a_script_without_clients(lua):
    running = lua.command(lua.write("print('ready'); eio.sleep(60)").name)
    running.wait_for("ready")
    running.signal(signal.SIGINT)
    result = running.finish(5)
    assert (result.status, result.stderr) == (130, "")


def test_signal_while_connecting(lua):
    async def conversation(server):
        await server.get()
        asked.set()
        await asyncio.to_thread(ended.wait, 10)

    asked, ended = threading.Event(), threading.Event()
    with ScriptedServer(conversation) as server:
        running = lua.command(lua.write("print('connecting'); eio.connect(arg[1])").name, server.url)
        asked.wait(10)
        running.signal(signal.SIGINT)
        result = running.finish(10)
        ended.set()
    assert result.status == 130 and result.duration < 6


def test_disconnect_handler_has_five_seconds_after_a_signal(lua, echo):
    running = lua.command(lua.write("""
        eio.on("disconnect", function() print("handler"); eio.sleep(60); print("never") end)
        eio.connect(arg[1])
        print("ready")
    """).name, echo.url)
    running.wait_for("ready")
    started = time.monotonic()
    running.signal()
    result = running.finish(10)
    assert (result.lines, result.status) == (["ready", "handler"], 130)
    assert 4 < time.monotonic() - started < 7


COMPUTING = {
    "main chunk": "print('ready') while true do end",
    "task": "eio.start_background_task(function() print('ready') while true do end end)",
    "woken task": "eio.start_background_task(function() eio.sleep(0.001) print('ready') while true do end end)",
    "coroutine": "coroutine.wrap(function() print('ready') while true do end end)()",
    "pcall": "print('ready') while true do pcall(function() while true do end end) end",
    "coroutine and pcall": "print('ready') while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "sort": "print('ready') while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end",
    "short slices": "print('ready') while true do eio.sleep(0) end",
}


@pytest.mark.parametrize("place", COMPUTING)
def test_signal_interrupts_what_computes(lua, place):
    running = lua.command(lua.write(COMPUTING[place]).name)
    running.wait_for("ready")
    started = time.monotonic()
    running.signal()
    result = running.finish(8)
    took = time.monotonic() - started
    assert result.status == 130, result
    assert took < 4, result
    if place == "short slices":
        assert "interrupted!" not in result.stderr
    else:
        assert "script.lua:1: interrupted!" in result.stderr, result
        assert took > 0.8


def test_interrupted_slice_lets_the_others_end_well(lua, echo):
    running = lua.command(lua.write("""
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1])
        eio.send("last words")
        eio.start_background_task(function() print("ready"); while true do end end)
    """).name, echo.url)
    running.wait_for("ready")
    running.signal()
    result = running.finish(8)
    assert (result.lines, result.status) == (["ready", "client disconnect"], 130), result
    assert echo.stats()["msgs"] == 1


@pytest.mark.parametrize("place", ["print('ready') while true do pcall(function() while true do end end) end",
                                   "print('ready') eio.sleep(60)"])
def test_second_signal_ends_at_once(lua, place, echo):
    running = lua.command(lua.write(f"""
        eio.on("disconnect", function() print("leaving"); eio.sleep(60) end)
        eio.connect(arg[1])
        {place}
    """).name, echo.url)
    running.wait_for("ready")
    running.signal(signal.SIGTERM)
    if "while" not in place:
        running.wait_for("leaving")
    else:
        # Two that are due at once would come in the order of their numbers.
        time.sleep(0.2)
    started = time.monotonic()
    running.signal(signal.SIGINT)
    result = running.finish(5)
    assert result.status == 130
    # Without it the slice is interrupted after a second, and the handler has five.
    assert "interrupted!" not in result.stderr and time.monotonic() - started < 4


# Slices that compute.


def test_slow_slice_is_reported_with_its_line(lua):
    result = run(lua, """\
local started = os.clock()
while os.clock() - started < 1.5 do
    local x = 1
end
print("end")
""")
    assert (result.lines, result.status) == (["end"], 0)
    [report] = result.stderr.splitlines()
    assert any(f"script.lua:{line}" in report for line in (2, 3)) and "computed for 1." in report


def test_slow_handler_is_named(lua, echo):
    result = run(lua, """\
eio.on("message", function()
    local started = os.clock()
    while os.clock() - started < 1.4 do end
    eio.disconnect()
end)
eio.connect(arg[1])
eio.send("x")
""", echo.url)
    assert result.status == 0
    assert "script.lua:3" in result.stderr and "handler 'message'" in result.stderr


def test_slow_slice_inside_a_coroutine(lua):
    result = run(lua, """\
coroutine.wrap(function()
    local started = os.clock()
    while os.clock() - started < 1.4 do end
end)()
""")
    assert "script.lua:3" in result.stderr


def test_slow_c_function_is_reported(lua):
    result = run(lua, "\nos.execute('sleep 1.5')")
    assert re.search(r"script.lua:2: inside a C function \(os.execute\) for 1\.\d s", result.stderr), result.stderr


def test_many_short_slices_are_not_reported(lua):
    result = run(lua, """
        local started = os.clock()
        while os.clock() - started < 1.5 do
            for _ = 1, 1000 do end
            eio.sleep(0)
        end
    """)
    assert (result.status, result.stderr) == (0, "")


def test_debug_hook_of_the_script_survives_the_report(lua):
    result = run(lua, """
        local count = 0
        debug.sethook(function() count = count + 1 end, "", 100000)
        local started = os.clock()
        while os.clock() - started < 1.4 do end
        local before = count
        for _ = 1, 10000000 do end
        print(before > 0, count > before)
    """)
    assert result.lines == ["true\ttrue"], result
