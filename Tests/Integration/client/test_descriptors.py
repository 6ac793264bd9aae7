"""A system that has no descriptors left, or that watches no more sockets: errors that say so, and no abort."""

import os
import socket
import time

import pytest

from harness.scripted import ScriptedServer

TOO_MANY = "Too many open files (the limit is {}: raise it by `ulimit -n`)"


@pytest.mark.parametrize("limit", [4, 6, 8, 11, 16])
@pytest.mark.parametrize("command", ["run", "load", "serve", "inspect"])
def test_too_few_to_start(lua, command, limit):
    script = lua.write("print('up')")
    arguments = {"run": [script], "load": ["-u", 1, "-i", 1, script], "serve": ["--port", 0], "inspect": [script]}
    result = lua.limited(limit, command, *arguments[command]).finish(10)
    assert (result.status, result.stdout) == (1, ""), result
    assert "cannot start" in result.stderr and TOO_MANY.format(limit) in result.stderr
    assert len(result.stderr.splitlines()) == 1, result.stderr


def test_too_few_for_a_worker_to_start(lua):
    """The program that the worker is has more to open than the one that starts it."""
    script = lua.write("function default() end")
    result = lua.limited(28, "worker", script).finish(10)
    assert (result.status, result.stdout) == (1, "")
    assert "cannot start, it opens 32 files" in result.stderr and TOO_MANY.format(28) in result.stderr


def test_too_few_for_many_loops(lua):
    script = lua.write("print('up')")
    result = lua.limited(60, "load", "-q", "--threads", 40, "-u", 1, "-i", 1, script).finish(10)
    assert result.status not in (0, -4, -5, -6, -11)
    assert f"eio-lua: cannot start: {TOO_MANY.format(60)}\n" in result.stderr, result.stderr


CLIENTS = """
    local engineio, clients = require "engineio", {}
    for n = 1, 60 do
        local client = engineio.Client()
        client.on("disconnect", function() end)
        local ok, err = pcall(client.connect, arg[1], {transports = arg[2]})
        if not ok then print(err.message) break end
        clients[n] = client
    end
    print(#clients > 5)
    clients[1].send("still here")
    print(clients[1].receive(5))
    for _, client in ipairs(clients) do client.disconnect() end
"""


@pytest.mark.parametrize("host, phase", [("127.0.0.1", "connect to 127.0.0.1:"), ("localhost", 'find the host "localhost"')])
def test_bot_that_has_none_left(lua, echo, transport, host, phase):
    script = lua.write(CLIENTS)
    result = lua.limited(32, script, f"http://{host}:{echo.port}", transport).finish(20)
    assert result.status == 0, result
    message, *others = result.lines
    assert message.startswith(f"cannot {phase}") and TOO_MANY.format(32) in message, message
    # Polling needs a second connection for a POST.
    assert others == ["true", "still here"] if transport == "websocket" else others[0] == "true"


def test_load_that_has_none_left(lua, echo):
    script = lua.write("""
        function default()
            if eio.state == "disconnected" then eio.connect(arg[1], {transports = "websocket"}) end
            eio.sleep(0.2)
        end
    """)
    result = lua.limited(60, "load", "-u", 80, "-d", "1s", "--threads", 1, script, "--", echo.url).finish(30)
    assert f"cannot connect to 127.0.0.1:{echo.port}: {TOO_MANY.format(60)}" in result.stdout, result.stdout


@pytest.mark.parametrize("fault, words", [
    ("add", "the system watches no more sockets (raise its limit fs.epoll.max_user_watches)"),
    ("change", "Cannot allocate memory"),
])
def test_socket_that_cannot_be_watched(lua, transport, network_faults, fault, words):
    with ScriptedServer() as server:
        result = lua.observe(server.url, transport=transport, env={**network_faults, "EPOLL_CTL": fault})
    assert result.failure.phase == "tcp"
    assert f"cannot connect to 127.0.0.1:{server.port}: {words}" in result.failure.text


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_serve_pauses_without_descriptors_and_goes_on_with_some(lua):
    running = lua.limited(40, "serve", "--port", 0)
    running.wait_for("\n")
    port = int(running.stdout.rsplit(":", 1)[1])
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    running.wait_for(TOO_MANY.format(40), stream="stderr")
    # Connections wait in the backlog. A server that tries to accept them repeatedly uses all the CPU time it gets.
    before = cpu_seconds(running.process.pid)
    time.sleep(1.5)
    assert cpu_seconds(running.process.pid) - before < 0.15
    last = held.pop()
    for connection in held:
        connection.close()
    last.settimeout(10)
    last.sendall(b"GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert last.recv(100).startswith(b"HTTP/1.1 200 OK")
    last.close()
    assert running.stderr.count("new connections wait") == 1
