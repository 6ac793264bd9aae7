"""The end of `eio-lua connect`: what it waits for, its exit statuses, and everything that ends it early."""

import asyncio
import os
import signal
import subprocess
import threading
import time

import pytest

from harness.connecting import connect, connected, reports
from harness.embedded import EmbeddedServer
from harness.program import PROGRAM
from harness.scripted import ScriptedServer

UNUSED = "http://127.0.0.1:9"


def test_a_second_of_silence(lua, echo):
    result = connected(lua, echo.url, stdin="one\n")
    assert (result.stdout, result.status) == ("one\n", 0)
    assert result.duration >= 1


def test_count(lua, real_server):
    server = real_server("uvicorn")
    result = connected(lua, server.url, "--count", "3", stdin="cmd:burst 10\n")
    assert (result.lines, result.status) == (["burst 0", "burst 1", "burst 2"], 0)


def test_count_is_awaited_longer_than_a_second(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "4one"
        await asyncio.sleep(1.5)
        await session.send("4two")

    with ScriptedServer(conversation) as server:
        result = connected(lua, server.url, "--transport", "websocket", "--count", "1", stdin="one\n")
    assert (result.stdout, result.status) == ("two\n", 0)


def test_count_with_an_input_that_stays_open(lua, echo):
    running = connect(lua, echo.url, "--count", "1", stdin=None)
    running.send_line("one")
    result = running.finish()
    assert (result.stdout, result.status) == ("one\n", 0)


def test_count_does_not_cut_the_input(lua, real_server):
    server = real_server("uvicorn")
    lines = [f"line {number}" for number in range(30_000)]
    result = connected(lua, server.url, "--count", "1", stdin="\n".join(lines))
    assert (result.stdout, result.status) == ("line 0\n", 0)
    assert server.messages(len(lines)) == lines


def test_count_that_does_not_come_in_time(lua, echo):
    result = connected(lua, echo.url, "--count", "2", "--for", "300ms", stdin="one\n")
    assert (result.stdout, result.status) == ("one\n", 2)
    assert "eio-lua: 1 of 2 messages came\n" in result.stderr


def test_time(lua, echo):
    result = connected(lua, echo.url, "--for", "1500ms", stdin="one\n")
    assert (result.stdout, result.status) == ("one\n", 0)
    assert result.duration >= 1.5


def test_time_with_an_input_that_stays_open(lua, echo):
    assert connect(lua, echo.url, "--for", "200ms", stdin=None).finish().status == 0


def test_everything_is_written_to_a_slow_server(lua):
    server = EmbeddedServer(lua, "--mode", "sink")
    running = connect(lua, server.url, "--transport", "websocket", stdin=None)
    running.wait_for("connected", stream="stderr")
    server.running.suspend()
    lines = 3000

    def feed():
        running.process.stdin.write((b"x" * 9999 + b"\n") * lines)
        running.process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    # Longer than the second after which it would end.
    with pytest.raises(subprocess.TimeoutExpired):
        running.process.wait(2.5)
    server.running.signal(signal.SIGCONT)
    assert running.finish().status == 0
    feeder.join()
    assert server.stats()["msgs"] == lines


def test_no_connection(lua):
    result = connected(lua, UNUSED)
    assert (result.stdout, result.status) == ("", 1)
    assert result.stderr == (
        "eio-lua: cannot connect to 127.0.0.1:9: Connection refused (http://127.0.0.1:9/engine.io/)\n")


@pytest.mark.parametrize("stdin", ["cmd:disconnect\n", None])
def test_server_ends_the_session(lua, real_server, stdin):
    server = real_server("uvicorn")
    running = connect(lua, server.url, "--for", "20s", stdin=stdin)
    if stdin is None:
        running.send_line("cmd:disconnect")
    result = running.finish()
    assert result.status == 0
    assert "disconnected: server disconnect, the server closed the session\n" in result.stderr


def test_server_ends_the_session_before_the_input(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "4one"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = connected(lua, server.url, "--transport", "websocket", stdin="one\n" + ("x" * 999 + "\n") * 20_000)
    assert result.status == 1 and "eio-lua: the session ended before the input\n" in result.stderr


@pytest.mark.parametrize("options, status", [((), 1), (("--count", "1"), 2)])
def test_connection_is_lost(lua, options, status):
    async def conversation(server):
        await (await server.open("websocket")).vanish()

    with ScriptedServer(conversation) as server:
        result = connected(lua, server.url, "--transport", "websocket", "--for", "20s", *options)
    assert result.status == status and "disconnected: transport error" in result.stderr


def test_retry_until_there_is_a_server_and_after_a_loss(lua):
    first = EmbeddedServer(lua)
    first.kill()
    running = connect(lua, first.url, "--retry", "--transport", "websocket", stdin=None)
    running.wait_for("Connection refused", stream="stderr")
    second = EmbeddedServer(lua, port=first.port)
    running.send_line("one")
    running.wait_for("one\n")
    second.kill()
    running.wait_for("disconnected", stream="stderr")
    running.send_line("two")
    EmbeddedServer(lua, port=first.port)
    running.process.stdin.close()
    result = running.finish()
    assert (result.stdout, result.status) == ("one\ntwo\n", 0)


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_closes_the_session(lua, real_server, number, status):
    server = real_server("uvicorn")
    running = connect(lua, server.url, "--json", stdin=None)
    running.send_line('"quiet"')
    running.wait_for('"open"')
    assert server.messages(1) == ["quiet"]
    running.signal(number)
    result = running.finish()
    assert result.status == status
    assert reports(result, "close") == [("close", {"reason": "client disconnect", "cause": "client"})]
    assert server.stats()["disconnects"] == ["client disconnect"]


def test_signal_while_it_tries_again(lua):
    running = connect(lua, UNUSED, "--retry", stdin=None)
    running.wait_for("Connection refused", stream="stderr")
    running.signal()
    assert running.finish().status == 130


def test_reader_that_has_seen_enough(lua, echo):
    process = subprocess.Popen(
        [PROGRAM, "connect", echo.url, "--for", "60s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"one\n"
    process.stdout.close()
    process.stdin.write(b"two\n")
    process.stdin.flush()
    assert process.wait(20) == 0
    assert process.stderr.read().count(b"\n") == 1
    process.stdin.close()
    process.stderr.close()


def test_output_that_cannot_be_written(lua, echo):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PROGRAM, "connect", echo.url, "--send", "one", "--for", "60s"], stdout=full, stderr=subprocess.PIPE,
            timeout=20)
    assert done.returncode == 1 and b"cannot write to the standard output: No space left" in done.stderr


def test_flood_that_nobody_reads(lua):
    """The server has to wait."""
    server = EmbeddedServer(lua, "--mode", "flood", "--size", "5000")
    reader, writer = os.pipe()
    process = subprocess.Popen([PROGRAM, "connect", server.url, "--for", "60s"], stdout=writer, stdin=subprocess.DEVNULL)
    os.close(writer)
    try:
        sent, before = server.stats()["sent"], -1
        while sent != before or sent == 0:
            time.sleep(0.5)
            sent, before = server.stats()["sent"], sent
        assert process.poll() is None
        with open(f"/proc/{process.pid}/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        assert peak < 150_000
    finally:
        process.kill()
        process.wait()
        os.close(reader)


def test_secrets_are_not_shown(lua, echo):
    port = echo.port
    for options in (["--trace", "--log-level", "debug"], ["--path", "nowhere"]):
        result = connected(
            lua, f"http://name:geheim@127.0.0.1:{port}?token=geheim", "-H", "X-Token: geheim", *options, "--for", "10ms")
        assert "geheim" not in result.stdout + result.stderr
