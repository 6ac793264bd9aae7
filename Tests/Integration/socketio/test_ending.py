"""The end of namespaces and of the session, lines S95 to S101 of the wire cases."""

import pytest

from harness import wire
from harness.socketio import END, accept, connect, join, leave, lose, nothing_before_pong, talk

BOTH = 'namespaces = {"/", "/a"}'


@pytest.mark.parametrize("packet", ["41/a,", "41/a", '41/a,{"message":"bye"}', "41/a,null"])
def test_s95_97_the_server_leaves_one_namespace(lua, transport, packet):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        await session.send(packet, packet, '42["still here"]')
        await nothing_before_pong(session)
        await session.send(END)

    result = talk(lua, conversation, transport, connect=BOTH)
    text = "bye" if "bye" in packet else "the server has left the namespace"
    assert result.of("disconnect")[0] == ["/a", "server disconnect", "server_close", text]
    assert result.disconnects == [["/a", "server disconnect"], ["/", "server disconnect"]]
    assert result.events == [["/", "still here"]]


def test_s96_the_last_namespace_ends_the_session(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        await session.send("41/a,", "41")
        assert await session.receive() == END

    main = 'show("waited", c.wait())'
    result = talk(
        lua, conversation, transport, connect=BOTH, main=main, options="reconnection = true, reconnection_delay = 0")
    assert result.disconnects == [["/a", "server disconnect"], ["/", "server disconnect"]]
    assert result.of("waited") == [[True]]


def test_receive_of_a_namespace_that_ends_while_others_stay(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        assert await session.receive() == '42["ready"]'
        await session.send('42/a,["last"]', "41/a,")
        assert await session.receive() == connect("/a")
        await session.send(accept("/a", "a2"), '42/a,["again"]')
        assert await session.receive() == "41/a,"
        await session.send('42["news"]', END)

    main = """
        local a = c.of("/a")
        local all = eio.start_background_task(function() show("all", c.receive{event = "news"}) end)
        c.emit("ready")
        show("last", a.receive())
        show("waiting", a.receive())
        show("over", a.receive())
        show("named", c.receive{namespace = "/a", event = "news"})
        show("other", c.receive{namespace = "/", timeout = 0.01})
        a.connect()
        show("again", a.receive())
        a.disconnect()
        show("left", a.receive())
        all:join()
    """
    setup = 'c = require("socketio").Client{reconnection = false} c.on("disconnect", function() end, "*")'
    result = talk(lua, conversation, transport, setup=setup, connect=BOTH, main=main)
    assert result.shown[1:] == [
        ["last", "last"], ["waiting", None, "server disconnect"], ["over", None, "server disconnect"],
        ["named", None, "server disconnect"], ["other", None, "timeout"], ["again", "again"],
        ["left", None, "client disconnect"], ["all", "news"]]


def test_receive_of_a_namespace_waits_while_the_client_reconnects(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        assert await session.receive() == '42["ready"]'
        await session.send("41/a,")
        await lose(session)
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send(accept(), '42["back"]')
        await leave(session)

    main = """
        eio.start_background_task(function() show("/a", c.of("/a").receive()) end)
        c.emit("ready")
        show("/", c.of("/").receive())
        show("/a", c.of("/a").receive())
        c.disconnect()
    """
    setup = 'c = require("socketio").Client{reconnection_delay = 0} c.on("disconnect", function() end, "*")'
    result = talk(lua, conversation, transport, setup=setup, connect=BOTH, main=main)
    assert result.shown[1:] == [
        ["/a", None, "server disconnect"], ["/", "back"], ["/a", None, "server disconnect"]]


def test_s98_100_packets_for_a_namespace_that_is_over(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        await session.send("41/never,", "41/a,", '42/a,["late"]', '42/a,1["late"]', "43/a,1[]", '42["on time"]')
        await nothing_before_pong(session)
        await session.send(END)

    result = talk(lua, conversation, transport, connect=BOTH)
    assert result.disconnects == [["/a", "server disconnect"], ["/", "server disconnect"]]
    assert result.events == [["/", "on time"]]


def test_s99_disconnect_leaves_everything_and_flushes(lua, transport):
    bodies = []

    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        assert await session.receive() == '42["last"]'
        await leave(session, "/", "/a")
        bodies.extend(wire.packets(request.body) for request in server.of("POST"))

    result = talk(lua, conversation, transport, connect=BOTH, main='c.emit("last") show("result", c.disconnect())')
    assert result.of("result") == [[True]]
    assert result.disconnects == [["/", "client disconnect"], ["/a", "client disconnect"]]
    if transport == "polling":
        # The packets of one turn share a body.
        assert ["41", "41/a,"] in [body[-2:] for body in bodies] or bodies[-1][-3:] == ["41", "41/a,", END]


def test_s101_leaving_one_namespace_and_coming_back(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        assert await session.receive() == "41/a,"
        assert await session.receive() == connect("/a", '{"again":true}')
        await session.send('42/a,["before"]', accept("/a", "a2"), '42/a,["after"]')
        assert await session.receive() == '42/a,1["hello"]'
        await session.send("43/a,1[]", END)

    main = """
        local a = c.of("/a")
        show("left", a.disconnect(), a.disconnect())
        local ok, err = pcall(a.emit, "x")
        show("error", err.type, err.message)
        c.on("connect", function() show("sid", a.sid) a.emit("hello", function() show("ack") end) end, "/a")
        show("asked", a.connect{again = true})
    """
    result = talk(lua, conversation, transport, connect=BOTH, main=main)
    assert result.of("left") == [[True, False]]
    assert result.of("error") == [["BadNamespaceError", "/a is not a connected namespace: it was disconnected"]]
    assert result.of("asked") == [[True]]
    assert result.of("sid") == [["a2"]]
    assert result.of("ack") == [[]]
    assert result.events == [["/a", "before"], ["/a", "after"]]
    assert result.disconnects == [["/a", "client disconnect"], ["/", "server disconnect"], ["/a", "server disconnect"]]


def test_acks_of_an_earlier_connection_of_the_namespace(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        assert await session.receive() == '42/a,1["old"]'
        await session.send("41/a,")
        assert await session.receive() == connect("/a")
        await session.send(accept("/a"))
        assert await session.receive() == '42/a,1["new"]'
        await session.send('43/a,1["of new"]', END)

    setup = """
        local a, times = c.of("/a"), 0
        a.on("connect", function()
          times = times + 1
          if times == 2 then a.emit("new", function(...) show("new", ...) end) end
        end)
        a.on("disconnect", function(reason) show("left", reason) if times == 1 then a.connect() end end)
    """
    main = 'a.emit("old", function(...) show("old", ...) end)'
    result = talk(lua, conversation, connect=BOTH, setup=setup, main=main)
    assert result.of("new") == [["of new"]]
    assert not result.of("old")


def test_no_ack_in_a_later_connection_of_the_namespace(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        await session.send('42/a,1["slow"]', "41/a,")
        assert await session.receive() == connect("/a")
        await session.send(accept("/a"), '42["go"]')
        await nothing_before_pong(session)
        await session.send(END)

    setup = """
        local go, a = eio.create_event(), c.of("/a")
        a.on("slow", function() go:wait() show("returns") end)
        c.on("go", function() go:set() end)
        a.on("disconnect", function() if not go:is_set() then a.connect() end end)
    """
    assert talk(lua, conversation, connect=BOTH, setup=setup).of("returns") == [[]]
