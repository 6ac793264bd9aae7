"""`eio-lua connect` with a server of Engine.IO: its input, its output, its options."""

import asyncio
import base64
import fcntl
import json
import os
import re
import struct
import subprocess
import termios
import threading

import pytest

from harness.connecting import connect, connected, reports
from harness.embedded import EmbeddedServer
from harness.program import PROGRAM
from harness.scripted import ScriptedServer
from harness.terminal import Terminal


@pytest.mark.parametrize("names", ["polling", "websocket", "polling,websocket"])
def test_lines_are_messages(lua, kind, real_server, names):
    server = real_server(kind)
    result = connected(lua, server.url, "--transport", names, stdin="one\n\n two \nlast")
    assert (result.stdout, result.status) == ("one\n\n two \nlast\n", 0)
    assert server.stats()["messages"] == ["one", "", " two ", "last"]
    name = names.rsplit(",", maxsplit=1)[-1]
    phases = ["tcp", "handshake"] + ["upgrade"] * ("," in names)
    times = ", ".join(rf"{phase} [\d.]+ ms" for phase in phases)
    assert re.fullmatch(
        rf"connected to (http|ws)://127.0.0.1:{server.port}/engine.io/ by {name} in [\d.]+ ms \({times}\), sid \S+\n",
        result.stderr)


def test_json(lua, echo):
    lines = '"text \\u0007"\n\n{"binary":"AP8="}\n'
    result = connected(lua, echo.url, "--json", stdin=lines)
    assert (result.status, result.stderr) == (0, "")
    (first, opening), *messages, (last, close) = reports(result)
    assert (first, last) == ("open", "close")
    assert set(opening) == {"url", "transport", "sid", "phases"} and opening["transport"] == "websocket"
    assert list(opening["phases"]) == ["tcp", "handshake", "upgrade", "total"]
    assert all(0 < seconds < 20 for seconds in opening["phases"].values())
    assert messages == [("message", "text \x07"), ("message", {"binary": "AP8="})]
    assert close == {"reason": "client disconnect", "cause": "client"}
    times = [json.loads(line)["time"] for line in result.lines]
    assert times == sorted(times) and all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z", time) for time in times)


def test_lines_that_cannot_be_sent_are_reported_and_skipped(lua, echo):
    result = connected(lua, echo.url, "--json", stdin='"a"\n{"x":\n7\n{"event":"e"}\n"b"\n')
    assert [data for _, data in reports(result, "message")] == ["a", "b"]
    assert [line[:35] for line in result.stderr.splitlines()] == [
        f"eio-lua: line {number} of the input is not" for number in (2, 3, 4)]
    assert 'line 3 of the input is not sent: it must be a string or {"binary":"base64"}\n' in result.stderr
    assert result.status == 1


def test_text_that_is_not_utf8_is_reported_and_skipped(lua, echo):
    result = connected(lua, echo.url, stdin=b"a\n\xff\nb\n")
    assert result.stdout == "a\nb\n" and result.status == 1
    assert "line 2 of the input is not sent: the text is not UTF-8 at byte 1" in result.stderr


def test_separator_is_refused_on_polling(lua, echo):
    result = connected(lua, echo.url, "--transport", "polling", stdin="a\x1eb\nc\n")
    assert result.stdout == "c\n" and result.status == 1
    assert "line 1 of the input is not sent: byte 2 is U+001E" in result.stderr


def test_line_that_is_too_long_is_reported_and_skipped(lua, echo):
    result = connected(lua, echo.url, stdin="x" * (16 << 20) + "y\nz\n")
    assert result.stdout == "z\n" and result.status == 1
    assert "line 1 of the input is not sent: it is longer than 16 MiB" in result.stderr


def test_binary(lua, real_server):
    server = real_server("uvicorn")
    result = connected(lua, server.url, "--binary", stdin=b"\xff\x00\nab\n")
    assert result.raw_stdout == b"\xff\x00ab" and result.status == 0
    assert server.stats()["messages"] == [
        {"base64": base64.b64encode(data).decode()} for data in (b"\xff\x00", b"ab")]


def test_binary_messages_are_shown_as_json_without_the_option(lua, echo):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send(b"\x00\xff")

    with ScriptedServer(conversation) as server:
        result = connected(lua, server.url, "--transport", "websocket", "--count", "1")
    assert (result.stdout, result.status) == ('{"binary":"AP8="}\n', 0)


