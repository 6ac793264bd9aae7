"""Connections that end, or that have more to say, between two requests; beyond lines 27 and 28 of the wire cases."""

import asyncio
import os
import select
import socket

import pytest

from harness import wire
from harness.scripted import ScriptedServer

OK = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s"


def answer(body, headers=b""):
    return OK % (headers, len(body), body)


async def answer_and_end(request, body, headers=b""):
    """The answer and the end of the connection, in one packet."""
    transport = request.connection.writer.transport
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    request.takes_connection = True
    await request.raw(answer(body, headers), finish=False)
    transport.write_eof()
    request.finished.set()


@pytest.mark.parametrize("headers", [b"", b"Keep-Alive: timeout=5, max=1\r\n"])
def test_c27_a_server_that_ends_each_connection_loses_nothing(lua, headers):
    received = []

    async def conversation(server):
        await answer_and_end(await server.get(), wire.open_packet().encode(), headers)
        while len(received) < 80:
            post = await server.post()
            received.extend(wire.packets(post.body))
            await answer_and_end(post, b"ok", headers)
            await answer_and_end(await server.get(), f"4{len(received)}".encode(), headers)
        await answer_and_end(await server.get(), b"1", headers)

    main = "for number = 1, 80 do client.send('m' .. number) end"
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main=main)
    assert received == [f"4m{number}" for number in range(1, 81)]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("extra", [b"\r\n", b"H", b"<!-- cache -->", answer(b"4EVIL!")])
@pytest.mark.parametrize("where", ["open", "poll", "post"])
def test_c28_bytes_behind_an_answer_are_nobodys(lua, extra, where):
    def behind(place):
        return extra if place == where else b""

    async def conversation(server):
        await (await server.get()).raw(answer(wire.open_packet().encode()) + behind("open"))
        for number in range(3):
            await (await server.get()).raw(answer(b"4%d" % number) + behind("poll"))
            post = await server.post()
            assert post.body == b"4%d" % number
            await post.raw(answer(b"ok") + behind("post"))
        await (await server.get()).raw(answer(b"1"))

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup="on_message = client.send")
    assert result.messages == ["0", "1", "2"]
    assert result.disconnect.text == "server disconnect"


async def end_unread(request, in_order):
    """Answers, waits for the next request on the connection, and closes without reading it."""
    transport = request.connection.tcp
    transport.pause_reading()
    await request.answer("ok")
    with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as raw:
        while not select.select([raw], [], [], 0)[0]:
            await asyncio.sleep(0.001)
        if in_order:
            raw.shutdown(socket.SHUT_WR)
    request.connection.cut()


@pytest.fixture(params=["http", "https"])
def post_server(request, authority):
    """Makes the server of a conversation."""
    tls = authority.valid().server_context() if request.param == "https" else None
    return lambda conversation: ScriptedServer(conversation, tls=tls)


UNVERIFIED = "engineio.Client{ssl_verify = false}"


def test_c28_post_that_was_surely_not_read_is_repeated(lua, post_server):
    async def conversation(server):
        await server.open("polling")
        await end_unread(await server.post(), in_order=True)
        post = await server.post()
        assert post.body == b"4second"
        await post.answer("ok")
        await (await server.get()).answer("1")

    main = 'client.send("first"); eio.sleep(0.1); client.send("second")'
    with post_server(conversation) as server:
        result = lua.observe(server.url, transport="polling", client=UNVERIFIED, main=main)
    assert result.disconnect.text == "server disconnect"


def test_c28_post_that_meets_a_reset_is_not_repeated(lua, post_server):
    # A program that has read the request may reset the connection too.
    async def conversation(server):
        await server.open("polling")
        await end_unread(await server.post(), in_order=False)

    main = 'client.send("first"); eio.sleep(0.1); client.send("second")'
    with post_server(conversation) as server:
        result = lua.observe(server.url, transport="polling", client=UNVERIFIED, main=main)
    assert result.disconnect.text == "transport error"
    assert b"4second" not in [request.body for request in server.of("POST")]
