"""Reasons why a namespace is not connected, errors of acks, events that wait, SimpleClient, and JSON of the script."""

import pytest

from harness.real_servers import RealServer
from harness.talk import converse, run

WHY = """
local function why(namespace)
  local ok, err = pcall(sio.emit, {"x", namespace = namespace})
  print(namespace, ok, err.type, err.message)
end
"""


def reasons(lines):
    """The reasons by namespace, of the lines that are such."""
    found = {}
    for line in lines:
        namespace, ok, kind, message = line.split("\t")
        assert (ok, kind) == ("false", "BadNamespaceError"), line
        assert message.startswith(f"{namespace} is not a connected namespace: ")
        found[namespace] = message.partition(": ")[2]
    return found


def test_emit_says_why_a_namespace_is_not_connected(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert [await session.receive() for _ in range(4)] == ["40{}", "40/refused,{}", "40/slow,{}", "40/kicked,{}"]
        await session.send('44/refused,{"message":"no"}', '40/kicked,{"sid":"k"}', "41/kicked,", '40{"sid":"s"}')
        assert await session.receive() == "41"

    result = converse(lua, conversation, WHY + """
        local connected = eio.create_event()
        why("/before")
        sio.on("connect", function() connected:set() end)
        sio.connect(arg[1], {
            transports = "websocket", namespaces = {"/", "/refused", "/slow", "/kicked"}, wait = false})
        connected:wait()
        for _, name in ipairs {"/never", "/refused", "/slow", "/kicked"} do why(name) end
        sio.of("/").disconnect()
        why("/")
        sio.disconnect()
        why("/after")
    """)
    assert reasons(result.lines) == {
        "/before": "the client is not connected", "/never": "connect() did not ask for it",
        "/refused": "the server has refused it: no", "/slow": "the server has not accepted it yet",
        "/kicked": "it was disconnected", "/": "it was disconnected", "/after": "connect() did not ask for it",
    }


def test_connecting_a_namespace_says_why_it_cannot(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        await session.send('40{"sid":"s"}')
        assert await session.receive() == "40/a,{}"
        assert await session.receive() == "41"

    result = converse(lua, conversation, """
        local function why(name)
          local ok, err = pcall(sio.of(name).connect)
          print(name, ok or err.type, ok or err.message)
        end
        why("/")
        sio.connect(arg[1], {transports = "websocket"})
        for _, name in ipairs {"/", "/a", "/a"} do why(name) end
        sio.disconnect()
        why("/")
    """)
    assert result.lines == [
        "/\tBadNamespaceError\t/: the client is not connected", "/\tBadNamespaceError\t/: it is connected already",
        "/a\ttrue\ttrue", "/a\tBadNamespaceError\t/a: it is being connected",
        "/\tBadNamespaceError\t/: the client is not connected",
    ]


def test_emit_while_reconnecting(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        await session.send('40{"sid":"s"}')
        await session.vanish()

    result = converse(lua, conversation, WHY + """
        sio = require("socketio").Client{reconnection_delay = 600, reconnection_delay_max = 600}
        local lost = eio.create_event()
        sio.on("disconnect", function(reason, detail) if detail.will_reconnect then lost:set() end end)
        sio.connect(arg[1], {transports = "websocket"})
        lost:wait()
        why("/") why("/never")
        sio.disconnect()
    """)
    assert reasons(result.lines) == {"/": "the client is reconnecting", "/never": "connect() did not ask for it"}


def test_each_disconnect_has_the_detail_of_its_loss(lua):
    async def conversation(server):
        for text in ("4abc", "4xyz"):
            session = await server.open("websocket")
            assert await session.receive() == "40{}"
            await session.send('40{"sid":"s"}', '42["slow"]', '42["slow"]', text)
        session = await server.open("websocket")
        await session.receive()
        await session.send('40{"sid":"s"}')
        assert await session.receive() == "41"

    result = converse(lua, conversation, """
        local client = require("socketio").Client{reconnection_delay = 0, randomization_factor = 0}
        local goes_on, count, connects = eio.create_event(), 0, 0
        client.on("slow", function() goes_on:wait() end, {ordered = true})
        client.on("disconnect", function(reason, detail)
          local text = tostring(detail.message)
          print(reason, detail.cause, text:match("abc") or text:match("xyz"))
        end)
        client.on("connect", function() connects = connects + 1 end)
        client.connect(arg[1], {transports = "websocket", auth = function()
          count = count + 1
          if count == 3 then goes_on:set() end
          return {}
        end})
        while connects < 3 do eio.sleep(0.01) end
        client.disconnect()
    """)
    assert result.lines == [
        "transport error\tparse\tabc", "transport error\tparse\txyz", "client disconnect\tclient\tnil"], result


def test_an_ack_that_cannot_be_sent_names_the_handler(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        await session.send('40{"sid":"s"}', '421["a"]', '422["b"]', '423["c"]', '424["end"]')
        assert await session.receive() == "434[]"
        await session.send("41")

    result = run_with(lua, conversation, """\
local sio = require("socketio").Client{reconnection = false}
local function a() return 1, print end
sio.on("a", a)
sio.register_namespace("/", {
  on_b = function() return nil, 2 end,
  on_end = function() end})
sio.on("c", coroutine.wrap(function() coroutine.yield({[{}] = 1}) end))
sio.connect(arg[1], {transports = "websocket"})
sio.wait()
""")
    errors = [line for line in result.stderr.splitlines() if "result" in line]
    assert "script.lua:2: result 2 of the handler: cannot encode a function at $" in errors[0], result
    assert "script.lua:4: result 1 of the handler is nil: an ack has eio.null for it" in errors[1], result
    assert "script.lua:7: result 1 of the handler: cannot encode a key that is a table at $" in errors[2], result


def run_with(lua, conversation, script):
    """As `converse`, whatever the status is."""
    from harness.scripted import ScriptedServer

    with ScriptedServer(conversation) as server:
        return run(lua, script, server.url)


def test_events_without_a_handler_do_not_stop_the_others(lua):
    """Also not the end of the session."""
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == "40{}"
        await session.send('40{"sid":"s"}', '42["first"]')
        assert await session.receive() == '42["go"]'
        await session.send('42["unknown",1]', '42["known",2]', "41")

    result = converse(lua, conversation, """
        sio.on("known", function(n) print("known", n) end)
        sio.on("disconnect", function(reason) print(reason) end)
        sio.on("connect", function() print(sio.receive()) sio.emit("go") end)
        sio.connect(arg[1], {transports = "websocket"})
        print(sio.wait())
        print(sio.receive())
        print(sio.receive())
    """)
    assert result.lines == ["first", "known\t2", "server disconnect", "true", "unknown\t1", "nil\tserver disconnect"]


def test_connect_error_has_the_json_of_the_answer(lua):
    async def conversation(server):
        for body in ('{"code":7}', "nothing here"):
            await (await server.get()).answer(body, status=400)

    result = converse(lua, conversation, """
        sio.on("connect_error", function(data) print(type(data) == "table" and data.code or data:match("%d+")) end)
        for _ = 1, 2 do pcall(sio.connect, arg[1], {transports = "polling"}) end
    """)
    assert result.lines == ["7", "400"], result


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = RealServer("socketio", tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


def test_simple_client(lua, server, way):
    transports = "nil" if way == "upgrade" else f"'{way}'"
    result = run(lua, f"""
        local simple = require("socketio").SimpleClient{{reconnection_delay = 0.05}}
        simple.connect(arg[1], {{transports = {transports}, auth = {{token = "x"}}}})
        print(simple.sid == simple.client.sid, simple.sid ~= simple.client.eio.sid, simple.transport)
        local event = simple.receive(5)
        print(event[1], event[2].auth.token)
        simple.emit("echo", 1, eio.bytes("ab"))
        event = simple.receive{{timeout = 5}}
        print(event[1], event[2], #event[3], #event)
        print(simple.call("ack", 1, "two"))
        simple.emit("question", 3)
        event = simple.receive(5)
        print(event[1], event[2])
        event = simple.receive(5)
        print(event[1], #event)
        print(select(2, pcall(simple.call, {{"silence", timeout = 0.01}})).type)
        print(select(2, pcall(simple.receive, 0.01)).type)
        simple.emit("drop")
        while simple.client.connected do eio.sleep(0.01) end
        print(simple.call("ack", "again"))
        print(simple.receive(5)[1], simple.disconnect(), simple.sid, simple.transport)
        print(select(2, pcall(simple.receive)).type, select(2, pcall(simple.emit, "x")).type)
    """, server.url)
    transport = "polling" if way == "polling" else "websocket"
    assert result.lines == [
        f"true\ttrue\t{transport}", "hello\tx", "echoed\t1\t2\t3", "1\ttwo", "question\t3", "answer\t1", "TimeoutError",
        "TimeoutError", "again", "hello\ttrue\tnil\tnil", "DisconnectedError\tDisconnectedError"], result


def test_json_functions_of_the_script(lua, server):
    result = run(lua, """
        local count = {encode = 0, decode = 0}
        local function counted(name)
          return function(value) count[name] = count[name] + 1 return eio.json[name](value) end
        end
        local client = require("socketio").Client{json = {encode = counted("encode"), decode = counted("decode")}}
        client.on("hello", function(data) print("hello", data.auth.token) end)
        client.on("question", function(a, b) return a, b end)
        client.connect(arg[1], {auth = {token = "x"}})
        client.emit("echo", 1, eio.bytes("ab"), {k = {eio.bytes("cd"), eio.null}})
        local event, n, bytes, t = client.receive{event = "echoed", timeout = 5}
        print(event, n, bytes == eio.bytes("ab"), t.k[1] == eio.bytes("cd"), t.k[2])
        local a, b = client.call("ack", {}, eio.bytes("ef"))
        print(#a, b == eio.bytes("ef"))
        client.emit("question", "q", eio.bytes("gh"))
        event, a, b = client.receive{event = "answer", timeout = 5}
        print(event, a, b == eio.bytes("gh"))
        client.disconnect()
        print(count.encode, count.decode)
    """, server.url)
    assert result.lines == [
        "hello\tx", "echoed\t1\ttrue\ttrue\tnull", "0\ttrue", "answer\tq\ttrue", "6\t5"], result
