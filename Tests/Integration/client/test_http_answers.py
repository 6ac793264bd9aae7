"""Bodies of HTTP answers and the connections that they come over, lines 25 to 28 of the wire cases."""

import asyncio
import gzip
import zlib

import pytest

from harness import wire
from harness.scripted import ScriptedServer


@pytest.mark.parametrize("encoding, compress", [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_c25_compressed_bodies(lua, encoding, compress):
    text = "x" * 5000

    async def conversation(server):
        header = [("Content-Encoding", encoding)]
        await (await server.get()).answer(compress(wire.open_packet().encode()), headers=header)
        await (await server.get()).answer(compress(f"4{text}".encode()), headers=header)
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == [text]
    assert encoding in server.requests[0].header("accept-encoding")


def test_c25_bomb(lua):
    async def conversation(server):
        await server.open("polling")
        bomb = gzip.compress(b"4" + b"x" * (200 << 20), 1)
        await (await server.get()).answer(bomb, headers=[("Content-Encoding", "gzip")])

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", client="engineio.Client{max_message_size = 1000000}")
    assert result.messages == []
    assert result.disconnect.text == "transport error"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def byte_by_byte(request, data):
    for position in range(len(data)):
        await request.raw(data[position:position + 1], finish=False)
        await asyncio.sleep(0.001)
    await request.raw(b"")


def test_c26_chunked_with_extensions_and_trailers(lua):
    async def conversation(server):
        handshake = wire.open_packet().encode()
        extended = b"%x;ext=1\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(handshake), handshake)
        await (await server.get()).raw(CHUNKED + extended)
        await (await server.get()).raw(CHUNKED + b"2\r\n4a\r\n1\r\nb\r\n0\r\n\r\n")
        await (await server.get()).raw(CHUNKED + b"1\r\n1\r\n0\r\nA: b\r\nC: d\r\n\r\n")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["ab"]
    assert result.disconnect.text == "server disconnect"


def test_c26_byte_by_byte(lua):
    async def conversation(server):
        await server.open("polling")
        await byte_by_byte(await server.get(), b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n4\xe2\x82\xac\x1e4b")
        await byte_by_byte(await server.get(), CHUNKED + b"3\r\n4\xe2\x82\r\n3\r\n\xac\x1e1\r\n0\r\n\r\n")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["€", "b", "€"]
    assert result.disconnect.text == "server disconnect"


def test_c26_body_that_ends_with_the_connection(lua):
    async def conversation(server):
        await (await server.get()).raw(b"HTTP/1.0 200 OK\r\n\r\n" + wire.open_packet().encode(), close=True)
        await (await server.get()).raw(b"HTTP/1.0 200 OK\r\n\r\n4old", close=True)
        await (await server.get()).raw(b"HTTP/1.0 200 OK\r\n\r\n1", close=True)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["old"]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n4a\x1e4b", CHUNKED + b"2\r\n4a\r\n", CHUNKED + b"5\r\n4a",
])
def test_c26_truncated_body_delivers_nothing(lua, answer):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).raw(answer, close=True)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == []
    assert result.disconnect.text == "transport error"


def test_c27_connection_close_on_every_response(lua):
    async def conversation(server):
        close = [("Connection", "close")]

        async def answer(request, body):
            await request.answer(body, headers=close)
            request.close()

        await answer(await server.get(), wire.open_packet())
        await answer(await server.get(), "4a")
        await answer(await server.post(), "ok")
        await answer(await server.get(), "4b")
        await answer(await server.post(), "ok")
        await answer(await server.get(), "1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup="on_message = client.send")
    assert result.messages == ["a", "b"]
    assert result.disconnect.text == "server disconnect"
    assert len({request.connection.number for request in server.requests}) == len(server.requests)


def test_c27_connections_are_kept_otherwise(lua):
    async def conversation(server):
        session = await server.open("polling")
        for _ in range(10):
            await session.send("6")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling")
    assert len({request.connection.number for request in server.of("GET")}) <= 2


def test_c28_get_is_repeated_when_a_kept_connection_has_closed(lua):
    async def conversation(server):
        session = await server.open("polling")
        await session.send("4a")
        (await server.get()).close()
        await session.send("4b")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["a", "b"]
    assert result.disconnect.text == "server disconnect"


def test_c28_get_is_repeated_only_once(lua):
    async def conversation(server):
        await server.open("polling")
        (await server.get()).close()
        (await server.get()).close()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "transport error"
    assert len(server.of("GET")) == 3


def test_c28_get_is_not_repeated_after_a_reset(lua):
    # The answer, with its messages, may have been on its way: a second GET would hide that they are lost.
    async def conversation(server):
        await server.open("polling")
        (await server.get()).reset()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "transport error"
    assert len(server.of("GET")) == 2


def test_c28_no_repetition_after_a_byte_of_the_answer(lua):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).raw(b"HTTP/1.1 200 OK\r\n", close=True)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "transport error"
    assert len(server.of("GET")) == 2


def test_c28_post_that_may_have_arrived_is_not_repeated(lua):
    async def conversation(server):
        await server.open("polling")
        request = await server.post()
        await request.answer("ok")
        (await server.post()).close()

    main = 'client.send("first"); eio.sleep(0.3); client.send("second")'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main=main)
    assert result.disconnect.text == "transport error"
    assert [request.body for request in server.of("POST")][:2] == [b"4first", b"4second"]
    assert b"4second" not in [request.body for request in server.of("POST")][2:]
