"""The end of a load run: handleSummary, --summary-trend-stats, and a standard output that nobody reads."""

import json
import re
import subprocess

import pytest

from harness.loads import load
from harness.program import PROGRAM, ROOT

SCRIPT = """
    local loadtest = require "loadtest"
    local rtt = loadtest.Trend("rtt", true)
    options = {
        vus = 1, iterations = 4, summaryTrendStats = {"avg", "p(99)", "count"},
        thresholds = {rtt = {"p(99)<500", "avg<1"}},
    }
    function setup() return {room = "blue"} end
    function default()
        rtt:add(0.05)
        loadtest.group("outer", function()
            loadtest.check(1, {["is one"] = function(n) return n == 1 end, ["is two"] = function(n) return n == 2 end})
        end)
    end
"""


def test_handler_gets_the_data_in_the_shape_of_k6(lua):
    result = load(lua, SCRIPT + """
        function handleSummary(data)
            local rtt = data.metrics.rtt
            return {stdout = table.concat({
                rtt.type, rtt.contains, rtt.values.avg, rtt.values["p(99)"], rtt.values.count,
                tostring(rtt.thresholds["p(99)<500"].ok), tostring(rtt.thresholds["avg<1"].ok),
                data.metrics.iterations.values.count, data.metrics.checks.values.rate,
                data.metrics.checks.values.passes, data.root_group.groups[1].name,
                data.root_group.groups[1].checks[1].name, data.root_group.groups[1].checks[1].path,
                data.setup_data.room, tostring(data.state.isStdOutTTY), math.type(data.state.testRunDurationMs),
                data.options.summaryTrendStats[2],
            }, "|") .. "\\n"}
        end
    """)
    assert result.status == 99, result
    [line] = [line for line in result.lines if line.startswith("trend|")]
    fields = line.split("|")
    assert fields[:2] == ["trend", "time"]
    assert [float(number) for number in fields[2:5]] == [50, 50, 4]
    assert fields[5:7] == ["true", "false"]
    assert [float(number) for number in fields[7:10]] == [4, 0.5, 4]
    assert fields[10:] == ["outer", fields[11], f"::outer::{fields[11]}", "blue", "false", "float", "p(99)"]
    assert fields[11] in ("is one", "is two")
    # It stands in the place of the default.
    assert "TOTAL RESULTS" not in result.stdout


def test_handler_writes_files_and_both_outputs(lua):
    result = load(lua, """
        function default() end
        function handleSummary(data)
            return {stdout = "to out\\n", stderr = "to err\\n", ["summary.txt"] = "to file", ["/dev/full"] = "lost"}
        end
    """)
    assert result.status == 103, result
    assert "to out" in result.lines
    assert "to err\n" in result.stderr
    assert (lua.folder / "summary.txt").read_text() == "to file"
    assert "cannot write /dev/full: No space left on device" in result.stderr


@pytest.mark.parametrize("body, message", [
    ("error('no mood')", "no mood"),
    ("return 'text'", "it must return a table of texts"),
    ("return {stdout = 5}", 'it must return a text for "stdout", not 5'),
    ("return {'text'}", "it must return a table of texts"),
])
def test_error_in_the_handler_shows_the_default(lua, body, message):
    export = lua.folder / "summary.json"
    result = load(
        lua, f"function default() end function handleSummary() {body} end", "--summary-export", export)
    assert result.status == 107, result
    assert message in result.stderr
    assert "TOTAL RESULTS" in result.stdout
    assert json.loads(export.read_text())["eio_lua"]["run"]["exit_code"] == 107


def test_handler_that_returns_nothing_leaves_the_default(lua):
    result = load(lua, "function default() end function handleSummary() end")
    assert result.status == 0, result
    assert "TOTAL RESULTS" in result.stdout


def test_figures_of_trends(lua):
    export = lua.folder / "summary.json"
    result = load(lua, SCRIPT, "--summary-export", export)
    assert re.search(r"rtt\.+: avg=50ms +p\(99\)=50ms +count=4\n", result.stdout)
    assert json.loads(export.read_text())["metrics"]["rtt"].keys() == {"avg", "p(99)", "count", "thresholds"}
    result = load(lua, SCRIPT, "--summary-trend-stats", "med,p(99.9)")
    assert re.search(r"rtt\.+: med=50ms +p\(99.9\)=50ms\n", result.stdout)


def test_unknown_figure(lua):
    result = load(lua, "", "--summary-trend-stats", "avg,p(101)")
    assert result.status == 104
    assert "--summary-trend-stats" in result.stderr and "p(101)" in result.stderr


@pytest.mark.parametrize("count, status", [(5, 0), (6, 99)])
def test_reader_of_the_output_that_goes_does_not_end_the_run(lua, count, status):
    script = """
        options = {vus = 1, iterations = 5, thresholds = {iterations = {"count>=COUNT"}}}
        function default()
            for n = 1, 2000 do print("a line that nobody reads") end
            io.write("nor this one\\n")
            eio.sleep(0.01)
        end
        function teardown() print("nor that") end
    """.replace("COUNT", str(count))
    lua.write(script)
    line = f'"{PROGRAM}" load --summary-export summary.json --report page.html script.lua | head -1; exit ${{PIPESTATUS[0]}}'
    result = subprocess.run(["bash", "-c", line], cwd=lua.folder, capture_output=True, timeout=40)
    assert result.returncode == status, result
    run = json.loads((lua.folder / "summary.json").read_text())
    assert run["metrics"]["iterations"]["count"] == 5
    assert "</html>" in (lua.folder / "page.html").read_text()


def test_output_that_is_closed_from_the_start(lua):
    lua.write("options = {iterations = 3} function default() print('hello') end")
    line = f'exec "{PROGRAM}" load --summary-export summary.json script.lua >&-'
    result = subprocess.run(["bash", "-c", line], cwd=lua.folder, stderr=subprocess.PIPE, timeout=40)
    assert result.returncode == 0, result
    assert json.loads((lua.folder / "summary.json").read_text())["metrics"]["iterations"]["count"] == 3


def test_names_are_bounded(lua):
    export = lua.folder / "summary.json"
    result = load(lua, """
        local loadtest = require "loadtest"
        options = {vus = 1, iterations = 3000, thresholds = {["eio_time{name:n2999}"] = {"max>=0"}}}
        function default() loadtest.time("n" .. __ITER, function() end) end
    """, "--summary-export", export)
    assert result.status == 0, result
    [time] = [each for each in json.loads(export.read_text())["eio_lua"]["series"] if each["metric"] == "eio_time"]
    names = {series["tags"]["name"] for series in time["series"]}
    assert len(names) <= 1002 and {"other", "n2999"} <= names
    assert result.stderr.count("tag 'name' has more than 1000 values") == 1


def test_metrics_are_bounded(lua):
    result = load(lua, """
        local loadtest = require "loadtest"
        for n = 1, 2000 do loadtest.Counter("c" .. n) end
        function default() end
    """)
    assert result.status == 107, result
    assert "more than 1000 metrics" in result.stderr


def test_example_of_the_guide(lua):
    guide = (ROOT / "docs" / "load-testing.md").read_text()
    example = guide.split("### A summary of your own")[1].split("```lua\n")[1].split("```")[0]
    result = load(lua, 'function default() require("loadtest").time("echo", function() end) end\n' + example)
    assert result.status == 0, result
    assert re.search(r"^p95 \d+\.\d ms$", result.stdout, re.MULTILINE)
    assert float((lua.folder / "result.txt").read_text()) >= 0
