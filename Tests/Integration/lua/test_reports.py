"""Reports of errors, and --strict."""

import time

import pytest

from harness.scripted import ScriptedServer
from harness.talk import listening, run


# Reports of errors.


def test_report_of_the_main_chunk(lua):
    result = run(lua, """\
local function inner()
    error("boom")
end
inner()
""")
    assert result.status == 1
    assert result.stderr.splitlines()[0] == "eio-lua: error in main chunk: script.lua:2: boom"
    assert "stack traceback:" in result.stderr and "script.lua:4: in main chunk" in result.stderr
    assert "in upvalue 'inner'" in result.stderr or "in local 'inner'" in result.stderr


def test_report_of_a_handler(lua, echo):
    result = run(lua, """\
local function answer(m)
    local nothing = nil
    return nothing.field
end
eio.on("message", function(m)
    eio.disconnect()
    answer(m)
end)
eio.connect(arg[1])
eio.send("x")
""", echo.url)
    assert result.status == 1
    assert result.stderr.splitlines()[0].startswith(
        "eio-lua: error in 'message' handler (registered at script.lua:5): "
        "script.lua:3: attempt to index a nil value (local 'nothing')"), result
    assert "script.lua:7: in function <script.lua:5>" in result.stderr


def test_report_of_a_task(lua):
    result = run(lua, """\
local function work(n)
    eio.sleep(0)
    error("no " .. n)
end
eio.start_background_task(work, 5)
""")
    assert result.status == 1
    [report, *_] = result.stderr.splitlines()
    assert report == "eio-lua: error in task 'work' (started at script.lua:5): script.lua:3: no 5"


def test_report_of_several_clients_names_the_client(lua, echo):
    result = run(lua, """\
local c = require("engineio").Client()
c.on("disconnect", function() error("boom") end)
c.connect(arg[1]); c.disconnect()
""", echo.url)
    assert "error in 'disconnect' handler (client 2, registered at script.lua:2): script.lua:2: boom" in result.stderr


def test_traceback_through_own_coroutines(lua):
    result = run(lua, """\
local function deep()
    eio.sleep(0)
    error("boom")
end
local function generator()
    return coroutine.wrap(function()
        coroutine.yield(1)
        deep()
    end)
end
local function use()
    for n in generator() do eio.sleep(0) end
end
use()
""")
    assert result.status == 1
    assert "script.lua:3: boom" in result.stderr.splitlines()[0]
    places = ["script.lua:3: in", "script.lua:8: in", "script.lua:12: in", "script.lua:14: in main chunk"]
    positions = [result.stderr.find(place) for place in places]
    assert -1 not in positions and positions == sorted(positions), result


def test_traceback_through_resume_and_error(lua):
    result = run(lua, """\
local co = coroutine.create(function()
    eio.sleep(0)
    error("inner")
end)
local ok, err = coroutine.resume(co)
error(err, 0)
""")
    assert "script.lua:3: inner" in result.stderr.splitlines()[0]
    assert "script.lua:3: in function <script.lua:1>" in result.stderr


def test_report_in_a_module(lua):
    lua.write("local M = {}\nfunction M.fail() error('in module') end\nreturn M", "mod.lua")
    result = run(lua, "require('mod').fail()")
    assert "mod.lua:2: in module" in result.stderr.splitlines()[0]
    assert "script.lua:1: in main chunk" in result.stderr


def test_syntax_error_has_its_place(lua):
    result = run(lua, "x = 1\ny = = 2\n")
    assert result.status == 1 and "script.lua:2: unexpected symbol near '='" in result.stderr


def test_error_in_the_main_chunk_ends_the_program_in_order(lua, transport):
    received = []
    with ScriptedServer(listening(transport, received)) as server:
        result = run(lua, """
            eio.on("disconnect", function(reason) print(reason) end)
            eio.connect(arg[1], {transports = arg[2]})
            eio.send("last words")
            error("boom")
        """, server.url, transport)
    assert (result.lines, result.status) == (["client disconnect"], 1)
    assert received == ["4last words", "1"]


# --strict.


@pytest.mark.parametrize("place", [
    "eio.start_background_task(function() error('boom') end)",
    "eio.on('connect', function() eio.sleep(0); error('boom') end) eio.connect(arg[1])",
    "eio.on('message', function() error('boom') end) eio.connect(arg[1]) eio.send('x')",
    "eio.connect(arg[1]) error('boom')",
])
def test_strict(lua, echo, place):
    result = run(lua, f"""
        eio.on("error", function() print("handled") end)
        eio.start_background_task(function() eio.sleep(3); print("went on") end)
        {place}
        eio.sleep(60)
    """, echo.url, options=["--strict"])
    assert (result.stdout, result.status) == ("", 1), result
    assert "boom" in result.stderr and result.duration < 5
    # It closes its sessions in order nevertheless.
    end = time.monotonic() + 3
    while echo.stats()["open"] and time.monotonic() < end:
        time.sleep(0.02)
    assert echo.stats()["open"] == 0


def test_strict_lets_caught_errors_be(lua):
    result = run(lua, """
        print(pcall(error, "x"))
        print((coroutine.resume(coroutine.create(error))))
    """, options=["--strict"])
    assert (result.lines, result.status) == (["false\tx", "false"], 0)
