"""The HTTP layer beneath polling, lines 20 to 23 and 29 to 33 of the wire cases."""

import asyncio
import json
import time

import pytest

from harness import wire
from harness.scripted import PATIENCE, ScriptedServer

HANDSHAKE_ERRORS = [
    (400, '{"code":0,"message":"Transport unknown"}', "0"),
    (400, '{"code":1,"message":"Session ID unknown"}', "1"),
    (400, '{"code":3,"message":"Bad request"}', "3"),
    (403, '{"code":4,"message":"not today"}', "4"),
    (400, '"Invalid session X"', None),
    (401, '{"reason":"who are you"}', None),
]


@pytest.mark.parametrize("status, body, code", HANDSHAKE_ERRORS)
def test_c20_error_bodies(lua, transport, status, body, code):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer(body, status=status, content_type="application/json")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.failure.type == "ConnectionError"
    assert f"Unexpected status code {status} in server response" in result.failure.message
    assert (result.failure.status, result.failure.code) == (str(status), code)
    if body.startswith("{"):
        assert json.loads(result.failure.body) == json.loads(body)
    else:
        assert result.failure.body == json.loads(body)
    assert (result.failure.phase, result.state) == ("http", "disconnected")
    assert "connect" not in result.order and result.disconnects == []


def test_c20_text_body_of_a_refused_websocket(lua):
    async def conversation(server):
        await (await server.upgrade()).answer("not today", status=403, content_type="text/html")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert (result.failure.status, result.failure.body) == ("403", "not today")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_c21_gateway_errors(lua, transport, status):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer("<html>gateway trouble</html>", status, [("Retry-After", "7")], "text/html")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local ok, err = pcall(eio.connect, arg[1], {transports = {arg[2]}})
            print(ok, err.status, err.body, err.retry_after)
        """, server.url, transport)
    assert result.lines == [f"false\t{status}\t<html>gateway trouble</html>\t7"], result


@pytest.mark.parametrize("status", [200, 204])
def test_c22_empty_handshake(lua, status):
    async def conversation(server):
        await (await server.get()).answer("", status=status)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.failure.type == "ConnectionError"
    assert result.state == "disconnected"


def test_c22_empty_polls_do_not_spin(lua):
    async def conversation(server):
        session = await server.open("polling")
        end = time.monotonic() + 1
        while time.monotonic() < end:
            await (await server.get()).answer("")
        await session.send("4still there", "1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["still there"]
    assert 3 <= len(server.of("GET")) < 60


@pytest.mark.parametrize("status", [201, 206])
def test_c23_any_success_is_accepted(lua, status):
    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), status=status)
        await (await server.get()).answer("4a", status=status)
        await (await server.get()).answer("1", status=status)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["a"]


def test_c23_not_modified_is_an_error(lua):
    async def conversation(server):
        await (await server.get()).raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.failure.status == "304"


def test_c23_requests_cannot_be_cached(lua):
    async def conversation(server):
        session = await server.open("polling")
        for _ in range(3):
            await session.send("6")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling")
    stamps = [request.query.get("t", [None])[0] for request in server.of("GET")]
    uncached = all("no-cache" in (request.header("cache-control") or "") for request in server.of("GET"))
    assert uncached or (None not in stamps and len(set(stamps)) == len(stamps))


def test_c23_timestamps_can_be_left_out(lua):
    async def conversation(server):
        await (await server.open("polling")).send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", client="engineio.Client{timestamp_requests = false}")
    for request in server.of("GET"):
        assert "t" not in request.query
        assert "no-cache" in (request.header("cache-control") or "")


def test_c29_one_get_and_one_post_at_a_time(lua):
    received = []

    async def conversation(server):
        session = await server.open("polling")
        while len(received) < 200:
            request = await server.post()
            await asyncio.sleep(0.02)
            await request.answer("ok")
            received.extend(wire.packets(request.body))
            await session.send("4go on")
        await session.send("1")

    main = """
        for number = 1, 200 do
            client.send("m" .. number)
            if number % 10 == 0 then eio.sleep(0.01) end
        end
    """
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main=main)
    assert received == [f"4m{number}" for number in range(1, 201)]
    assert server.overlaps == []


def test_c30_disconnect_does_not_cancel_the_poll(lua):
    async def conversation(server):
        await server.open("polling")
        pending = await server.get()
        post = await server.post()
        assert post.body == b"1"
        await post.answer("ok")
        await asyncio.sleep(0.3)
        assert not pending.abandoned
        await pending.answer("6")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main="client.disconnect()")
    assert result.disconnect.text == "client disconnect"
    assert result.status == 0


def test_c31_posts_are_text(lua):
    async def conversation(server):
        session = await server.open("polling")
        request = await server.post()
        assert request.header("content-type").lower().startswith("text/plain")
        assert request.header("expect") is None
        assert request.header("content-length") == str(len(request.body))
        await request.answer("ok")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main='client.send(eio.bytes(("x"):rep(5000)))')


def test_c32_a_poll_may_last_the_ping_interval(lua):
    # request_timeout is for requests that are answered at once; a poll waits for the next ping.
    async def conversation(server):
        session = await server.open("polling", ping_interval=3000, ping_timeout=2000)
        await asyncio.sleep(2.5)
        await session.send("2")
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", client="engineio.Client{request_timeout = 1}")
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("pause", [0.1, 0], ids=["slow", "fast"])
def test_c32_a_trickling_body_does_not_outlive_the_deadline(lua, pause):
    async def conversation(server):
        await server.open("polling", ping_interval=500, ping_timeout=500)
        request = await server.get()
        await request.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n4", finish=False)
        end = time.monotonic() + PATIENCE
        while not request.abandoned and time.monotonic() < end:
            await request.raw(b"x", finish=False)
            await asyncio.sleep(pause)
        assert request.abandoned

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "transport error"
    assert result.disconnect.cause in ("ping_timeout", "request_timeout")


def test_c33_slow_answers_inside_the_deadline(lua):
    async def conversation(server):
        handshake = await server.get()
        await asyncio.sleep(0.7)
        body = wire.open_packet().encode()
        await handshake.raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), finish=False)
        await asyncio.sleep(0.7)
        await handshake.raw(body)
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", client="engineio.Client{request_timeout = 3}")
    assert result.disconnect.text == "server disconnect"


def test_c33_no_answer_to_the_handshake(lua, transport):
    async def conversation(server):
        await (server.get() if transport == "polling" else server.upgrade())
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, client="engineio.Client{request_timeout = 0.5}")
    assert result.failure.type == "ConnectionError"
    assert result.state == "disconnected"
    assert result.duration < 4
