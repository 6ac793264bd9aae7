"""Websocket frames, line 73 of the wire cases, and RFC 6455 where it says what a client must refuse."""

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

LENGTHS = [0, 1, 125, 126, 127, 65535, 65536, 200_000]


def test_c73_ping_is_answered_with_its_payload(lua):
    async def conversation(server):
        session = await server.open("websocket")
        for payload in (b"", b"x", b"\x00\xff" * 62):
            await session.socket.ping(payload)
            pong = await session.socket.read()
            assert (pong.opcode, pong.payload) == (frames.PONG, payload)
            assert pong.masking_key
        await session.socket.frame(frames.PONG, b"unasked")
        await session.send("4a", "1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["a"]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("length", LENGTHS)
def test_c73_every_form_of_length(lua, length):
    async def conversation(server):
        session = await server.open("websocket")
        text, data = "x" * length, bytes(number % 251 for number in range(length))
        await session.send("4" + text, data)
        assert [await session.receive(), await session.receive()] == ["4" + text, data]
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="websocket", setup="on_message = client.send")


def test_c73_client_frames_are_masked_each_with_a_new_key(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send(*["4x"] * 50)
        for _ in range(50):
            assert await session.receive() == "4x"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="websocket", setup="on_message = client.send")
        keys = [frame.masking_key for frame in server.websockets[0].received]
    assert None not in keys
    assert len(set(keys)) >= 49


BROKEN_FRAMES = {
    "masked": frames.encode(frames.TEXT, b"4x", masking_key=b"abcd"),
    "RSV1": frames.encode(frames.TEXT, b"4x", rsv=4),
    "RSV2": frames.encode(frames.TEXT, b"4x", rsv=2),
    "RSV3": frames.encode(frames.TEXT, b"4x", rsv=1),
    "RSV1 on a ping": frames.encode(frames.PING, b"", rsv=4),
    "opcode 3": frames.encode(0x3, b"4x"),
    "opcode 11": frames.encode(0xB, b""),
    "fragmented ping": frames.encode(frames.PING, b"x", fin=False),
    "ping of 126 bytes": frames.encode(frames.PING, b"x" * 126),
    "continuation of nothing": frames.encode(frames.CONTINUATION, b"4x"),
    "text inside a fragmented text": frames.encode(frames.TEXT, b"4x", fin=False) + frames.encode(frames.TEXT, b"4y"),
    "length with the highest bit": b"\x81\x7f" + b"\xff" * 8,
    "length of 16 bits for 5": b"\x81\x7e\x00\x05" + b"4abcd",
}


@pytest.mark.parametrize("kind_of_frame", BROKEN_FRAMES)
def test_c73_protocol_errors_close_with_1002(lua, kind_of_frame):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4before")
        await session.socket.raw(BROKEN_FRAMES[kind_of_frame])
        code = (await session.socket.read_close()).close_code
        # A length of 2^63 and more is also a message too big.
        assert code == 1002 or (kind_of_frame == "length with the highest bit" and code == 1009)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["before"]
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")


def test_c73_fragmented_text_and_binary(lua):
    data = bytes(range(256)) * 4

    async def conversation(server):
        socket = (await server.open("websocket")).socket
        await socket.frame(frames.TEXT, b"4fr", fin=False)
        await socket.frame(frames.CONTINUATION, b"", fin=False)
        await socket.ping(b"between")
        await socket.frame(frames.CONTINUATION, b"agments")
        await socket.frame(frames.BINARY, data[:100], fin=False)
        for position in range(100, 900, 100):
            await socket.frame(frames.CONTINUATION, data[position:position + 100], fin=False)
        await socket.frame(frames.CONTINUATION, data[900:])
        assert (await socket.read()).opcode == frames.PONG
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["fragments", data]


def test_c73_bytes_in_any_segments(lua):
    stream = b"".join([
        frames.encode(frames.TEXT, b"4one"), frames.encode(frames.BINARY, b"\x01" * 130),
        frames.encode(frames.PING, b"p"), frames.encode(frames.TEXT, b"4two"), frames.encode(frames.TEXT, b"1"),
    ])

    async def conversation(server):
        socket = (await server.open("websocket")).socket
        for position in range(len(stream)):
            await socket.raw(stream[position:position + 1])

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["one", b"\x01" * 130, "two"]
    assert result.disconnect.text == "server disconnect"


UNASKED = [("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "chat")]


@pytest.mark.parametrize("header", UNASKED)
def test_c73_answer_with_what_was_not_offered(lua, header):
    async def conversation(server):
        socket = await (await server.upgrade()).accept(headers=[header])
        await socket.text(wire.open_packet())
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.failure.type == "ConnectionError"


def test_c73_websocket_handshake_request(lua):
    async def conversation(server):
        await (await server.open("websocket")).send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="websocket")
    request = server.requests[0]
    assert request.method == "GET"
    assert request.header("sec-websocket-version") == "13"
    assert "upgrade" in request.header("connection").lower()
    assert len(request.header("sec-websocket-key")) == 24
    assert request.header("sec-websocket-extensions") is None
