"""Acks of the server, for callbacks and for call(), lines S64 to S75 of the wire cases."""

from harness.socketio import END, accept, connect, join, lose, nothing_before_pong, placeholder, talk

RECONNECTS = "reconnection = true, reconnection_delay = 0"


async def no_acks(server):
    """Answers nothing, until the client sends `end`."""
    session = await join(server, "websocket")
    while await session.receive() != '42["end"]':
        pass
    await session.send(END)


def test_s64_ids_begin_again_in_each_session_and_namespace(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        for packet in ('421["e"]', '422["e"]', '42/a,1["e"]', '42["no ack"]', '423["e"]'):
            assert await session.receive() == packet
        await lose(session)
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect(), connect("/a")]
        await session.send(accept("/"), accept("/a"))
        for packet in ('421["e"]', '422["e"]', '42/a,1["e"]', '42["no ack"]', '423["e"]'):
            assert await session.receive() == packet
        # An ack of the session that is over would have the same id.
        await session.send('431["new"]', "41", "41/a,")

    setup = """
        local function emit(client, name)
          client.emit("e", function(...) show("ack", name, ...) end)
        end
        local session = 0
        c.on("connect", function()
          session = session + 1
          emit(c, session .. " first")
          emit(c, session .. " second")
          emit(c.of("/a"), session .. " of a")
          c.emit("no ack")
          emit(c, session .. " third")
        end, "/a")
    """
    result = talk(lua, conversation, transport, options=RECONNECTS, setup=setup, connect='namespaces = {"/", "/a"}')
    assert result.of("ack") == [["2 first", "new"]]


