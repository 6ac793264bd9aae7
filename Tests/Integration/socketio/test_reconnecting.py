"""Lost connections and how they are made again, lines S102 to S109, S112 and S113 of the wire cases."""

import asyncio
import json
import signal

import pytest

from harness.scripted import ScriptedServer
from harness.socketio import END, accept, connect, join, leave, lose, observer, talk

AGAIN = "reconnection = true, reconnection_delay = 0"
BOTH = 'namespaces = {"/", "/a"}'


async def refuse(server, transport, count):
    """Refuses so many attempts to connect."""
    for _ in range(count):
        await (await (server.get() if transport == "polling" else server.upgrade())).answer("", status=503)


def test_s102_a_lost_connection_is_made_again(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect("/", '{"n":1}'), connect("/a", '{"n":1}')]
        await session.send(accept("/", "n1"), accept("/a", "a1"))
        await lose(session)
        await refuse(server, transport, 1)
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect("/", '{"n":2}'), connect("/a", '{"n":2}')]
        await session.send(accept("/", "n2"), accept("/a", "a2"), '42["again"]', "41", "41/a,")

    setup = """
        local times = 0
        c.on("connect", function(ns) show("connect", ns, c.get_sid(ns)) end, "*")
        c.on("disconnect", function(ns, reason, detail) show("disconnect", ns, reason, detail.will_reconnect) end, "*")
    """
    auth = "auth = function() times = times + 1 return {n = times} end"
    result = talk(lua, conversation, transport, options=AGAIN, setup=setup, connect=f"{BOTH}, {auth}")
    assert result.shown == [
        ["connect", "/", "n1"], ["connect", "/a", "a1"], ["connected"],
        ["disconnect", "/", "transport error", True], ["disconnect", "/a", "transport error", True],
        ["connect_error", "/", result.shown[5][2]], ["connect_error", "/a", result.shown[6][2]],
        ["connect", "/", "n2"], ["connect", "/a", "a2"], ["event", "/", "again"],
        ["disconnect", "/", "server disconnect", False], ["disconnect", "/a", "server disconnect", False]]


@pytest.mark.parametrize("moment", ["handler", "pause", "attempt"])
def test_s103_disconnect_stops_the_reconnecting(lua, moment):
    async def conversation(server):
        session = await join(server, "websocket")
        await lose(session)
        if moment == "attempt":
            # The handshake of the second session is not answered.
            await server.upgrade()
        await server.gone()
        assert len(server.requests) == (2 if moment == "attempt" else 1)

    setup = {
        "handler": 'c.on("disconnect", function() show("stopped", c.disconnect()) end)',
        "pause": """
            c.on("disconnect", function()
              eio.start_background_task(function() eio.sleep(0) show("stopped", c.disconnect()) end)
            end)
        """,
        "attempt": """
            local times = 0
            function url()
              times = times + 1
              if times == 2 then
                eio.start_background_task(function() eio.sleep(0.05) show("stopped", c.disconnect()) end)
              end
              return arg[1]
            end
        """,
    }[moment]
    delay = 0 if moment == "attempt" else 60
    result = talk(
        lua, conversation, options=f"reconnection = true, reconnection_delay = {delay}", setup=setup,
        main='show("waited", c.wait())')
    assert result.of("stopped") == [[True]]
    assert result.of("waited") == [[True]]


def test_s104_each_connect_has_all_attempts(lua, transport):
    async def conversation(server):
        for _ in range(2):
            session = await join(server, transport)
            await lose(session)
            await refuse(server, transport, 2)
        await server.nothing("GET" if transport == "polling" else "UPGRADE", 0.1)

    main = """
        show("waited", c.wait())
        show("again", pcall(c.connect, url, {transports = arg[2]}))
        show("waited", c.wait())
    """
    result = talk(lua, conversation, transport, options=AGAIN + ", reconnection_attempts = 2", main=main)
    assert result.of("waited") == [[False, "reconnection failed"]] * 2
    assert result.of("again") == [[True]] or result.of("again") == [[True, True]]
    assert result.disconnects == [["/", "transport error"]] * 2


