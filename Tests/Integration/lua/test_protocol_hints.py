"""A client of one protocol that meets a server of the other: the error or the warning names it."""

import pytest

from harness.scripted import ScriptedServer
from harness.talk import complete, converse

SOCKETIO = """
    local c = require("socketio").Client{reconnection = false}
    print(select(2, pcall(c.connect, arg[1], {transports = arg[2], wait_timeout = tonumber(arg[3])})))
"""
UNANSWERED = "the server opened the Engine.IO session, but did not answer Socket.IO's CONNECT"


def test_engineio_path_is_not_that_of_the_server(lua, transport):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer("Not found", status=404)

    result = converse(lua, conversation, "print(select(2, pcall(eio.connect, arg[1], {transports = arg[2]})))", transport)
    assert 'engineio_path = "socket.io" for a Socket.IO server; require "socketio" is the client for its events' in result.stdout
    scheme = "http" if transport == "polling" else "ws"
    assert result.lines[0].endswith("/engine.io/)") and f"({scheme}://127.0.0.1:" in result.stdout


def test_socketio_client_at_a_server_of_engineio(lua, echo, transport):
    result = complete(lua, SOCKETIO, echo.url, transport)
    scheme = "http" if transport == "polling" else "ws"
    assert result.lines == [
        "Unexpected status code 404 in server response: Not found; the server has nothing at /socket.io/: the option "
        "socketio_path names another path; require \"engineio\" is the client for a plain Engine.IO server, at "
        f"/engine.io/ ({scheme}://127.0.0.1:{echo.port}/socket.io/)"]


def test_connect_comes_back(lua, echo, transport):
    result = complete(lua, """
        local c = require("socketio").Client{reconnection = false}
        local ok, e = pcall(c.connect, arg[1], {transports = arg[2], socketio_path = "engine.io"})
        print(e, e.phase)
    """, echo.url, transport)
    assert result.lines == [
        f"{UNANSWERED}: the server sent a CONNECT packet without a sid; does it speak plain Engine.IO, and send back "
        "what it gets?\tnamespace"]


ANSWERS = {
    "4hello": "the server sent a message that is not a Socket.IO packet; does the server speak plain Engine.IO?: hello",
    # A server of Socket.IO 2 does not wait for CONNECT.
    "40": "the server sent a CONNECT packet without a sid: it speaks Socket.IO 2, which is too old",
    b"\xff": "the server sent a binary message that no packet has announced; it begins with the byte 0xff: ff",
}


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_another_answer_than_that_to_connect(lua, answer):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send(answer)

    assert converse(lua, conversation, SOCKETIO, "websocket").lines == [f"{UNANSWERED}: {ANSWERS[answer]}"]


def test_no_answer_to_connect(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == "40{}"
        assert await session.receive() == "1"

    result = converse(lua, conversation, SOCKETIO, transport, "0.1")
    assert result.lines == [
        f"One or more namespaces failed to connect: /: {UNANSWERED} within 0.1 s; does it speak plain Engine.IO?"]


NOT_WAITING = """
    local c = require("socketio").Client{reconnection = false}
    c.connect(arg[1], {transports = arg[2], wait_timeout = tonumber(arg[3]), wait = false})
    c.wait()
"""


@pytest.mark.parametrize("packet, cause", [
    ("4hello", ANSWERS["4hello"]), ("1", "the server closed the session")], ids=["message", "close"])
def test_a_script_that_does_not_wait_is_warned_of_another_answer(lua, packet, cause):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        await session.send(packet)

    with ScriptedServer(conversation) as server:
        result = lua.run(NOT_WAITING, server.url, "websocket")
    assert f"warning: {UNANSWERED}: {cause}\n" in result.stderr, result


def test_a_script_that_does_not_wait_is_warned_of_no_answer(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        assert await session.receive() == "1"

    with ScriptedServer(conversation) as server:
        running = lua.start(NOT_WAITING, server.url, "websocket", "0.1")
        running.wait_for(f"warning: {UNANSWERED} within 0.1 s; does it speak plain Engine.IO?\n", stream="stderr")
        running.signal()
        running.finish()


def test_plain_client_at_the_path_of_socketio_is_a_warning(lua):
    async def conversation(server):
        for _ in range(2):
            session = await server.open("websocket")
            assert await session.receive() == "1"

    result = converse(lua, conversation, """
        for _, path in ipairs{"/api/socket.io/", "socket.io"} do
          eio.connect(arg[1], {transports = "websocket", engineio_path = path})
          eio.disconnect()
        end
    """)
    assert result.stderr == (
        "warning: socket.io is the path of Socket.IO servers: require \"socketio\" is the client for their events\n")


def test_server_of_an_older_version(lua):
    async def conversation(server):
        # The answer of python-socketio 4.
        await (await server.get()).answer(
            '"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"', status=400)

    result = converse(lua, conversation, SOCKETIO, "polling")
    assert (
        "400 in server response: The client is using an unsupported version of the Socket.IO or Engine.IO protocols; the "
        "server and this client speak different versions of Engine.IO; this client speaks Engine.IO 4, as Socket.IO does "
        "since version 3 (python-socketio since version 5) (http://127.0.0.1:") in result.lines[0]
