"""The view of a running load test, on a terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

import pytest

from harness.program import PROGRAM


class Terminal:
    """A program on a terminal, and what the terminal's lines are at the end."""

    def __init__(self, arguments, folder, columns=80, rows=24, env=None):
        self.leader, follower = pty.openpty()
        self.resize(columns, rows)
        self.output = b""
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], cwd=folder, stdin=follower, stdout=follower, stderr=follower,
            env={**os.environ, "TERM": "xterm", **(env or {})})
        os.close(follower)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, columns, rows=24):
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, pattern, count=1, timeout=20):
        with self._changed:
            found = self._changed.wait_for(
                lambda: len(re.findall(pattern, self.output.decode("utf-8", "replace"))) >= count, timeout)
        assert found, self.output[-2000:]

    def finish(self, timeout=30):
        try:
            status = self.process.wait(timeout)
        finally:
            self.process.kill()
        self._reader.join(5)
        os.close(self.leader)
        return status

    @property
    def screen(self):
        """The lines that stay, after all that moves the cursor."""
        lines = [""]
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.output.decode("utf-8", "replace")).replace("\r\n", "\n")
        for part in re.split(r"(\n|\r?\x1b\[\d+A\x1b\[J)", text):
            if part == "\n":
                lines.append("")
            elif "\x1b[" in part:
                up = int(re.search(r"\[(\d+)A", part)[1])
                del lines[len(lines) - up:]
                lines[-1] = ""
            else:
                lines[-1] += part
        return lines

    def _read(self):
        while True:
            try:
                chunk = os.read(self.leader, 65536)
            except OSError:
                chunk = b""
            with self._changed:
                self.output += chunk
                self._changed.notify_all()
            if not chunk:
                return


def run(lua, script, *options, **how):
    lua.write(script)
    return Terminal(["load", *options, "script.lua"], lua.folder, **how)


def test_view_moves_and_vanishes(lua):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "5", "-d", "4s")
    terminal.wait_for(r"running \(0m0[1-4]", count=3)
    assert terminal.finish() == 0
    drawn = terminal.output.decode()
    assert re.search(r"default   \[=+>-+\] 5/5 VUs  0m0\d\.\ds/0m04s", re.sub(r"\x1b\[\d+m", "", drawn))
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
    text = re.sub(r"\x1b\[[0-9;]*m", "", terminal.output.decode())
    drawn = [line for line in re.split(r"\r\n|\x1b\[J", text) if "running (0m01" in line or "[=" in line]
    assert drawn and all(len(line) < columns for line in drawn)


def test_resize_is_noticed(lua):
    terminal = run(lua, "eio.sleep(0.1)", "-u", "2", "-d", "6s", columns=120)
    terminal.wait_for(r"running \(0m0")
    terminal.resize(30)
    terminal.wait_for(r"running \(0m0\d.\ds\), \d/2 VUs, \d*\r\n", timeout=10)
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
    assert b"\x1b[J" not in terminal.output


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