def test_s105_a_namespace_that_is_refused_when_reconnecting(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        await lose(session)
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect(), connect("/a")]
        await session.send(accept("/"), '44/a,{"message":"not now"}', '42["works"]')
        # The refused one is asked for again on the same session.
        assert await session.receive() == connect("/a")
        await session.send(accept("/a"), '42/a,["works"]', "41", "41/a,")

    result = talk(lua, conversation, transport, options=AGAIN, connect=BOTH)
    assert result.of("connect") == [["/"], ["/a"], ["/"], ["/a"]]
    assert result.of("connect_error") == [["/a", {"message": "not now"}]]
    assert result.events == [["/", "works"], ["/a", "works"]]


def test_s106_answers_that_take_longer_than_pythons_second(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await asyncio.sleep(1.1)
        await session.send(accept())
        await lose(session)
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await asyncio.sleep(1.1)
        await session.send(accept(), "41")

    assert talk(lua, conversation, options=AGAIN).of("connect") == [["/"], ["/"]]


def test_s106_wait_timeout_holds_when_reconnecting(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        await lose(session)
        session = await server.open("websocket")
        assert await session.receive() == connect()
        # No answer: the attempt fails, and another follows.
        assert await session.receive() == END
        session = await join(server, "websocket")
        await session.send("41")

    assert talk(lua, conversation, options=AGAIN, connect="wait_timeout = 1").of("connect") == [["/"], ["/"]]


def test_s107_attempts_without_a_pause_leave_others_their_turn(lua):
    # Nobody listens where the second address points.
    setup = """
        local attempts, turns = 0, 0
        local first = arg[1]
        function url()
          attempts = attempts + 1
          return attempts == 1 and first or "http://127.0.0.1:1"
        end
        eio.start_background_task(function()
          while attempts < 50 do turns = turns + 1 eio.sleep(0) end
          show("turns", turns >= 49, attempts)
          c.disconnect()
        end)
    """
    async def conversation(server):
        session = await join(server, "websocket")
        await lose(session)

    result = talk(lua, conversation, options=AGAIN, setup=setup, main='show("waited", c.wait())')
    assert result.of("turns") == [[True, 50]]
    assert result.of("waited") == [[True]]




def test_s108_an_interrupt_in_the_pause(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        await lose(session)

    with ScriptedServer(conversation) as server:
        program = lua.start(
            observer(options="reconnection = true, reconnection_delay = 60"), server.url, "websocket")
        program.wait_for("transport error")
        program.signal(signal.SIGINT)
        assert program.finish().status == 130


def test_s109_the_program_goes_on_while_reconnecting(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await lose(session)
        await refuse(server, transport, 1)
        session = await join(server, transport)
        await session.send('42["back"]', "41")

    # The script's last line is connect().
    result = talk(lua, conversation, transport, options="reconnection = true, reconnection_delay = 0.05")
    assert result.events == [["/", "back"]]


def test_s112_the_server_recovers_the_session(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect("/", '{"token":"x"}')
        await session.send('40{"sid":"n1","pid":"private"}', '42["news",1,"offset-1"]', '421["asks","not one"]')
        assert await session.receive() == "431[]"
        await lose(session)
        session = await server.open(transport)
        packet = await session.receive()
        assert json.loads(packet[2:]) == {"pid": "private", "offset": "offset-1", "token": "x"}
        await session.send('42["missed",2,"offset-2"]', '40{"sid":"n1","pid":"private"}')
        await lose(session)
        session = await server.open(transport)
        packet = await session.receive()
        assert json.loads(packet[2:]) == {"pid": "private", "offset": "offset-2", "token": "x"}
        await session.send('40{"sid":"n2","pid":"another"}', "41")

    setup = """
        c.on("connect", function() show("connect", c.sid, c.recovered) end)
        c.on("asks", function() end)
    """
    result = talk(
        lua, conversation, transport, options=AGAIN + ", recovery = true", setup=setup, connect='auth = {token = "x"}')
    assert result.of("connect") == [["n1", False], ["n1", True], ["n2", False]]
    assert result.events == [["/", "news", 1, "offset-1"], ["/", "missed", 2, "offset-2"]]
    shown = [line[:2] for line in result.shown]
    assert shown.index(["event", "/"]) < shown.index(["connect", "n1"], 2)


def test_s112_the_users_members_win(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.receive()
        await session.send('40{"sid":"n1","pid":"private"}')
        await lose(session)
        session = await server.open("websocket")
        # Without an offset only the private id is sent. The last of two members with a name counts.
        assert json.loads((await session.receive())[2:]) == {"pid": "mine"}
        await session.send(accept(), "41")

    talk(lua, conversation, options=AGAIN + ", recovery = true", connect='auth = {pid = "mine"}')


def test_s113_the_servers_close_packet_is_a_loss(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(END)
        session = await join(server, transport)
        await session.send("41")

    setup = """
        c.on("disconnect", function(ns, reason, detail) show("disconnect", ns, reason, detail.will_reconnect) end, "*")
    """
    result = talk(lua, conversation, transport, options=AGAIN, setup=setup)
    assert result.of("disconnect") == [["/", "server disconnect", True], ["/", "server disconnect", False]]
    assert result.of("connect") == [["/"], ["/"]]


def test_a_first_connect_is_repeated_with_retry(lua, transport):
    async def conversation(server):
        await refuse(server, transport, 2)
        session = await join(server, transport)
        await leave(session)

    result = talk(lua, conversation, transport, options=AGAIN, connect="retry = true", main="c.disconnect()")
    assert [line[0] for line in result.shown] == [
        "connect_error", "connect_error", "connect", "connected", "disconnect"]


def test_a_namespace_that_was_joined_has_its_own_auth_again(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect("/", '{"of":"all"}')
        await session.send(accept("/"))
        assert await session.receive() == connect("/a", '{"of":"a"}')
        assert await session.receive() == connect("/b")
        await session.send(accept("/a"), accept("/b"))
        await lose(session)
        session = await server.open(transport)
        packets = [await session.receive() for _ in range(3)]
        assert packets == [connect("/", '{"of":"all"}'), connect("/a", '{"of":"a"}'), connect("/b")]
        await session.send(accept("/"), accept("/a"), accept("/b"), "41", "41/a,", "41/b,")

    main = """
        c.of("/a").connect{of = "a"}
        c.of("/b").connect()
    """
    options = "reconnection = true, reconnection_delay = 0"
    result = talk(lua, conversation, transport, options=options, connect='auth = {of = "all"}', main=main)
    assert [line[0] for line in result.of("connect")] == ["/", "/a", "/b"] * 2


@pytest.mark.parametrize("end", ["return {n = 2}", 'error("of an attempt that is over")'], ids=["value", "error"])
def test_auth_of_an_attempt_that_is_over_is_not_used(lua, end):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect("/", '{"n":1}')
        await session.send(accept("/"))
        await lose(session)
        await lose(await server.open("websocket"))
        session = await server.open("websocket")
        assert await session.receive() == connect("/", '{"n":3}')
        await session.send(accept("/"), "41")

    setup = f"""
        local calls, third = 0, eio.create_event()
        function auth()
          calls = calls + 1
          local call = calls
          if call == 2 then
            third:wait()
            {end}
          end
          if call == 3 then
            third:set()
            for _ = 1, 10 do c.sleep(0) end
          end
          return {{n = call}}
        end
    """
    result = talk(
        lua, conversation, options=f"{AGAIN}, reconnection_attempts = 3", setup=setup, connect="auth = auth")
    assert result.of("connect") == [["/"]] * 2
    assert [text for _, text in result.of("connect_error")] == [
        "the session ended while connecting: Connection reset by peer"]


def test_url_of_a_connect_that_was_stopped_is_not_used(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        await session.send("41")

    setup = """
        local real, second = url, eio.create_event()
        local function stopped() second:wait() return "http://stopped.invalid" end
        eio.start_background_task(function() show("stopped", (pcall(c.connect, stopped))) end)
        c.sleep(0.01)
        c.disconnect()
        url = function()
          second:set()
          for _ = 1, 10 do c.sleep(0) end
          return real
        end
    """
    result = talk(lua, conversation, setup=setup)
    assert result.of("connected") == [[]] and result.of("stopped") == [[False]]
