"""The unit in which the end summary shows times."""

import json
import re

import pytest

from harness.loads import load

SCRIPT = """
    local loadtest = require("loadtest")
    local rtt = loadtest.Trend("rtt", true)
    local size = loadtest.Trend("size")
    options = {vus = 1, iterations = 1, UNIT thresholds = {rtt = {"max<60"}}}
    function default()
        rtt:add(0.05)
        size:add(50)
    end
"""
TEXTS = {"s": "0.05s", "ms": "50.00ms", "us": "50000.00µs"}


def expect(result, text):
    assert result.status == 0, result
    assert re.search(rf"rtt\.+: avg={text} +min={text} +med={text} +max={text} +p\(90\)={text} +p\(95\)={text}\n", result.stdout)
    assert f"'max<60' max={text}\n" in result.stdout
    assert re.search(r"size\.+: avg=50 +min=50 +med=50 ", result.stdout)
    [iterations] = re.findall(r"iteration_duration\.+: (.*)\n", result.stdout)
    assert set(re.findall(r"=\d+\.\d\d(\D+?)(?: |$)", iterations)) == {re.sub(r"[\d.]", "", text)}


@pytest.mark.parametrize("unit", TEXTS)
def test_all_times_are_in_the_unit(lua, unit):
    result = load(lua, SCRIPT.replace("UNIT", f'summaryTimeUnit = "{unit}",'))
    expect(result, TEXTS[unit])
    # Files have milliseconds.
    assert json.loads((lua.folder / "summary.json").read_text())["metrics"]["rtt"]["max"] == 50


def test_command_line_wins(lua):
    result = load(lua, SCRIPT.replace("UNIT", 'summaryTimeUnit = "s",'), "--summary-time-unit", "us")
    expect(result, TEXTS["us"])


def test_merged_parts_have_it_too(lua):
    load(lua, SCRIPT.replace("UNIT", ""))
    expect(lua.command("report", "merge", "--summary-time-unit", "s", "summary.json").finish(), TEXTS["s"])


def test_handle_summary_gets_the_unit(lua):
    result = load(lua, SCRIPT.replace("UNIT", 'summaryTimeUnit = "s",') + """
        function handleSummary(data)
            return {stdout = data.options.summaryTimeUnit .. " " .. data.metrics.rtt.values.max .. "\\n"}
        end
    """)
    assert result.status == 0, result
    assert re.search(r"^s 50(\.0)?$", result.stdout, re.MULTILINE)


def test_inspect_shows_it(lua):
    lua.write(SCRIPT.replace("UNIT", 'summaryTimeUnit = "us",'))
    for options, unit in [([], "us"), (["--summary-time-unit", "s"], "s")]:
        result = lua.command("inspect", "--json", *options, "script.lua").finish()
        assert json.loads(result.stdout)["summaryTimeUnit"] == unit


@pytest.mark.parametrize("command, options, place", [
    (["load"], 'summaryTimeUnit = "min",', "options.summaryTimeUnit"),
    (["load", "--summary-time-unit", "min"], "", "--summary-time-unit"),
    (["inspect", "--summary-time-unit", "min"], "", "--summary-time-unit"),
])
def test_unknown_unit(lua, command, options, place):
    lua.write(SCRIPT.replace("UNIT", options))
    result = lua.command(*command, "script.lua").finish()
    assert result.status == 104, result
    assert place in result.stderr and '"min"' in result.stderr
    assert all(f'"{unit}"' in result.stderr for unit in TEXTS)
