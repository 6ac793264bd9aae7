"""The prompt of `eio-lua connect` on a terminal."""

import os
import re
import signal

import pytest

from harness.embedded import EmbeddedServer
from harness.scripted import ScriptedServer
from harness.terminal import Terminal


@pytest.fixture
def start(lua):
    """Starts the command on a terminal; its history is in the test's own folder."""
    terminals = []

    def start(url, *options, **how):
        terminals.append(
            Terminal(["connect", url, *options], lua.folder, env={"XDG_STATE_HOME": str(lua.folder)}, **how))
        terminals[-1].wait_for(r"sid \S+\r\n(.|\n)*> ")
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.process.kill()


def type_line(terminal, line, answer=None, count=1):
    os.write(terminal.leader, line.encode() + b"\n")
    if answer is not None:
        terminal.wait_for(answer, count)


def test_lines_and_messages(start, echo):
    terminal = start(echo.url)
    type_line(terminal, "hello", r"\n?< hello\r\n")
    type_line(terminal, "..hidden", r"< \.hidden\r\n")
    type_line(terminal, ".binary AP8=", r'< \{"binary":"AP8="\}\r\n')
    type_line(terminal, ".quit")
    assert terminal.finish() == 0


def test_end_of_input_and_history(start, echo, lua):
    terminal = start(echo.url)
    type_line(terminal, "first words", "< first words")
    os.write(terminal.leader, b"\x04")
    assert terminal.finish() == 0
    terminal = start(echo.url)
    os.write(terminal.leader, b"\x1b[A\n")
    terminal.wait_for("< first words")
    os.write(terminal.leader, b"\x04")
    assert terminal.finish() == 0
    assert (lua.folder / "eio-lua" / "connect_history").stat().st_mode & 0o777 == 0o600


def test_commands(start, echo):
    terminal = start(echo.url)
    type_line(terminal, ".help", r"\.disconnect, \.connect")
    type_line(terminal, "one", "< one")
    type_line(terminal, ".info", "1 sent, 1 received, 0 bytes not yet written")
    type_line(terminal, ".trace on")
    type_line(terminal, "two", r'> websocket message 3 "two"')
    terminal.wait_for("< two")
    type_line(terminal, ".trace off")
    type_line(terminal, "three", "< three")
    type_line(terminal, ".trce on", r"did you mean \.trace\?")
    type_line(terminal, ".emit a", "Engine.IO has no events")
    type_line(terminal, ".disconnect", r"disconnected\r\n")
    type_line(terminal, "lost", "not connected: .connect begins a session")
    type_line(terminal, ".info", r"not connected\r\n")
    type_line(terminal, ".connect", "connected to", 3)
    type_line(terminal, "four", "< four")
    type_line(terminal, ".quit")
    assert terminal.finish() == 0
    text = terminal.output.decode()
    assert not re.search(r'message \d "three"', text)


def test_each_failure_of_connect_is_reported(start, lua):
    server = EmbeddedServer(lua)
    terminal = start(server.url)
    type_line(terminal, ".disconnect", r"disconnected\r\n")
    server.kill()
    type_line(terminal, ".connect", "Connection refused", 1)
    type_line(terminal, ".connect", "Connection refused", 2)
    type_line(terminal, ".quit")
    assert terminal.finish() == 0


def test_refused_line_does_not_change_the_exit_status(start, lua):
    server = EmbeddedServer(lua, "--socketio")
    terminal = start(server.url, "--socketio")
    type_line(terminal, ".emit connect", "'connect' is a reserved name of an event")
    type_line(terminal, ".quit")
    assert terminal.finish() == 0


def test_events(start, lua):
    server = EmbeddedServer(lua, "--socketio")
    terminal = start(server.url, "--socketio")
    type_line(terminal, '.emit message 1 {"a": "b c"}', r'< message-back 1 \{"a":"b c"\}')
    type_line(terminal, ".call join \"lobby\"", "< ack join 1")
    type_line(terminal, "text", '< message-back "text"')
    # The name of an event that was seen, and the rest of the line.
    os.write(terminal.leader, b".call jo\t \"lobby\"\n")
    terminal.wait_for("< ack join 1", 2)
    type_line(terminal, ".emit join lobby", "the argument lobby is not valid JSON: a string needs quotes")
    type_line(terminal, ".quit")
    assert terminal.finish() == 0


def test_message_is_shown_above_the_line_that_is_typed(start):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "4first"
        await session.send("4answer")
        assert await session.receive() == "4half whole"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        terminal = start(server.url, "--transport", "websocket")
        os.write(terminal.leader, b"first\nhalf ")
        terminal.wait_for(r"< answer\r\n(.|\n)*half ")
        os.write(terminal.leader, b"whole\n")
        assert terminal.finish() == 0
    assert b"disconnected: server disconnect" in terminal.output


def test_interrupt_closes_the_session(start, real_server):
    server = real_server("uvicorn")
    terminal = start(server.url)
    os.write(terminal.leader, b"half a line")
    terminal.wait_for("> half a line")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.finish() == 130
    assert server.stats()["disconnects"] == ["client disconnect"]


def test_hostile_messages_do_not_reach_the_terminal(start):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4\x1b]0;owned\x07\u009b31m\nfake")
        assert await session.receive() == "4end"

    with ScriptedServer(conversation) as server:
        terminal = start(server.url, "--transport", "websocket")
        terminal.wait_for("owned")
        type_line(terminal, "end")
        type_line(terminal, ".quit")
        assert terminal.finish() == 0
    text = terminal.output.decode()
    assert not any(each in text for each in ("\x1b]", "\x07", "\u009b")) and not re.search(r"\nfake", text)


def test_terminal_without_an_editor(lua, echo):
    terminal = Terminal(["connect", echo.url, "--count", "1"], lua.folder, env={"TERM": "dumb"})
    terminal.wait_for("sid ")
    type_line(terminal, "hello")
    assert terminal.finish() == 0
    assert b"\nhello\r\n" in terminal.output and b"> " not in terminal.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals(start, echo, number):
    terminal = start(echo.url)
    terminal.process.send_signal(number)
    assert terminal.finish() == 128 + number