def test_s65_a_callback_is_called_once(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert await session.receive() == '421["e",1]'
        await session.send('431["x",2]', '431["again"]', END)

    main = 'c.emit("e", 1, function(...) show("ack", ...) end)'
    assert talk(lua, conversation, transport, main=main).of("ack") == [["x", 2]]


def test_s66_67_75_acks_that_nobody_waits_for(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert await session.receive() == '421["e"]'
        await session.send(
            "4399[]", "43[]", "430[]", "43" + "9" * 25 + "[]", "43/b,1[1]", "431[]")
        assert await session.receive() == '422["again"]'
        await session.send("432[]", END)

    main = """
        c.emit("e", function(...)
          show("ack", ...)
          c.emit("again", function(...) show("again", ...) end)
        end)
    """
    result = talk(lua, conversation, transport, main=main)
    assert result.of("ack") == [[]]
    assert result.of("again") == [[]]


def test_s68_acks_of_another_namespace_with_the_same_number(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        assert [await session.receive(), await session.receive()] == ['421["e"]', '42/a,1["e"]']
        await session.send('43/a,1["of a"]', '431["main"]', END)

    main = """
        c.emit("e", function(...) show("ack", "/", ...) end)
        c.of("/a").emit("e", function(...) show("ack", "/a", ...) end)
    """
    result = talk(lua, conversation, transport, main=main, connect='namespaces = {"/", "/a"}')
    assert result.of("ack") == [["/a", "of a"], ["/", "main"]]


def test_s69_73_calls_return_the_values_of_their_own_acks(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert [await session.receive(), await session.receive()] == ['421["one"]', '422["two"]']
        await session.send('432["b",2,null]', "431[]", END)

    main = """
        local function call(name) show("values", name, c.call(name)) end
        local tasks = {eio.start_background_task(call, "one"), eio.start_background_task(call, "two")}
        for _, task in ipairs(tasks) do task:join() end
    """
    result = talk(lua, conversation, transport, main=main)
    assert result.of("values") == [["two", "b", 2, None], ["one"]]


def test_s70_a_call_without_an_ack_in_time(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert await session.receive() == '421["slow"]'
        assert await session.receive() == '422["next"]'
        await session.send('431["late"]', '432["in time"]', END)

    main = """
        local ok, err = pcall(c.call, {"slow", timeout = 0.05})
        show("error", err.type, err.message)
        show("next", c.call("next"))
    """
    result = talk(lua, conversation, transport, main=main)
    assert result.of("error") == [["TimeoutError", "call of 'slow': no ack in time"]]
    assert result.of("next") == [["in time"]]


def test_callbacks_with_a_timeout_are_called_once(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        for number, name in [(1, "answered"), (2, "late"), (3, "open")]:
            assert await session.receive() == f'42{number}["{name}"]'
        await session.send('431["x",null]')
        assert await session.receive() == '42["timed out"]'
        await session.send('432["late"]', '431["again"]', END)

    main = """
        local function emit(name, timeout)
          c.emit{name, timeout = timeout, callback = function(...)
            show("called", name, select("#", ...), ...)
            if (select(2, ...)) == "timeout" then c.emit("timed out") end
          end}
        end
        emit("answered", 60)
        emit("late", 0.05)
        emit("open", 60)
        c.wait()
    """
    result = talk(lua, conversation, transport, main=main)
    assert result.of("called") == [
        ["answered", 2, "x", None], ["late", 2, None, "timeout"], ["open", 2, None, "server disconnect"]]


def test_callbacks_that_time_out_leave_nothing_in_memory(lua):
    main = """
        for part = 1, 5 do
          local open, done = 1000, eio.create_event()
          local function callback(value, reason)
            assert(value == nil and reason == "timeout")
            open = open - 1
            if open == 0 then done:set() end
          end
          for n = 1, 1000 do c.emit{"slow", timeout = 0, callback = callback} end
          done:wait()
          if part == 1 then collectgarbage() first = collectgarbage("count") end
        end
        collectgarbage()
        show("grown", collectgarbage("count") - first)
        c.emit("end")
    """
    ((grown,),) = talk(lua, no_acks, main=main).of("grown")
    assert grown < 500


def test_callbacks_with_a_timeout_do_not_count_as_handlers_that_run(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        for number in range(1, 10_003):
            assert await session.receive() == f'42{number}["e"]'
        assert await session.receive() == '42["timed out"]'
        await session.send('42["news"]')
        assert await session.receive() == '42["seen"]'
        await session.send(END)

    setup = 'c.on("news", function() c.emit("seen") end)'
    main = """
        local open = 10002
        local function callback()
          open = open - 1
          if open == 0 then c.emit("timed out") end
        end
        for n = 1, 10002 do c.emit{"e", timeout = 0.01, callback = callback} end
        c.wait()
        show("open", open)
    """
    assert talk(lua, conversation, setup=setup, main=main).of("open") == [[0]]


def test_s70_calls_that_time_out_leave_nothing_in_memory(lua):
    main = """
        local function call() pcall(c.call, {"slow", timeout = 0}) end
        for part = 1, 5 do
          local tasks = {}
          for n = 1, 1000 do tasks[n] = eio.start_background_task(call) end
          for n = 1, 1000 do tasks[n]:join() end
          if part == 1 then collectgarbage() first = collectgarbage("count") end
        end
        collectgarbage()
        show("grown", collectgarbage("count") - first)
        c.emit("end")
    """
    ((grown,),) = talk(lua, no_acks, main=main).of("grown")
    # Kilobytes; the calls of all parts would be more than a megabyte.
    assert grown < 500


def test_s71_calls_end_with_the_connection(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        for number in range(1, 4):
            assert await session.receive() == f'42{number}["ask",{number}]'
        await lose(session)

    main = """
        local function call(n) show("error", n, select(2, pcall(c.call, "ask", n)).type) end
        for n = 1, 3 do eio.start_background_task(call, n) end
    """
    result = talk(lua, conversation, transport, main=main)
    assert sorted(result.of("error")) == [[number, "DisconnectedError"] for number in (1, 2, 3)]


def test_s71_calls_end_with_their_namespace(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        assert [await session.receive(), await session.receive()] == ['42/a,1["ask"]', '421["ask"]']
        await session.send("41/a,")
        await nothing_before_pong(session)
        await session.send('431["still here"]', END)

    main = """
        eio.start_background_task(function() show("error", select(2, pcall(c.of("/a").call, "ask")).type) end)
        eio.sleep(0)
        show("values", c.call("ask"))
    """
    result = talk(lua, conversation, main=main, connect='namespaces = {"/", "/a"}')
    assert result.shown[3:6] == [
        ["disconnect", "/a", "server disconnect", "server_close", "the server has left the namespace"],
        ["error", "DisconnectedError"], ["values", "still here"]]


def test_s72_a_call_while_handlers_wait_in_calls(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        count = 1100
        await session.send(*(f'42["ask",{number}]' for number in range(count)))
        asked = [await session.receive() for _ in range(count)]
        assert asked == [f'42{number + 1}["back",{number}]' for number in range(count)]
        # The last one that asks is answered first.
        await session.send(*(f"43{number}[]" for number in range(count, 0, -1)))
        for number in range(count, 0, -1):
            assert await session.receive() == f'42["done",{number - 1}]'
        await session.send(END)

    talk(lua, conversation, setup='c.on("ask", function(n) c.call("back", n) c.emit("done", n) end)')


def test_s74_bytes_in_an_ack(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert [await session.receive(), await session.receive()] == ['421["e"]', '422["e"]']
        await session.send(f"461-2[{placeholder(0)}]", b"\x02", f'462-1[{placeholder(1)},"x",[{placeholder(0)}]]')
        await session.send(b"\x00", b"\xff", END)

    main = """
        c.emit("e", function(...) show("callback", ...) end)
        show("call", c.call("e"))
    """
    result = talk(lua, conversation, transport, main=main)
    assert result.of("call") == [["bytes 02"]]
    assert result.of("callback") == [["bytes ff", "x", ["bytes 00"]]]
