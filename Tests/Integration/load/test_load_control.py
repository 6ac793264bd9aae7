"""How a load run is limited, begun and stopped."""

import json
import re
import resource
import signal
import subprocess
import time

import pytest

from harness.embedded import EmbeddedServer
from harness.program import PROGRAM

LONELY = """
    local client = require("engineio").Client({handle_sigint = false})
    client:connect(arg[1], {transports = {"websocket"}})
    print("up")
    client:wait()
"""
LOOPS = {
    "plain": "while true do end",
    "pcall": "while true do pcall(function() while true do end end) end",
    "coroutine": "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()",
}


@pytest.fixture
def server(lua):
    return EmbeddedServer(lua)


def start(lua, script, *options, args=(), env=None):
    lua.write(script)
    return lua.command(
        "load", *options, "--summary-export", lua.folder / "summary.json", "script.lua", "--", *args, env=env)


def metrics(lua):
    """The counts of the counters."""
    found = json.loads((lua.folder / "summary.json").read_text())["metrics"]
    return {name: metric["count"] for name, metric in found.items() if "count" in metric}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_clients_that_leave_signals_alone(lua, server, number):
    running = start(lua, LONELY, "-u", 3, "-d", "60s", args=[server.url])
    running.wait_for("up", count=3)
    running.signal(number)
    result = running.finish(10)
    assert result.status == 105
    assert metrics(lua)["interrupted_iterations"] == 3
    assert metrics(lua).get("eio_errors", 0) == 0
    assert server.stats()["open"] == 0


def test_end_of_the_time_ends_clients_that_leave_signals_alone(lua, server):
    result = start(lua, LONELY, "-u", 3, "-d", "1s", args=[server.url]).finish(15)
    assert result.status == 0, result
    assert metrics(lua)["interrupted_iterations"] == 3
    assert server.stats()["open"] == 0


def test_stop_runs_disconnect_handlers_and_fails_no_check(lua, server):
    script = """
        local loadtest = require "loadtest"
        eio.on("disconnect", function(reason) print("bye " .. reason) end)
        eio.connect(arg[1], {transports = {"websocket"}})
        print("up")
        loadtest.check(eio.receive(60), {there = function(text) return text ~= nil end})
    """
    running = start(lua, script, "-u", 2, "-d", "60s", args=[server.url])
    running.wait_for("up", count=2)
    running.signal()
    result = running.finish(10)
    assert result.status == 105
    assert result.stdout.count("bye ") == 2
    assert metrics(lua)["interrupted_iterations"] == 2
    assert metrics(lua).get("checks", 0) == 0


@pytest.mark.parametrize("way", LOOPS)
@pytest.mark.parametrize("shape", ["bot", "scenario"])
def test_end_of_the_run_stops_a_slice_that_computes(lua, way, shape):
    body = "print('computing') io.stdout:flush() " + LOOPS[way]
    if shape == "scenario":
        body = f"options = {{gracefulStop = '0s'}} function default() {body} end"
    else:
        # Reading the plan ends at the first wait.
        body = "eio.sleep(0) " + body
    running = start(lua, body, "-u", 2, "-d", "60s", "--threads", 1, "--max-block", 0)
    running.wait_for("computing")
    running.signal()
    result = running.finish(10)
    assert result.status == 105
    assert metrics(lua)["interrupted_iterations"] >= 1
    assert metrics(lua).get("eio_errors", 0) == 0, result
    assert metrics(lua).get("iterations_failed", 0) == 0


def test_end_of_the_time_stops_a_slice_that_computes(lua):
    result = start(lua, "eio.sleep(0) while true do end", "-u", 1, "-d", "1s", "--max-block", 0).finish(15)
    assert result.status == 0, result
    assert metrics(lua)["interrupted_iterations"] == 1
    assert metrics(lua).get("eio_errors", 0) == 0


@pytest.mark.parametrize("way", LOOPS)
def test_max_block_ends_the_iteration_with_an_error(lua, way):
    result = start(
        lua, "eio.sleep(0) " + LOOPS[way], "-u", 1, "-i", 1, "--max-block", 0.5).finish(20)
    assert result.status == 99, result
    assert metrics(lua)["iterations_failed"] == 1
    assert "computed for more than 0.5 s" in result.stdout


def test_second_signal_ends_at_once(lua):
    running = start(lua, "function default() print('up') eio.sleep(60) end options = {gracefulStop = '60s'}", "-d", "60s")
    running.wait_for("up")
    running.signal()
    time.sleep(0.3)  # Two pending signals of one kind are one.
    running.signal()
    assert running.finish(5).status == 105


@pytest.mark.parametrize("script", [
    "eio.sleep(0) local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
    "eio.sleep(0) while true do pcall(function() local s = 'x' while true do s = s .. s end end) error('enough', 0) end",
    "eio.sleep(0) eaten = ('x'):rep(1 << 30)",
])
def test_memory_limit_is_an_error_of_the_script(lua, script):
    result = start(lua, script, "-u", 2, "-i", 2, "--memory-limit", "8MB").finish(30)
    assert result.status == 99, result
    assert metrics(lua)["iterations_failed"] == 2
    assert "enough" in result.stdout


@pytest.mark.parametrize("text", ["much", "8QB", "1k", "-1"])
def test_bad_memory_limit(lua, text):
    result = start(lua, "", f"--memory-limit={text}").finish()
    assert result.status == 104
    assert "--memory-limit" in result.stderr


