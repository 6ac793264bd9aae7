"""Addresses and connections that fail, lines 66 to 68 of the wire cases."""

import asyncio
import fcntl
import socket
import tempfile
from pathlib import Path

import pytest

from harness.embedded import EmbeddedServer
from harness.haproxy import free_port
from harness.scripted import ScriptedServer


@pytest.fixture
def port_80():
    """Serialises the tests that need the default port, and skips them where it cannot be bound."""
    with open(Path(tempfile.gettempdir()) / "eio-lua-tests-port-80.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            socket.create_server(("127.0.0.1", 80)).close()
        except OSError as error:
            pytest.skip(f"port 80: {error}")
        yield


def test_c66_refused(lua, transport):
    result = lua.observe(f"http://127.0.0.1:{free_port()}", transport=transport)
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tcp")
    assert "refused" in result.failure.text.lower()
    assert result.failure.cause and result.state == "disconnected"
    assert result.duration < 3


def test_c66_unknown_host(lua, transport):
    result = lua.observe("http://no-such-host.invalid:1234", transport=transport)
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "dns")
    assert "no-such-host.invalid" in result.failure.text
    assert result.failure.cause


@pytest.mark.parametrize("limit", ["connect_timeout", "request_timeout"])
def test_c66_name_server_that_hangs(lua, transport, limit, network_faults):
    result = lua.observe(
        "http://hangs.invalid:1234", transport=transport, client=f"engineio.Client{{{limit} = 0.5}}",
        env=network_faults)
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "dns")
    if limit == "request_timeout":
        assert 'cannot find the host "hangs.invalid"' in result.failure.text
    assert result.failure.cause
    assert result.duration < 3


@pytest.mark.parametrize("limit", ["connect_timeout", "request_timeout"])
def test_c66_tcp_that_nobody_accepts(lua, transport, limit):
    # A listener with a full backlog lets further connections wait, as a firewall does that drops packets.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        result = lua.observe(url, transport=transport, client=f"engineio.Client{{{limit} = 0.5}}")
        for filler in fillers:
            filler.close()
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tcp")
    assert result.duration < 3


@pytest.mark.parametrize("limit", ["connect_timeout", "request_timeout"])
def test_c66_tls_that_never_answers(lua, transport, limit):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        result = lua.observe(url, transport=transport, client=f"engineio.Client{{{limit} = 0.5}}")
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tls")
    assert result.duration < 3


def test_c66_reset_during_tls(lua, transport):
    # The scripted server takes the client's hello for a request that has not ended, and resets the connection.
    async def conversation(server):
        while not server.connections:
            await asyncio.sleep(0.01)
        server.connections[0].reset()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url.replace("http:", "https:"), transport=transport)
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tls")
    assert result.failure.cause


@pytest.mark.parametrize("scheme, phase", [("https", "tls"), ("http", "http")])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_c66_reset_before_the_client_looks(lua, transport, network_faults, host, scheme, phase):
    async def conversation(server):
        while not server.connections:
            await asyncio.sleep(0.01)
        server.connections[0].reset()

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            f"{scheme}://{host}:{server.port}", transport=transport,
            env={**network_faults, "CONNECT_UNTIL_RESET": "1"})
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", phase)
    assert "reset" in result.failure.cause.lower()


def test_c66_plain_server_for_a_tls_client(lua, transport):
    async def conversation(server):
        while not server.connections:
            await asyncio.sleep(0.01)
        server.connections[0].writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url.replace("http:", "https:"), transport=transport)
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tls")


def test_c67_ipv6(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation, host="::1") as server:
        result = lua.observe(server.url, transport=transport)
    assert result.disconnect.text == "server disconnect"
    assert {request.header("host") for request in server.requests} == {f"[::1]:{server.port}"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_c67_all_addresses_of_a_name_are_tried(lua, transport, host):
    # "localhost" has both addresses where the system is set up for IPv6, and only one of them is served.
    addresses = {each[4][0] for each in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    if host not in addresses:
        pytest.skip(f"localhost has no address {host}")

    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation, host=host) as server:
        result = lua.observe(f"http://localhost:{server.port}", transport=transport)
    assert result.disconnect.text == "server disconnect"
    assert server.requests[0].header("host") == f"localhost:{server.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_c67_both_families_of_a_name_are_tried(lua, transport, network_faults, host):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation, host=host) as server:
        result = lua.observe(f"http://two.invalid:{server.port}", transport=transport, env=network_faults)
    assert result.disconnect.text == "server disconnect"


def test_c68_default_ports_are_left_out_of_host(lua, transport, port_80):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation, port=80) as server:
        result = lua.observe("http://127.0.0.1:80", transport=transport)
    assert result.disconnect.text == "server disconnect"
    assert {request.header("host") for request in server.requests} == {"127.0.0.1"}


def test_c68_other_ports_in_host(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport)
    assert {request.header("host") for request in server.requests} == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize("scheme", ["http", "ws", "HTTP", "WS"])
def test_c68_schemes(lua, transport, scheme):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(f"{scheme}://127.0.0.1:{server.port}", transport=transport)
    assert result.disconnect.text == "server disconnect"


BAD_URLS = ["", "nonsense", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999", "http://[::1"]


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_urls(lua, url):
    result = lua.observe(url)
    assert len(result.of("failed")) == 1, result
    assert result.state == "disconnected"
    assert result.status == 0


def test_time_that_a_slice_took_is_not_the_servers(lua, transport):
    # Each of the two slices exceeds the limit of connect(), while the server's answers wait in the socket.
    server = EmbeddedServer(lua)
    result = lua.run("""
        local client = require("engineio").Client{connect_timeout = 1, request_timeout = 1}
        local function compute()
            local ends = os.time() + 3
            while os.time() < ends do end
        end
        eio.start_background_task(compute)
        eio.start_background_task(function()
            eio.sleep(0)
            compute()
        end)
        client:connect(arg[1], {transports = {arg[2]}})
        print(client.state)
        client:disconnect()
    """, server.url, transport)
    assert result.lines == ["connected"], result


@pytest.mark.parametrize("io_uring", ["", "forbidden", "exhausted"])
def test_many_sockets_with_and_without_io_uring(lua, network_faults, io_uring):
    # They are read and written in batches where the system lets it, else one by one.
    server = EmbeddedServer(lua)
    result = lua.run("""
        local clients, rounds, ended = 40, 100, 0
        local all = eio.create_event()
        for i = 1, clients do
            local client = require("engineio").Client()
            local expected = 1
            client.on("message", function(data)
                assert(data == i .. " " .. expected, data)
                expected = expected + 1
                if expected <= rounds then return client.send(i .. " " .. expected) end
                client.disconnect()
                ended = ended + 1
                if ended == clients then all:set() end
            end)
            client.connect(arg[1], {transports = {"websocket"}})
            client.send(i .. " 1")
        end
        all:wait()
        print(ended)
    """, server.url, env={**network_faults, **({"IO_URING": io_uring} if io_uring else {})})
    assert result.lines == ["40"] and result.status == 0, result
