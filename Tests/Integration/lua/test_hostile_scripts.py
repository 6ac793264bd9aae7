"""Finalizers and hidden keys that try to corrupt the program's memory: see also Tests/CLuaHost/test_hostile.c."""

from harness.talk import run


def test_another_userdata_in_the_place_of_a_client(lua):
    """The hidden key of a client is found by next(): neither bytes nor another client can take its place."""
    assert run(lua, r"""
        local key
        for k in next, eio do if type(k) == "userdata" then key = k end end
        local other = rawget(require "engineio".Client(), key)
        for _, wrong in pairs {eio.bytes(("\xAA"):rep(256)), other, 5} do
            rawset(eio, key, wrong)
            print(tostring(eio), pcall(function() return eio.state end))
            print(pcall(function() return eio.send end))
        end
    """).lines == [
        "engineio.Client\tfalse\tscript.lua:7: the table is not a client", "false\tscript.lua:8: the table is not a client"] * 3


def test_a_finalizer_that_adds_headers(lua):
    """connect() reads a table that grows while it is read."""
    assert run(lua, """
        local headers, grown = nil, 0
        local metatable = {}
        function metatable.__gc()
            if headers then
                grown = grown + 1
                for i = 1, 500 do headers["x" .. i] = "v" end
            end
            setmetatable({}, metatable)
        end
        collectgarbage("incremental", 10, 1000, 40)
        collectgarbage()
        setmetatable({}, metatable)
        local client = require "engineio".Client()
        local messages = {}
        for n = 1, 40 do
            headers = {}
            for i = 1, 50 do headers["h" .. i] = i + n / 7 end
            local _, err = pcall(client.connect, "x:bad-url", {headers = headers})
            headers = nil
            messages[err.type] = true
        end
        print(grown > 40, next(messages))
    """).lines == ["true\tValueError\ttrue"]


def test_a_finalizer_that_reads_the_standard_input(lua):
    """It takes lines of its own, and each line is taken once."""
    count = 2000
    assert run(lua, """
        local mine, its, wrong = 0, 0, 0
        local function take(line)
            if line and #line ~= 150 then wrong = wrong + 1 end
            return line and 1 or 0
        end
        local metatable = {}
        function metatable.__gc()
            its = its + take(io.read("l"))
            setmetatable({}, metatable)
        end
        collectgarbage("incremental", 10, 1000, 40)
        collectgarbage()
        setmetatable({}, metatable)
        repeat
            local taken = take(io.read("l"))
            mine = mine + taken
        until taken == 0
        print(mine > 10, its > 10, mine + its, wrong)
    """, stdin=("x" * 150 + "\n") * count).lines == [f"true\ttrue\t{count}\t0"]


def test_a_length_of_arg_that_no_stack_has_room_for(lua):
    result = run(lua, "print('not reached')", options=("-e", "arg = setmetatable({}, {__len = function() return 1 << 31 end})"))
    assert (result.status, result.stdout) == (1, "")
    assert "too many arguments to script" in result.stderr
