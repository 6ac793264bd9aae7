"""Functions of a script on a connection that ends: sending, draining, disconnecting, waiting."""

import asyncio

from harness.scripted import ScriptedServer
from harness.talk import complete, converse, sending


def test_send_without_a_connection(lua):
    result = complete(lua, """
        for _ = 1, 3 do print(eio.send("x")) end
        print(eio.buffered()); print(eio.drain())
    """)
    assert result.lines == ["false\tnot connected"] * 3 + ["0", "false\tnot connected"]
    assert len(result.stderr.splitlines()) == 1 and "not connected" in result.stderr


def test_send_after_the_end_of_a_session(lua, transport):
    result = converse(lua, sending(transport), """
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print(eio.send("x"))
    """, transport)
    assert result.lines == ["false\tnot connected"]


def test_drain_ends_with_the_session(lua):
    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        await server.get()
        session.socket.connection.writer.transport.abort()

    result = converse(lua, conversation, """
        local c = require("engineio").Client{max_buffered = 1 << 30}
        c.connect(arg[1], {transports = "websocket"})
        c.send(("x"):rep(16 << 20))
        local first = eio.start_background_task(function() print(c.drain()) end)
        local second = eio.start_background_task(function() print(c.drain(5)) end)
        eio.sleep(0.05)
        local other = require("engineio").Client{request_timeout = 0.2}
        pcall(other.connect, arg[1], {transports = "polling"})
        first:join(); second:join()
    """, status=1)
    assert result.lines == ["false\tnot connected"] * 2


def test_buffered_and_drain(lua):
    size = 8 << 20

    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        await server.get()
        session.socket.connection.writer.transport.resume_reading()
        assert await session.receive() == "4" + "x" * size
        assert await session.receive() == "1"

    result = converse(lua, conversation, f"""
        local c = require("engineio").Client{{max_buffered = 2 * {size}}}
        c.connect(arg[1], {{transports = "websocket"}})
        print(c.buffered(), c.drain(0))
        c.send(("x"):rep({size}))
        print(c.buffered() > 0, c.drain(0.1))
        -- Its request is the sign for the server to read on.
        local other = require("engineio").Client{{request_timeout = 0.2}}
        pcall(other.connect, arg[1], {{transports = "polling"}})
        print(c.drain(10), c.buffered())
        c.disconnect()
    """)
    assert result.lines == ["0\ttrue", "true\tnil\ttimeout", "true\t0"]


def test_disconnect_says_how_much_was_not_written(lua):
    size = 32 << 20

    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        running = await lua.running()
        await asyncio.to_thread(running.finish)

    with ScriptedServer(conversation) as server:
        lua.write(f"""
            local c = require("engineio").Client{{max_buffered = 2 * {size}}}
            c.on("disconnect", function(reason) print(reason) end)
            c.connect(arg[1], {{transports = "websocket"}})
            c.send(("x"):rep({size}))
            local all, left = c.disconnect{{timeout = 0.2}}
            print(all, math.type(left), left > 0 and left <= {size} + 100)
        """)
        running = lua.command("script.lua", server.url)
        result = running.finish()
    assert result.lines == ["client disconnect", "false\tinteger\ttrue"], result
    assert result.duration < 3


def test_disconnect_says_whether_all_was_written(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        for number in range(100):
            assert await session.receive() == f"4{number}"
        assert await session.receive() == "1"

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = arg[2]})
        for n = 0, 99 do eio.send(n) end
        print(select("#", eio.disconnect()), eio.disconnect())
    """, transport)
    assert result.lines == ["1\ttrue"]


def test_aborting_says_how_much_was_not_written(lua):
    async def conversation(server):
        await server.open("polling")
        await server.gone()

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = "polling"})
        for n = 1, 3 do eio.send(n) end
        print(eio.disconnect{abort = true})
        print(eio.disconnect())
    """)
    assert result.lines == ["false\t3"] * 2, result


def test_disconnect_without_a_connection(lua):
    assert complete(lua, """
        eio.on("disconnect", function() print("event") end)
        print(eio.disconnect(), eio.disconnect{abort = true, timeout = 0})
    """).lines == ["true\ttrue"]


def test_aborting_does_not_wait(lua, transport):
    async def conversation(server):
        await server.open(transport)

    result = converse(lua, conversation, """
        local client = require("engineio").Client{request_timeout = 60}
        client.on("disconnect", function(reason) print(reason) end)
        client.connect(arg[1], {transports = arg[2]})
        client.disconnect{abort = true}
        print(client.state)
    """, transport)
    assert result.lines == ["client disconnect", "disconnected"]
    assert result.duration < 15


def test_disconnect_in_every_handler(lua, echo):
    assert complete(lua, """
        local function session(event)
            local c = require("engineio").Client()
            c.on("connect", function() if event == "connect" then c.disconnect() end end)
            c.on("message", function() if event == "message" then print(c.disconnect()) end end)
            c.on("disconnect", function(reason) print(event, reason, c.disconnect()) end)
            pcall(c.connect, arg[1])
            if event == "message" then c.send("x") elseif event == "disconnect" then c.disconnect() end
            c.wait()
        end
        session("connect"); session("message"); session("disconnect")
    """, echo.url).lines == [
        "connect\tclient disconnect\ttrue", "message\tclient disconnect\ttrue", "true",
        "disconnect\tclient disconnect\ttrue"]


def test_two_disconnects_at_once_make_one_event(lua, echo):
    assert complete(lua, """
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1])
        for n = 1, 3 do eio.start_background_task(function() print(n, eio.disconnect()) end) end
    """, echo.url).lines == ["client disconnect", "1\ttrue", "2\ttrue", "3\ttrue"]


def test_wait_returns_when_disconnected(lua, transport):
    result = converse(lua, sending(transport), """
        print(select("#", eio.wait()))
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print(eio.state)
        eio.wait()
    """, transport)
    assert result.lines == ["0", "disconnected"]


def test_program_ends_with_the_last_connection(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4a")
        await session.send("1")

    result = converse(lua, conversation, """
        eio.on("message", function(m) eio.sleep(0.2); print(m) end)
        eio.connect(arg[1], {transports = arg[2]})
        print("main ends")
    """, transport)
    assert result.lines == ["main ends", "a"]


def test_collected_client_that_is_connected_goes_on(lua, echo):
    assert complete(lua, """
        do
            local c = require("engineio").Client()
            c.on("message", function(m) print(m); c.disconnect() end)
            c.connect(arg[1])
            eio.start_background_task(function() eio.sleep(0.1); c.send("x") end)
        end
        collectgarbage(); collectgarbage()
    """, echo.url).lines == ["x"]