def test_one_user_of_many_that_raises_leaves_the_others_alone(lua):
    script = """
        if __VU == 7 then error("unlucky", 0) end
        function default() eio.sleep(0.01) end
    """
    result = start(lua, script, "-u", 200, "-d", "2s", "--threads", 2).finish(20)
    assert result.status == 0, result
    counted = metrics(lua)
    assert 1 <= counted["iterations_failed"] <= 4
    assert counted["iterations"] > 200
    assert result.stdout.count("unlucky") == 1


def test_descriptors_used_up(lua, server):
    script = """
        eio.connect(arg[1], {transports = {"websocket"}})
        eio.sleep(0.5)
        eio.disconnect()
    """
    lua.write(script)
    result = subprocess.run(
        [PROGRAM, "load", "-u", "150", "-i", "150", "--threads", "1", "script.lua", "--", server.url],
        cwd=lua.folder, capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ulimit -n" in result.stderr
    assert re.search(r"iterations_failed\.+: \d+", result.stdout)
    assert re.search(r"iterations\.+: \d+", result.stdout)


def test_segments_add_up(lua):
    script = """
        options = {scenarios = {each = {executor = "per-vu-iterations", vus = 10, iterations = 1}}}
        function default()
            local file <close> = assert(io.open("ran", "a"))
            file:write(__VU .. "\\n")
        end
    """
    for index in range(3):
        result = start(lua, script, "--segment", f"{index}/3").finish()
        assert result.status == 0, result
    ran = [int(line) for line in (lua.folder / "ran").read_text().split()]
    assert sorted(ran) == list(range(1, 11))


def test_segment_of_an_indexed_job(lua):
    environment = {"JOB_COMPLETION_INDEX": "1", "JOB_COMPLETIONS": "4"}
    result = start(lua, "", "-u", 8, "-i", 8, env=environment).finish()
    assert "scenarios: (25.00%)" in result.stdout
    result = start(lua, "", "-u", 8, "-i", 8, "--execution-segment", "0:1", env=environment).finish()
    assert "scenarios: (100.00%)" in result.stdout
    result = start(lua, "", env={"JOB_COMPLETION_INDEX": "4", "JOB_COMPLETIONS": "4"}).finish()
    assert result.status == 104
    assert "JOB_COMPLETION_INDEX" in result.stderr


def test_segment_given_twice(lua):
    result = start(lua, "", "--segment", "0/2", "--execution-segment", "0:1/2").finish()
    assert result.status == 104
    assert "--segment" in result.stderr


def test_start_at_waits(lua):
    at = time.time() + 2
    result = start(lua, "io.stderr:write('began ' .. os.time() .. '\\n')", "--start-at", f"{at:.3f}").finish()
    assert result.status == 0, result
    began = int(re.search(r"began (\d+)", result.stderr.split("starting in")[1])[1])
    assert began >= int(at)


def test_start_at_in_the_past(lua):
    result = start(lua, "", "--start-at", "2020-01-01T00:00:00Z").finish()
    assert result.status == 0, result
    assert "in the past" in result.stderr


def test_start_at_ends_at_a_signal(lua):
    running = start(lua, "eio.sleep(0) print('ran')", "--start-at", "2100-01-01T00:00:00+01:00")
    running.wait_for("starting in", stream="stderr")
    running.signal()
    result = running.finish(5)
    assert result.status == 105
    assert "ran\n" not in result.stdout


def test_bad_start_time(lua):
    result = start(lua, "", "--start-at", "tomorrow").finish()
    assert result.status == 104
    assert "--start-at" in result.stderr


def test_users_by_state_and_most_users(lua, server):
    script = "eio.connect(arg[1], {transports = {'websocket'}}) eio.sleep(1.5) eio.disconnect()"
    result = start(lua, script, "-u", 4, "-i", 4, args=[server.url]).finish()
    assert result.status == 0, result
    found = json.loads((lua.folder / "summary.json").read_text())["metrics"]
    assert found["vus_max"]["value"] == 4
    assert found["eio_users"]["max"] == 4
    assert found["eio_users"]["value"] == 0


def test_bottleneck_is_reported(lua):
    script = "local e = os.clock() + 0.4 while os.clock() < e do end eio.sleep(0)"
    result = start(lua, script, "-u", 2, "-d", "6s", "--threads", 1).finish(20)
    assert result.stderr.count("this process was the bottleneck") == 1
    assert "this process was the bottleneck" in result.stdout


@pytest.mark.parametrize("body", ["eio.sleep(60)", "while true do end", "while true do pcall(eio.sleep, 60) end"])
@pytest.mark.parametrize("function", ["setup", "teardown", "handleSummary"])
def test_signal_ends_what_comes_before_and_after_the_users(lua, function, body):
    running = start(
        lua, f"function default() end function {function}() print('in it') {body} end", "-i", 1, "--max-block", 0)
    running.wait_for("in it")
    running.signal()
    result = running.finish(10)
    assert result.status == 105, result
    assert "TOTAL RESULTS" in result.stdout
    assert metrics(lua).get("iterations", 0) == (0 if function == "setup" else 1)


def test_signal_in_setup_disconnects_its_client(lua, server):
    running = start(
        lua, "function setup() eio.connect(arg[1]) print('in it') eio.wait() end function default() end", "-i", 1,
        args=[server.url])
    running.wait_for("in it")
    running.signal()
    assert running.finish(10).status == 105
    assert server.stats()["open"] == 0
