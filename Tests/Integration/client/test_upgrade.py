"""From polling to websocket, lines 41 to 52 of the wire cases."""

import asyncio
import time

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

# The client polls beside a probe only when its answer takes longer than this many seconds.
SILENCE_OF_THE_PROBE = 0.25


def test_c41_normal_upgrade(lua):
    async def conversation(server):
        request = await server.get()
        await request.answer(wire.open_packet(sid="s/1", upgrades=["websocket"]), headers=[("Set-Cookie", "lb=node7")])
        socket = await (await server.upgrade()).accept()
        assert await socket.message() == "2probe"
        await socket.text("3probe")
        release = asyncio.ensure_future(answer_noops(server))
        assert await socket.message() == "5"
        release.cancel()
        assert await socket.message() == "4early"
        assert await socket.message() == "4later"
        await socket.text("1")

    setup = 'on_connect = function() client.send("early") end'
    with ScriptedServer(conversation) as server:
        headers = 'headers = {["X-Token"] = "t", Cookie = "u=1"}'
        result = lua.observe(server.url, setup=setup, connect=headers, main='client.send("later")')
    assert result.of("connect")[0].fields[1] == b"polling"
    assert result.transport == "websocket"
    upgrade = server.of("UPGRADE")[0]
    assert (upgrade.sid, upgrade.query["transport"], upgrade.query["EIO"]) == ("s/1", ["websocket"], ["4"])
    assert upgrade.header("x-token") == "t"
    assert sorted(upgrade.header("cookie").split("; ")) == ["lb=node7", "u=1"]


def test_c42_noops_during_the_probe_do_not_spin(lua):
    polls = []

    async def conversation(server):
        _, socket = await server.open_upgrade()
        end = time.monotonic() + 1.5
        while (left := end - time.monotonic()) > 0:
            try:
                request = await asyncio.wait_for(server.get(), left)
            except TimeoutError:
                break
            polls.append(request)
            await request.answer("6")
        await socket.text("3probe")
        release = asyncio.ensure_future(answer_noops(server))
        assert await socket.message() == "5"
        release.cancel()
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.transport == "websocket"
    # Two at once, then after 50, 100, 200, 400 and 800 ms; a busy machine has fewer.
    assert 1 <= len(polls) <= 8


async def answer_noops(server):
    while True:
        await (await server.get()).answer("6")


def test_c42_upgrade_packet_waits_for_the_pending_poll(lua):
    async def conversation(server):
        _, socket = await server.open_upgrade()
        pending = await server.get()
        await socket.text("3probe")
        reading = asyncio.ensure_future(socket.message())
        await asyncio.sleep(0.5)
        assert not reading.done(), "the upgrade packet came while a poll was pending"
        assert not pending.abandoned
        await pending.answer("4by polling")
        assert await reading == "5"
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.messages == ["by polling"]


def test_c43_message_and_ping_during_the_probe(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await asyncio.sleep(SILENCE_OF_THE_PROBE)
        await session.send("4while probing", "2")
        post = asyncio.ensure_future(server.post())
        try:
            request = await asyncio.wait_for(asyncio.shield(post), 1)
            assert request.body == b"3"
            await request.answer("ok")
            answered = True
        except TimeoutError:
            post.cancel()
            answered = False
        await socket.text("3probe")
        release = asyncio.ensure_future(answer_noops(server))
        assert await socket.message() == "5"
        release.cancel()
        if not answered:
            assert await socket.message() == "3"
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.messages == ["while probing"]
    assert result.transport == "websocket"


def test_c44_late_answer_of_the_old_transport(lua):
    async def conversation(server):
        _, socket = await server.open_upgrade()
        pending = await server.get()
        await socket.text("3probe")
        await pending.answer("4late\x1e6")
        assert await socket.message() == "5"
        await socket.text("4by websocket")
        assert await socket.message() == "4by websocket"
        await socket.text("1")

    setup = 'on_message = function(m) if m ~= "late" then client.send(m) end end'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, setup=setup)
    assert result.messages == ["late", "by websocket"]
    assert result.disconnect.transport == "websocket"


def test_c45_polling_is_over_after_the_upgrade(lua):
    after = []

    async def conversation(server):
        session = await server.open_upgraded()
        before = len(server.requests)
        for number in range(5):
            await session.send(f"4{number}", "2")
            assert {await session.receive(), await session.receive()} == {f"4{number}", "3"}
        await asyncio.sleep(0.5)
        after.extend(server.requests[before:])
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, setup="on_message = client.send")
    assert after == []


def test_c46_probe_without_an_answer(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await asyncio.wait_for(socket.ended(), 5)
        await session.send("4on polling")
        assert await session.receive() == "4on polling"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, client="engineio.Client{request_timeout = 1}", setup="on_message = client.send")
    assert result.transport == "polling"
    assert result.messages == ["on polling"]


PROBE_ANSWERS = {
    "bare pong": lambda socket: socket.text("3"),
    "another pong": lambda socket: socket.text("3x"),
    "binary pong": lambda socket: socket.binary(b"3probe"),
    "message": lambda socket: socket.text("4early"),
    "empty frame": lambda socket: socket.text(""),
    "close frame": lambda socket: socket.close(1000),
    "masked frame": lambda socket: socket.frame(frames.TEXT, b"3probe", masking_key=b"abcd"),
}


