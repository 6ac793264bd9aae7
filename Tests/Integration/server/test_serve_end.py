"""`eio-lua serve`: the end by a signal, ports, and wrong options."""

import http.client
import signal
import socket
import time

import pytest

from harness.embedded import get, handshake


def test_port_in_use(serve, lua):
    server = serve()
    result = lua.command("serve", "--port", server.port).finish()
    assert result.status == 1 and result.stdout == ""
    assert str(server.port) in result.stderr and "Address already in use" in result.stderr


def test_port_of_others(lua):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = lua.command("serve", "--port", taken.getsockname()[1]).finish()
    assert result.status == 1 and "in use" in result.stderr


WRONG_VALUES = {
    "--port": ["65536", "-1", "x", "99999999999999999999"],
    "--mode": ["x", "Echo", "-1"],
    "--ping-interval": ["0", "-1", "nan", "inf", "x", "86401"],
    "--ping-timeout": ["0", "-3", "nan", "inf", "x", "86401"],
    "--max-payload": ["0", "-5", "x", "1.5", "1000000001", "9223372036854775807"],
    "--size": ["-1", "x", "1000001"],
}


@pytest.mark.parametrize("option, value", [(option, value) for option in WRONG_VALUES for value in WRONG_VALUES[option]])
@pytest.mark.parametrize("joined", [False, True])
def test_wrong_values(lua, option, value, joined):
    result = lua.command("serve", *([f"{option}={value}"] if joined else [option, value])).finish()
    assert result.status == 64 and result.stdout == ""
    message = result.stderr.splitlines()[0]
    assert option in message and f"'{value}'" in message, result.stderr


@pytest.mark.parametrize("option", WRONG_VALUES)
def test_missing_value(lua, option):
    result = lua.command("serve", option).finish()
    assert result.status == 64 and result.stdout == ""
    message = result.stderr.splitlines()[0]
    assert "Missing value" in message and option in message


@pytest.mark.parametrize("argument", ["--bogus", "-x", "extra"])
def test_unknown_arguments(lua, argument):
    result = lua.command("serve", argument).finish()
    assert result.status == 64 and result.stdout == ""
    assert f"'{argument}'" in result.stderr.splitlines()[0]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ends_by_a_signal_and_closes_its_sessions(serve, lua, way, number, status):
    server = serve()
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    running = lua.start(f"""
        eio.on("disconnect", function(reason, detail) print(reason, detail.cause, detail.ws_code) end)
        eio.connect(arg[1], {{transports = {transports}}})
        print("up")
    """, server.url)
    running.wait_for("up")
    server.running.signal(number)
    assert running.finish(8).lines[1:] == ["server disconnect\tserver_close\tnil"]
    ended = server.running.finish(5)
    assert ended.status == status and ended.stderr == ""


def test_end_answers_with_the_queued_messages_and_then_the_close_packet(serve):
    """Also for a client that has no poll open at that moment, and one whose poll waits."""
    server = serve()
    _, session = handshake(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    target = session.removeprefix(server.url)
    sent = [f"4{number}" for number in range(40)]

    def ask(method, body=None):
        connection.request(method, target, body)
        return connection.getresponse().read().decode()

    ask("POST", "\x1e".join(sent))
    server.running.signal(signal.SIGINT)
    received = []
    while received[-1:] != ["1"]:
        received += ask("GET").split("\x1e")
    assert received == [*sent, "1"]
    assert server.running.finish(1).status == 130


def test_end_does_not_wait_for_a_client_that_is_gone(serve):
    server = serve()
    handshake(server)
    started = time.monotonic()
    server.running.signal(signal.SIGINT)
    assert server.running.finish(4).status == 130
    assert time.monotonic() - started < 3


def test_end_flushes_a_long_answer(serve):
    """More than the buffers of the sockets take, to a client that reads it late."""
    server = serve("--max-payload", "20000000")
    _, session = handshake(server)
    get(session, data=b"4" + b"x" * 15_000_000)
    with socket.create_connection(("127.0.0.1", server.port)) as poll:
        poll.settimeout(5)
        poll.sendall(f"GET {session.removeprefix(server.url)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = poll.recv(1000)
        server.running.signal(signal.SIGINT)
        time.sleep(0.5)
        while chunk := poll.recv(1 << 20):
            received += chunk
    assert len(received.split(b"\r\n\r\n", 1)[1]) == 15_000_001
    assert server.running.finish(5).status == 130


def test_second_signal_ends_at_once(serve):
    server = serve()
    handshake(server)
    server.running.signal(signal.SIGINT)
    started = time.monotonic()
    while server.running.process.poll() is None and time.monotonic() - started < 1.5:
        server.running.signal(signal.SIGTERM)
        time.sleep(0.05)
    assert server.running.process.poll() in (130, 143)


def test_restart_on_the_same_port(serve, lua):
    """With connections that had been open a moment ago."""
    server = serve()
    running = lua.start("eio.connect(arg[1]); print('up')", server.url)
    running.wait_for("up")
    server.kill()
    running.finish(8)
    again = serve(port=server.port)
    assert again.port == server.port and again.stats()["handshakes"] == 0
