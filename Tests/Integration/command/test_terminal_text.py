"""Text of scripts and servers on a terminal: it moves no cursor, and fakes no line."""

import os
import subprocess

import pytest

from harness.program import PROGRAM
from harness.scripted import ScriptedServer

# The title of a window, the cursor, a line of the program's own; one as bytes of UTF-8's C1, one from right to left.
HOSTILE = "\x1b]0;owned\x07\x1b[2J\rerror: fake\nerror: fake2\u009b31m\u202e"


def check(text):
    hidden = [character for character in text if character in "\x1b\x07\r\u009b\u202e"]
    assert hidden == [] and "\nerror: fake2" not in text, text


@pytest.mark.parametrize("level", ["debug", "error"])
def test_words_of_a_server(lua, level):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.text("4" + HOSTILE)
        await session.socket.close(1000, HOSTILE[:40])

    script = """
        eio.on("message", function(text) eio.log.error(text) error(text, 0) end)
        eio.on("disconnect", function(...) eio.log.error("gone", ...) end)
        eio.connect(arg[1], {transports = {"websocket"}}) eio.wait()"""
    with ScriptedServer(conversation) as server:
        result = lua.run(script, server.url, options=["--log-level", level])
    assert "\\u{1b}]0;owned" in result.stderr
    check(result.stderr)


def test_body_of_a_refusal(lua):
    async def conversation(server):
        await (await server.get()).answer(HOSTILE, status=400)

    with ScriptedServer(conversation) as server:
        result = lua.run('eio.connect(arg[1], {transports = {"polling"}})', server.url, options=["--log-level", "info"])
    assert result.status == 1
    check(result.stderr)


def test_summary_and_problems_of_a_load_test(lua):
    text = '"' + "".join(f"\\{byte:03d}" for byte in HOSTILE.encode()) + '"'
    lua.write(f"options = {{iterations = 1}} function default() error({text}, 0) end function teardown() error({text}, 0) end")
    result = lua.command("load", "script.lua").finish()
    assert "\\u{1b}]0;owned" in result.stdout and "\\u{1b}]0;owned" in result.stderr
    for stream in (result.stdout, result.stderr):
        assert not any(character in stream for character in "\x1b\x07\r\u009b\u202e"), stream


def test_two_streams_in_one_pipe_keep_their_order(lua):
    script = lua.write("""
        options = {iterations = 1}
        function setup() io.write("one\\n") eio.log.error("two") io.write("three\\n") eio.log.error("four") end
        function default() end
        function handleSummary() io.write("five\\n") eio.log.error("six") return {stdout = "seven\\n"} end""")
    done = subprocess.run(
        [PROGRAM, "load", "-q", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, cwd=lua.folder,
        env={**os.environ})
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    assert [line.split()[-1] for line in done.stdout.decode().splitlines()] == words, done.stdout


def test_a_full_pipe_does_not_hold_up_what_is_said(lua):
    """A sentence does not wait for the reader of the standard output."""
    script = lua.write('io.write("some words") eio.log.error("ready") eio.sleep(60)')
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"y" * 4096)
    os.set_blocking(writer, True)
    process = subprocess.Popen([PROGRAM, script], stdout=writer, stderr=subprocess.PIPE, cwd=lua.folder)
    try:
        assert b"error: ready\n" in iter(process.stderr.readline, b"")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        os.close(reader)
        os.close(writer)