@pytest.mark.parametrize("answer", PROBE_ANSWERS)
def test_c47_wrong_probe_answer(lua, answer):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await PROBE_ANSWERS[answer](socket)
        await socket.ended()
        await session.send("4on polling")
        assert await session.receive() == "4on polling"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, setup='on_message = function(m) if m ~= "early" then client.send(m) end end')
    assert result.transport == "polling"
    assert "on polling" in result.messages
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("status", [200, 400, 403, 404, 426, 502])
def test_c47_refused_upgrade(lua, status):
    async def conversation(server):
        session = await server.open("polling", upgrades=["websocket"])
        await (await server.upgrade()).answer("no", status=status)
        await session.send("4on polling")
        assert await session.receive() == "4on polling"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, setup="on_message = client.send", options=["--log-level", "debug"])
    assert result.transport == "polling"
    assert "upgrade" in result.stderr.lower() and str(status) in result.stderr
    assert len(server.of("UPGRADE")) == 1


@pytest.mark.parametrize("ending", ["reset", "close"])
def test_c47_connection_lost_at_the_upgrade(lua, ending):
    async def conversation(server):
        session = await server.open("polling", upgrades=["websocket"])
        request = await server.upgrade()
        request.reset() if ending == "reset" else request.close()
        await session.send("4on polling")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.transport == "polling"
    assert result.messages == ["on polling"]


def test_c47_payload_in_a_broken_upgrade(lua):
    # Old python-engineio servers answered the upgrade's GET with the queued packets.
    async def conversation(server):
        session = await server.open("polling", upgrades=["websocket"])
        await (await server.upgrade()).answer("4consumed\x1e4both")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.messages == ["consumed", "both"]


@pytest.mark.parametrize("accept", ["", "d3Jvbmc="])
def test_c47_wrong_accept_key(lua, accept):
    async def conversation(server):
        session = await server.open("polling", upgrades=["websocket"])
        line = f"Sec-WebSocket-Accept: {accept}\r\n" if accept else ""
        await (await server.upgrade()).raw(
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{line}\r\n".encode(),
            finish=False)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.transport == "polling"


def test_c48_websocket_dies_before_the_upgrade_packet(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        pending = await server.get()
        await socket.text("3probe")
        await asyncio.sleep(0.1)
        socket.reset()
        await asyncio.sleep(0.1)
        await pending.answer("4a")
        await session.send("4b")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.messages == ["a", "b"]
    assert result.transport == "polling"
    assert result.disconnect.text == "server disconnect"


def test_c48_websocket_dies_after_the_upgrade_packet(lua):
    async def conversation(server):
        session = await server.open_upgraded()
        session.socket.reset()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url)
    assert result.disconnect.text == "transport error"
    assert result.disconnect.transport == "websocket"


async def keep_posted(session, received):
    while True:
        received.append(await session.receive())


@pytest.mark.parametrize("success", [True, False])
def test_c49_disconnect_during_the_upgrade(lua, success):
    received = []

    async def conversation(server):
        session, socket = await server.open_upgrade()
        await asyncio.sleep(0.5)
        if success:
            others = [asyncio.ensure_future(each) for each in (answer_noops(server), keep_posted(session, received))]
            await socket.text("3probe")
            while (packet := await socket.message()) != "1":
                received.append(packet)
            for other in others:
                other.cancel()
            await socket.read_close()
        else:
            socket.drop()
            while (packet := await session.receive()) != "1":
                received.append(packet)

    setup = """
        on_connect = function()
            client.send("queued")
            eio.start_background_task(function() eio.sleep(0.1); client.disconnect() end)
        end
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, setup=setup)
    assert [packet for packet in received if packet != "5"] == ["4queued"]
    assert result.disconnect.text == "client disconnect"


def test_c50_one_websocket_a_session(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await socket.close(1011)
        await socket.ended()
        for _ in range(3):
            await session.send("6")
        await server.nothing("UPGRADE", 0.5)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url)
    assert len(server.of("UPGRADE")) == 1


@pytest.mark.parametrize("upgrades, transports", [([], ["polling", "websocket"]), (["websocket"], ["polling"])])
def test_c51_no_attempt_without_both_sides(lua, upgrades, transports):
    async def conversation(server):
        session = await server.open("polling", upgrades=upgrades)
        await server.nothing("UPGRADE", 0.5)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transports=transports)
    assert result.transport == "polling"


def test_c52_proxy_that_swallows_the_upgrade(lua):
    async def conversation(server):
        session = await server.open("polling", upgrades=["websocket"])
        swallowed = await server.upgrade()
        started = time.monotonic()
        await session.send("4meanwhile")
        pending = await server.get()
        while not swallowed.abandoned:
            assert time.monotonic() - started < 4, "the upgrade was never given up"
            await asyncio.sleep(0.02)
        await pending.answer("4afterwards")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, client="engineio.Client{request_timeout = 1}")
    assert result.transport == "polling"
    assert result.messages == ["meanwhile", "afterwards"]
