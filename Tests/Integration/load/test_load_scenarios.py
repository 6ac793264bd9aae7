"""The scenarios that people start from, each against a real server."""

import json
import time
import urllib.parse

import pytest

from harness.embedded import EmbeddedServer
from harness.program import ROOT
from harness.scripted import ScriptedServer

SCENARIOS = ROOT / "scripts" / "load"
NAMES = {"arrivals", "chat_room", "connection_storm", "reconnect_herd", "request_reply", "socketio_herd",
         "socketio_requests", "socketio_room"}


@pytest.fixture
def load(lua):
    """Starts a scenario: load(name, options, url); `finish` of what it gives adds the export."""
    def start(name, options, url):
        export = lua.folder / "summary.json"
        running = lua.command(
            "load", *options, "--summary-export", export, SCENARIOS / f"{name}.lua", "--", url)

        def finish(timeout=40):
            result = running.finish(timeout)
            result.metrics = json.loads(export.read_text())["metrics"] if export.exists() else {}
            return result

        running.result = finish
        return running

    return start


def count(result, name):
    return result.metrics.get(name, {}).get("count", 0)


def test_each_scenario_is_tested():
    assert {each.stem for each in SCENARIOS.glob("*.lua")} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_head_comment_says_how_to_try_it(name):
    text = (SCENARIOS / f"{name}.lua").read_text()
    head = text.split("\n\n")[0]
    assert "\n--   eio-lua serve" in head
    assert f"\n--   eio-lua load {name}.lua " in head


def test_connection_storm(lua, load):
    server = EmbeddedServer(lua)
    result = load("connection_storm", ["-e", "USERS=200", "-e", "STAY=1", "--spawn-rate", 0], server.url).result()
    assert result.status == 0, result
    counted = server.stats()
    assert (counted["handshakes"], counted["open"]) == (200, 0)
    assert count(result, "iterations") == count(result, "eio_connects") == 200
    assert result.metrics["vus"]["max"] == 200


def test_connection_storm_without_a_server_fails(load):
    result = load("connection_storm", ["-e", "USERS=5"], "http://127.0.0.1:1").result()
    assert result.status == 99, result
    assert "Connection refused" in result.stdout
    assert "✗ 'rate>0.999' rate=0.00%" in result.stdout


def test_chat_room(lua, load):
    server = EmbeddedServer(lua, "--mode", "broadcast")
    result = load("chat_room", ["-s", "1s:10", "-s", "3s:10"], server.url).result()
    assert result.status == 0, result
    said = count(result, "eio_messages_sent")
    # Several users receive each message.
    assert said >= 10 and count(result, "received") > 3 * said
    assert count(result, "received") == count(result, "eio_messages_received")
    assert result.metrics["checks"]["fails"] == 0


def test_request_reply(lua, load):
    server = EmbeddedServer(lua)
    result = load("request_reply", ["-u", 5, "-i", 10], server.url).result()
    assert result.status == 0, result
    assert server.stats()["msgs"] == count(result, "eio_messages_received") == 20
    assert "✓ 'p(95)<200'" in result.stdout
    assert result.metrics["checks"]["passes"] == 20


def test_request_reply_without_answers_ends_early(lua, load):
    server = EmbeddedServer(lua, "--mode", "sink")
    result = load("request_reply", ["-u", 20, "-i", 20], server.url).result()
    assert result.status == 99, result
    assert "no answer: timeout" in result.stdout
    assert "✗ 'count<10' count=20" in result.stdout


def test_reconnect_herd(lua, load):
    server = EmbeddedServer(lua)
    running = load("reconnect_herd", ["-u", 20, "-d", "7s", "-e", "CUT=2"], server.url)
    result = running.result()
    assert result.status == 0, result
    counted = server.stats()
    assert counted["open"] == 0
    assert counted["handshakes"] == count(result, "eio_connects") == count(result, "attempts") >= 60


def test_reconnect_herd_outlives_the_server(lua, load):
    server = EmbeddedServer(lua)
    running = load("reconnect_herd", ["-u", 20, "-d", "6s", "-e", "CUT=3600"], server.url)
    while server.stats()["open"] < 20:
        time.sleep(0.02)
    server.kill()
    again = EmbeddedServer(lua, port=server.port)
    while again.stats()["open"] < 20:
        time.sleep(0.02)
    result = running.result()
    assert result.status == 0, result
    assert count(result, "attempts") >= 40
    assert count(result, "eio_connects_started") == count(result, "eio_connects")


def test_arrivals(lua, load):
    """As many come as the rate says, and everybody gets an answer."""
    server = EmbeddedServer(lua)
    result = load("arrivals", ["-e", "RATE=10", "-e", "TIME=2s"], server.url).result()
    assert result.status == 0, result
    assert count(result, "iterations") == server.stats()["msgs"] == result.metrics["checks"]["passes"] >= 19
    assert count(result, "dropped_iterations") == 0


def test_arrivals_say_who_they_are(load):
    async def conversation(server):
        session = await server.open("polling")
        said = (await session.receive())[1:]
        await session.send("4" + said, "1")
        return said

    with ScriptedServer(conversation) as server:
        result = load("arrivals", ["-e", "RATE=1", "-e", "TIME=900ms"], server.url).result()
        first = server.requests[0]
    assert result.status == 0, result
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(first.target).query)["room"] == ["kitchen"]
    assert first.header("x-name") == "ann"


# Socket.IO.


def test_socketio_room(lua, load):
    server = EmbeddedServer(lua, "--socketio")
    result = load("socketio_room", ["-s", "1s:10", "-s", "3s:10", "-e", "MEMBERS=5"], server.url).result()
    assert result.status == 0, result
    pushes = result.metrics["checks"]["passes"]
    # Several users receive each sentence.
    assert pushes >= 10 and count(result, "received") > 2 * pushes
    assert result.metrics["checks"]["fails"] == 0


def test_socketio_requests(lua, load):
    server = EmbeddedServer(lua, "--socketio")
    result = load("socketio_requests", ["-u", 5, "-i", 10], server.url).result()
    assert result.status == 0, result
    assert "✓ 'p(95)<200'" in result.stdout
    assert result.metrics["checks"]["passes"] == 20
    assert count(result, "sio_acks") == 20


def test_socketio_herd(lua, load):
    server = EmbeddedServer(lua, "--socketio", "--auth-token", "secret")
    result = load("socketio_herd", ["-u", 20, "-d", "7s", "-e", "CUT=2"], server.url).result()
    assert result.status == 0, result
    counted = server.stats()
    assert counted["open"] == 0
    assert counted["handshakes"] == count(result, "eio_connects") == count(result, "logins") >= 60


def test_socketio_herd_with_a_wrong_token(lua, load):
    server = EmbeddedServer(lua, "--socketio", "--auth-token", "another")
    result = load("socketio_herd", ["-u", 2, "-d", "1s"], server.url).result()
    assert result.status == 99, result


def test_socketio_herd_outlives_the_server(lua, load):
    options = ["--socketio", "--auth-token", "secret"]
    server = EmbeddedServer(lua, *options)
    running = load("socketio_herd", ["-u", 20, "-d", "6s", "-e", "CUT=3600"], server.url)
    while server.stats()["open"] < 20:
        time.sleep(0.02)
    server.kill()
    again = EmbeddedServer(lua, *options, port=server.port)
    while again.stats()["open"] < 20:
        time.sleep(0.02)
    result = running.result()
    assert result.status == 0, result
    assert count(result, "logins") >= 40
