"""The parts of the view of a running load test, as a terminal shows them while they change."""

import re

import pytest

from harness.emulated import UPDATE, EmulatedTerminal, flickers
from harness.terminal import Terminal

# Steps become slow after a while, one check fails from the third time on, and each third iteration ends with an error.
SCRIPT = """
    options = {thresholds = {
        ["eio_time{name:step}"] = {"p(95)<150"}, checks = {"rate>0.1"}, iterations = {"count>=0"},
        ["eio_time{name:never}"] = {"max<1"},
    }}
    local loadtest = require "loadtest"
    local count = 0
    function default()
        count = count + 1
        loadtest.time("step", function() eio.sleep(count < 20 and 0.02 or 0.3) end)
        loadtest.time("short step", eio.sleep, 0.01)
        loadtest.check(count, {["is small"] = count < 3, ["is a number"] = true})
        if count % 3 == 0 then error("the basket was lost") end
        OUTPUT
    end
"""
HEADINGS = ["running (", "THRESHOLDS", "CHECKS", "ERRORS", "LAST SECOND"]


def run(lua, duration, output="", columns=80, rows=24, script=SCRIPT):
    lua.write(script.replace("OUTPUT", output))
    return Terminal(
        ["load", "-u", "1", "-d", duration, "--no-color", "script.lua"], lua.folder, columns=columns, rows=rows)


def one(rows, text):
    """The row that has the text; None unless there is exactly one."""
    found = [row for row in rows if text in row]
    return found[0] if len(found) == 1 else None


def has(rows, pattern):
    return any(re.search(pattern, row) for row in rows)


def is_complete(rows):
    return all(one(rows, heading) for heading in HEADINGS)


def updates(terminal):
    """Each drawing of the view, and the terminal after it."""
    emulated = EmulatedTerminal(*terminal.sizes[0][1:])
    for part in UPDATE.split(terminal.text):
        emulated.feed(part)
        if part.startswith("\x1b[?2026h") and "running (" in part:
            yield part, emulated


def test_values_of_thresholds_change(lua):
    terminal = run(lua, "60s")
    terminal.wait_until(lambda rows: has(rows, r"✓ holds +\d[\d.]* ms  p\(95\)<150  eio_time{name:step}"))
    assert has(terminal.emulated.rows, r"· waits  no value yet  max<1 +eio_time{name:never}")
    assert has(terminal.emulated.rows, r"THRESHOLDS  3 of 4 holding")
    terminal.wait_until(lambda rows: has(rows, r"✗ fails +3\d\d[\d.]* ms  p\(95\)<150  eio_time{name:step}"))
    rows = terminal.emulated.rows
    assert "{name:step}" in rows[rows.index("THRESHOLDS  1 of 4 failing") + 1]
    terminal.process.send_signal(2)
    assert terminal.finish() == 105


@pytest.mark.parametrize("pattern", [
    r"^time +p50=[\d.]+ms +p95=[\d.]+ms +p99=[\d.]+m?s$",
    r"^✗ fails +\d[\d.]* %  \d+ of \d+ failed +is small$",
    r"^✓ holds +100 %  0 of \d+ failed +is a number$",
    r"^ +\d+  iteration: script.lua:\d+: the basket was lost$",
    r"^ +\d[\d.]*/s  p95=[\d.]+m?s +time +short step$",
])
def test_everything_is_visible_on_a_usual_terminal(lua, pattern):
    terminal = run(lua, "4s")
    terminal.wait_until(lambda rows: is_complete(rows) and has(rows, pattern))
    terminal.finish()


@pytest.mark.parametrize("columns, rows", [(40, 10), (200, 60), (120, 30)])
def test_other_sizes(lua, columns, rows):
    terminal = run(lua, "3s", columns=columns, rows=rows)
    wanted = HEADINGS if rows > 10 else HEADINGS[:4]
    terminal.wait_until(lambda shown: all(one(shown, heading) for heading in wanted))
    shown = terminal.emulated.rows
    assert shown[-1] == ""
    if columns == 200:
        assert re.search("THRESHOLDS .* ERRORS", one(shown, "THRESHOLDS"))
    terminal.finish()


