"""How namespaces connect, lines S1 to S4, S10 to S17, S21 to S25 and S27 to S29 of the wire cases."""

import pytest

from harness import frames, wire
from harness.socketio import END, accept, connect, join, leave, nothing_before_pong, talk


def test_s01_namespaces_are_asked_for_in_their_order(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        for name in ("/b", "/", "/a"):
            assert await session.receive() == connect(name, '{"token":"x"}')
        await session.send(*map(accept, ("/b", "/", "/a")), END)

    result = talk(lua, conversation, transport, connect='namespaces = {"/b", "/", "/a"}, auth = {token = "x"}')
    assert result.of("connect") == [["/b"], ["/"], ["/a"]]


def test_s02_the_sid_is_the_namespaces_own(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(END)

    main = 'show("sid", c.get_sid(), c.sid, c.get_sid("/x"), c.eio.sid)'
    assert talk(lua, conversation, transport, main=main).of("sid") == [["n1", "n1", None, "sid-1"]]


def test_s03_answers_in_any_order_and_between_events(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        for name in ("/", "/a", "/b"):
            assert await session.receive() == connect(name)
        await session.send(
            accept("/b", "B"), '42/b,["first"]', accept("/", "M"), '42["second"]', accept("/a", "A"), END)

    main = 'show("sids", c.get_sid("/"), c.get_sid("/a"), c.get_sid("/b"))'
    result = talk(lua, conversation, transport, connect='namespaces = {"/", "/a", "/b"}', main=main)
    assert result.shown[:5] == [
        ["connect", "/b"], ["event", "/b", "first"], ["connect", "/"], ["event", "/", "second"], ["connect", "/a"]]


def test_s04_a_namespace_without_an_answer_fails_the_connect(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect("/a"), connect("/b")]
        await session.send(accept("/a"))
        # An attempt that fails does not wait for a POST.
        if transport == "websocket":
            await leave(session, "/a")

    result = talk(lua, conversation, transport, connect='namespaces = {"/a", "/b"}, wait_timeout = 1')
    message, phase, cause, refused, silent = result.failure
    assert message.startswith("One or more namespaces failed to connect: /b")
    assert (phase, cause) == ("namespace", "/b: no answer within 1 s")
    assert (refused, silent) == (None, ["/b"])
    assert result.of("connect") == [["/a"]]
    assert result.disconnects == [["/a", "client disconnect"]]


@pytest.mark.parametrize("packet, problem", [
    ("40", "a CONNECT packet without a sid: it speaks Socket.IO 2, which is too old"),
    ("40{}", "a CONNECT packet without a sid; does it speak plain Engine.IO, and send back what it gets?"),
    ('40{"sid":5}', "a CONNECT packet whose sid is not a string"),
], ids=["bare", "empty", "number"])
def test_s10_11_answers_without_a_sid(lua, packet, problem):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send(packet)

    _, phase, cause, *_ = talk(lua, conversation).failure
    assert (phase, cause) == ("namespace", f"the server sent {problem}")


def test_s12_13_answers_that_nobody_waits_for_change_nothing(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(accept("/", "n2"), accept("/b", "b1"), '42/b,["lost"]')
        await nothing_before_pong(session)
        await session.send('42["end"]')
        await leave(session)

    setup = 'c.on("end", function() show("sids", c.sid, c.get_sid("/b")) c.disconnect() end)'
    result = talk(lua, conversation, transport, setup=setup, program=["--log-level", "debug"])
    assert result.of("sids") == [["n1", None]]
    assert result.of("connect") == [["/"]]
    assert not result.events
    log = result.result.stderr
    assert "Ignored a packet connect for the namespace /" in log
    assert "Ignored a packet connect for the namespace /b" in log


def test_s14_unknown_members_of_the_answer(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send('40 {"pid":null,"more":[{"sid":1}],"sid":"n1","x":true}', END)

    result = talk(lua, conversation, main='show("sid", c.sid, c.recovered)')
    assert result.of("sid") == [["n1", False]]


def test_s15_16_events_before_the_answer_are_held(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send('42["early",1]', '420["question"]', "2")
        assert await session.receive() == "3"
        await session.send(accept(), '42["late"]')
        assert await session.receive() == '430["answer"]'
        await session.send(END)

    setup = 'c.on("question", function() show("question", c.connected) return "answer" end)'
    result = talk(lua, conversation, transport, setup=setup)
    assert result.shown[:4] == [
        ["event", "/", "early", 1], ["question", False], ["connect", "/"], ["event", "/", "late"]]


def test_s17_an_answer_in_the_body_of_the_open_packet(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.payload(wire.open_packet(), accept(), '42["at once"]'))
        await (await server.get()).answer(END)

    assert talk(lua, conversation, "polling").shown[:3] == [
        ["connect", "/"], ["event", "/", "at once"], ["connected"]]


def test_s17_an_answer_in_the_segment_of_the_open_packet(lua):
    async def conversation(server):
        packets = (wire.open_packet(), accept(), '42["at once"]', END)
        sent = b"".join(frames.encode(frames.TEXT, packet.encode()) for packet in packets)
        await (await server.upgrade()).accept(trailing=sent)

    assert talk(lua, conversation).shown[:2] == [["connect", "/"], ["event", "/", "at once"]]


def test_s21_22_no_namespaces_are_the_main_one_and_each_is_asked_for_once(lua):
    def asked(names):
        packets = []

        async def conversation(server):
            session = await server.open("websocket")
            while (packet := await session.receive()) != "3":
                packets.append(packet)
                await session.send(accept("/a" if "/a" in packet else "/"), *(["2"] if len(packets) == 1 else []))
            await session.send(END)

        talk(lua, conversation, connect=f"wait = false, namespaces = {names}")
        return packets

    assert asked("{}") == [connect()]
    assert asked('{"/a", "/a", "/", "/a", "/"}') == [connect("/a"), connect()]


def test_s24_the_server_leaves_at_once(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send(accept(), "41")
        assert await session.receive() == END

    result = talk(lua, conversation, transport)
    assert result.disconnects == [["/", "server disconnect"]]
    assert result.shown[0] == ["connect", "/"]


def test_s25_the_path_of_the_url_is_ignored(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        await session.send(END)

    result = talk(lua, conversation, setup='url = url .. "/chat"')
    assert [request.path for request in result.server.requests] == ["/socket.io/"]
    assert result.of("connect") == [["/"]]
    assert "/chat" in result.result.stderr and "namespaces" in result.result.stderr


def test_s27_an_error_of_the_connect_handler_fails_the_connect(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send(accept())
        if transport == "websocket":
            await leave(session)

    result = talk(lua, conversation, transport, setup='c.on("connect", function() error("no way") end)')
    assert "no way" in result.failure[0] and result.failure[0].startswith("Connect handler failed")


def test_s28_call_in_the_connect_handler(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect(), connect("/slow")]
        await session.send(accept())
        assert await session.receive() == '421["ask"]'
        await session.send('431["answer"]')
        assert await session.receive() == '42["got it","answer"]'
        await session.send(accept("/slow"), END)

    setup = 'c.on("connect", function() c.emit("got it", c.call("ask")) show("answered") end)'
    result = talk(lua, conversation, transport, setup=setup, connect='namespaces = {"/", "/slow"}')
    assert result.shown[:3] == [["answered"], ["connect", "/slow"], ["connected"]]


def test_s29_an_upgrade_while_the_namespaces_connect(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        assert [await session.receive(), await session.receive()] == [connect(), connect("/a")]
        await session.send(accept())
        await server.finish_upgrade(socket)
        await socket.text(accept("/a"))
        await socket.text('42/a,["news"]')
        assert await socket.message() == '42["thanks"]'
        await socket.text(END)

    setup = 'c.on("news", function() c.emit("thanks") end, "/a")'
    result = talk(lua, conversation, None, setup=setup, connect='namespaces = {"/", "/a"}',
                  main='show("transport", c.transport())')
    assert result.shown[:4] == [["connect", "/"], ["connect", "/a"], ["connected"], ["transport", "websocket"]]
