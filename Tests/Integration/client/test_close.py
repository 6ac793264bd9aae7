"""How servers and lost connections end sessions, lines 58 to 61 and 63 of the wire cases."""

import asyncio

import pytest

from harness import frames
from harness.scripted import ScriptedServer


def test_c58_server_disconnect(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4a", "1", "4b")
        if transport == "websocket":
            await session.socket.read_close()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main="client.wait(); print(client.state, client.sid)")
    # The reports of connect() itself may come anywhere between.
    handled = [name for name in result.order if name not in ("connected", "state")]
    assert handled == ["connect", "message a", "disconnect"]
    assert result.disconnect.text == "server disconnect"
    assert "disconnected\tnil" in result.lines
    assert result.status == 0 and result.duration < 5


def test_c58_no_request_after_the_servers_close(lua):
    async def conversation(server):
        session = await server.open("polling")
        await session.send("1")
        await server.nothing("GET", 0.5)

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main="eio.sleep(1)")


def test_c59_noop_then_close(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("6", "1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.disconnect.text == "server disconnect"
    assert result.messages == []


CLOSE_CODES = [(1000, ""), (1001, "going away"), (1009, ""), (1011, "überraschend"), (4321, "x" * 123)]


@pytest.mark.parametrize("code, reason", CLOSE_CODES)
def test_c60_close_frame_without_close_packet(lua, code, reason):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4a")
        await session.socket.close(code, reason)
        assert (await session.socket.read_close()).close_code in (code, 1000)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["a"]
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ws_close")
    assert (result.disconnect.ws_code, result.disconnect.ws_reason or "") == (str(code), reason)


def test_c60_close_frame_without_a_code(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.close()
        await session.socket.read_close()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ws_close")


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xec", b"\x03\xe7", b"\x03\xe8\xff"])
def test_c60_invalid_close_frames(lua, payload):
    # One byte; codes 1004 and 999, which nobody may send; a reason that is not UTF-8.
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.frame(frames.CLOSE, payload)
        assert (await session.socket.read_close()).close_code in (1002, 1007)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.disconnect.text == "transport error"


@pytest.mark.parametrize("ending, cause", [("drop", "eof"), ("reset", "tcp_reset")])
def test_c61_connection_ends_without_a_close_frame(lua, ending, cause):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4a")
        assert await session.receive() == "4a"
        getattr(session.socket, ending)()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", setup="on_message = client.send")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", cause)
    assert result.status == 0


def test_c61_frame_cut_off(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.raw(frames.encode(frames.TEXT, b"4half a message")[:8])
        session.socket.drop()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "eof")
    assert result.messages == []


def test_c61_poll_reset(lua):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n4a", finish=False)
        await asyncio.sleep(0.2)
        server.of("GET")[-1].reset()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "transport error"
    assert result.disconnect.cause in ("tcp_reset", "eof")


@pytest.mark.parametrize("ending", ["fin", "reset"])
def test_c61_tls_without_close_notify(lua, authority, ending):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4a")
        assert await session.receive() == "4a"
        connection = session.socket.connection
        connection.reset() if ending == "reset" else connection.cut()

    client = f'engineio.Client{{ca_file = "{authority.ca_file}"}}'
    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, transport="websocket", client=client, setup="on_message = client.send")
    assert result.messages == ["a"]
    assert result.disconnect.text == "transport error"
    assert result.status == 0


def test_c63_session_unknown_after_a_restart(lua):
    async def conversation(server):
        await server.open("polling", sid="old")
        await (await server.get()).answer(
            '{"code":1,"message":"Session ID unknown"}', status=400, content_type="application/json")
        session = await server.open("polling", sid="new")
        await session.send("1")

    setup = """
        on_disconnect = function(reason)
            if reason == "transport error" then observe.connect(client, url, {transports = {"polling"}}) end
        end
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup=setup)
    first, second = result.disconnects
    assert (first.cause, first.status, first.code) == ("http_status", "400", "1")
    assert second.text == "server disconnect"
    assert [request.sid for request in server.of("GET")][:3] == [None, "old", None]


def test_c63_failed_post_ends_the_session_at_once(lua):
    async def conversation(server):
        await server.open("polling")
        await server.get()
        await (await server.post()).answer('"Invalid session"', status=400)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main='client.send("x")')
    assert (result.disconnect.text, result.disconnect.status) == ("transport error", "400")
    assert result.duration < 5
