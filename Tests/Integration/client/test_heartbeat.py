"""Pings and pongs, lines 53 to 57 of the wire cases."""

import asyncio
import re
import signal
import time

from harness.scripted import PATIENCE, ScriptedServer

BUSY_WITH_WAITING = """
on_message = function()
    for _ = 1, 200 do
        eio.start_background_task(function() eio.sleep(2) end)
    end
    eio.sleep(2)
end
"""


def test_c53_pong_while_everything_waits(lua, transport):
    delays = []

    async def conversation(server):
        session = await server.open(transport)
        await session.send(*["4busy"] * 10)
        for _ in range(5):
            started = time.monotonic()
            await session.send("2")
            assert await session.receive() == "3"
            delays.append(time.monotonic() - started)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport, setup=BUSY_WITH_WAITING)
    assert max(delays) < 1, delays


def test_c53_pong_echoes_the_text(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("2xyz")
        assert await session.receive() == "3xyz"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.messages == []


def test_c53_computing_slice_is_reported(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4compute", "2")
        assert await session.receive() == "3"
        await session.send("1")

    setup = "on_message = function()\n local ends = os.time() + 3\n while os.time() < ends do end\nend"
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup=setup)
    assert result.disconnect.text == "server disconnect"
    assert re.search(r"script\.lua:\d+: in handler 'message': Lua has computed for \d\.\d s without waiting", result.stderr), result


def test_c53_a_ping_that_came_during_a_slice_counts(lua, transport):
    # When the slice ends, the deadline is over, but the ping has been in the socket in time.
    async def conversation(server):
        session = await server.open(transport, ping_interval=500, ping_timeout=500)
        await session.send("4compute")
        await session.send("2")
        assert await session.receive() == "3"
        await session.send("1")

    setup = "on_message = function()\n local ends = os.time() + 3\n while os.time() < ends do end\nend"
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup=setup)
    assert result.disconnect.text == "server disconnect", result


def test_c54_no_ping_in_time(lua, transport):
    async def conversation(server):
        await server.open(transport, ping_interval=300, ping_timeout=200)
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ping_timeout")
    assert 0.4 <= float(result.disconnect.since_last_ping) <= 2
    assert result.duration < 4


def test_c54_messages_do_not_replace_pings(lua, transport):
    async def conversation(server):
        session = await server.open(transport, ping_interval=300, ping_timeout=200)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not all(each.is_over for each in server.connections):
            if transport == "polling":
                try:
                    await asyncio.wait_for(session.send("4talk"), 1)
                except TimeoutError:
                    break
            else:
                await session.send("4talk")
            await asyncio.sleep(0.05)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ping_timeout")
    assert 2 <= len(result.messages) < 20


def test_c54_pings_alone_keep_the_session(lua, transport):
    async def conversation(server):
        session = await server.open(transport, ping_interval=500, ping_timeout=500)
        for _ in range(5):
            await asyncio.sleep(0.5)
            await session.send("2")
            assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.disconnect.text == "server disconnect"


def test_c54_messages_without_a_client_packet_do_not_end_it(lua, transport):
    # python-engineio ends a session after max(interval, timeout) + 5 s in which the client had nothing to send.
    async def conversation(server):
        session = await server.open(transport, ping_interval=9000, ping_timeout=100)
        await asyncio.sleep(7)
        await session.send("4after a long silence")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.messages == ["after a long silence"]
    assert result.disconnect.text == "server disconnect"


def test_c55_first_ping_comes_one_interval_after_open(lua, transport):
    async def conversation(server):
        session = await server.open(transport, ping_interval=1000, ping_timeout=1500)
        await asyncio.sleep(1.8)
        await session.send("2")
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.disconnect.text == "server disconnect"


def test_c56_only_pongs_and_messages_are_sent(lua, transport):
    received = []

    async def conversation(server):
        session = await server.open(transport, ping_interval=600, ping_timeout=600)
        for _ in range(5):
            await asyncio.sleep(0.3)
            await session.send("2", "4x")
            received.extend([await session.receive(), await session.receive()])
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport, setup="on_message = client.send")
    assert sorted(received) == ["3"] * 5 + ["4x"] * 5


def test_c57_peer_vanished_with_a_hanging_post(lua):
    async def conversation(server):
        await server.open("polling", ping_interval=300, ping_timeout=300)
        await server.post()
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main='client.send("into nothing")')
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ping_timeout")
    assert result.duration < 4


def test_c57_websocket_pings_do_not_replace_pings(lua):
    async def conversation(server):
        session = await server.open("websocket", ping_interval=300, ping_timeout=300)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not session.socket.connection.is_over:
            await session.socket.ping()
            await asyncio.sleep(0.05)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.disconnect.cause == "ping_timeout"
    assert result.duration < 4


def test_c57_ping_that_came_during_a_suspend_counts(lua):
    # When the program goes on, its deadline is over, but the ping has been in the socket in time.
    async def conversation(server):
        session = await server.open("websocket", ping_interval=1500, ping_timeout=500)
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "@connected")
        await asyncio.to_thread(running.suspend)
        await session.send("2")
        await asyncio.sleep(2.5)
        running.signal(signal.SIGCONT)
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        running = lua.start_observer(server.url, transport="websocket")
        result = running.finish()
    assert result.disconnect.text == "server disconnect"
