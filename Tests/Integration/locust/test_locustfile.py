"""`eio-lua locustfile`, and what a Locust master cannot do."""

import shutil
import subprocess

import pytest

from harness.fleet import MARKS
from harness.program import PROGRAM

pytestmark = MARKS


@pytest.mark.parametrize("options", [
    "iterations = 3", "scenarios = {a = {executor = 'constant-arrival-rate', rate = 1, duration = '1s', "
    "preAllocatedVUs = 1}}",
])
def test_executors_that_a_master_cannot_direct(lua, options):
    script = lua.write(f"options = {{{options}}} function default() end")
    for command in ("worker", "locustfile"):
        result = lua.command(command, script).finish()
        assert result.status == 104
        assert "a Locust master directs users" in result.stderr


def test_thresholds_that_a_master_cannot_judge(lua):
    script = lua.write("options = {thresholds = {checks = {'rate>0.9'}, eio_time = {'p(95)<9'}}}")
    result = lua.command("locustfile", script).finish()
    assert result.status == 104
    assert 'checks' in result.stderr and "eio_time" not in result.stderr.split(":")[0]
    assert result.stderr.endswith("or omit all with --no-thresholds\n")
    fine = lua.command("locustfile", "--no-thresholds", script).finish()
    assert fine.status == 0 and "class script(" in fine.stdout


@pytest.mark.parametrize("name", ["chat", "2 fast", "class", "sum", "größe"])
def test_the_masters_file_is_python(lua, name):
    lua.write("options = {vus = 3, duration = '1s'}", f"{name}.lua")
    text = lua.command("locustfile", f"{name}.lua").finish().stdout
    compile(text, "locustfile.py", "exec")


def test_worker_needs_its_program(lua, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(PROGRAM, alone / "eio-lua")
    result = subprocess.run([alone / "eio-lua", "worker", "x.lua"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 69
    assert "eio-lua-worker" in result.stderr and "it is not there" in result.stderr


def test_worker_without_its_libraries_advises_to_install_them(lua, tmp_path):
    worker = tmp_path / "eio-lua-worker"
    shutil.copy(PROGRAM, tmp_path / "eio-lua")
    # As the dynamic linker ends a program.
    worker.write_text("#!/bin/sh\necho 'libzmq.so.5: cannot open' >&2\nexit 127\n")
    worker.chmod(0o755)
    result = subprocess.run([tmp_path / "eio-lua", "worker", "x.lua"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 69
    assert result.stderr.startswith("libzmq.so.5: cannot open\neio-lua: ")
    assert result.stderr.endswith("apt install libzmq5\n")
