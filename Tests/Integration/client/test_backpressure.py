"""A receiver slower than its sender and a sender faster than its receiver, line 76 of the wire cases."""

import asyncio

from harness import frames, wire
from harness.scripted import ScriptedServer

MESSAGE = "4" + "x" * 4096


def resident_bytes(running):
    with open(f"/proc/{running.process.pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


async def write_until_it_stalls(socket, most):
    """Floods the client until TCP takes no more for half a second; the bytes that went out."""
    written = 0
    data = frames.encode(frames.TEXT, MESSAGE.encode()) * 100
    while written < most:
        socket.connection.writer.write(data)
        try:
            await asyncio.wait_for(socket.connection.writer.drain(), 0.5)
        except TimeoutError:
            return written
        written += len(data)
    return written


def test_c76_reading_pauses_while_no_handler_can_start(lua):
    # `ordered` lets one handler start at a time, so that messages pile up in the client.
    async def conversation(server):
        session = await server.open("websocket")
        written = await write_until_it_stalls(session.socket, 200 << 20)
        assert written < 60 << 20, f"{written} bytes were taken although nothing was handled"
        assert resident_bytes(running) < 120 << 20

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio.on("message", function() eio.sleep(60) end, {ordered = true})
            eio.connect(arg[1], {transports = {"websocket"}})
        """, server.url)


def test_c76_reading_goes_on(lua):
    count = 20_000

    async def conversation(server):
        session = await server.open("websocket")
        for number in range(0, count, 100):
            await session.send(*(f"4{each} {MESSAGE}" for each in range(number, number + 100)))
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local expected, seen = 0, 0
            eio.on("message", function(message)
                assert(message:match("^%d+") == tostring(expected), message:sub(1, 20))
                expected = expected + 1
                if expected % 1000 == 0 then eio.sleep(0.01) end
                seen = seen + 1
            end, {ordered = true})
            eio.connect(arg[1], {transports = {"websocket"}})
            eio.wait()
            eio.sleep(0.5)
            print(seen)
        """, server.url)
    assert result.lines == [str(count)], result


def test_c76_reading_pauses_while_ten_thousand_handlers_wait(lua):
    count = 100_000

    async def conversation(server):
        session = await server.open("websocket")
        for number in range(0, count, 1000):
            await session.send(*(f"4{each}" for each in range(number, number + 1000)))
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local started, released = 0, eio.create_event()
            eio.on("message", function() started = started + 1; released:wait() end)
            eio.connect(arg[1], {transports = {"websocket"}})
            local before
            repeat before = started; eio.sleep(0.5) until started == before and started > 0
            print(started >= 10000, started < 40000)
            released:set()
            eio.wait()
            eio.sleep(0.1)
            print(started)
        """, server.url)
    assert result.lines == ["true\ttrue", str(count)], result
    assert "handlers have not returned" in result.stderr, result


def test_c76_pong_before_reading_pauses(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send(*["4slow"] * 50, "2")
        # No handler has returned by now.
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.run("""
            eio.on("message", function() eio.sleep(60) end, {ordered = true})
            eio.connect(arg[1], {transports = {arg[2]}})
            eio.wait()
            os.exit(0)
        """, server.url, transport)


def test_c76_own_deadline_stands_still_while_reading_is_paused(lua):
    # The ping waits in the socket behind what the client does not read yet.
    async def conversation(server):
        session = await server.open("websocket", ping_interval=600, ping_timeout=600)
        await session.send(*[MESSAGE] * 3000, "2")
        while await session.receive() != "3":
            pass
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local slept = false
            eio.on("message", function()
                if not slept then slept = true; eio.sleep(3) end
            end, {ordered = true})
            eio.on("disconnect", print)
            eio.connect(arg[1], {transports = {"websocket"}})
        """, server.url)
    assert result.lines[0].startswith("server disconnect"), result


