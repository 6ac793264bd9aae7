"""`eio-lua report compare`: two runs side by side."""

import pytest

SCRIPT = """
    local loadtest = require "loadtest"
    local size = loadtest.Trend("size")
    options = {vus = 1, iterations = 4}
    function default() size:add(tonumber(arg[1]) + __ITER) end
"""


@pytest.fixture
def exports(lua):
    lua.write(SCRIPT)
    for name, size in (("before", 100), ("after", 125)):
        lua.command("load", "--summary-export", f"{name}.json", "script.lua", "--", size).finish()
    return "before.json", "after.json"


def compare(lua, *arguments):
    return lua.command("report", "compare", *arguments).finish()


def test_figures_and_changes(lua, exports):
    result = compare(lua, *exports, "--report", "page.html")
    assert result.status == 0, result
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["size", "med", "101.5", "126.5", "+24.6", "%"] in rows
    page = (lua.folder / "page.html").read_text()
    assert "<td>size</td><td>med</td>" in page and "+24.6 %" in page


@pytest.mark.parametrize("threshold, status", [("size:med<25%", 0), ("size:med<24%", 99), ("none:med<24%", 99)])
def test_a_threshold_decides_the_status(lua, exports, threshold, status):
    result = compare(lua, *exports, "--threshold", threshold)
    assert result.status == status, result
    assert ("✓" if status == 0 else "✗") + f" {threshold}" in result.stdout
    assert ("thresholds on the changes failed" in result.stderr) == (status == 99)


def test_mistakes_are_named(lua, exports):
    result = compare(lua, *exports, "--threshold", "size<5")
    assert result.status == 104 and "a change such as eio_time:p(95)<10% expected, got size<5" in result.stderr
    result = compare(lua, "before.json", "script.lua")
    assert result.status == 104 and "script.lua: the file is not JSON" in result.stderr
    assert compare(lua, "before.json").status == 64
    result = compare(lua, "before.json", "/dev/zero")
    assert result.status == 104 and "cannot read /dev/zero: it is longer than 256 MiB" in result.stderr


def test_report_does_not_replace_an_export(lua, exports):
    text = (lua.folder / "after.json").read_bytes()
    result = compare(lua, *exports, "--report", "./after.json")
    assert result.status == 104 and "--report: ./after.json is taken by an export to compare" in result.stderr
    assert (lua.folder / "after.json").read_bytes() == text
