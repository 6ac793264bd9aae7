"""A server that sends much at once: memory, and the turns of the others."""

import asyncio
import functools
import zlib

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

MEBIBYTE = 1 << 20


@functools.cache
def packed(unit, count, first=b"", last=b""):
    """`count` times `unit` between the others, by gzip: all of it on the wire would only take the test's time."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    whole, rest = divmod(count, 65536)
    block = unit * 65536
    data = packer.compress(first) + b"".join(packer.compress(block) for _ in range(whole))
    return data + packer.compress(unit * rest + last) + packer.flush()


async def answer(request, body):
    await request.answer(body, headers=[("Content-Encoding", "gzip")])


def peak(running):
    """The most memory that the process has had, in bytes."""
    with open(f"/proc/{running.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024


# ---- memory ----

LIMIT = 128 * MEBIBYTE
BODIES = {
    "pings": lambda limit: packed(b"2\x1e", limit // 2, last=b"4"),
    "empty messages": lambda limit: packed(b"4\x1e", limit // 2, last=b"4"),
    "unknown packets": lambda limit: packed(b"7\x1e", limit // 2, last=b"4"),
    "a long text first": lambda limit: packed(b"x", limit, first=b"4", last=b"\x1e4" * (limit // 8)),
    "one binary message": lambda limit: packed(b"AAAA", limit // 3, first=b"b"),
    "a long ping": lambda limit: packed(b"x", limit, first=b"2"),
}
SCRIPTS = {
    "a slow handler": 'eio.on("message", function() eio.sleep(60) end, {ordered = true})',
    "many handlers": 'eio.on("message", function() eio.sleep(60) end)',
    "receive": "eio.start_background_task(function() eio.receive(60); eio.sleep(60) end)",
    "nothing": "",
}


@pytest.mark.parametrize("body, script, limit", [
    ("empty messages", "a slow handler", LIMIT), ("a long text first", "many handlers", LIMIT),
    ("one binary message", "receive", LIMIT),
    *[("empty messages", script, MEBIBYTE) for script in SCRIPTS], ("pings", "nothing", MEBIBYTE),
    ("unknown packets", "nothing", MEBIBYTE), ("a long text first", "many handlers", MEBIBYTE),
    ("one binary message", "receive", MEBIBYTE), ("a long ping", "nothing", MEBIBYTE),
])
def test_memory_is_bounded_whatever_a_body_holds(lua, body, script, limit):
    async def conversation(server):
        await server.open("polling")
        await answer(await server.get(), BODIES[body](limit))
        running = await lua.running()
        # All of it was read, or as much as may be.
        await asyncio.wait([
            asyncio.ensure_future(server.get()),
            asyncio.ensure_future(asyncio.to_thread(running.wait_for, "reading pauses", stream="stderr")),
            asyncio.ensure_future(asyncio.to_thread(running.wait_for, "transport error")),
        ], return_when=asyncio.FIRST_COMPLETED)
        used = peak(running)
        running.kill()
        assert used <= 2 * limit + 64 * MEBIBYTE, f"{used >> 20} MiB"

    with ScriptedServer(conversation) as server:
        lua.start(f"""
            eio = require("engineio").Client{{max_message_size = {limit}}}
            {SCRIPTS[script]}
            eio.on("disconnect", function(...) print(...); io.stdout:flush() end)
            eio.connect(arg[1], {{transports = "polling"}})
            eio.sleep(60)
        """, server.url)


# ---- turns ----

def many(count):
    return [f"4{number}" for number in range(count)]


def test_a_turn_leaves_the_others_theirs(lua, transport):
    count = 100_000

    async def conversation(server):
        session = await server.open(transport)
        await session.send(*["4"] * count)
        assert int((await session.receive())[1:]) <= 2000
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local seen, before, most = 0, 0, 0
            eio.on("message", function()
                seen = seen + 1
                if seen == tonumber(arg[3]) then eio.send(most) end
            end)
            eio.start_background_task(function()
                while true do
                    most = math.max(most, seen - before)
                    before = seen
                    eio.sleep(0)
                end
            end)
            eio.connect(arg[1], {transports = {arg[2]}})
            eio.wait()
            os.exit(0)
        """, server.url, transport, str(count))
    assert result.status == 0, result


# ---- a script that is behind ----

BEHIND = """
    local held, seen, kinds = eio.create_event(), 0, {}
    eio.on("message", function(message)
        if message == "last" then print("last after " .. seen) return end
        assert(message == tostring(seen), message)
        seen = seen + 1
        if seen == 1 then held:wait() end
    end, {ordered = true})
    eio.on("disconnect", function(reason, detail) print(reason, detail.cause, seen) end)
    local function go_on() held:set() end
"""


async def behind(lua):
    """Waits until the client has stopped reading."""
    running = await lua.running()
    await asyncio.to_thread(running.wait_for, "reading pauses", stream="stderr")
    return running


