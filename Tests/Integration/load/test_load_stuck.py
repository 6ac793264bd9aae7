"""Users that are inside a C function: the others are measured, and the end comes."""

import csv
import re
import signal

import pytest

from harness.loads import load

# A pattern that tries some 10^15 ways.
STUCK = '(("a"):rep(40)):find(("a-"):rep(24) .. "b")'


def test_run_ends_without_a_loop_that_does_not_answer(lua):
    result = load(lua, f"""
        local lt = require "loadtest"
        options = {{thresholds = {{checks = {{{{threshold = "rate>0.99", abortOnFail = true}}}}}}}}
        function default()
            if __VU == 1 then {STUCK} end
            lt.check(1, {{no = false}})
            eio.sleep(0.05)
        end
    """, "-u", "4", "-d", "60s", "--threads", "2", "--out", "csv=samples.csv", "--report", "report.html", timeout=60)
    assert result.status == 99, result
    assert "user 1: in function 'default': inside a C function for 1." in result.stderr
    sentence = r"1 loop with \d users? did not end: a C function does not return; what they did after second \d+\.\d is"
    for text in (result.stdout, (lua.folder / "report.html").read_text(), (lua.folder / "summary.json").read_text()):
        assert re.search(sentence, text), text[-2000:]
    # The threshold ended the run in its first seconds, which is when the others ran.
    assert "checks: rate>0.99 failed" in result.stderr
    assert 10 < result.totals["iterations"] < 400
    with (lua.folder / "samples.csv").open() as samples:
        assert sum(row["metric_name"] == "vus" for row in csv.DictReader(samples)) >= 5


@pytest.mark.parametrize("function, status", [("setup", 100), ("teardown", 101)])
def test_function_that_does_not_return_is_given_up(lua, function, status):
    result = load(
        lua, f"options = {{{function}Timeout = '300ms'}} function default() end function {function}() {STUCK} end", timeout=60)
    assert result.status == status, result
    assert f"{function}() took longer than 300ms, and is inside a C function" in result.stderr
    assert bool(result.totals) == (function == "teardown")


def test_sighup_ends_a_run_with_its_summary(lua):
    lua.write("function default() print('up') eio.sleep(0.1) end")
    running = lua.command("load", "-d", "60s", "--summary-export", "summary.json", "script.lua")
    running.wait_for("up")
    running.signal(signal.SIGHUP)
    result = running.finish(20)
    assert result.status == 105, result
    assert (lua.folder / "summary.json").exists() and "stopped by a signal" in result.stderr
