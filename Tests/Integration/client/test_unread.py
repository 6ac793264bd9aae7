"""A server that does not read: memory, and reading that goes on."""

import asyncio

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

FLOODS = {
    "ping frames": frames.encode(frames.PING, b"p" * 125),
    "pings": frames.encode(frames.TEXT, b"2" + b"p" * 100),
    "messages": frames.encode(frames.TEXT, b"4" + b"m" * 1000),
}


async def flood(socket, data, until):
    """Writes the data again and again, and reads nothing."""
    socket.connection.writer.transport.pause_reading()
    while not until.done():
        socket.connection.writer.write(data * (65536 // len(data)))
        try:
            await asyncio.wait_for(socket.connection.writer.drain(), 0.2)
        except (TimeoutError, ConnectionError):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", FLOODS)
def test_what_is_unwritten_stays_bounded(lua, kind):
    async def conversation(server):
        session = await server.open("websocket")
        running = await lua.running()
        ended = asyncio.ensure_future(asyncio.to_thread(running.finish))
        await flood(session.socket, FLOODS[kind], ended)

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio = require("engineio").Client{max_buffered = 100000}
            local most = 0
            eio.on("message", function(message) eio.send(message) end)
            eio.connect(arg[1], {transports = "websocket"})
            for _ = 1, 150 do
                most = math.max(most, eio.buffered())
                eio.sleep(0.01)
            end
            print(most)
            print(eio.disconnect{timeout = 0.2})
        """, server.url)
        result = running.finish()
    # Twice the limit, and the answers to 1024 messages that no handler had started on.
    assert int(result.lines[0]) < 2_500_000, result
    assert result.status == 0 and len(result.lines) == 2, result


def test_a_server_that_never_reads_is_noticed(lua):
    async def conversation(server):
        session = await server.open("websocket", ping_interval=300, ping_timeout=300)
        running = await lua.running()
        ended = asyncio.ensure_future(asyncio.to_thread(running.finish))
        await flood(session.socket, FLOODS["messages"] + FLOODS["pings"], ended)

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio = require("engineio").Client{max_buffered = 100000}
            eio.on("message", function(message) eio.send(message) end)
            eio.on("disconnect", function(reason, detail) print(reason, detail.cause, detail.message) end)
            eio.connect(arg[1], {transports = "websocket"})
            eio.wait()
        """, server.url)
        result = running.finish()
    assert result.lines == ["transport error\twrite\tthe server has read nothing for 0.6 s"], result


# Sends back all messages. When no more come, it prints how many came and how much of the answers is unwritten.
ANSWERING = """
    eio = require("engineio").Client{max_buffered = 100000}
    local seen = 0
    eio.on("message", function(message) seen = seen + 1; eio.send(message) end)
    eio.connect(arg[1], {transports = arg[2]})
    local before
    repeat before = seen; eio.sleep(0.5) until seen == before and seen > 0
    print("stalled", seen, eio.buffered())
    io.stdout:flush()
    eio.wait()
"""


def stalled(result):
    """How many messages had come when reading paused, and how many bytes were unwritten."""
    assert result.status == 0 and len(result.lines) == 1, result
    return [int(field) for field in result.lines[0].split("\t")[1:]]


def test_reading_goes_on_when_the_server_reads(lua):
    count = 20_000

    async def conversation(server):
        session = await server.open("websocket")
        connection = session.socket.connection
        connection.writer.transport.pause_reading()
        text = b"m" * 1000
        connection.writer.write(b"".join(frames.encode(frames.TEXT, b"4%d %s" % (each, text)) for each in range(count)))
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "stalled")
        connection.writer.transport.resume_reading()
        for number in range(count):
            assert (await session.receive()).startswith(f"4{number} ")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        seen, _ = stalled(lua.start(ANSWERING, server.url, "websocket").finish())
    assert seen < count, "reading never paused"


def test_reading_of_a_body_stops_while_far_too_much_waits_to_be_posted(lua):
    count = 5000

    async def conversation(server):
        session = await server.open("polling")
        await session.send(*[f"4{number} {'m' * 1000}" for number in range(count)])
        first = await server.post()
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "stalled")
        await first.answer("ok")
        received = wire.packets(first.body)
        while len(received) < count:
            request = await server.post()
            await request.answer("ok")
            received += wire.packets(request.body)
        assert [packet.split(" ")[0] for packet in received] == [f"4{number}" for number in range(count)]
        await session.send("1")

    with ScriptedServer(conversation) as server:
        seen, unwritten = stalled(lua.start(ANSWERING, server.url, "polling").finish())
    assert seen < 2500 and unwritten < 2_500_000
