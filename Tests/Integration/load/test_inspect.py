"""`eio-lua inspect`: what load would do."""

import json

import pytest

SCENARIO = """
    local loadtest = require "loadtest"
    loadtest.Trend("rtt", true)
    options = {
        scenarios = {
            chat = {executor = "ramping-vus", stages = {{duration = "30s", target = 100}}, exec = "chat"},
            steady = {executor = "constant-arrival-rate", rate = 50, duration = "1m", preAllocatedVUs = 5},
        },
        thresholds = {rtt = {"p(95)<200", {threshold = "avg<50", abortOnFail = true}}},
    }
    function setup() end
    function chat() end
    default = chat
"""


def inspect(lua, script, *arguments, env=None):
    lua.write(script)
    return lua.command("inspect", *arguments, env=env).finish()


def test_plan_for_a_person(lua):
    result = inspect(lua, SCENARIO, "script.lua")
    assert result.status == 0, result
    assert "chat: Up to 100 looping VUs for 30s over 1 stages" in result.stdout
    assert "steady: 50.00 iterations/s for 1m0s" in result.stdout
    assert "rtt: avg<50 (ends the run)" in result.stdout
    assert "calls: setup" in result.stdout


def test_plan_as_json(lua):
    result = inspect(lua, SCENARIO, "--json", "script.lua", "--segment", "0/2")
    assert result.status == 0, result
    plan = json.loads(result.stdout)
    assert plan["shape"] == "scenario"
    assert plan["scenarios"]["chat"]["stages"] == [{"duration": "30s", "target": 100}]
    assert plan["scenarios"]["chat"]["usersOfSegment"] == 50
    assert plan["scenarios"]["steady"]["rate"] == 50
    assert [threshold["threshold"] for threshold in plan["thresholds"]["rtt"]] == ["p(95)<200", "avg<50"]


@pytest.mark.parametrize("command", ["inspect", "load"])
@pytest.mark.parametrize("order", [["script.lua", "-u", "3", "-i", "3"], ["-u", "3", "-i", "3", "script.lua"],
                                   ["-u", "3", "script.lua", "-i", "3", "--", "-i", "9"]])
def test_options_stand_before_or_after_the_script(lua, command, order):
    lua.write("")
    result = lua.command(command, *order).finish()
    assert result.status == 0, result
    assert "3 iterations shared among 3 VUs" in result.stdout


@pytest.mark.parametrize("script, status, message", [
    ("options = {vuss = 3}", 104, 'did you mean "vus"'),
    ("options = {thresholds = {nothing = {'avg<1'}}}", 104, "there is no metric"),
    ("options = {thresholds = {checks = {'avg<1'}}}", 104, "checks"),
    ("function default() end eio.sleep(1)", 104, "waits"),
    ("error('broken')", 107, "broken"),
    ("this is not Lua", 107, "script.lua"),
])
def test_errors_are_reported(lua, script, status, message):
    result = inspect(lua, script, "script.lua")
    assert result.status == status, result
    assert message in result.stderr


def test_nothing_runs(lua):
    result = inspect(lua, "print('chunk') function setup() print('setup') end function default() print('ran') end", "script.lua")
    assert result.status == 0, result
    assert not {"chunk", "ran"} & set(result.stdout.splitlines())
