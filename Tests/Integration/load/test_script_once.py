"""A load test reads its script once: from wherever it comes, and whatever becomes of the file."""

import os
import subprocess

import pytest

from harness.program import PROGRAM
from harness.talk import run

SCENARIO = 'options = {vus = 2, iterations = 4} function default() print("it ran") end'


def start(lua, command, text):
    return subprocess.run(
        ["bash", "-c", command.replace("EIO", PROGRAM)], input=text.encode(), cwd=lua.folder, capture_output=True, timeout=30)


@pytest.mark.parametrize("command", [
    "EIO load -q <(cat)", "EIO load -q -", "EIO load -q /dev/stdin", "cat | EIO load -q -", "cat | EIO load -q /dev/stdin",
    "mkfifo pipe; (cat > pipe) <&0 & EIO load -q pipe < /dev/null"])
def test_script_from_a_pipe(lua, command):
    done = start(lua, command, SCENARIO)
    assert (done.stdout.count(b"it ran"), done.returncode) == (4, 0), done


def test_places_in_a_script_from_the_standard_input(lua):
    script = "#!/usr/bin/env eio-lua\n\nprint(arg[0], select('#', ...), ..., debug.getinfo(1).source, io.read())"
    done = start(lua, "EIO load -q - -- argument", script)
    assert done.stdout.splitlines()[0] == b"-\t1\targument\t=stdin\tnil", done
    done = start(lua, "EIO inspect -", "options = {vus = 'x'}\n")
    assert done.returncode == 104, done


def test_script_that_has_no_end_is_refused(lua):
    done = start(lua, "EIO load -q /dev/zero", "")
    assert b"cannot read the script /dev/zero: it is longer than 64 MiB" in done.stderr, done
    done = start(lua, "EIO load -q .", "")
    assert b"cannot read the script .: Is a directory" in done.stderr, done


BEFORE = """
    options = {stages = {{duration = "0s", target = 1}, {duration = "2s", target = 6}}}
    local m = require "m"
    function default()
        print("before", m, __VU)
        eio.sleep(0.1)
    end
"""


@pytest.mark.parametrize("change", ["edited", "removed", "half written"])
def test_change_of_the_script_during_the_run(lua, change):
    script = lua.write(BEFORE)
    module = lua.write('return "before"', "m.lua")
    running = lua.command("load", "-q", "--threads", 2, "script.lua")
    running.wait_for("before")
    if change == "edited":
        script.write_text(BEFORE.replace("before", "after"))
        module.write_text('return "after"')
    elif change == "removed":
        script.unlink()
        module.unlink()
    else:
        script.write_text(BEFORE[:-20])
        module.write_text("return")
    result = running.finish(30)
    assert result.status == 0 and "after" not in result.stdout and "ERRORS" not in result.stdout, result
    assert {line.split("\t")[2] for line in result.lines if line.startswith("before")} >= {"1", "2", "3", "4"}


# The standard input that users share.


@pytest.mark.parametrize("read", ["io.read()", "io.stdin:read('l')", "(io.read('L') or ''):match('[^\\n]+')",
                                  "(function() for line in io.lines() do return line end end)()",
                                  "(function() local a, b = io.read(8, 'l') return a and a .. b end)()"])
def test_each_record_goes_whole_to_one_user(lua, read):
    lines = [f"line-{number:06}-{'x' * 20}" for number in range(5000)]
    lua.write(f"""
        options = {{vus = 8, iterations = 5200}}
        function default() local line = {read} if line then print("got " .. line) end eio.sleep(0.0002) end
    """)
    done = start(lua, "EIO load -q --threads 2 script.lua", "\n".join(lines) + "\n")
    got = [line[4:] for line in done.stdout.decode().splitlines() if line.startswith("got ")]
    assert sorted(got) == lines, (len(got), done.stderr)


def test_numbers_and_what_is_left_for_the_next_user(lua):
    lua.write("""
        options = {vus = 1, iterations = 2}
        function setup() return io.read("n", "l") end
        function default(first) print("got", first, io.read("n"), __ITER == 1 and io.read("a")) end
        function teardown() print("got", io.read()) end
    """)
    done = start(lua, "EIO load -q script.lua", "1 header\n2\n3\nthe rest\nof it")
    got = [line for line in done.stdout.splitlines() if line.startswith((b"got", b"of"))]
    assert got == [b"got\t1\t2\tfalse", b"got\t1\t3\t", b"of it", b"got\tnil"], done


def test_user_that_is_stopped_leaves_its_turn(lua):
    reading, writing = os.pipe()
    lua.write("""
        options = {vus = 2, duration = "500ms", gracefulStop = "0s"}
        function default() print("waits") io.read() end
        function teardown() print("teardown") print(io.read()) end
    """)
    process = subprocess.Popen(
        [PROGRAM, "load", "-q", "script.lua"], cwd=lua.folder, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(reading)
    lines = [process.stdout.readline() for _ in range(3)]
    os.write(writing, b"a line\n")
    lines.append(process.stdout.readline())
    os.close(writing)
    process.communicate(timeout=30)
    assert (lines, process.returncode) == ([b"waits\n", b"waits\n", b"teardown\n", b"a line\n"], 0)


def test_reading_where_lua_cannot_wait(lua):
    done = run(lua, "table.sort({2, 1}, function() print(io.read()) end)", stdin="a line\n")
    assert done.lines == ["a line"], done
