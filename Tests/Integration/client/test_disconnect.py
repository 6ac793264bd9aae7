"""How scripts end sessions, lines 62, 64 and 65 of the wire cases."""

import asyncio
import struct

import pytest

from harness import frames
from harness.scripted import ScriptedServer


def test_c62_client_disconnect_on_polling(lua):
    async def conversation(server):
        await server.open("polling")
        pending = await server.get()
        packets = []
        while not packets or packets[-1] != "1":
            request = await server.post()
            packets += request.body.decode().split("\x1e")
            await request.answer("ok")
        assert packets == ["4a", "4b", "1"]
        await pending.answer("6")
        await server.nothing("POST", 0.3)

    main = 'client.send("a"); client.send("b"); print(client.disconnect())'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main=main)
    assert "true" in result.lines
    assert result.disconnect.text == "client disconnect"


def test_c62_errors_after_the_close_packet_are_ignored(lua):
    async def conversation(server):
        await server.open("polling")
        pending = await server.get()
        await (await server.post()).answer("ok")
        await pending.answer('{"code":1,"message":"Session ID unknown"}', status=400)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main="client.disconnect()")
    assert [each.text for each in result.disconnects] == ["client disconnect"]
    assert result.status == 0


def test_c62_client_disconnect_on_websocket(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert [await session.receive() for _ in range(3)] == ["4a", b"b", "1"]
        close = await session.socket.read()
        assert (close.opcode, close.close_code) == (frames.CLOSE, 1000)
        await asyncio.sleep(0.3)
        assert not session.socket.connection.reader.at_eof(), "TCP closed before the server's Close frame"
        await session.socket.close(1000)
        await session.socket.ended()

    main = 'client.send("a"); client.send(eio.bytes("b")); print(client.disconnect())'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", main=main)
    assert "true" in result.lines
    assert (result.disconnect.text, result.disconnect.cause) == ("client disconnect", "client")


def test_disconnect_after_a_loss_tells_what_was_not_written(lua):
    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        await asyncio.sleep(0.5)
        await session.vanish()

    main = """
        local accepted = 0
        for _ = 1, 300 do
            if not pcall(client.send, ("x"):rep(65536)) then break end
            accepted = accepted + 1
        end
        local ok, left = client.disconnect()
        print(ok, left > 0 and left <= accepted)
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", main=main)
    assert result.disconnect.text == "transport error"
    assert "false\ttrue" in result.lines


def test_disconnect_after_a_loss_does_not_count_what_was_written(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert [await session.receive() for _ in range(3)] == ["4a", "4b", "4c"]
        await session.vanish()

    main = """
        for _, each in ipairs{"a", "b", "c"} do client.send(each) eio.sleep(0.02) end
        client.wait()
        print(client.disconnect())
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main=main)
    assert result.disconnect.text == "transport error"
    assert "true" in result.lines


def test_c62_server_that_never_answers_the_close(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.read_close()
        await asyncio.wait_for(session.socket.ended(), 10)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", main="client.disconnect{timeout = 0.5}")
    assert result.disconnect.text == "client disconnect"
    assert result.duration < 8


@pytest.mark.parametrize("place", ["on_message", "on_disconnect", "main"])
def test_c64_disconnect_twice(lua, transport, place):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4go")
        if place == "on_disconnect":
            await session.send("1")

    twice = "client.disconnect(); client.disconnect()"
    setup = f"{place} = function() {twice} end" if place != "main" else ""
    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport=transport, setup=setup, main=f"eio.sleep(0.2) {twice}" if place == "main" else "")
    reason = "server disconnect" if place == "on_disconnect" else "client disconnect"
    assert [each.text for each in result.disconnects] == [reason]
    assert result.status == 0


def test_c64_disconnect_in_the_connect_handler(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        if transport == "polling":
            assert (await session.posted())[-1] == "1"
        else:
            assert await session.receive() == "1"

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport=transport, setup="on_connect = function() client.disconnect() end")
    assert [each.text for each in result.disconnects] == ["client disconnect"]
    assert result.state == "disconnected"
    assert result.status == 0


def test_c64_error_in_the_connect_handler(lua, transport):
    async def conversation(server):
        await server.open(transport)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup='on_connect = function() error("no thanks") end')
    assert result.failure.type == "ConnectionError"
    assert result.failure.message.startswith("Connect handler failed: ")
    assert "no thanks" in result.failure.message
    assert result.state == "disconnected"


