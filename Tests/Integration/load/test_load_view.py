"""The view of a running load test, on a terminal."""

import re

import pytest

from harness.terminal import Terminal


def run(lua, script, *options, **how):
    lua.write(script)
    return Terminal(["load", *options, "script.lua"], lua.folder, **how)


def test_view_moves_and_vanishes(lua):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "5", "-d", "4s")
    terminal.wait_for(r"running \(0m0[1-4]", count=3)
    assert terminal.finish() == 0
    assert re.search(r"default   \[=+>-+\] 5/5 VUs  0m0\d\.\ds/0m04s", re.sub(r"\x1b\[\d+m", "", terminal.text))
    assert sum("running (" in line for line in terminal.screen) == 1
    assert not any("[===" in line for line in terminal.screen)
    assert any("TOTAL RESULTS" in line for line in terminal.screen)


def test_output_of_scripts_stays_whole_above(lua):
    script = """
        for n = 1, 20 do
            io.stdout:write("half ") io.stdout:flush()
            eio.sleep(0.05)
            print("line " .. n)
            io.stderr:write("problem " .. n .. "\\n")
        end
    """
    terminal = run(lua, script, "-u", "1", "-i", "1")
    assert terminal.finish() == 0
    for n in range(1, 21):
        assert any(re.search(rf"half line {n}$", line) for line in terminal.screen), (n, terminal.screen)
        assert f"problem {n}" in terminal.screen or any(f"problem {n}" in line for line in terminal.screen)


@pytest.mark.parametrize("columns", [20, 40, 80, 300])
def test_lines_fit_the_terminal(lua, columns):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "2", "-d", "2s", columns=columns)
    assert terminal.finish() == 0
    text = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", terminal.text)
    drawn = [line for line in re.split(r"\r\n|\r", text) if "running (0m01" in line or "[=" in line]
    assert drawn and all(len(line) < columns for line in drawn)


def test_resize_is_noticed(lua):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "2", "-d", "6s", columns=120)
    terminal.wait_for(r"running \(0m0")
    terminal.resize(30)
    terminal.wait_for(r"running \(0m0\d.\ds\), \d/2 VUs, …\x1b\[K\r\n", timeout=10)
    assert terminal.finish() == 0


@pytest.mark.parametrize("options, env", [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_without_colours(lua, options, env):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "2", "-d", "2s", *options, env=env)
    assert terminal.finish() == 0
    assert not re.search(rb"\x1b\[[0-9;]*m", terminal.output)
    assert b"running (" in terminal.output


@pytest.mark.parametrize("options, env", [(["-q"], {}), ([], {"TERM": "dumb"})])
def test_without_a_view(lua, options, env):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "2", "-d", "2s", *options, env=env)
    assert terminal.finish() == 0
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", terminal.text)


def test_interrupt_tells_what_is_waited_for(lua):
    script = "options = {gracefulStop = '3s'} function default() print('up') eio.sleep(60) end"
    terminal = run(lua, script, "-u", "2", "-d", "60s")
    terminal.wait_for("up", count=2)
    terminal.process.send_signal(2)
    terminal.wait_for("waiting for 2 users")
    assert terminal.finish() == 105


def test_no_terminal_tells_what_is_waited_for(lua):
    lua.write("options = {gracefulStop = '3s'} function default() print('up') eio.sleep(60) end")
    running = lua.command("load", "-u", 2, "-d", "60s", "script.lua")
    running.wait_for("up", count=2)
    running.signal()
    result = running.finish(10)
    assert result.status == 105
    assert "waiting for 2 users" in result.stderr
    assert "\x1b" not in result.stdout


def test_line_without_a_terminal_counts_errors_and_thresholds(lua):
    lua.write("""
        options = {thresholds = {iterations = {"count>1000", "count<1000"}}}
        function default() eio.sleep(2) error("no") end
    """)
    running = lua.command("load", "-u", 1, "-d", "11s", "script.lua")
    result = running.finish(30)
    assert re.search(
        r"^running \(0m10\.\ds\), 1/1 VUs, \d complete and 0 interrupted iterations, \d errors, "
        r"1 of 2 thresholds failing$", result.stdout, re.MULTILINE)
    # The last line has the form of k6 alone: the summary stands above it.
    assert re.search(r"^running .* interrupted iterations$", result.stdout, re.MULTILINE)