@pytest.mark.parametrize("output", ["", "print('line ' .. count)", "print(('wide '):rep(30) .. count .. '\\n!')"])
def test_nothing_flickers(lua, output):
    terminal = run(lua, "4s", output)
    terminal.finish()
    assert flickers(terminal.text) == []
    assert len(list(updates(terminal))) >= 3


@pytest.mark.parametrize("output", ["", "print('line ' .. count)", "print(('wide '):rep(30) .. count .. '\\n!')"])
def test_each_drawing_leaves_nothing_else(lua, output):
    terminal = run(lua, "4s", output)
    terminal.finish()
    heights = []
    for part, emulated in updates(terminal):
        rows, cursor = emulated.rows, emulated.screen.cursor
        first = next(index for index, row in enumerate(rows) if "running (" in row)
        # The same lines on an empty terminal.
        alone = EmulatedTerminal().feed(part[part.rindex("running ("):]).rows
        assert rows[first:] == alone[:len(rows) - first]
        assert cursor.x == 0 and not any(rows[cursor.y:])
        assert is_complete(rows) or len(heights) < 2
        heights.append(cursor.y - first)
    assert heights == sorted(heights)


def test_end_leaves_output_and_summary(lua):
    terminal = run(lua, "3s", "print('line ' .. count)")
    terminal.finish()
    lines = terminal.screen
    printed = [line for line in lines if line.startswith("line ")]
    numbers = [number for number in range(1, 1000) if number % 3 != 0]
    assert len(printed) > 5
    assert printed == [f"line {number}" for number in numbers[:len(printed)]]
    assert one(lines, "running (") and not any("LAST SECOND" in line or "[===" in line for line in lines)
    assert any("TOTAL RESULTS" in line for line in lines)


@pytest.mark.parametrize("reflows", [False, True])
@pytest.mark.parametrize("sizes", [[(60, 24), (120, 24)], [(80, 12), (80, 40)], [(50, 12), (200, 60), (80, 24)]])
def test_resizing_leaves_nothing(lua, sizes, reflows):
    # Enough rows for every size, because the emulator's lower terminal keeps the cursor's row only if it is the last.
    names = "for n = 1, 60 do loadtest.time('name ' .. n, function() end) end"
    terminal = run(lua, "60s", names + " print('line ' .. count)")
    terminal.reflows = reflows
    terminal.wait_until(lambda rows: is_complete(rows) and rows[-2])
    for columns, rows in sizes:
        terminal.resize(columns, rows)
        wanted = HEADINGS if rows > 10 else HEADINGS[:4]
        count = len(re.findall(r"running \(", terminal.text))
        terminal.wait_for(r"running \([^\x1b]*", count + 2)
        terminal.wait_until(lambda shown: all(one(shown, heading) for heading in wanted) and not shown[-1])
        assert max(map(len, terminal.emulated.rows)) < columns
    terminal.process.send_signal(2)
    terminal.finish()
    lines = terminal.screen
    assert one(lines[-40:], "running (")
    if reflows:
        # Nothing of the output is lost.
        printed = [line for line in lines if re.match(r"line \d+$", line)]
        numbers = [number for number in range(1, 1000) if number % 3 != 0]
        assert printed == [f"line {number}" for number in numbers[:len(printed)]]


@pytest.mark.parametrize("name", ["日本語の名前", "a\\27[2Jb", "a\\rb", "x\\u{202E}y", "👋👋👋"])
def test_hostile_names_stay_in_their_row(lua, name):
    script = f"""
        local loadtest = require "loadtest"
        local name = "{name}"
        options = {{thresholds = {{["eio_time{{name:never}}"] = {{"max<1"}}}}}}
        function default()
            pcall(loadtest.time, name, function() error(name:rep(50)) end)
            loadtest.check(1, {{[name] = false}})
            eio.sleep(0.05)
            error(name:rep(50))
        end
    """
    terminal = run(lua, "3s", script=script)
    terminal.wait_until(is_complete)
    terminal.finish()
    for number, (_, emulated) in enumerate(updates(terminal)):
        rows = emulated.rows
        assert is_complete(rows) or number == 0
        shown = rows[rows.index(one(rows, "running (")):]
        known = r"$|running|default|sent|time|iteration|waiting|[A-Z]{4,}|[✓✗·]| +\d"
        assert [row for row in shown if not re.match(known, row)] == []
