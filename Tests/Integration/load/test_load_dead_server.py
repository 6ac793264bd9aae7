"""A load test in which nothing works is never a success, and asks a server that is down no faster than it must."""

import json
import re
from pathlib import Path

import pytest

from harness.embedded import EmbeddedServer
from harness.loads import load
from harness.program import ROOT

# Nobody listens there.
CLOSED = "http://127.0.0.1:1"
DEAD = f'eio.connect("{CLOSED}")'
# Each in a second or so, whatever it does otherwise.
SCENARIOS = {
    "arrivals": ["-e", "TIME=1s"],
    "chat_room": ["-u", 3, "-d", "1s"],
    "connection_storm": ["-e", "USERS=20"],
    "reconnect_herd": ["-u", 3, "-d", "1s"],
    "request_reply": ["-u", 3, "-d", "1s"],
    "socketio_herd": ["-u", 3, "-d", "1s"],
    "socketio_requests": ["-u", 3, "-d", "1s"],
    "socketio_room": ["-u", 3, "-d", "1s"],
}
SENTENCE = re.compile(r"No connect succeeded: .*\.")


def expect_failure(lua, result):
    """Status, summary, export and report say the same."""
    assert result.status == 99, result
    [sentence] = set(SENTENCE.findall(result.stdout))
    assert f"  ✗ {sentence}\n" in result.stdout
    assert f"eio-lua: {sentence}\n" in result.stderr
    run = json.loads((lua.folder / "summary.json").read_text())["eio_lua"]["run"]
    assert (run["exit_code"], run["exit_reason"]) == (99, sentence)


def test_all_scenarios_are_here():
    assert {path.stem for path in (ROOT / "scripts/load").glob("*.lua")} == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_shipped_scenario_against_a_closed_port(lua, name):
    result = lua.command(
        "load", "--summary-export", "summary.json", "--report", "report.html", *SCENARIOS[name],
        ROOT / "scripts/load" / f"{name}.lua", "--", CLOSED).finish()
    expect_failure(lua, result)
    page = (lua.folder / "report.html").read_text()
    assert ">failed</span></h1>" in page and "<b>No connect succeeded" in page
    # Thresholds on what has no value have not held.
    assert not re.search(r"✓ .*no values", result.stdout)


@pytest.mark.parametrize("script", [
    DEAD, f"function default() {DEAD} end", f"function default() pcall(eio.connect, '{CLOSED}') end",
])
@pytest.mark.parametrize("options", [[], ["--no-thresholds"]])
def test_every_shape_of_script(lua, script, options):
    expect_failure(lua, load(lua, script, "-u", 2, "-i", 2, *options))


@pytest.mark.parametrize("script, sentence", [
    ("eio.sleep(0) error('no luck', 0)", "No iteration succeeded: all 2 failed."),
    ("function default() error('no luck', 0) end", "No iteration succeeded: all 2 failed."),
])
def test_no_iteration_succeeded(lua, script, sentence):
    result = load(lua, script, "-u", 2, "-i", 2)
    assert result.status == 99, result
    assert f"  ✗ {sentence}\n" in result.stdout and f"eio-lua: {sentence}\n" in result.stderr


@pytest.mark.parametrize("script", ["eio.sleep(60)", "function default() eio.sleep(60) end"])
def test_iterations_that_the_end_cut_short_have_not_failed(lua, script):
    result = load(lua, script, "-u", 2, "-d", "300ms")
    assert result.status == 0, result
    assert "succeeded" not in result.stdout


def test_few_connects_are_a_warning(lua):
    server = EmbeddedServer(lua)
    script = f"""
        function default()
            for _ = 1, 120 do pcall(eio.connect, "{CLOSED}") end
            eio.connect(arg[1])
            eio.disconnect()
        end
    """
    result = load(lua, script, args=[server.url])
    assert result.status == 0, result
    assert "  warning: Only 1 of 121 connects succeeded, less than 1 %.\n" in result.stdout


# The pause after a connect that failed.

@pytest.mark.parametrize("script", [
    DEAD, f"function default() {DEAD} end", f"function default() pcall(eio.connect, '{CLOSED}') end",
])
def test_users_pause_when_they_cannot_connect(lua, script):
    result = load(lua, script, "-u", 3, "-d", "1500ms")
    # At once, and after a second.
    assert result.totals["eio_connects_started"] == 6, result
    metrics = json.loads((lua.folder / "summary.json").read_text())["metrics"]
    assert metrics["iteration_duration"]["max"] < 1000


