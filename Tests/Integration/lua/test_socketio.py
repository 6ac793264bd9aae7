"""The Socket.IO client of scripts against servers of several kinds and ages, on every way to a transport.

Two thirds of these tests need the option --full.
"""

import pytest

from harness.socketio_peers import KINDS, Peer

HEAD = """\
local c = require("socketio").Client{serializer = arg[2]}
local options = {transports = arg[3], namespaces = {"/", "/chat"}, auth = {token = "x"}}
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "table" and eio.json.encode(t[i]) or tostring(t[i]) end
  print(table.concat(t, " "))
end
"""


@pytest.fixture(scope="module", params=KINDS)
def peer(request, tmp_path_factory):
    peer = Peer(request.param, tmp_path_factory.mktemp("peer"))
    yield peer
    peer.stop()


@pytest.fixture
def run(peer, way, lua):
    def run(script, restart_at=None):
        """The lines of a script that ends in order. Restarts the servers when it has printed `restart_at`."""
        arguments = [peer.url, peer.kind.serializer] + ([] if way == "upgrade" else [way])
        running = lua.start(HEAD + script, *arguments)
        if restart_at:
            running.wait_for(restart_at)
            peer.restart()
        result = running.finish()
        assert result.status == 0, result
        return result.lines

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
        show(c.call("ack", eio.bytes("\\0\\255")) == eio.bytes("\\0\\255"))
        c.emit("ack", {3}, function(...) show("callback", ...) c.disconnect() end)
    """)
    assert lines == ["1 two", "0", "true", "callback [3]"]


@pytest.mark.parametrize("event", ["question", "ask"])
def test_acks_of_handlers(run, event):
    """The server waits for the ack, or has given a callback."""
    lines = run(f"""
        c.on("question", function(a, b) eio.sleep(0.01) return a + 1, b end)
        c.connect(arg[1], options)
        c.emit("{event}", 41, eio.bytes("b"))
        local event, a, b = c.receive{{event = "answer", timeout = 5}}
        show(event, a, b == eio.bytes("b"))
        c.disconnect()
    """)
    assert lines == ["answer 42 true"]


def test_burst_arrives_in_order(run):
    lines = run("""
        local last, received = -1, 0
        c.on("burst", function(number)
          assert(number == last + 1, number)
          last, received = number, received + 1
        end, {ordered = true})
        c.connect(arg[1], options)
        show(c.call("burst", 1000))
        while received < 1000 do eio.sleep(0) end
        c.disconnect()
    """)
    assert lines == ["1000"]


def test_large_attachments_both_ways(run, peer, way):
    # A POST of some kilobytes comes in one part.
    count = 60000 if peer.kind.reads_whole_posts or way != "polling" else 500
    lines = run(f"""
        c.connect(arg[1], options)
        local first, second = eio.bytes(("\\0\\255ab"):rep({count})), eio.bytes(("xyz"):rep({count}))
        c.emit("echo", {{first, {{second}}}}, "between", first)
        local event, list, text, last = c.receive{{event = "echoed", timeout = 20}}
        show(event, list[1] == first, list[2][1] == second, text, last == first)
        c.disconnect()
    """)
    assert lines == ["echoed true true between true"]


def test_namespaces_and_their_handlers(run):
    lines = run("""
        c.on("connect", function() show("connect /", c.get_sid() ~= c.eio.sid) end)
        c.on("connect", function() show("connect /chat") end, "/chat")
        c.on("disconnect", function(ns, reason, detail) show(ns, reason, detail.will_reconnect) end, "*")
        local asked = eio.create_event()
        c.on("question", function(text) show("question", text) asked:set() end, {namespace = "/chat"})
        c.connect(arg[1], options)
        local chat = c.of("/chat")
        chat.emit("question", "hi")
        asked:wait()
        show(chat.disconnect(), pcall(chat.emit, "echo", "no"))
        c.emit("kick")
        show(c.wait())
    """)
    assert lines[0] == "connect / true" and lines[1] == "connect /chat"
    assert lines[2] == "question hi"
    assert lines[3].startswith("true false ") and "/chat is not a connected namespace: it was disconnected" in lines[3]
    # Handlers for all namespaces get the namespace first.
    assert lines[4:] == ["/chat client disconnect false", "/ server disconnect false", "true"]


def test_a_namespace_is_joined_and_left_later(run):
    lines = run("""
        local events = eio.create_queue()
        c.on("connect", function(namespace) events:put("connect " .. namespace) end, "*")
        c.on("connect_error", function(data) events:put("connect_error") end, "/nowhere")
        c.on("disconnect", function(reason) events:put(reason) end, "/chat")
        c.connect(arg[1], {transports = arg[3], namespaces = {"/"}})
        show(events:get())
        for _ = 1, 2 do
          local chat = c.of("/chat")
          chat.connect()
          show(events:get(), chat.call("ack", "in"), chat.sid ~= c.sid)
          local before = c.call("gone")["/chat"]
          chat.disconnect()
          show(events:get())
          while c.call("gone")["/chat"] == before do eio.sleep(0.01) end
        end
        pcall(c.of("/nowhere").connect)
        show(events:get(), c.call("ack", "alive"))
        c.disconnect()
    """)
    again = ["connect /chat in true", "client disconnect"]
    assert lines == ["connect /", *again, *again, "connect_error alive"]


def test_push_to_the_others_in_a_room(run):
    """Behind HAProxy there are two servers, and a room is on one of them."""
    lines = run("""
        local clients, said, speaker = {}, {}
        for number = 1, 5 do
          local client = require("socketio").Client{serializer = arg[2]}
          client.on("hello", function() end)
          client.on("said", function(room, sid, text, bytes)
            assert(room == "kitchen" and sid == speaker and bytes == eio.bytes("b"), room)
            said[number] = text
          end, "/chat")
          client.connect(arg[1], {transports = arg[3], namespaces = {"/", "/chat"}})
          clients[number] = client
        end
        speaker = clients[1].get_sid("/chat")
        local is_expected = {}
        for number, client in ipairs(clients) do
          if number < 5 then assert(client.of("/chat").call("join", "kitchen") >= 1) end
          is_expected[number] = number > 1 and number < 4 and client.call("where") == clients[1].call("where")
        end
        assert(clients[4].of("/chat").call("leave", "kitchen") == true)
        assert(clients[1].of("/chat").call("say", "kitchen", "tea is ready", eio.bytes("b")))
        for number, client in ipairs(clients) do
          -- What was sent before the ack of a later event has arrived with it.
          client.of("/chat").call("ack")
          if (said[number] == "tea is ready") ~= is_expected[number] then show(number, said[number]) end
          client.disconnect()
        end
        show("done")
    """)
    assert lines == ["done"]


def test_events_of_the_connect_handler(run, peer):
    """Held back until the namespace is connected, and delivered first if they have come first."""
    lines = run("""
        local events = eio.create_queue()
        c.on("connect", function() events:put("connect " .. tostring(c.connected)) end)
        c.on("hello", function(data) events:put("hello " .. data.auth.token) end)
        c.connect(arg[1], {transports = arg[3], auth = {token = "x"}})
        show(events:get()) show(events:get())
        c.disconnect()
    """)
    assert lines == (["connect true", "hello x"] if peer.kind.answers_first else ["hello x", "connect true"])


def test_refusal_has_the_data_of_the_server(run, peer):
    lines = run("""
        c.on("connect_error", function(data) show("connect_error", data.message, data.data.code) end)
        c.on("disconnect", function(reason) show("disconnect", reason) end)
        local ok, e = pcall(c.connect, arg[1], {transports = arg[3], auth = {token = "bad"}})
        c.wait()
        show(ok, ok or e.type, ok or e.refused[1], e)
    """)
    if peer.kind.is_python and peer.kind.answers_first:
        # Such a server connects everybody, and disconnects whom its handler refuses.
        assert "server disconnect" in lines[0] and lines[-1].startswith(("true ", "false ConnectionError nil "))
    else:
        assert lines[0] == "connect_error not authorized 7" and lines[1].startswith("false ConnectionError / ")


def test_an_unknown_namespace_is_refused(run):
    lines = run("""
        c.on("connect_error", function(data) show(type(data) == "table" and data.message or data) end, "/nowhere")
        local ok, e = pcall(c.connect, arg[1], {transports = arg[3], namespaces = {"/", "/nowhere"}})
        show(ok, e.type, e.phase, #e.refused, e.refused[1], e.silent, c.connected)
    """)
    assert lines[0] in ("Unable to connect", "Invalid namespace")
    assert lines[1:] == ["false ConnectionError namespace 1 /nowhere nil false"]


def test_the_server_ends_the_session(run):
    """Closed without DISCONNECT: the connection is made again."""
    lines = run("""
        c = require("socketio").Client{serializer = arg[2], reconnection_delay = 0.02}
        local connects = eio.create_queue()
        c.on("connect", function() connects:put(c.sid) end)
        c.on("disconnect", function(reason, detail) show(reason, detail.will_reconnect) end)
        c.connect(arg[1], {transports = arg[3]})
        local first = connects:get()
        c.emit("drop")
        show(connects:get() ~= first, c.call("ack", "again"))
        c.disconnect()
    """)
    assert lines[0] in ("server disconnect true", "transport error true")
    assert lines[1:] == ["true again", "client disconnect false"]


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


def test_ten_thousand_handlers_wait_in_call(run, peer, way):
    # python's server reads 16 packets of a POST at a time, and starts a thread for each event.
    count = 201 if way == "polling" or peer.kind.is_threaded else 10001
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


def test_a_lost_connection_is_made_again(run):
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
