"""Reading the standard input: it waits as eio.sleep does, and gives what lua5.4 gives."""

import shutil
import subprocess

import pytest

from harness.program import PROGRAM, ROOT
from harness.talk import run


def test_reading_formats(lua):
    assert run(lua, """
        print(io.read("n", "l", "L", 3, "l"))
        print(io.stdin:read("*n", "*l"))
        print(io.read(0))
        for line in io.lines() do print("[" .. line .. "]") end
        print(io.read(), io.read("a"), io.read(0))
    """, stdin="12 rest\nkept\nabcdef\n0x10\nx\n\nlast").lines == [
        "12\t rest\tkept", "\tabc\tdef", "16\t", "", "[x]", "[]", "[last]", "nil\t\tnil"]


def test_reading_as_lua_does(lua):
    """The same script and input under lua5.4, byte by byte."""
    if shutil.which("lua5.4") is None:
        pytest.skip("lua5.4 is not installed")
    script = lua.write("""
        print(io.read("n", "n", "n", "n"))
        print(io.read(5)); print(io.read("L")); print(io.read("n")); print(io.read("l"))
        for a, b in io.lines(nil, 1, 2) do io.write("<", a, "|", tostring(b), ">") end
        print(io.read("a"), io.read("a"), io.read("l"))
        print(pcall(io.lines)); print(select(2, pcall(io.read, "x")))
    """)
    inputs = [
        "1 2.5e1 -0x1p4 7\nabcdefg\nnan\nrest of it", "", "\n", "1", "1e", "0x 5", "--5\n",
        "1 2 3 4\r\n\r\nx\0y\nz", "x" * 100_000, "1" * 300 + " 5"]
    for text in inputs:
        outputs = []
        for program in ("lua5.4", PROGRAM):
            done = subprocess.run([program, str(script)], input=text.encode(), capture_output=True, timeout=20)
            outputs.append((done.stdout, done.returncode))
        theirs, ours = outputs
        # Addresses, and the name of what was called, differ.
        assert ours[0].split(b"true\t")[0] == theirs[0].split(b"true\t")[0], text[:40]
        assert ours[1] == theirs[1]


@pytest.mark.parametrize("read", ["io.read()", "io.stdin:read('l')", "io.lines()()", "io.stdin:lines()()"])
def test_reading_waits_like_sleep(lua, read):
    running = lua.command(lua.write(f"""
        local reading = true
        local ticks = 0
        eio.start_background_task(function()
            while reading do ticks = ticks + 1; if ticks == 5 then print("ticking") end; eio.sleep(0.01) end
        end)
        print("read", {read})
        reading = false
    """).name, stdin=None)
    running.wait_for("ticking")
    running.send_line("typed")
    assert running.finish().lines == ["ticking", "read\ttyped"]


def test_two_readers_take_turns(lua):
    running = lua.command(lua.write("""
        for n = 1, 2 do
            eio.start_background_task(function() for _ = 1, 2 do print(n, io.read()) end end)
        end
        eio.sleep(0)
        print("ready")
    """).name, stdin=None)
    running.wait_for("ready")
    for number in range(4):
        running.send_line(f"line {number}")
        running.wait_for(f"line {number}")
    lines = running.finish().lines
    assert [line.split("\t")[1] for line in lines[1:]] == [f"line {number}" for number in range(4)]


def test_cancelled_reader_leaves_the_line(lua):
    running = lua.command(lua.write("""
        local task = eio.start_background_task(io.read)
        eio.sleep(0.01)
        task:cancel(); task:join()
        print("cancelled")
        print(io.read())
    """).name, stdin=None)
    running.wait_for("cancelled")
    running.send_line("kept")
    assert running.finish().lines == ["cancelled", "kept"]


def test_chat_bot(lua, echo):
    running = lua.command(lua.write("""
        eio.on("message", function(m) print("server: " .. m) end)
        eio.connect(arg[1])
        for line in io.lines() do eio.send(line) end
        eio.disconnect()
    """).name, echo.url, stdin=None)
    for text in ("hello", "again"):
        running.send_line(text)
        running.wait_for(f"server: {text}")
    running.process.stdin.close()
    assert running.finish().status == 0


def test_bot_of_the_documentation_waits_for_its_answers(lua, echo):
    guide = (ROOT / "docs" / "lua-api.md").read_text()
    bot = guide.split("## Standard input and output")[1].split("```lua\n")[1].split("```")[0]
    lines = [f"line {number}" for number in range(1000)]
    result = run(lua, bot.replace("http://localhost:5000", echo.url), stdin="\n".join(lines) + "\n")
    assert (result.status, result.lines, result.stderr) == (0, lines, "")


def test_other_files_are_read_as_ever(lua):
    (lua.folder / "data.txt").write_text("1\n2\n")
    assert run(lua, """
        local sum = 0
        for n in io.lines("data.txt", "n") do sum = sum + n end
        local file = io.open("data.txt")
        print(sum, file:read("l", "n"))
        file:close()
        print(pcall(io.lines, "missing.txt"))
        io.input("data.txt"); print(io.read("a") == "1\\n2\\n")
    """, stdin="not this").lines == [
        "3\t1\t2", "false\tcannot open file 'missing.txt' (No such file or directory)", "true"]
