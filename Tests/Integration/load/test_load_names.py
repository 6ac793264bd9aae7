"""Names in what `eio-lua load` writes: told apart by their bytes, whole, and never more than text to who reads them."""

import csv
import json
import re
import subprocess

from harness.loads import scrape_until

NAMES = [
    "caf\u00e9", "cafe\u0301", "a\nb", "a\r\nb", "a\rb", "nul\0one", "nul\0two", 'q"\u0301 x', "=1+1", "c,\u0301d", "\u0301",
]
SCRIPT = """
    local loadtest = require "loadtest"
    options = {iterations = 1, thresholds = {
        ["eio_time{name:caf\u00e9}"] = {"max<100000"}, ["eio_time{name:cafe\u0301}"] = {"max<100000"}}}
    function default()
        for _, name in ipairs({NAMES}) do
            loadtest.time(name, function() end)
            loadtest.check(1, {[name] = true})
            loadtest.group(name, function() loadtest.group("inner", function() end) end)
            pcall(loadtest.time, name, function() error("no " .. name, 0) end)
        end
    end
"""


def literal(name):
    data = name if isinstance(name, bytes) else name.encode()
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def run(lua, names, *options):
    lua.write(SCRIPT.replace("NAMES", ", ".join(map(literal, names))))
    result = lua.command("load", "-q", "-u", 1, *options, "script.lua").finish()
    assert result.status == 0, result
    return result


def test_each_name_is_a_series_of_its_own(lua):
    samples, export, prefix = (lua.folder / name for name in ("samples.json", "summary.json", "run"))
    result = run(lua, NAMES, "-o", f"json={samples}", "--summary-export", export, "--csv", prefix)
    tags = [json.loads(line)["data"].get("tags", {}) for line in samples.read_text().splitlines()]
    for key, prefixed in (("name", ""), ("check", ""), ("group", "::")):
        assert {tag[key] for tag in tags if key in tag} >= {prefixed + name for name in NAMES}
    assert {tag["group"] for tag in tags if "group" in tag} >= {f"::{name}::inner" for name in NAMES}
    exported = json.loads(export.read_text())
    assert set(exported["root_group"]["checks"]) == set(NAMES)
    assert all(exported["metrics"][f"eio_time{{name:{name}}}"] for name in NAMES[:2])
    assert {error["text"] for error in exported["eio_lua"]["errors"]} == {f"no {name}" for name in NAMES}
    with open(f"{prefix}_stats.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    # A spreadsheet takes what begins with = for something to calculate: there the cell begins with an apostrophe.
    assert {row[1] for row in rows} >= {"'" + name if name[0] == "=" else name for name in NAMES}
    assert {len(row) for row in rows} == {22}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", result.stdout)


def test_names_that_are_not_text_are_distinguished(lua):
    samples = lua.folder / "samples.json"
    # The thresholds of the script are about other names.
    run(lua, [b"x\xff", b"x\xfe", b"\xc3", b"\xe2\x82"], "--no-thresholds", "-o", f"json={samples}")
    tags = [json.loads(line)["data"].get("tags", {}) for line in samples.read_text().splitlines()]
    assert {tag["name"] for tag in tags if "name" in tag} == {r"x\xff", r"x\xfe", r"\xc3", r"\xe2\x82"}


def test_page_of_prometheus_takes_every_name(lua):
    lua.write(SCRIPT.replace("NAMES", ", ".join(map(literal, NAMES))).replace("iterations = 1", 'duration = "60s"')
              .replace("function default()", "function default() eio.sleep(0.2)"))
    running = lua.command("load", "-q", "--metrics-addr", ":0", "script.lua")
    running.wait_for("/metrics", stream="stderr")
    page = scrape_until(re.search(r"http://\S+/metrics", running.stderr).group(), "eio_time_seconds_count")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=page.encode(), capture_output=True, timeout=30)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    shown = set(re.findall(r'^eio_time_seconds_count\{name="((?:[^"\\\n]|\\["\\n])*)"', page, re.MULTILINE))
    assert shown == {name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for name in NAMES}
    running.signal()
    running.finish()
