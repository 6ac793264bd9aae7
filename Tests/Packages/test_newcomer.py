"""The first lines of the README, typed in a bare Debian by an ordinary user who has the release file and nothing else.

The browser that opens the report is that of the tests.
"""

import os
import re
import select
import shutil
import socket
import subprocess
import sys
import time

import pytest

from bare_root import BASE, HOME, ROOT, BareRoot

sys.path.insert(0, str(ROOT / "Tests" / "Integration"))

from harness.chromium import Chromium  # noqa: E402

PATIENCE = 60
MARK = "-- ended with status "
XDG_OPEN = '#!/bin/sh\nrealpath "$1" >~/opened\n'


def typed_lines():
    """The lines of the first example below "Install", and of that below "The first minute"."""
    readme = (ROOT / "README.md").read_text()
    examples = [re.search(rf"^## {title}\n.*?\n((?:    [^\n]+\n)+)", readme, re.DOTALL | re.MULTILINE)[1]
                for title in ("Install", "The first minute")]
    return [line.strip() for example in examples for line in example.splitlines()]


class Shell:
    """A shell with jobs, in which each line ends before the next one is typed."""

    def __init__(self, root):
        self._process = root.start("bash", "-m", stdin=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._output = ""

    def type(self, line, until=""):
        """Returns the output of the line: up to its end, and up to this text."""
        start = len(self._output)
        self._process.stdin.write(f'{line}\necho "{MARK}$?"\n')
        self._process.stdin.flush()
        deadline = time.monotonic() + PATIENCE
        while not (re.search(MARK + r"\d+\n", self._output[start:]) and until in self._output[start:]):
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            assert chunk, f"{line!r} does not end: {self._output[start:]}"
            self._output += chunk.decode("utf-8", "replace")
        output = self._output[start:]
        assert f"{MARK}0\n" in output, (line, output)
        return output

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.stdout.close()


@pytest.fixture
def port():
    """A free port instead of that of the README, which another server may have."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def root():
    """A bare Debian with the release file in the user's home, and a desktop that notes the file that it is to open."""
    folder = BASE.with_name("root-newcomer")
    shutil.rmtree(folder, ignore_errors=True)
    root = BareRoot(folder)
    [tarball] = (ROOT / "dist").glob("eio-lua-*.tar.gz")
    root.bring(tarball, HOME)
    # Every installed system and container has it; debootstrap leaves it to their installers.
    root.path("/etc/hosts").write_text("127.0.0.1 localhost\n")
    desktop = root.path("/usr/local/bin/xdg-open")
    desktop.write_text(XDG_OPEN)
    desktop.chmod(0o755)
    yield root
    shutil.rmtree(folder)


@pytest.fixture
def browser():
    browser = Chromium()
    yield browser
    browser.close()


def test_from_the_release_file_to_a_report(root, port, browser):
    lines = typed_lines()
    assert len(lines) <= 10
    shell = Shell(root)
    began = time.monotonic()
    outputs = {}
    for line in lines:
        command = line.replace("localhost:5000", f"localhost:{port}").replace(" serve ", f" serve --port {port} ")
        outputs[line] = shell.type(command, until="listening on" if " serve " in line else "")
    seconds = time.monotonic() - began
    shell.close()
    [connect] = [output for line, output in outputs.items() if " connect " in line]
    assert "connected to " in connect and "\nhello\n" in connect
    [load] = [output for line, output in outputs.items() if " load " in line]
    assert "is an echo" in load
    report = root.path(root.path(f"{HOME}/opened").read_text().strip())
    browser.open(report)
    verdict = browser.value("document.querySelector('.badge').textContent")
    assert (verdict, browser.complaints) == ("passed", [])
    print(f"\n{len(lines)} lines, {seconds:.1f} s from the release file to the report, which says '{verdict}'")
