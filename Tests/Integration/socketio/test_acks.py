"""Acks that a script's handlers give, lines S51 to S63 of the wire cases."""

import pytest

from harness.socketio import END, accept, connect, join, lose, nothing_before_pong, placeholder, talk

RESULTS = """
    c.on("nothing", function() end)
    c.on("nil", function() return nil end)
    c.on("false", function() return false end)
    c.on("two", function() return 1, "b" end)
    c.on("gap", function() return eio.null, 2, nil end)
    c.on("list", function() return {1, 2} end)
    c.on("bytes", function() return eio.bytes("\\1"), {eio.bytes("")} end)
    c.on("back", function(...) return ... end)
"""


async def ask(session, id, event, *answer):
    await session.send(f'42{id}["{event}"]')
    for packet in answer:
        assert await session.receive() == packet


def test_s51_52_53_no_values_and_single_ones(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await ask(session, 0, "nothing", "430[]")
        await ask(session, 1, "nil", "431[]")
        await ask(session, 2, "false", "432[false]")
        await session.send(END)

    talk(lua, conversation, transport, setup=RESULTS)


def test_s54_55_56_several_values_lists_and_bytes(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await ask(session, 0, "two", '430[1,"b"]')
        await ask(session, 1, "gap", "431[null,2]")
        await ask(session, 2, "list", "432[[1,2]]")
        await ask(session, 0, "bytes", f"462-0[{placeholder(0)},[{placeholder(1)}]]", b"\1", b"")
        await session.send(END)

    talk(lua, conversation, transport, setup=RESULTS)


def test_s57_a_handler_that_waits_answers_later(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send('427["slow"]', '428["quick"]')
        assert await session.receive() == "438[]"
        await session.send('42["go"]')
        assert await session.receive() == '437["done"]'
        await session.send(END)

    setup = """
        local go = eio.create_event()
        c.on("slow", function() go:wait() return "done" end)
        c.on("quick", function() end)
        c.on("go", function() go:set() end)
    """
    talk(lua, conversation, transport, setup=setup)


def test_s58_59_no_ack_after_an_error_or_without_a_handler(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send('421["fails"]', '422["nobody"]', '423["gap"]')
        await nothing_before_pong(session)
        await session.send(END)

    setup = """
        c = require("socketio").Client{reconnection = false}
        c.on("fails", function() error("broken") end)
        c.on("gap", function() return nil, 2 end)
        c.on("error", function(err) show("error", tostring(err)) end)
        c.on("disconnect", function() end)
    """
    # Errors that nothing catches are the program's exit status.
    result = talk(lua, conversation, transport, setup=setup, status=1)
    broken, gap = result.of("error")
    assert "broken" in broken[0]
    assert "result 1 of the handler is nil: an ack has eio.null for it" in gap[0]
    assert 'no handler for the event "nobody"' in result.result.stderr


WAITS = """
    local go = eio.create_event()
    local function slow() go:wait() show("returns") return "too late" end
    c.on("slow", slow)
    c.on("slow", slow, "/a")
    c.on("go", function() go:set() end)
"""


@pytest.mark.parametrize("leaves", ["server", "client"])
def test_s60_no_ack_after_the_namespace_was_left(lua, leaves):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        await session.send('42/a,1["slow"]')
        if leaves == "server":
            await session.send("41/a,")
        else:
            await session.send('42["leave"]')
            assert await session.receive() == "41/a,"
        await session.send('42["go"]')
        await nothing_before_pong(session)
        await session.send(END)

    setup = WAITS + 'c.on("leave", function() c.of("/a").disconnect() end)'
    assert talk(lua, conversation, setup=setup, connect='namespaces = {"/", "/a"}').of("returns") == [[]]


def test_s61_no_ack_in_the_next_session(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send('421["slow"]')
        await lose(session)
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send(accept("/", "n2"), '42["go"]')
        await nothing_before_pong(session)
        await session.send('421["quick"]')
        assert await session.receive() == '431["in time"]'
        await session.send("41")

    setup = WAITS + 'c.on("quick", function() return "in time" end)'
    result = talk(
        lua, conversation, transport, setup=setup, options="reconnection = true, reconnection_delay = 0",
        connect='namespaces = "/"')
    assert result.of("returns") == [[]]


def test_s62_63_ids_and_namespaces_come_back_as_they_came(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        for id in ("12345678901234567890", "9" * 100, "007"):
            await session.send(f'42{id}["back",{id[:3].lstrip("0")}]')
            assert await session.receive() == f'43{id}[{id[:3].lstrip("0")}]'
        await session.send('42/a,12["back","x"]')
        assert await session.receive() == '43/a,12["x"]'
        await session.send(END)

    setup = RESULTS + 'c.on("back", function(...) return ... end, "/a")'
    talk(lua, conversation, transport, setup=setup, connect='namespaces = {"/", "/a"}')


def test_events_that_receive_takes_are_acknowledged_without_values(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert await session.receive() == '42["ready"]'
        await session.send('425["taken"]')
        assert await session.receive() == "435[]"
        await session.send(END)

    setup = 'c = require("socketio").Client{reconnection = false} c.on("disconnect", function() end)'
    result = talk(lua, conversation, transport, setup=setup, main='c.emit("ready") show("taken", c.receive(5)) c.wait()')
    assert result.of("taken") == [["taken"]]
