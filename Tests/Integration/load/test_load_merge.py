"""`eio-lua report merge`: the exports of several processes as one run."""

import json
import re

import pytest

SCRIPT = """
    local loadtest = require "loadtest"
    local rtt = loadtest.Trend("rtt", true)
    options = {
        scenarios = {only = {executor = "shared-iterations", vus = 4, iterations = 100}},
        thresholds = {iterations = {"count>=100"}, rtt = {"p(99)<LIMIT"}},
    }
    function default()
        local n = __ITER
        rtt:add((n + 1) / 1000)
        loadtest.check(n, {["is small"] = function(n) return n < 50 end})
    end
"""


def run_part(lua, segment, limit=500):
    lua.write(SCRIPT.replace("LIMIT", str(limit)))
    export = lua.folder / f"{segment.replace('/', '-').replace(':', '_')}.json"
    result = lua.command("load", "--execution-segment", segment, "--summary-export", export, "script.lua").finish()
    return export, result


def merge(lua, *arguments):
    return lua.command("report", "merge", *arguments).finish()


def test_parts_make_the_whole(lua):
    parts = [run_part(lua, segment) for segment in ("0:1/2", "1/2:1")]
    # Neither part has all the iterations, so that each fails by itself.
    assert [result.status for _, result in parts] == [99, 99]
    merged, page = lua.folder / "merged.json", lua.folder / "report.html"
    result = merge(lua, *(export for export, _ in parts), "--summary-export", merged, "--report", page)
    assert result.status == 0, result
    assert re.search(r"iterations\.+: 100 ", result.stdout)
    assert "✓ 'count>=100' count=100" in result.stdout
    figures = json.loads(merged.read_text())["metrics"]
    assert figures["iterations"]["count"] == 100
    assert figures["checks"]["passes"] + figures["checks"]["fails"] == 100
    singles = [json.loads(export.read_text())["metrics"]["rtt"] for export, _ in parts]
    assert figures["rtt"]["max"] == max(single["max"] for single in singles)
    assert figures["rtt"]["avg"] == pytest.approx(sum(single["avg"] for single in singles) / 2)
    assert "2 processes" in page.read_text() or "script.lua" in page.read_text()


def test_merged_export_can_be_merged_again(lua):
    exports = [run_part(lua, segment)[0] for segment in ("0:1/3", "1/3:2/3", "2/3:1")]
    two, all_at_once, in_steps = (lua.folder / name for name in ("two.json", "once.json", "steps.json"))
    assert merge(lua, *exports[:2], "--summary-export", two).status == 99
    assert merge(lua, two, exports[2], "--summary-export", in_steps).status == 0
    assert merge(lua, *exports, "--summary-export", all_at_once).status == 0
    assert json.loads(in_steps.read_text())["metrics"] == json.loads(all_at_once.read_text())["metrics"]


def test_failed_threshold_of_the_whole_is_the_exit_status(lua):
    exports = [run_part(lua, segment, limit=1)[0] for segment in ("0:1/2", "1/2:1")]
    result = merge(lua, *exports)
    assert result.status == 99, result
    assert "✗ 'p(99)<1'" in result.stdout
    assert "thresholds failed" in result.stderr


@pytest.mark.parametrize("content, message", [
    ("", "is not JSON"),
    ("not json", "is not JSON"),
    ('{"metrics": {}}', "not an export of eio-lua load"),
    ('{"eio_lua": {"format": 2}}', "another version"),
    ('{"eio_lua": {"format": 1}}', "description of the run"),
    ("[" * 100_000, "is not JSON"),
])
def test_what_is_no_export(lua, content, message):
    good = run_part(lua, "0:1")[0]
    bad = lua.folder / "bad.json"
    bad.write_text(content)
    result = merge(lua, good, bad)
    assert result.status == 104, result
    assert f"{bad}: " in result.stderr and message in result.stderr


@pytest.mark.parametrize("change", ["processes", "exit_code", "count", "passes"])
def test_numbers_that_no_run_has(lua, change):
    good = run_part(lua, "0:1")[0]
    export = json.loads(good.read_text())
    own, huge = export["eio_lua"], (1 << 63) - 1
    if change in ("processes", "exit_code"):
        own["run"][change] = huge
    elif change == "count":
        own["errors"].append({"kind": "iteration", "name": "", "text": "x", "count": huge, "first": 0, "last": 0})
    else:
        checks = next(metric for metric in own["series"] if metric["metric"] == "checks")
        checks["total"] = {"passes": huge, "total": huge}
    bad = lua.folder / "bad.json"
    bad.write_text(json.dumps(export))
    result = merge(lua, bad, good)
    assert result.status == 104, result
    assert f"{bad}: " in result.stderr


def test_missing_file(lua):
    result = merge(lua, "nowhere.json")
    assert result.status == 104
    assert "cannot read nowhere.json: No such file or directory" in result.stderr


def test_the_same_export_twice_is_a_mistake(lua):
    export = run_part(lua, "0:1")[0]
    result = merge(lua, export, export)
    assert result.status == 104
    assert "would count twice" in result.stderr


def test_figures_of_trends_can_be_chosen(lua):
    result = merge(lua, run_part(lua, "0:1")[0], "--summary-trend-stats", "p(99.9),count")
    assert re.search(r"rtt\.+: p\(99.9\)=\S+ count=100\n", result.stdout)


def test_report_that_cannot_be_written(lua):
    result = merge(lua, run_part(lua, "0:1")[0], "--report", "/dev/full")
    assert result.status == 103
    assert "No space left on device" in result.stderr
