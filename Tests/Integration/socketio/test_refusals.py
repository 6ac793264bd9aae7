"""Connects that fail, lines S5 to S9, S18 to S20, S23 and S26 of the wire cases."""

import msgpack
import pytest

from harness.scripted import ScriptedServer
from harness.socketio import END, accept, connect, leave, talk
from harness.talk import message_of


def test_s05_a_refused_namespace_fails_the_connect(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send('44{"message":"no"}')
        # An attempt that fails does not wait for a POST.
        if transport == "websocket":
            assert await session.receive() == END

    result = talk(lua, conversation, transport)
    assert result.shown[0] == ["connect_error", "/", {"message": "no"}]
    message, *rest = result.failure
    assert message == "One or more namespaces failed to connect: /: no"
    assert rest == ["namespace", "/: no", ["/"], None]


def test_s06_only_the_unknown_namespace_fails(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert [await session.receive(), await session.receive()] == [connect("/random"), connect()]
        await session.send('44/random,{"message":"Invalid namespace"}', accept())
        assert await session.receive() == '42["hello"]'
        await session.send('42["world"]', END)

    setup = 'c.on("connect", function() show("connect") c.emit("hello") end)'
    result = talk(
        lua, conversation, transport, setup=setup, connect='namespaces = {"/random", "/"}, wait = false')
    assert result.of("connect_error") == [["/random", {"message": "Invalid namespace"}]]
    assert result.of("connect") == [[]]
    assert result.events == [["/", "world"]]


def test_s06_with_the_others_connected_connect_names_the_refused_one(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert [await session.receive(), await session.receive()] == [connect("/random"), connect()]
        await session.send(accept(), '44/random,{"message":"Invalid namespace"}')
        await leave(session)

    result = talk(lua, conversation, connect='namespaces = {"/random", "/"}')
    assert result.failure[2:] == ["/random: Invalid namespace", ["/random"], None]
    assert result.disconnects == [["/", "client disconnect"]]


@pytest.mark.parametrize("payload, arguments", [
    ('"Unable to connect"', ["Unable to connect"]),
    ('["a","b"]', ["a", "b"]),
    ("", []),
    ("{}", [{}]),
    ("null", [None]),
], ids=["text", "list", "bare", "empty", "null"])
def test_s07_08_09_every_form_of_a_refusal(lua, payload, arguments):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send("44" + payload)
        assert await session.receive() == END

    assert talk(lua, conversation).of("connect_error") == [["/", *arguments]]


@pytest.mark.parametrize("end", ["close", "loss"])
def test_s18_the_session_ends_before_the_answer(lua, transport, end):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == connect()
        if end == "close":
            await session.send(END)
        else:
            await session.vanish()

    result = talk(lua, conversation, transport)
    message, phase, cause, *_ = result.failure
    assert message.endswith(f": {cause}") and phase == "namespace"
    assert {"close": "the server closed the session", "loss": "Connection reset by peer"}[end] in cause


@pytest.mark.parametrize("auth, problem", [
    ('{token = eio.bytes("x")}', "bytes"),
    ('"token"', "option 'auth': table or function expected, got string"),
    ("5", "option 'auth': table or function expected, got number"),
    ('{"a", "b"}', "auth: a table with names expected, got a list"),
    ('eio.bytes("x")', "option 'auth': table or function expected, got "),
], ids=["bytes inside", "string", "number", "list", "bytes"])
def test_s19_20_auth_is_an_object_without_bytes(lua, auth, problem):
    with ScriptedServer() as server:
        message = message_of(lua, f'require("socketio").Client().connect("{server.url}", {{auth = {auth}}})')
    assert problem in message
    assert not server.connections


@pytest.mark.parametrize("name", ["chat", "", "/a,b", "/a?x=1"])
def test_s23_names_that_no_namespace_has(lua, name):
    with ScriptedServer() as server:
        for code in (f'.connect("{server.url}", {{namespaces = {{"/", "{name}"}}}})', f'.of("{name}")'):
            message = message_of(lua, f'require("socketio").Client(){code}')
            assert f"namespace '{name}' is not valid: it begins with '/' and has no ',' and no '?'" in message
    assert not server.connections


def test_s26_a_wrong_path_names_the_option(lua, transport):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        assert request.path == "/socket.io/"
        await request.answer("not here", status=404)

    result = talk(lua, conversation, transport, setup="""
        local connect = c.connect
        c.connect = function(...)
          local ok, err = pcall(connect, ...)
          show("status", err.type, err.status)
          error(err, 0)
        end
    """)
    assert result.of("status") == [["ConnectionError", 404]]
    assert "the server has nothing at /socket.io/: the option socketio_path names another path" in result.failure[0]


@pytest.mark.parametrize("serializer", ["default", "msgpack"])
def test_the_error_of_connect_has_the_reasons_of_the_server(lua, serializer):
    async def conversation(server):
        session = await server.open("websocket")
        if serializer == "default":
            assert [await session.receive() for _ in range(4)] == [connect(name) for name in ("/", "/a", "/b", "/c")]
            await session.send('44{"message":"no","data":{"code":7}}', '44/a,"text"', "44/b,", '44/c,["x",2]')
        else:
            for _ in range(4):
                await session.receive()
            for name, data in [("/", {"message": "no", "data": {"code": 7}}), ("/a", "text"), ("/b", None), ("/c", ["x", 2])]:
                packet = {"type": 4, "nsp": name, "data": data}
                if data is None:
                    del packet["data"]
                await session.send(msgpack.packb(packet))
        assert await session.receive() == END

    setup = """
        local connect = c.connect
        function c.connect(...)
          local ok, err = pcall(connect, ...)
          show("reasons", err.namespaces)
          error(err, 0)
        end
    """
    result = talk(
        lua, conversation, options=f'serializer = "{serializer}"', setup=setup,
        connect='namespaces = {"/", "/a", "/b", "/c"}')
    assert result.of("reasons") == [[{"/": {"message": "no", "data": {"code": 7}}, "/a": "text", "/b": None, "/c": ["x", 2]}]]
    message, _, cause, refused, _ = result.failure
    assert refused == ["/", "/a", "/b", "/c"]
    assert cause == "/: no; /a: text; /b: refused without a reason; /c: x, 2"
    assert message == f"One or more namespaces failed to connect: {cause}"


def test_namespaces_that_are_refused_for_one_reason_stand_together(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert [await session.receive() for _ in range(3)] == [connect(name) for name in ("/", "/a", "/b")]
        await session.send('44{"message":"no"}', '44/a,["x"]', '44/b,{"error":{"message":"no"}}')
        assert await session.receive() == END

    result = talk(lua, conversation, connect='namespaces = {"/", "/a", "/b"}')
    assert result.failure[0] == "One or more namespaces failed to connect: /, /b: no; /a: x"
