"""`setup` and `teardown` that take longer than they may."""

import json

import pytest

from harness.loads import load

BODIES = {
    "waits": "eio.sleep(60)",
    "catches": "while true do pcall(eio.sleep, 60) end",
    "computes": "while true do pcall(function() while true do end end) end",
}
SCRIPT = """
    options = {vus = 2, iterations = 2, FUNCTIONTimeout = "300ms"}
    function FUNCTION() print("begun") BODY end
    function default() print("ran") end
"""


@pytest.fixture(params=BODIES)
def script(request):
    return SCRIPT.replace("BODY", BODIES[request.param])


def test_setup_ends_the_run_before_it_begins(lua, script):
    result = load(lua, script.replace("FUNCTION", "setup"))
    assert result.status == 100, result
    assert result.stderr == "eio-lua: setup() took longer than 300ms (options.setupTimeout)\n"
    assert "begun" in result.lines and "ran" not in result.lines


def test_what_was_measured_is_not_lost_with_teardown(lua, script):
    result = load(lua, script.replace("FUNCTION", "teardown"), "--report", "report.html")
    assert result.status == 101, result
    assert result.stderr == "eio-lua: teardown() took longer than 300ms (options.teardownTimeout)\n"
    assert result.lines.count("ran") == 2 and "begun" in result.lines
    assert "TOTAL RESULTS" in result.stdout
    assert result.totals["iterations"] == 2
    assert json.loads((lua.folder / "summary.json").read_text())["eio_lua"]["run"]["exit_code"] == 101
    assert "</html>" in (lua.folder / "report.html").read_text()


def test_error_in_time_is_no_timeout(lua):
    result = load(lua, SCRIPT.replace("FUNCTION", "teardown").replace("BODY", "error('no mood')"))
    assert result.status == 107, result
    assert "no mood" in result.stderr
