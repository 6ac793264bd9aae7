"""A signal while a script is read for what it says about its load test."""

import os
import select
import signal
from pathlib import Path

import pytest

from harness.program import PROGRAM

SCRIPTS = {
    "computes": "while true do end",
    "catches": "while true do pcall(function() while true do end end) end",
    "catches in a coroutine": "while true do coroutine.wrap(pcall)(function() while true do end end) end",
    # No hook is called in a C function: this one tries some 10^15 ways.
    "is in C": 'string.find(("a"):rep(40), ("a-"):rep(20) .. "b")',
}
has_worker = pytest.mark.skipif(
    not Path(PROGRAM).with_name("eio-lua-worker").exists(), reason="eio-lua-worker is not built")


@pytest.fixture(params=SCRIPTS)
def reading(lua, request):
    """Starts a command; returns when it is reading the script."""
    os.mkfifo(lua.folder / "reading")
    pipe = os.open(lua.folder / "reading", os.O_RDONLY | os.O_NONBLOCK)
    lua.write(f"""
        local file = io.open("reading", "w")
        file:write("now")
        file:close()
        {SCRIPTS[request.param]}
    """)

    def start(command):
        running = lua.command(command, "script.lua")
        assert select.select([pipe], [], [], 15)[0], "the script does not run"
        return running

    yield start
    os.close(pipe)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["load", "inspect", "locustfile", pytest.param("worker", marks=has_worker)])
def test_signal_ends_it_at_once(reading, command, number):
    running = reading(command)
    running.signal(number)
    result = running.finish(10)
    assert result.status == 105, result
    assert result.stderr == "eio-lua: stopped by a signal while the script was read\n"
    assert result.stdout == ""
