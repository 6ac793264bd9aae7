"""`--globals strict` reports each read of an undefined global once, with its line, and changes nothing else."""

import pytest

from harness.talk import run

STRICT = ["--globals", "strict"]


def warnings(result):
    return [line for line in result.stderr.splitlines() if "is not defined" in line]


def warning(line, name, file="script.lua"):
    return f"warning: {file}:{line}: the global '{name}' is not defined"


@pytest.mark.parametrize("options", [STRICT, ["--globals=strict"]], ids=" ".join)
def test_each_read_is_reported_with_its_line(lua, options):
    result = run(lua, "x = 1\nprint(x, y)\nlocal function f()\n  return z\nend\nprint(f(), _G.w)", options=options)
    assert result.lines == ["1\tnil", "nil\tnil"] and result.status == 0
    assert warnings(result) == [warning(2, "y"), warning(4, "z"), warning(6, "w")]


def test_without_the_option_nothing_is_reported(lua):
    assert run(lua, "print(y, getmetatable(_G))").stderr == ""
    assert run(lua, "print(y, getmetatable(_G))").lines == ["nil\tnil"]


def test_each_name_and_line_is_reported_once(lua):
    result = run(lua, "for n = 1, 100 do\n  local _ = y, z\nend\nlocal _ = y", options=STRICT)
    assert warnings(result) == [warning(2, "y"), warning(2, "z"), warning(4, "y")]


def test_defined_globals_are_not_reported(lua):
    result = run(lua, """
        print(eio.sid, sio.connected, arg[0], __VU, __ENV.NOTHING, math.pi > 3, rawget(_G, "y"))
        for name in pairs(_G) do assert(_G[name] ~= nil) end
        function default() end
    """, options=STRICT)
    assert result.status == 0 and result.stderr == "", result


def test_handlers_tasks_modules_and_code_are_watched(lua, echo):
    lua.write("return {value = in_module}", "mod.lua")
    result = run(lua, """
        require "mod"
        eio.on("message", function() eio.disconnect(in_handler) end)
        eio.start_background_task(function() return in_task end)
        eio.connect(arg[1])
        eio.send("x")
    """, echo.url, options=[*STRICT, "-e", "local _ = in_code"])
    assert sorted(warnings(result)) == sorted([
        warning(1, "in_module", "./mod.lua"), warning(3, "in_handler"), warning(4, "in_task"),
        warning(1, "in_code", "(command line)")]), result


def test_metatable_of_the_script_is_its_own(lua):
    result = run(lua, """
        setmetatable(_G, {__index = function(_, name) return "own " .. name end})
        print(y)
        setmetatable(_G, nil)
        print(y)
    """, options=STRICT)
    assert result.lines == ["own y", "nil"] and result.stderr == ""
    # As strict.lua and others do it.
    result = run(lua, """
        local mt = getmetatable(_G) or {}
        mt.__newindex = function(_, name) error("assigned " .. name, 2) end
        setmetatable(_G, mt)
        print(pcall(function() y = 1 end))
        print(z)
    """, options=STRICT)
    assert "assigned y" in result.stdout and warnings(result) == [warning(6, "z")]


def test_names_of_any_kind_are_shown_safely(lua):
    result = run(lua, r"""
        local _ = _G[1], _G[{}], _G["a\27[31m"], _G[("x"):rep(1000)]
        local index = getmetatable(_G).__index
        index() index(1, 2) index(nil, "direct")
    """, options=STRICT)
    assert result.status == 0, result
    shown = warnings(result)
    assert len(shown) == 3 and "\x1b" not in result.stderr and all(len(each) < 200 for each in shown)


def test_made_up_names_have_a_limit(lua):
    result = run(lua, 'for n = 1, 5000 do local _ = _G["name" .. n] end', options=STRICT)
    assert len(warnings(result)) == 1000 and "further undefined globals are not reported" in result.stderr


def test_users_of_a_load_test_are_watched_together(lua):
    lua.write("""
        options = {vus = 3, iterations = 9}
        function setup() return in_setup end
        function default() return in_default end
        function teardown() return in_teardown end
        local _ = in_chunk
    """, "scenario.lua")
    result = lua.command("load", "-q", *STRICT, "scenario.lua").finish(60)
    assert result.status == 0, result
    assert sorted(warnings(result)) == sorted([
        warning(6, "in_chunk", "scenario.lua"), warning(3, "in_setup", "scenario.lua"),
        warning(4, "in_default", "scenario.lua"), warning(5, "in_teardown", "scenario.lua")])


@pytest.mark.parametrize("command", [[], ["load"]], ids=["run", "load"])
def test_other_values_are_refused(lua, command):
    result = lua.command(*command, "--globals", "lax", lua.write("")).finish()
    assert result.status == 64 and "lax" in result.stderr and "strict" in result.stderr