def test_c64_disconnect_during_connect(lua, transport):
    async def conversation(server):
        await (server.get() if transport == "polling" else server.upgrade())
        await server.gone()

    setup = """
        eio.start_background_task(function() eio.sleep(0.3); client.disconnect() end)
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup=setup)
    assert result.failure.type == "ConnectionError"
    assert result.state == "disconnected"
    assert result.disconnects == [] and result.duration < 4


def test_c64_connect_in_the_disconnect_handler(lua, transport):
    async def conversation(server):
        for number in range(3):
            session = await server.open(transport, sid=f"session-{number}")
            await session.send("1")

    setup = """
        local left = 2
        on_disconnect = function()
            left = left - 1
            if left >= 0 then observe.connect(client, url, {transports = {"%s"}}) end
        end
    """ % transport
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup=setup)
    assert [event.fields[0] for event in result.of("connect")] == [b"session-0", b"session-1", b"session-2"]
    assert len(result.disconnects) == 3


def test_c64_old_messages_do_not_reach_a_new_session(lua, transport):
    async def conversation(server):
        first = await server.open(transport)
        await first.vanish()
        second = await server.open(transport)
        assert await second.receive() == "4fresh"
        await second.send("1")

    setup = """
        local again = true
        on_disconnect = function()
            client.send("stale")
            if again then
                again = false
                observe.connect(client, url, {transports = {"%s"}})
                client.send("fresh")
            end
        end
    """ % transport
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport=transport, setup=setup)


@pytest.mark.parametrize("stuck", ["polling", "websocket"])
def test_c65_flush_is_bounded(lua, stuck):
    async def conversation(server):
        session = await server.open(stuck)
        if stuck == "polling":
            await server.post()
        else:
            session.socket.connection.writer.transport.pause_reading()
        await server.gone() if stuck == "polling" else await asyncio.sleep(4)

    main = """
        local task = eio.start_background_task(function()
            for _ = 1, 300 do client.send(("x"):rep(65536)) end
        end)
        eio.sleep(0.5)
        local ok, left = client.disconnect{timeout = 0.5}
        print(ok, left and left > 0)
        task:cancel()
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=stuck, main=main)
    assert "false\ttrue" in result.lines, result
    assert result.duration < 5


def test_c65_ping_during_a_long_flush_is_answered(lua):
    async def conversation(server):
        session = await server.open("websocket")
        transport = session.socket.connection.writer.transport
        transport.pause_reading()
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "leaving")
        await session.socket.text("2")
        await asyncio.to_thread(running.wait_for, "Received packet PING", stream="stderr")
        transport.resume_reading()
        others = []
        while not others or others[-1] != "1":
            message = await session.socket.message()
            if message[0] != "4":
                others.append(message)
        assert others == ["3", "1"]
        assert (await session.socket.read_close()).payload[:2] == struct.pack("!H", 1000)
        await session.socket.close(1000)

    # All of it waits at once, and more than the system takes.
    main = """
        for _ = 1, 400 do client.send(("x"):rep(65536)) end
        print("leaving")
        print(client.disconnect())
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport="websocket", main=main,
            client="engineio.Client{max_buffered = 1e9, logger = true}")
    assert "true" in result.lines, result


def test_abort_cuts_a_slow_disconnect_short(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        if transport == "websocket":
            session.socket.connection.writer.transport.pause_reading()
        await server.gone() if transport == "polling" else await asyncio.sleep(3)

    main = """
        local task = eio.start_background_task(function()
            for _ = 1, 300 do client.send(("x"):rep(65536)) end
        end)
        eio.sleep(0.3)
        local slow = eio.start_background_task(client.disconnect)
        eio.sleep(0.3)
        print("still", slow:done())
        client.disconnect{abort = true}
        slow:join()
        print("over")
        task:cancel()
    """
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main=main)
    assert "still\tfalse" in result.lines and "over" in result.lines
    assert result.duration < 5


@pytest.mark.parametrize("last", ["abort", "failing handler"])
def test_close_packet_on_polling_is_posted_before_the_program_ends(lua, last):
    async def conversation(server):
        await server.open("polling")
        pending = await server.get() if last == "abort" else None
        post = await server.post()
        assert post.body == b"1"
        await post.answer("ok")
        if pending:
            await pending.answer("6")

    setup = 'on_connect = function() error("no") end' if last == "failing handler" else ""
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", setup=setup, main="client.disconnect{abort = true}")


def test_c65_abort_does_not_wait(lua, transport):
    async def conversation(server):
        await server.open(transport)
        await server.gone()

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, main="client.disconnect{abort = true}")
    assert result.disconnect.text == "client disconnect"
    assert result.duration < 3
