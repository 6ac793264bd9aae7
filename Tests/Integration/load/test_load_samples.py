"""`eio-lua load --out`: each sample in a file."""

import csv
import json
import os
from collections import Counter, defaultdict

import pytest

from harness.loads import load

SCRIPT = """
    local loadtest = require "loadtest"
    local rtt = loadtest.Trend("rtt", true)
    local jobs = loadtest.Counter("jobs")
    local depth = loadtest.Gauge("depth")
    local good = loadtest.Rate("good")
    options = {
        vus = 2, iterations = 6, tags = {build = "b1"},
        thresholds = {rtt = {"p(95)<500"}},
    }
    function default(data)
        if eio.state == "disconnected" then eio.connect(arg[1], {transports = {"websocket"}}) end
        for n = 1, 5 do eio.send("message " .. n) eio.receive(5) end
        loadtest.group("work", function()
            rtt:add(0.05, {room = "blue, \\"north\\""})
            loadtest.check(__ITER, {["is even"] = function(n) return n % 2 == 0 end})
        end)
        jobs:add(3) depth:add(7) good:add(true)
        loadtest.time("nothing", function() end)
    end
"""

# More samples than may wait to be written.
FLOOD = """
    local rtt = require("loadtest").Trend("rtt")
    options = {vus = 2, iterations = 500}
    function default()
        for n = 1, 1000 do rtt:add(n) end
        eio.sleep(0)
    end
"""


def read_json(path):
    """The points of each metric; each metric is declared before its first point."""
    declared, points = {}, defaultdict(list)
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        if entry["type"] == "Metric":
            assert entry["metric"] not in declared
            declared[entry["metric"]] = entry["data"]
        else:
            assert entry["type"] == "Point" and entry["metric"] in declared
            points[entry["metric"]].append(entry["data"])
    return declared, points


def read_csv(path):
    rows = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            rows[row["metric_name"]].append(row)
    return rows


def test_json_lines(lua, echo):
    path = lua.folder / "samples.json"
    result = load(lua, SCRIPT, "--out", f"json={path}", args=[echo.url])
    assert result.status == 0, result
    declared, points = read_json(path)
    assert (declared["rtt"]["type"], declared["rtt"]["contains"]) == ("trend", "time")
    assert declared["rtt"]["thresholds"] == ["p(95)<500"]
    assert [point["value"] for point in points["rtt"]] == [50] * 6
    # Tags that make no series are there all the same.
    assert all(point["tags"] == {"build": "b1", "group": "::work", "room": 'blue, "north"', "scenario": "default"}
               for point in points["rtt"])
    assert Counter(point["value"] for point in points["checks"]) == {0: 2, 1: 4}
    assert {point["tags"]["check"] for point in points["checks"]} == {"is even"}
    assert [point["value"] for point in points["jobs"]] == [3] * 6
    assert [point["value"] for point in points["depth"]] == [7] * 6
    assert [point["value"] for point in points["good"]] == [1] * 6
    assert {point["tags"]["name"] for point in points["eio_time"]} == {"nothing"}
    for name in ("iteration_duration", "eio_time", "group_duration"):
        assert len(points[name]) == 6, name
    phases = Counter(point["tags"]["phase"] for point in points["eio_connect"])
    assert phases["total"] == phases["tcp"] == 2


@pytest.mark.parametrize("name", ["eio_messages_sent", "eio_messages_received", "data_sent", "iterations"])
def test_counters_come_once_a_second_and_add_up(lua, echo, name):
    path = lua.folder / "samples.json"
    result = load(lua, SCRIPT, "-o", f"json={path}", args=[echo.url])
    assert result.status == 0, result
    _, points = read_json(path)
    assert sum(point["value"] for point in points[name]) == result.metrics[name]["count"] > 0
    assert len(points[name]) < 10
    assert points[name][0]["tags"]["build"] == "b1"


