"""The open packet, lines 34 to 40 of the wire cases."""

import asyncio

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

SHOW = """
    print(client.sid, client.ping_interval, client.ping_timeout, table.concat(client.upgrades, ","))
    client.send("shown")
"""


def test_c34_strings_unknown_keys_and_absent_ones(lua, transport):
    async def conversation(server):
        session = await server.open(
            transport, sid="abc", ping_interval="25000", ping_timeout="20000", upgrades=["other"], max_payload=None,
            future={"a": [1]})
        assert await session.receive() == "4shown"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main=SHOW)
    assert "abc\t25.0\t20.0\tother" in result.lines, result


def test_c34_absent_upgrades_are_none(lua):
    async def conversation(server):
        await (await server.get()).answer('0{"sid":"abc","pingInterval":1500,"pingTimeout":20000}')
        await (await server.post()).answer("ok")
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, main=SHOW)
    assert "abc\t1.5\t20.0\t" in result.lines, result
    assert server.of("UPGRADE") == []


def test_c34_no_max_payload_is_no_limit(lua):
    async def conversation(server):
        session = await server.open("polling", max_payload=None)
        assert len(await session.receive()) == 3_000_001
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main='client.send(("x"):rep(3000000))')


def test_c35_sid_is_percent_encoded(lua):
    sid = "a+b/c=d&e é%41"

    async def conversation(server):
        session = await server.open("polling", sid=sid)
        assert await session.receive() == "4x"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main='client.send("x")')
    assert [request.sid for request in server.requests[1:]] == [sid] * len(server.requests[1:])
    assert all(request.target.isascii() and " " not in request.target for request in server.requests)


def test_c36_packets_after_open(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.payload(wire.open_packet(), "4first", "2", "4second"))
        post = await server.post()
        assert post.body == b"3"
        await post.answer("ok")
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert [name for name in result.order if not name.startswith(("connected", "state"))] == [
        "connect", "message first", "message second", "disconnect"]


def test_c36_packets_in_the_segment_of_the_websocket_answer(lua):
    async def conversation(server):
        together = frames.encode(frames.TEXT, wire.open_packet().encode()) + frames.encode(frames.TEXT, b"4first")
        await (await server.upgrade()).accept(trailing=together + frames.encode(frames.TEXT, b"1"))

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["first"]


MALFORMED = [
    "0", "0{bad", "0[]", "0null", "0{}", '0{"sid":5,"upgrades":[],"pingInterval":25000,"pingTimeout":20000}',
    '0{"sid":"x","upgrades":[],"pingInterval":"soon","pingTimeout":20000}',
    '0{"sid":"x","upgrades":[],"pingInterval":-1,"pingTimeout":20000}',
    '0{"sid":"","upgrades":[],"pingInterval":25000,"pingTimeout":20000}',
    "4hi", "1", "", "hello", "\ufeff0{}",
]


@pytest.mark.parametrize("packet", MALFORMED)
def test_c37_malformed_open(lua, transport, packet):
    async def conversation(server):
        if transport == "polling":
            await (await server.get()).answer(packet)
        else:
            await (await server.websocket()).text(packet)
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.failure.type == "ConnectionError"
    # An empty answer is as much a fault of HTTP as one of the handshake.
    assert result.failure.phase in (("open", "http") if packet == "" else ("open",))
    assert result.state == "disconnected"
    assert "connect" not in result.order and result.disconnects == []


@pytest.mark.parametrize("ending", ["close", "drop", "reset"])
def test_c37_websocket_ends_before_open(lua, ending):
    async def conversation(server):
        socket = await server.websocket()
        if ending == "close":
            await socket.close(1011, "not now")
        elif ending == "drop":
            socket.drop()
        else:
            socket.reset()
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert (result.failure.type, result.state) == ("ConnectionError", "disconnected")
    if ending == "close":
        assert "1011" in result.failure.text and "not now" in result.failure.text


def test_c37_no_open_packet_in_time(lua):
    async def conversation(server):
        await server.websocket()
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", client="engineio.Client{request_timeout = 0.5}")
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "open")
    assert result.duration < 4


def test_c38_fragmented_open_with_a_ping_between(lua):
    async def conversation(server):
        socket = await server.websocket()
        data = wire.open_packet().encode()
        await socket.frame(frames.TEXT, data[:5], fin=False)
        await socket.ping(b"in between")
        pong = await socket.read()
        assert (pong.opcode, pong.payload) == (frames.PONG, b"in between")
        await socket.frame(frames.CONTINUATION, data[5:9], fin=False)
        await socket.frame(frames.CONTINUATION, data[9:])
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.transport == "websocket"
    assert result.disconnect.text == "server disconnect"


def test_c39_second_open_is_ignored(lua, transport):
    async def conversation(server):
        session = await server.open(transport, sid="first")
        await session.send(wire.open_packet(sid="second"), "4go")
        assert await session.receive() == "4first"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport=transport, setup="on_message = function() client.send(client.sid) end")
    assert result.of("connect")[0].fields[0] == b"first"
    assert len(result.of("connect")) == 1


def test_c40_own_query_values_win(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url + "/ignored?room=a%20b&sid=mine&transport=carrier&EIO=3&flag", transport=transport)
    assert result.disconnect.text == "server disconnect"
    query = server.requests[0].query
    assert (query["transport"], query["EIO"], query["room"]) == ([transport], ["4"], ["a b"])
    assert "sid" not in query and "flag" in query


def test_handshake_path_and_headers(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == "4x"
        await session.send("1")

    options = 'engineio_path = "/deep/path/", headers = {["X-Token"] = "t"}'
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport, connect=options, main='client.send("x")')
    assert {request.path for request in server.requests} == {"/deep/path/"}
    assert {request.header("x-token") for request in server.requests} == {"t"}


def test_handshake_needs_a_disconnected_client(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await asyncio.sleep(0.2)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main="print(pcall(client.connect, url))")
    assert "Client is not in a disconnected state" in result.stdout
