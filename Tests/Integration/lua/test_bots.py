"""The bots that people start from, each against real servers."""

import json

import pytest

from harness.embedded import EmbeddedServer
from harness.program import ROOT
from harness.scripted import ScriptedServer

BOTS = ROOT / "scripts" / "bots"


@pytest.fixture(params=["eio-lua serve", "uvicorn", "threaded"])
def server(request, lua, real_server):
    """An echo server of each kind."""
    return EmbeddedServer(lua) if request.param == "eio-lua serve" else real_server(request.param)


def bot(lua, name, *arguments):
    return lua.command(BOTS / f"{name}.lua", *arguments)


NAMES = {"echo", "responder", "request_reply", "reconnecting"}
SOCKETIO_NAMES = {"socketio_responder", "socketio_chat", "socketio_bridge"}


def test_each_bot_is_tested():
    """Those of Socket.IO in test_socketio_bots.py."""
    assert {each.stem for each in BOTS.glob("*.lua")} == NAMES | SOCKETIO_NAMES


@pytest.mark.parametrize("name", sorted(NAMES | SOCKETIO_NAMES))
def test_bot_without_a_server_says_why(lua, name):
    result = bot(lua, name, "http://127.0.0.1:1", *(["1"] if name == "reconnecting" else [])).finish(10)
    assert result.status == 1
    assert "Connection refused" in result.stdout + result.stderr


# echo.lua


def test_echo_says_something(lua, server):
    result = bot(lua, "echo", server.url, "--say", "hello, wörld").finish()
    assert result.status == 0, result
    assert result.lines[0].startswith("connected, my sid is ")
    assert result.lines[1:] == ["the server answers: hello, wörld", "disconnected: client disconnect"]


def test_echo_sends_back(lua):
    """Two bots on a broadcasting server: what one sends, the other sends back."""
    server = EmbeddedServer(lua, "--mode", "broadcast")
    running = bot(lua, "echo", server.url)
    running.wait_for("connected, my sid is ")
    speaker = lua.start("""
        eio.connect(arg[1])
        eio.send("ping")
        -- Its own message, and the bot's.
        print(eio.receive(5), eio.receive(5))
        eio.disconnect{abort = true}
    """, server.url)
    assert speaker.finish().lines == ["ping\tping"]
    running.signal()
    result = running.finish(8)
    assert (result.lines[-1], result.status) == ("disconnected: client disconnect", 130)


# responder.lua


@pytest.fixture
def scripted_responder(lua):
    """Asks the bot from the server's side: scripted_responder([question, …], how many answers)."""
    def ask(questions, count):
        answers = []

        async def conversation(server):
            session = await server.open("polling")
            await session.send(*(f"4{q if isinstance(q, str) else json.dumps(q)}" for q in questions))
            for _ in range(count):
                answers.append((await session.receive())[1:])
            await session.send("1")

        with ScriptedServer(conversation) as server:
            result = bot(lua, "responder", server.url).finish()
        assert result.status == 0 and "disconnected: server disconnect" in result.stderr
        return [json.loads(answer) if answer.startswith("{") else answer for answer in answers]

    return ask


CONVERSATION = [
    ("help", "I know: time, add A B, remind SECONDS TEXT"),
    ("add 2 -3", "2 + -3 = -1"),
    ("what", "I do not understand: what"),
    ({"from": "ann", "text": "add 1 1"}, {"to": "ann", "text": "1 + 1 = 2"}),
]


def test_responder_answers_later(scripted_responder):
    """While a reminder waits, other messages are answered."""
    answers = scripted_responder(["remind 1 drink water", "help", "time"], 3)
    assert answers[0] == CONVERSATION[0][1]
    assert answers[1].startswith("it is ")
    assert answers[2] == "reminder: drink water"


@pytest.mark.parametrize("question, answer", CONVERSATION, ids=str)
def test_responder_answers(scripted_responder, question, answer):
    assert scripted_responder([question], 1) == [answer]


# request_reply.lua


def test_request_reply(lua, server):
    """An echo has the request's id, too."""
    result = bot(lua, "request_reply", server.url, 5).finish()
    assert result.status == 0, result
    assert [line.split(": ", 1)[0] for line in result.lines] == [f"request {number}" for number in range(1, 6)]
    assert [json.loads(line.split(": ", 1)[1])["id"] for line in result.lines] == list(range(1, 6))


def test_request_reply_without_an_answer(lua):
    server = EmbeddedServer(lua, "--mode", "sink")
    result = bot(lua, "request_reply", server.url, 1).finish(15)
    assert result.status == 1 and "no answer to request 1: timeout" in result.stderr


# reconnecting.lua


def test_reconnecting_when_the_server_restarts(lua):
    server = EmbeddedServer(lua)
    running = bot(lua, "reconnecting", server.url)
    running.wait_for("received hello")
    for restart in range(2, 4):
        server.kill()
        running.wait_for("disconnected: transport error", count=restart - 1)
        running.wait_for("cannot connect: ", count=restart - 1)
        server = EmbeddedServer(lua, port=server.port)
        running.wait_for("received hello", count=restart)
    running.signal()
    result = running.finish(8)
    assert result.status == 130
    assert result.lines[-1].startswith("disconnected: client disconnect")
    assert result.stdout.count("connected by ") == 3 and result.stdout.count("disconnected: ") == 3


@pytest.mark.parametrize("kind", ["uvicorn", "threaded"])
def test_reconnecting_to_python(lua, real_server, kind):
    server = real_server(kind)
    running = bot(lua, "reconnecting", server.url)
    running.wait_for("received hello")
    server.kill()
    running.wait_for("cannot connect: ")
    server.start()
    running.wait_for("received hello", count=2)
    running.signal()
    assert running.finish(8).status == 130


def test_reconnecting_after_the_server_disconnects(lua, real_server):
    server = real_server("uvicorn")
    running = lua.command("-e", """
        eio.start_background_task(function()
            while eio.state ~= "connected" do eio.sleep(0.01) end
            eio.sleep(0.1)
            eio.send("cmd:disconnect")
        end)
    """, BOTS / "reconnecting.lua", server.url)
    running.wait_for("disconnected: server disconnect")
    running.wait_for("received hello", count=2)
    running.signal()
    assert running.finish(8).status == 130


def test_reconnecting_gives_up(lua):
    result = bot(lua, "reconnecting", "http://127.0.0.1:1", 2).finish(15)
    assert result.status == 1
    assert result.stdout.count("cannot connect: ") == 2 and "giving up after 2 failures" in result.stderr


def test_reconnecting_grows_its_pauses(lua):
    running = bot(lua, "reconnecting", "http://127.0.0.1:1", 3)
    result = running.finish(15)
    # 0.5 s and 1 s, each at least halved by chance.
    assert 0.75 <= result.duration < 5, result
