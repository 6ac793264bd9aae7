"""Errors that are not strings, errors in odd places, and os.exit anywhere."""

import pytest

from harness.scripted import ScriptedServer
from harness.talk import listening, message_of, run


NOT_STRINGS = {
    "error({})": "script.lua:1: (error object is a table value)",
    "error()": "script.lua:1: (error object is a nil value)",
    "error(nil)": "script.lua:1: (error object is a nil value)",
    "error(false)": "(error object is a boolean value)",
    "error(42, 0)": "42",
    "error(setmetatable({}, {__tostring = function() return 'own text' end}))": "own text",
    "error(setmetatable({}, {__tostring = function() error('worse') end}))": "__tostring raised an error",
    "error(setmetatable({}, {__tostring = function() return 5 end}))": "script.lua:1:",
    "error(eio.bytes('raw'))": "raw",
}


@pytest.mark.parametrize("code", NOT_STRINGS)
@pytest.mark.parametrize("place", ["main", "task"])
def test_error_that_is_no_string(lua, place, code):
    text = code if place == "main" else f"eio.start_background_task(function() {code} end) eio.sleep(0.01) print('on')"
    result = run(lua, text)
    assert result.status == 1
    assert NOT_STRINGS[code] in result.stderr and "script.lua:1:" in result.stderr
    if place == "task":
        assert result.lines == ["on"]


def test_error_in_gc(lua):
    """As lua5.4 does: a warning, and the script goes on."""
    script = """
        warn("@on")
        setmetatable({}, {__gc = function() error("in gc") end})
        collectgarbage(); collectgarbage()
        eio.sleep(0.01)
        setmetatable({}, {__gc = function() error("at the end") end})
        print("alive")
    """
    result = run(lua, script)
    assert (result.lines, result.status) == (["alive"], 0), result
    assert "in gc" in result.stderr


def test_error_in_close(lua):
    result = run(lua, """
        print(pcall(function()
            local c <close> = setmetatable({}, {__close = function() error("in close", 0) end})
            eio.sleep(0)
        end))
    """)
    assert result.lines == ["false\tin close"]


def test_error_in_a_coroutine_of_the_scripts_own(lua):
    result = run(lua, """
        local co = coroutine.create(function() eio.sleep(0); error("inside", 0) end)
        print(coroutine.resume(co)); print(coroutine.status(co))
        print(pcall(coroutine.wrap(function() eio.sleep(0); error({}) end)))
    """)
    assert result.lines[:2] == ["false\tinside", "dead"] and result.lines[2].startswith("false\ttable:")


def test_stack_overflow(lua):
    result = run(lua, """
        local function f() return 1 + f() end
        print(select(2, pcall(f)):match("stack overflow"))
        eio.sleep(0)
    """)
    assert (result.lines, result.status) == (["stack overflow"], 0)


def test_endless_nesting_of_coroutines(lua):
    result = run(lua, """
        local function nest() return coroutine.wrap(nest)() end
        local ok, err = pcall(nest)
        print(ok, tostring(err):match("overflow"))
        eio.sleep(0.01)
        print("alive")
    """)
    assert result.status == 0 and result.lines == ["false\toverflow", "alive"], result


@pytest.mark.parametrize("event", ["connect", "message", "disconnect"])
def test_os_exit_in_a_handler(lua, echo, event):
    result = run(lua, """
        eio.on(arg[2], function() print("handler"); os.exit(7); print("after") end)
        eio.connect(arg[1])
        eio.send("x")
        if arg[2] == "disconnect" then eio.receive(5); eio.disconnect() end
    """, echo.url, event)
    assert (result.lines, result.status) == (["handler"], 7), result


def test_os_exit_writes_what_is_queued(lua, transport):
    received = []
    with ScriptedServer(listening(transport, received)) as server:
        result = run(lua, """
            eio.connect(arg[1], {transports = arg[2]})
            for n = 1, 50 do eio.send("m" .. n) end
            os.exit(true)
        """, server.url, transport)
    assert result.status == 0
    assert received == [f"4m{number}" for number in range(1, 51)] + ["1"]


@pytest.mark.parametrize("place", [
    "eio.start_background_task(function() os.exit(3) end) eio.sleep(60)",
    "coroutine.wrap(function() os.exit(3) end)()",
    "pcall(os.exit, 3) print('after')",
    "table.sort({2, 1}, function() os.exit(3) end) print('after')",
    "for _ = 1, 10 do pcall(function() table.sort({2, 1}, function() os.exit(3) end) end) end print('after')",
    "setmetatable({}, {__gc = function() os.exit(3) end}) collectgarbage() eio.sleep(1) print('after')",
])
def test_os_exit_anywhere(lua, place):
    result = run(lua, place)
    assert (result.stdout, result.status) == ("", 3), result


@pytest.mark.parametrize("code, status", [
    ("os.exit()", 0), ("os.exit(true)", 0), ("os.exit(false)", 1), ("os.exit(255)", 255), ("os.exit(5, true)", 5)])
def test_status_of_os_exit(lua, code, status):
    assert run(lua, code).status == status


def test_os_exit_with_a_wrong_argument(lua):
    assert "bad argument #1 to" in message_of(lua, "os.exit('x')")
