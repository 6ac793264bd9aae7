"""Runs the tests in C: pytest Tests/CLuaHost."""

import pathlib
import subprocess


def test_cluahost():
    run = pathlib.Path(__file__).with_name("run.sh")
    done = subprocess.run([run], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