def test_pause_may_be_another_or_none(lua):
    script = f"options = {{failurePause = PAUSE, scenarios = {{a = {{executor = 'constant-vus', duration = '1s' OWN}}}}}} function default() {DEAD} end"
    started = {}
    for pause, own in [('"300ms"', ""), ("0", ""), ('"1h"', ", failurePause = '300ms'")]:
        result = load(lua, script.replace("PAUSE", pause).replace("OWN", own))
        started[pause] = result.totals["eio_connects_started"]
    assert started['"300ms"'] <= 4 and started['"1h"'] <= 4 and started["0"] > 8, started


def test_an_opened_connection_ends_the_pause(lua):
    server = EmbeddedServer(lua)
    script = f"""
        function default()
            pcall(eio.connect, "{CLOSED}")
            eio.connect(arg[1])
            eio.disconnect()
        end
    """
    result = load(lua, "options = {failurePause = '20s'}" + script, "-u", 1, "-i", 4, args=[server.url])
    assert result.status == 0 and result.duration < 15, result


def test_arrival_rates_keep_their_rate(lua):
    options = "options = {scenarios = {a = {executor = 'constant-arrival-rate', rate = 20, duration = '1s', preAllocatedVUs = 3}}}"
    result = load(lua, f"{options} function default() {DEAD} end")
    assert result.status == 99 and result.totals["iterations_started"] == 20, result


# Several processes.

def test_merge_judges_the_whole(lua):
    server = EmbeddedServer(lua)
    exports = {}
    for name, url in [("dead", CLOSED), ("live", server.url)]:
        load(lua, "function default() eio.connect(arg[1]) end", args=[url])
        exports[name] = lua.folder / f"{name}.json"
        (lua.folder / "summary.json").rename(exports[name])
    copy = Path(lua.folder / "other.json")
    copy.write_text(exports["dead"].read_text() + "\n")
    dead = lua.command("report", "merge", exports["dead"], copy, "--report", "report.html").finish()
    assert dead.status == 99 and "  ✗ No connect succeeded: all 2 failed" in dead.stdout, dead
    assert ">failed</span></h1>" in (lua.folder / "report.html").read_text()
    whole = lua.command("report", "merge", exports["dead"], exports["live"]).finish()
    assert whole.status == 0 and "succeeded" not in whole.stdout, whole


# Thresholds on what has no value.

THRESHOLD = """
    local lt = require("loadtest")
    local c, g, r, t = lt.Counter("c"), lt.Gauge("g"), lt.Rate("r"), lt.Trend("t")
    options = {thresholds = {["%s"] = {"%s"}}}
    function default() lt.time("echo", function() end) end
"""


@pytest.mark.parametrize("metric, expression, status, figure", [
    ("c", "count>0", 99, "count=0"), ("c", "count==0", 0, "count=0"), ("c", "rate>0", 99, "rate=0"),
    ("c{a:b}", "count<1", 0, "count=0"), ("r", "rate<0.1", 99, "rate=(no values)"), ("t", "max<1", 99, "max=(no values)"),
    ("g", "value<5", 99, "value=(no values)"), ("checks", "rate<1", 99, "rate=(no values)"),
    ("eio_messages_sent", "rate>1", 99, "rate=0"), ("eio_connect{phase:total}", "p(95)<1", 99, "p(95)=(no values)"),
    ("eio_time{name:ecko}", "p(95)<1", 99, "p(95)=(no such series: eio_time has values, but none with name:ecko)"),
])
def test_threshold_without_a_value(lua, metric, expression, status, figure):
    result = load(lua, THRESHOLD % (metric, expression))
    assert result.status == status, result
    assert f"{'✓' if status == 0 else '✗'} '{expression}' {figure}" in result.stdout


def test_a_counter_that_nothing_was_added_to_yet_ends_no_run(lua):
    result = load(lua, """
        local joins = require("loadtest").Counter("joins")
        options = {duration = "2500ms", thresholds = {joins = {{threshold = "count>0", abortOnFail = true}}}}
        function default() eio.sleep(0.1) if __ITER == 20 then joins:add(1) end end
    """)
    assert result.status == 0, result
