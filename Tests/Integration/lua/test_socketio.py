"""The Socket.IO client of scripts against python-socketio, over each transport and with both serializers."""

import pytest

from harness.program import Lua
from harness.real_servers import RealServer

HEAD = """\
local c = require("socketio").Client{serializer = arg[2]}
local options = {transports = arg[3], namespaces = {"/", "/chat"}, auth = {token = "x"}}
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "table" and eio.json.encode(t[i]) or tostring(t[i]) end
  print(table.concat(t, " "))
end
"""


@pytest.fixture(scope="module", params=["default", "msgpack"])
def server(request, tmp_path_factory):
    server = RealServer("socketio", tmp_path_factory.mktemp("server"), serializer=request.param)
    server.serializer = request.param
    yield server
    server.kill()


@pytest.fixture(params=["polling", "websocket", "upgrade"])
def run(request, server, tmp_path):
    def run(script, status=0, restart_at=None):
        """Restarts the server when the script has printed that."""
        arguments = [server.url, server.serializer] + ([] if request.param == "upgrade" else [request.param])
        running = Lua(tmp_path).start(HEAD + script, *arguments)
        if restart_at:
            running.wait_for(restart_at)
            server.kill()
            server.start()
        result = running.finish()
        assert result.status == status, result
        return result.lines

    run.transport = request.param
    return run


def test_events_come_back(run):
    lines = run("""
        c.connect(arg[1], options)
        c.emit("echo", 1, "\\u{fc}", {a = {true, eio.null}, b = {}}, eio.bytes("\\0\\1"), {eio.bytes("x")})
        local event, a, b, t, bytes, list = c.receive{event = "echoed", timeout = 5}
        show(event, a, b, t.a[1], t.a[2] == eio.null, bytes == eio.bytes("\\0\\1"), list[1] == eio.bytes("x"))
        c.disconnect()
    """)
    assert lines == ["echoed 1 \u00fc true true true true"]


def test_acks_of_the_server(run):
    lines = run("""
        c.connect(arg[1], options)
        show(c.call("ack", 1, "two"))
        show(select("#", c.call("ack")))
        c.emit("ack", {3}, function(...) show("callback", ...) c.disconnect() end)
    """)
    assert lines == ["1 two", "0", "callback [3]"]


def test_acks_of_handlers(run):
    lines = run("""
        c.on("question", function(a, b) eio.sleep(0.01) return a + 1, b end)
        c.connect(arg[1], options)
        c.emit("question", 41, eio.bytes("b"))
        local event, a, b = c.receive{event = "answer", timeout = 5}
        show(event, a, b == eio.bytes("b"))
        c.disconnect()
    """)
    assert lines == ["answer 42 true"]


def test_namespaces_and_their_handlers(run):
    lines = run("""
        c.on("connect", function() show("connect /", c.get_sid() ~= c.eio.sid) end)
        c.on("connect", function() show("connect /chat") end, "/chat")
        c.on("disconnect", function(ns, reason, detail) show(ns, reason, detail.will_reconnect) end, "*")
        local said = eio.create_event()
        c.on("said", function(text) show("said", text) said:set() end, {namespace = "/chat"})
        c.connect(arg[1], options)
        local chat = c.of("/chat")
        chat.emit("say", "hi")
        said:wait()
        show(chat.disconnect(), pcall(chat.emit, "say", "no"))
        c.emit("kick")
        show(c.wait())
    """)
    assert lines[0] == "connect / true" and lines[1] == "connect /chat"
    assert lines[2] == "said hi"
    assert lines[3].startswith("true false ") and "/chat is not a connected namespace: it was disconnected" in lines[3]
    # Handlers for all namespaces get the namespace first.
    assert lines[4:] == ["/chat client disconnect false", "/ server disconnect false", "true"]


def test_refusal_has_the_data_of_the_server(run):
    lines = run("""
        c.on("connect_error", function(data) show("connect_error", data.message, data.data.code) end)
        local ok, e = pcall(c.connect, arg[1], {transports = arg[3], auth = {token = "bad"}})
        show(ok, e.type, e.refused[1])
    """)
    assert lines == ["connect_error not authorized 7", "false ConnectionError /"]


def test_call_ends_with_the_connection(run):
    lines = run("""
        c.on("disconnect", function() end)
        c.connect(arg[1], options)
        local task = eio.start_background_task(function()
          local ok, e = pcall(c.call, "silence")
          show(e.type)
        end)
        show(select(2, pcall(c.call, {"silence", timeout = 0.05})).type)
        c.disconnect()
        task:join()
    """)
    assert lines == ["TimeoutError", "DisconnectedError"]


def test_ten_thousand_handlers_wait_in_call(run):
    # python's server reads 16 packets of a POST at a time.
    count = 201 if run.transport == "polling" else 10001
    lines = run(f"""
        local answered, all = 0, eio.create_event()
        c.on("hello", function() end)
        c.on("echoed", function(n)
          assert(c.call("ack", n) == n)
          answered = answered + 1
          if answered == {count} then all:set() end
        end)
        c.connect(arg[1], options)
        for n = 1, {count} do c.emit("echo", n) end
        all:wait()
        show(answered)
        c.disconnect()
    """)
    assert lines == [str(count)]


def test_a_lost_connection_is_made_again(run, server):
    lines = run("""
        c = require("socketio").Client{serializer = arg[2], reconnection_delay = 0.05}
        local sids, attempts, again = {}, 0, eio.create_event()
        c.on("hello", function() end)
        c.on("connect", function()
          sids[#sids + 1] = c.sid
          if #sids == 2 then again:set() end
        end)
        c.on("disconnect", function(reason, detail) show(reason, detail.will_reconnect) end)
        c.connect(arg[1], {transports = arg[3], auth = function() attempts = attempts + 1 return {n = attempts} end})
        print("ready")
        again:wait()
        show(attempts, sids[1] ~= sids[2], c.call("ack", "still here"))
        c.disconnect()
        show(c.wait())
    """, restart_at="ready")
    assert lines == ["ready", "transport error true", "2 true still here", "client disconnect false", "true"]
