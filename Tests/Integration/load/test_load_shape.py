"""A slip in a script's names, or in its options, is found before the start: nothing is left out in silence."""

import json
import re

import pytest

A = "options = {scenarios = {a = {executor = 'constant-vus', vus = 1, duration = '300ms', exec = 'chta'}}}\n"
SLIPS = {
    "exec": (A + "function chat() end", "options.scenarios.a.exec = \"chta\": the script has no function 'chta'; did you mean 'chat' (line 2)?"),
    "exec beside default": (A + "function default() end", "no function 'chta'"),
    "exec is not a function": (A + "chta = 5", "the script's 'chta' is not a function"),
    "exec is local": (A + "local function chta() end", "'chta' is a local function (line 2)"),
    "case of default": ("options = {duration = '1s'}\nfunction Default() end", "'Default' (line 2) is not called; did you mean 'default'?"),
    "local default": ("options = {duration = '1s'}\nlocal function default() end", "'default' is a local function (line 2)"),
    "local options": ("local options = {vus = 3, duration = '1s'}\nfunction default() end", "'options' in line 1 is a local variable"),
    "setup alone": ("options = {duration = '1s'}\nfunction setup() end", "'setup' (line 2) is called only beside a function 'default'"),
    "chunk that connects": ("options = {duration = '1s'}\neio.connect('http://localhost')\nfunction default() end",
                            "the script waits at script.lua:2 (eio.connect) before 'default' is defined in line 3"),
    "tag": ("options = {duration = '1s', thresholds = {['eio_time{nam:echo}'] = {'p(95)<9'}}}\nfunction default() end",
            'has no tag "nam"; did you mean "name"?'),
    "duration": ("options = {stages = {{duration = 30, target = 2}}}\nfunction default() end",
                 "30 is not a valid duration: write 30s (seconds) or 30ms (milliseconds)"),
}


@pytest.mark.parametrize("command, slip", [
    *(("load", slip) for slip in SLIPS), *(("inspect", slip) for slip in SLIPS),
    # All of it is read in one place.
    ("locustfile", "exec"), ("locustfile", "local options"), ("worker", "exec"), ("worker", "setup alone"),
])
def test_slip(lua, command, slip):
    script, words = SLIPS[slip]
    lua.write("print('ran') " + script)
    result = lua.command(command, "script.lua").finish()
    assert result.status == 104, result
    assert words in result.stderr
    assert "ran" not in result.lines


@pytest.mark.parametrize("script, words", [
    ("function setup() end eio.sleep(0.01)", "'setup' (line 1) is called only beside a function 'default'"),
    ("local function default() eio.sleep(0.01) end default()", "'default' is a local function (line 1)"),
    ("local options = {duration = 3} eio.sleep(0.01)", "'options' in line 1 is a local variable"),
    ("function default() end function tearDown() end", "'tearDown' (line 1) is not called; did you mean 'teardown'?"),
])
def test_what_may_be_meant_is_a_warning(lua, script, words):
    lua.write(script)
    result = lua.command("load", "-q", "-i", 1, "script.lua").finish()
    assert result.status == 0, result
    [warning] = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert words in warning
    assert warning in lua.command("inspect", "script.lua").finish().lines


def test_options_that_replace_the_scenarios(lua):
    lua.write(A + "function chta() print('chta ran') end")
    result = lua.command("load", "-u", 2, "-i", 2, "script.lua").finish()
    assert result.status == 104, result
    assert "--iterations: replaces options.scenarios" in result.stderr
    lua.write(A + "function chta() print('chta ran') end function default() print('default ran') end")
    for option in (["-i1"], ["-d300ms"], ["-s300ms:1"]):
        result = lua.command("load", "-q", *option, "script.lua").finish()
        assert result.status == 0 and "default ran" in result.lines and "chta ran" not in result.lines, result
        assert "replaces options.scenarios: a are not run" in result.stderr


def test_numbers_of_the_environment_and_values_behind_their_letters(lua):
    lua.write("""
        options = {scenarios = {a = {executor = "shared-iterations", vus = __ENV.VUS, iterations = __ENV.ROUNDS}}}
        function default() print(__ENV.ROOM) end
    """)
    result = lua.command(
        "load", "-q", "-eVUS=2", "-eROUNDS=5", "-e=ROOM=blue", "-ojson=samples.json", "script.lua").finish()
    assert result.status == 0 and result.lines.count("blue") == 5, result
    assert re.search(r"vus_max\.+: 2 ", result.stdout)
    assert (lua.folder / "samples.json").stat().st_size > 0
    plan = lua.command("inspect", "--json", "-qu3", "-d1s", "script.lua").finish()
    assert json.loads(plan.stdout)["scenarios"]["default"]["vus"] == 3, plan


@pytest.mark.parametrize("option", [["-d", "30"], ["-s", "30:5"], ["--duration=1.5"]])
def test_durations_need_a_unit(lua, option):
    lua.write("function default() end")
    result = lua.command("load", *option, "script.lua").finish()
    assert result.status == 104, result
    assert re.search(r"(30|1\.5) is not a valid duration: write \1s \(seconds\) or \1ms \(milliseconds\)", result.stderr)
