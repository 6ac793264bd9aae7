"""The Socket.IO bots that people start from, against the embedded server, python-socketio and the JavaScript parser."""

import pytest

from harness.embedded import EmbeddedServer
from harness.program import ROOT

BOTS = ROOT / "scripts" / "bots"


class Embedded(EmbeddedServer):
    """With the namespaces of the bots; it can be started again on its port, as the others."""

    OPTIONS = ["--socketio", "--namespace", "/chat", "--namespace", "/moderators"]

    def __init__(self, lua, *options):
        super().__init__(lua, *self.OPTIONS, *options)
        self._lua = lua

    def start(self):
        super().__init__(self._lua, *self.OPTIONS, port=self.port)


@pytest.fixture(params=["eio-lua serve", "socketio", "socketio-javascript"])
def server(request, lua, real_server):
    """A server of each kind, with rooms."""
    return Embedded(lua) if request.param == "eio-lua serve" else real_server(request.param)


def bot(lua, name, *arguments, **how):
    return lua.command(BOTS / f"{name}.lua", *arguments, **how)


# socketio_responder.lua


def test_responder_answers_what_is_said(lua, server):
    """While a reminder waits, other questions are answered."""
    running = bot(lua, "socketio_responder", server.url)
    running.wait_for("in lobby with 0 others")
    person = lua.start("""
        sio.on("said", function(room, sid, text)
            print(text)
            if text:find("reminder") then sio.disconnect() end
        end)
        sio.on("*", function() end)
        sio.connect(arg[1])
        assert(sio.call("join", "lobby") == 2)
        for _, text in ipairs{"bot, remind 1 drink tea", "hello", "bot, add 2 -3", "bot, sing", "bot, help"} do
            sio.call("say", "lobby", text)
        end
        sio.wait()
    """, server.url)
    assert person.finish().lines == [
        "2 + -3 = -1", "I do not understand: sing", "I know: time, add A B, remind SECONDS TEXT", "reminder: drink tea"]
    running.signal()
    result = running.finish(8)
    assert (result.lines[-1], result.status) == ("disconnected: client disconnect", 130)


def test_responder_answers_the_script_of_its_head(lua):
    server = Embedded(lua)
    running = bot(lua, "socketio_responder", server.url)
    running.wait_for("in lobby with 0 others")
    text = (BOTS / "socketio_responder.lua").read_text()
    script = "\n".join(line[2:] for line in text.splitlines() if line.startswith("--   sio."))
    person = lua.start(script.replace("http://localhost:5000", server.url))
    person.wait_for("I know: time, add A B, remind SECONDS TEXT")


def test_responder_acknowledges_a_question(lua, real_server):
    running = lua.command("-e", """
        sio.on("answer", function(text) print("the ack: " .. text) sio.disconnect() end)
        sio.on("hello", function() sio.emit("question", "add 40 2") end)
    """, BOTS / "socketio_responder.lua", real_server("socketio").url)
    result = running.finish()
    assert result.status == 0 and "the ack: 40 + 2 = 42" in result.lines, result


# socketio_chat.lua


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("CHAT_TOKEN", "secret")


def test_chat_welcomes_and_reports(lua, server, token):
    running = bot(lua, "socketio_chat", server.url)
    running.wait_for("in the lobby with 0 others")
    person = lua.start("""
        local person = require("socketio").Client()
        local is_over = eio.create_event()
        person.on("*", function() end, "*")
        person.on("said", function(_, _, text)
            print(text)
            person.emit{"say", "lobby", "What the heck?", namespace = "/chat"}
        end, "/chat")
        person.on("said", function(_, _, report)
            print(report.text .. ", in " .. report.room)
            is_over:set()
        end, "/moderators")
        person.connect(arg[1], {namespaces = {"/chat", "/moderators"}, auth = {token = "secret"}})
        person.of("/moderators").call("join", "reports")
        person.of("/chat").call("join", "lobby")
        person.of("/chat").emit("say", "lobby", "hello")
        is_over:wait()
        person.disconnect()
    """, server.url)
    assert person.finish().lines == ["welcome!", "What the heck?, in lobby"]
    running.wait_for("reported to 1 moderators")
    running.signal()
    assert running.finish(8).status == 130


def test_chat_comes_back(lua, server, token):
    running = bot(lua, "socketio_chat", server.url)
    for restart in range(1, 3):
        running.wait_for("in the lobby with 0 others", count=restart)
        server.kill()
        running.wait_for("disconnected: transport error, connecting again", count=restart)
        server.start()
    running.wait_for("in the lobby with 0 others", count=3)
    running.signal()
    result = running.finish(8)
    assert (result.lines[-1], result.status) == ("disconnected: client disconnect", 130)


def test_chat_gives_up(lua, server, token):
    running = bot(lua, "socketio_chat", server.url, 1)
    running.wait_for("in the lobby with 0 others")
    server.kill()
    result = running.finish()
    assert result.status == 1 and "giving up: reconnection failed" in result.stderr, result


def test_chat_with_its_token(lua, token):
    running = bot(lua, "socketio_chat", Embedded(lua, "--auth-token", "secret").url)
    running.wait_for("in the lobby with 0 others")
    running.signal()
    assert running.finish(8).status == 130


def test_chat_without_its_token(lua):
    result = bot(lua, "socketio_chat", Embedded(lua, "--auth-token", "secret").url).finish()
    assert result.status == 1 and "not connected: " in result.stdout, result
    assert "failed to connect: /chat, /moderators" in result.stderr


# socketio_bridge.lua


def test_bridge(lua, server):
    """The Engine.IO server sends back what it gets, so that the bridge repeats in the room what comes from there."""
    engine = EmbeddedServer(lua)
    running = bot(lua, "socketio_bridge", engine.url, server.url)
    running.wait_for("the bridge is open")
    person = lua.start("""
        local got = eio.create_queue()
        sio.on("said", function(_, _, data) got:put(data) end)
        sio.on("*", function() end)
        sio.connect(arg[1])
        assert(sio.call("join", "lobby") == 2)
        sio.emit("say", "lobby", "text")
        sio.emit("say", "lobby", {list = {1, true}})
        sio.emit("say", "lobby", eio.bytes("\\0\\255"))
        sio.emit("say", "lobby")
        sio.emit("say", "lobby", eio.null)
        sio.emit("say", "lobby", 1.5)
        print(got:get(), eio.json.encode(got:get()), got:get() == eio.bytes("\\0\\255"), got:get())
        sio.disconnect()
    """, server.url)
    assert person.finish().lines == ['text\t{"list":[1,true]}\ttrue\t1.5']
    engine.kill()
    result = running.finish()
    assert result.status == 0 and result.lines[-2:] == [
        "Engine.IO disconnected: transport error", "Socket.IO disconnected: client disconnect"], result