def test_reading_stops_and_goes_on_inside_a_body(lua):
    async def conversation(server):
        session = await server.open("polling")
        await session.send(*many(5000))
        running = await behind(lua)
        await server.nothing("GET", 0.3)
        await asyncio.to_thread(running.send_line, "go on")
        await session.send("4last", "1")

    with ScriptedServer(conversation) as server:
        result = lua.start(BEHIND + """
            eio.connect(arg[1], {transports = "polling"})
            io.read()
            go_on()
            eio.wait()
        """, server.url, stdin=None).finish()
    assert result.lines == ["last after 5000", "server disconnect\tserver_close\t5000"], result
    assert "reading pauses: 1024 messages" in result.stderr, result


def test_the_rest_of_a_body_comes_before_what_the_websocket_brings(lua):
    # The script is behind with the answer to the handshake when the upgrade is done.
    async def conversation(server):
        packets = [wire.open_packet(upgrades=["websocket"]), *many(5000)]
        await (await server.get()).answer(wire.payload(*packets))
        socket = await server.websocket()
        assert await socket.message() == "2probe"
        running = await behind(lua)
        await socket.text("3probe")
        assert await socket.message() == "5"
        await socket.raw(frames.encode(frames.TEXT, b"4last") + frames.encode(frames.TEXT, b"1"))
        await asyncio.to_thread(running.send_line, "go on")

    with ScriptedServer(conversation) as server:
        result = lua.start(BEHIND + """
            eio.connect(arg[1])
            io.read()
            go_on()
            eio.wait()
        """, server.url, stdin=None).finish()
    assert result.lines == ["last after 5000", "server disconnect\tserver_close\t5000"], result


def test_no_message_that_came_is_lost_with_the_session(lua):
    async def conversation(server):
        session = await server.open("polling")
        request = await server.get()
        await request.answer(wire.payload(*many(5000)))
        await behind(lua)
        await (await server.post()).answer("gone", status=400)

    with ScriptedServer(conversation) as server:
        result = lua.start(BEHIND + """
            eio.connect(arg[1], {transports = "polling"})
            while seen < 1 do eio.sleep(0) end
            eio.send("hello")
            eio.wait()
            go_on()
            while seen < 5000 do eio.sleep(0) end
        """, server.url).finish()
    assert result.lines == ["transport error\thttp_status\t1"], result


def test_no_frame_that_came_is_lost_with_the_connection(lua):
    count = 2000

    async def conversation(server):
        session = await server.open("websocket")
        # One read of the socket has them all.
        await session.socket.raw(b"".join(frames.encode(frames.TEXT, text.encode()) for text in many(count)))
        await behind(lua)
        session.socket.reset()

    with ScriptedServer(conversation) as server:
        result = lua.run(BEHIND + """
            eio.connect(arg[1], {transports = "websocket"})
            eio.wait()
            go_on()
            while seen < tonumber(arg[2]) do eio.sleep(0) end
        """, server.url, str(count))
    assert result.lines == ["transport error\ttcp_reset\t1"], result


@pytest.mark.parametrize("pauses", [False, True])
@pytest.mark.parametrize("is_secure", [False, True])
def test_a_server_that_closes_behind_many_frames_loses_none(lua, authority, is_secure, pauses):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send(*many(20_000))
        session.socket.drop()

    tls = authority.valid().server_context() if is_secure else None
    with ScriptedServer(conversation, tls=tls) as server:
        result = lua.run("""
            eio = require("engineio").Client{ca_file = arg[2]}
            local seen = 0
            eio.on("message", function(message)
                assert(message == tostring(seen))
                seen = seen + 1
                if arg[3] == "True" and seen % 5000 == 1 then eio.sleep(0.05) end
            end, {ordered = true})
            eio.on("disconnect", function(reason) print(reason) end)
            eio.connect(arg[1], {transports = "websocket"})
            eio.wait()
            -- A handler that waits does not hold up the end.
            while seen < 20000 do eio.sleep(0) end
        """, server.url, str(authority.ca_file), str(pauses))
    assert result.lines == ["transport error"], result


def test_a_script_that_leaves_gets_nothing_more(lua):
    async def conversation(server):
        session = await server.open("polling")
        await session.send(*many(5000))
        assert await session.receive() == "1"

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local seen = 0
            eio.on("message", function()
                seen = seen + 1
                if seen == 10 then eio.disconnect() end
            end)
            eio.on("disconnect", function(reason) print(reason, seen) end)
            eio.connect(arg[1], {transports = "polling"})
            eio.wait()
        """, server.url)
    reason, seen = result.lines[0].split("\t")
    # A turn takes 1000 packets from a body: those that came before the script left are its own.
    assert reason == "client disconnect" and 10 <= int(seen) <= 1000, result


# ---- pings ----

def test_only_the_latest_of_many_pings_is_answered(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send(*[f"2{number}" for number in range(500)], "4x", "2last")
        received = [await session.receive() for _ in range(2)]
        while "3last" not in received:
            received.append(await session.receive())
        assert received in (["3499", "4x", "3last"], ["3last", "4x"], ["4x", "3last"]), received
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport, setup="on_message = client.send")


def test_only_the_latest_of_many_ping_frames_is_answered(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.raw(b"".join(frames.encode(frames.PING, b"%d" % number) for number in range(500)))
        pong = await session.socket.read()
        assert (pong.opcode, pong.payload) == (frames.PONG, b"499")
        await session.send("4x")
        assert await session.receive() == "4x"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="websocket", setup="on_message = client.send")