def test_input_is_read_once_it_is_connected(lua):
    arrived, release = threading.Event(), threading.Event()
    reader, writer = os.pipe()
    os.write(writer, b"one\n")
    os.close(writer)

    def waiting():
        return struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, bytes(4)))[0]

    async def conversation(server):
        request = await server.upgrade()
        arrived.set()
        while not release.is_set():
            await asyncio.sleep(0.01)
        socket = await request.accept()
        await socket.text('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
        assert await socket.message() == "4one"

    with ScriptedServer(conversation) as server:
        process = subprocess.Popen([PROGRAM, "connect", server.url, "--transport", "websocket"], stdin=reader)
        assert arrived.wait(10)
        assert waiting() == 4
        release.set()
        assert process.wait(20) == 0
    assert waiting() == 0
    os.close(reader)


def test_messages_of_options_replace_the_input(lua, echo):
    result = connected(lua, echo.url, "--send", "one", "--send", "-two", stdin="three\n")
    assert (result.stdout, result.status) == ("one\n-two\n", 0)


def test_headers_and_path(lua):
    async def conversation(server):
        await (await server.open("websocket")).send("1")

    with ScriptedServer(conversation) as server:
        result = connected(
            lua, server.url, "--transport", "websocket", "--path", "/a/b", "-H", "X-One: 1", "-HX-Two:two: 2",
            "--header", "Authorization: Bearer x")
        request = server.requests[0]
    assert result.status == 0, result
    assert request.target.startswith("/a/b/?")
    headers = {name.lower(): value for name, value in request.headers}
    assert (headers["x-one"], headers["x-two"], headers["authorization"]) == ("1", "two: 2", "Bearer x")


@pytest.mark.parametrize("options, status", [((), 1), (("-k",), 0), (("--ca-file",), 0)])
def test_certificates(lua, authority, options, status):
    async def conversation(server):
        await (await server.open("websocket")).send("4hi", "1")

    if options == ("--ca-file",):
        options = ("--ca-file", str(authority.ca_file))
    with ScriptedServer(conversation if status == 0 else None, tls=authority.valid().server_context()) as server:
        result = connected(lua, server.url, "--transport", "websocket", *options)
    assert result.status == status
    assert result.stdout == ("hi\n" if status == 0 else "")
    assert ("the TLS handshake failed" in result.stderr) == (status == 1)


def test_refused_certificate_is_explained_with_the_option_of_the_command(lua, authority):
    with ScriptedServer(None, tls=authority.self_signed().server_context()) as server:
        result = connected(lua, server.url, "--transport", "websocket")
    assert result.status == 1
    assert "it is self-signed (it can be given as --ca-file)" in result.stderr


def test_messages_that_come_before_connecting_is_over(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await session.send("4first")
        await server.finish_upgrade(socket)
        await socket.text("4second")
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = connected(lua, server.url, "--json")
    kinds = [(kind, data if kind == "message" else None) for kind, data in reports(result)]
    assert kinds == [("open", None), ("message", "first"), ("message", "second"), ("close", None)]


HOSTILE = "\x1b]0;owned\x07\x1b[2J\rfake\n\u009b31m\u202e"


@pytest.mark.parametrize("options", [(), ("--json",), ("--binary",)])
def test_text_of_a_server_does_not_control_the_terminal(lua, options):
    async def conversation(server):
        session = await server.open("websocket", sid=HOSTILE)
        await session.send("4" + HOSTILE, HOSTILE.encode())

    with ScriptedServer(conversation) as server:
        terminal = Terminal(
            ["connect", server.url, "--transport", "websocket", "--send", "x", "--count", "2", *options], lua.folder)
        assert terminal.finish() == 0
    text = terminal.output.decode().replace("\r\n", "\n")
    assert "owned" in text
    assert not any(character in text for character in "\x1b\x07\r\u009b\u202e"), text


@pytest.mark.parametrize("options, problem", [
    ((), "Missing expected argument"),
    (("localhost:5000",), "has no scheme"),
    (("http://localhost/chat",), "the path /chat/ of the url is not used: write --path chat"),
    (("http://localhost/chat", "--socketio"), "write -n /chat or --path chat"),
    (("http://localhost", "--transport", "websockets"), "'websockets' is not a transport"),
    (("http://localhost", "-H", "secret"), "without a colon"),
    (("http://localhost", "-H", "a b: secret"), "'a b' is not a valid header name"),
    (("http://localhost", "-H", "a: secret\n"), "has a control character"),
    (("http://localhost", "-H", "Connection: close"), "'Connection' is set by the client itself"),
    (("http://localhost", "--for", "10"), "'10' is not a valid time for --for"),
    (("http://localhost", "--count", "0"), "it must be a number from 1"),
    (("http://localhost", "--ack"), "--ack is for Socket.IO: it needs --socketio"),
    (("http://localhost", "--auth", "secret", "--socketio"), "the value of --auth is not a valid JSON object"),
    (("http://localhost", "-n", "chat", "--socketio"), "'chat' is not a valid namespace: a namespace begins with /"),
    (("http://localhost", "--emit", "{}", "--socketio"), "--emit: it must be a JSON array"),
    (("http://localhost", "--listen", ",", "--socketio"), "--listen needs the names of events"),
    (("http://localhost", "--log-level", "loud"), "unknown log level 'loud'"),
])
def test_options_that_are_not_valid(lua, options, problem):
    result = lua.command("connect", *options).finish()
    assert result.status == 64 and problem in result.stderr, result.stderr
    assert "secret" not in result.stderr


def test_server_without_the_path(lua):
    server = EmbeddedServer(lua, "--socketio")
    result = connected(lua, server.url)
    assert result.status == 1 and "a Socket.IO server needs --socketio" in result.stderr
