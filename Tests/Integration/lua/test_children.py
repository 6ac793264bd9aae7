"""Programs that a script starts, and scripts that are inside a C function."""

import os
import signal
import subprocess
import time

import pytest

from harness.program import PROGRAM
from harness.talk import run

# A pattern that tries some 10^15 ways.
BACKTRACKING = 'local text, pattern = ("a"):rep(40), ("a-"):rep(24) .. "b"'


def test_children_get_the_standard_descriptors_alone(lua, echo):
    result = run(lua, """
        eio.connect(arg[1])
        eio.start_background_task(function() io.read() end)
        local file <close> = io.open(arg[0])
        eio.sleep(0.1)
        for _, f in ipairs {io.popen("ls /proc/self/fd"), io.popen("ls /proc/self/fd; echo")} do
            -- The fourth is that of ls, which reads the folder.
            print((f:read("a"):gsub("%s+", " ")))
        end
        os.exit(os.execute("test $(ls /proc/self/fd | wc -l) = 4") and 0 or 1)
    """, echo.url)
    assert (result.lines, result.status) == (["0 1 2 3 "] * 2, 0), result


def test_children_get_descriptors_that_the_program_was_started_with(lua):
    script = lua.write("os.execute('cat ' .. arg[1])")
    reading, writing = os.pipe()
    os.write(writing, b"given\n")
    os.close(writing)
    done = subprocess.run([PROGRAM, script, f"/dev/fd/{reading}"], pass_fds=[reading], capture_output=True, timeout=20)
    os.close(reading)
    assert (done.stdout, done.returncode) == (b"given\n", 0), done


@pytest.mark.parametrize("call", ["os.execute('sleep 0.2')", "io.popen('sleep 0.2'):close()"])
def test_interrupt_is_not_lost_while_a_program_runs(lua, call):
    running = lua.command(lua.write(f"print('ready') for n = 1, 100 do {call} eio.sleep(0) end").name)
    running.wait_for("ready")
    time.sleep(0.1)
    running.signal()
    result = running.finish(10)
    assert (result.status, result.duration < 5) == (130, True), result


def test_signal_ends_a_script_that_is_inside_a_c_function(lua):
    running = lua.command(lua.write(f"""
        {BACKTRACKING}
        io.stderr:write("ready\\n")
        io.write("what is buffered")
        text:find(pattern)
    """).name)
    running.wait_for("ready", stream="stderr")
    running.signal(signal.SIGTERM)
    result = running.finish(15)
    assert (result.stdout, result.status) == ("what is buffered", 143), result
    assert "inside a C function that does not return" in result.stderr


def test_signal_ends_a_finalizer_that_is_inside_a_c_function(lua):
    running = lua.command(lua.write("""
        x = setmetatable({}, {__gc = function() print("ready") os.execute("exec sleep 60") end})
        print("end")
    """).name)
    running.wait_for("ready")
    running.signal(signal.SIGINT)
    assert running.finish(15).status == 130


def test_program_that_ignores_sighup_goes_on(lua):
    done = subprocess.run(
        ["nohup", PROGRAM, lua.write("os.execute('kill -HUP $PPID') eio.sleep(0.3) print('goes on')")],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert (done.stdout, done.returncode) == (b"goes on\n", 0), done


def test_exit_that_closes_the_state(lua, echo):
    result = run(lua, """
        kept = setmetatable({}, {__gc = function() print("gc") end})
        eio.on("disconnect", function() print("not at os.exit") end)
        eio.connect(arg[1])
        eio.send("sent")
        local c <close> = setmetatable({}, {__close = function() print("close") end})
        os.exit(3, arg[2] == "close")
    """, echo.url, "close")
    assert (result.lines, result.status) == (["close", "gc"], 3), result
    assert echo.stats()["msgs"] == 1