def test_csv_beside_json(lua, echo):
    one, other = lua.folder / "samples.csv", lua.folder / "samples.json"
    result = load(lua, SCRIPT, "-o", f"csv={one}", "-o", f"json={other}", args=[echo.url])
    assert result.status == 0, result
    rows, (_, points) = read_csv(one), read_json(other)
    assert {name: len(of) for name, of in rows.items()} == {name: len(of) for name, of in points.items()}
    assert rows["rtt"][0]["metric_value"] == "50.000000"
    assert rows["rtt"][0]["group"] == "::work"
    assert rows["rtt"][0]["extra_tags"] == 'build=b1&room=blue, "north"'
    assert rows["checks"][0]["check"] == "is even"


def test_pipe_that_nobody_reads_drops_and_counts(lua):
    path = lua.folder / "pipe"
    os.mkfifo(path)
    result = load(lua, FLOOD, "-o", f"json={path}")
    assert result.status == 0, result
    assert result.metrics["rtt"]["avg"] == 500.5
    assert result.metrics["iterations"]["count"] == 500
    assert result.stderr.count("slower than the run: samples are dropped") == 1
    dropped, of = map(int, result.stderr.split(" samples were dropped")[0].split(": ")[-1].split(" of "))
    assert 300_000 < dropped <= of
    assert of >= 500_000


def test_reader_of_a_pipe_gets_everything(lua):
    path = lua.folder / "pipe"
    os.mkfifo(path)
    lua.write("local n = require('loadtest').Counter('n') options = {vus = 1, iterations = 2000} "
              "function default() n:add(1) end")
    running = lua.command("load", "-o", f"json={path}", "script.lua")
    with path.open() as pipe:
        points = [json.loads(line) for line in pipe]
    assert running.finish().status == 0
    assert sum(point["type"] == "Point" and point["metric"] == "n" for point in points) == 2000


def test_full_disk_is_reported_once_and_the_run_continues(lua):
    result = load(lua, FLOOD, "-o", "json=/dev/full")
    assert result.status == 103, result
    assert result.metrics["iterations"]["count"] == 500
    assert result.stderr.count("cannot write /dev/full: No space left on device") == 1
    assert "dropped" not in result.stderr
    assert "iterations" in result.stdout


def test_failed_threshold_counts_more_than_a_full_disk(lua):
    script = "options = {iterations = 1, thresholds = {iterations = {'count>1'}}} function default() end"
    result = load(lua, script, "-o", "csv=/dev/full")
    assert result.status == 99, result
    assert "No space left on device" in result.stderr


@pytest.mark.parametrize("option", ["--summary-export", "--report"])
def test_one_file_that_cannot_be_written_does_not_cost_the_other(lua, option):
    lua.write("function default() end")
    other = {"--summary-export": "--report", "--report": "--summary-export"}[option]
    result = lua.command("load", option, "/dev/full", other, lua.folder / "good", "script.lua").finish()
    assert result.status == 103, result
    assert "cannot write /dev/full: No space left on device" in result.stderr
    assert (lua.folder / "good").stat().st_size > 100


@pytest.mark.parametrize("target, status, message", [
    ("xml=file", 64, "json=FILE or csv=FILE"),
    ("json=", 64, "json=FILE or csv=FILE"),
    ("json=nowhere/file", 104, "nowhere/file: No such file or directory"),
])
def test_bad_targets(lua, target, status, message):
    lua.write("function setup() print('started') end function default() end")
    result = lua.command("load", "-o", target, "script.lua").finish()
    assert result.status == status, result
    assert message in result.stderr
    assert "started" not in result.stdout


def test_error_in_teardown_does_not_lose_the_results(lua):
    path = lua.folder / "samples.json"
    result = load(
        lua, "function default() end function teardown() error('no way home') end", "-i", 3, "-o", f"json={path}")
    assert result.status == 107, result
    assert "no way home" in result.stderr
    assert result.metrics["iterations"]["count"] == 3
    assert len(read_json(path)[1]["iteration_duration"]) == 3


def test_dash_is_the_standard_output(lua):
    result = load(lua, "require('loadtest').Counter('jobs'):add(3)", "-u", 2, "-i", 2000, "-q", "-o", "json=-")
    assert result.status == 0, result
    points = [json.loads(line) for line in result.lines if line.startswith('{"type":"Point"')]
    assert sum(point["data"]["value"] for point in points if point["metric"] == "jobs") == 6000
    assert not (lua.folder / "-").exists()