def test_c76_send_waits_above_max_buffered(lua):
    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "stalled")
        session.socket.connection.writer.transport.resume_reading()
        total = 0
        while total < 64:
            total += (await session.receive()) == "4" + "y" * (1 << 20)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio.connect(arg[1], {transports = {"websocket"}})
            local sent = 0
            local task = eio.start_background_task(function()
                for _ = 1, 64 do
                    eio.send(("y"):rep(1 << 20))
                    sent = sent + 1
                end
            end)
            local before
            repeat before = sent; eio.sleep(0.5) until sent == before
            assert(sent < 64, "send never waited")
            assert(eio.buffered() > 0)
            print("stalled")
            task:join()
            print("all sent")
        """, server.url)
        result = running.finish()
    assert "all sent" in result.lines, result


def test_each_of_many_clients_is_written_wholly(lua):
    # The frames of several clients are written in one system call, of which the kernel takes a part.
    clients, rounds = 6, 300

    async def conversation(server):
        sessions = [await server.open("websocket") for _ in range(clients)]
        for session in sessions:
            session.socket.connection.writer.transport.pause_reading()
        for session in sessions:
            await session.send("4go")
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "stalled")
        for session in sessions:
            session.socket.connection.writer.transport.resume_reading()
        for session in sessions:
            for number in range(1, rounds + 1):
                assert await session.receive() == f"4{number} " + "y" * 40_000
            await session.send("1")

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            local sent, tasks = 0, {}
            for i = 1, tonumber(arg[2]) do
                local client = require("engineio").Client()
                client.on("message", function()
                    tasks[i] = client.start_background_task(function()
                        for number = 1, tonumber(arg[3]) do
                            client.send(number .. " " .. ("y"):rep(40000))
                            sent = sent + 1
                            eio.sleep(0)
                        end
                    end)
                end)
                client.connect(arg[1], {transports = {"websocket"}})
            end
            local before
            repeat before = sent; eio.sleep(0.5) until sent == before and sent > 0
            assert(sent < #tasks * tonumber(arg[3]), "send never waited")
            print("stalled")
            for _, task in ipairs(tasks) do task:join() end
            print("all sent")
        """, server.url, str(clients), str(rounds))
        result = running.finish()
    assert "all sent" in result.lines, result


def test_c76_send_raises_where_lua_cannot_wait(lua):
    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        running = await lua.running()
        await asyncio.to_thread(running.finish)

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio.connect(arg[1], {transports = {"websocket"}})
            local sent = 0
            local ok, err = pcall(string.gsub, ("z"):rep(64), "z", function()
                eio.send(("y"):rep(1 << 20))
                sent = sent + 1
            end)
            print(ok, sent, eio.buffered() > 1 << 20, err)
            eio.disconnect{abort = true}
        """, server.url)
        result = running.finish()
    ok, sent, is_above_limit, error = result.lines[0].split("\t")
    assert (ok, is_above_limit) == ("false", "true"), result
    # The messages that the kernel accepts, and one message above the limit.
    assert 1 <= int(sent) < 20, result
    assert "max_buffered" in error, result


def test_c76_server_that_does_not_read_polling_posts(lua):
    async def conversation(server):
        await server.open("polling")
        first = await server.post()
        running = await lua.running()
        await asyncio.to_thread(running.wait_for, "stalled")
        await first.answer("ok")
        received = len(wire.packets(first.body))
        while received < 64:
            request = await server.post()
            received += len(wire.packets(request.body))
            await request.answer("ok")
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        running = lua.start("""
            eio.connect(arg[1], {transports = {"polling"}})
            local sent = 0
            eio.start_background_task(function()
                for _ = 1, 64 do
                    eio.send(("y"):rep(1 << 18))
                    sent = sent + 1
                end
            end)
            local before
            repeat before = sent; eio.sleep(0.5) until sent == before
            assert(sent < 64, "send never waited")
            print("stalled")
        """, server.url)
        result = running.finish()
    assert result.status == 0, result
