"""Load tests against servers that fail: the run goes on, ends in order, and its counts add up."""

import json
import re
import socket
import time

import pytest

from harness.embedded import EmbeddedServer
from harness.relay import FullQueue, Relay

USERS = 20

# Keeps one connection over the iterations, asks, and connects again when it was lost.
CHAT = """
    function default()
        if eio.state ~= "connected" then
            eio.disconnect()
            eio.connect(arg[1], {transports = arg[2] == "upgrade" and {"polling", "websocket"} or {arg[2]}})
        end
        eio.send("hello")
        local answer, why = eio.receive(3)
        if not answer then error("no answer: " .. why, 0) end
        eio.sleep(0.02)
    end
"""
# Connects again and again, with half a second of patience; then waits a little.
CONNECT = """
    local client = require("engineio").Client{request_timeout = 0.5, connect_timeout = 0.5}
    function default()
        local ok, problem = pcall(client.connect, arg[1], {transports = {arg[2]}})
        if not ok then eio.sleep(0.1) error(problem, 0) end
        client.disconnect()
    end
"""


def parts_of(lines):
    """The counts of the summary by metric and tag, such as ("eio_connects", "result:failed")."""
    parts, metric = {}, ""
    for line in lines:
        if whole := re.match(r" {4}(\w+)\.+: ", line):
            metric = whole[1]
        elif part := re.match(r" {6}\{ (.+) \}\.*: (\d+) ", line):
            parts[metric, part[1]] = int(part[2])
    return parts


class LoadTest:
    def __init__(self, lua, script, *options, args):
        self.export = lua.folder / "summary.json"
        lua.write(script)
        self.running = lua.command(
            "load", "-u", USERS, *options, "--summary-export", self.export, "script.lua", "--", *args)

    def finish(self, status=0, timeout=30):
        """The result, whose counts must add up."""
        result = self.running.finish(timeout)
        assert result.status == status, result
        metrics = json.loads(self.export.read_text())["metrics"]
        result.count = lambda name: metrics.get(name, {}).get("count", 0)
        parts = parts_of(result.lines)
        result.connects = lambda end: parts.get(("eio_connects", f"result:{end}"), 0)
        result.ended = lambda reason: parts.get(("eio_disconnects", f"reason:{reason}"), 0)
        count, connects = result.count, result.connects
        assert count("eio_connects_started") == count("eio_connects") == (
            connects("opened") + connects("failed") + connects("interrupted"))
        assert count("iterations_started") == (
            count("iterations") + count("iterations_failed") + count("interrupted_iterations"))
        assert count("eio_messages_accepted") == count("eio_messages_sent") + count("eio_messages_discarded")
        assert count("eio_disconnects") == connects("opened")
        assert count("eio_messages_discarded") == sum(
            amount for (name, tag), amount in parts.items()
            if name == "eio_messages_discarded" and tag.startswith("reason:"))
        return result


@pytest.fixture
def load(lua):
    def start(script, *options, args):
        return LoadTest(lua, script, *options, args=args)

    return start


@pytest.fixture
def server(lua):
    return EmbeddedServer(lua)


def unavailable(_):
    return b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 4\r\n\r\nbusy"


def without_websocket(head):
    if b"websocket" not in head.lower().split(b"\r\n\r\n")[0].split(b"upgrade:")[-1]:
        return None
    return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def silent(_):
    return b""


def turn_away(port, count):
    """Closes so many connections unanswered. A server that starts at once may be there before any user has missed it."""
    with socket.create_server(("127.0.0.1", port), backlog=USERS) as listener:
        for _ in range(count):
            listener.accept()[0].close()


def test_server_is_killed_and_comes_back(lua, load, server, way):
    # Its users knock until the server is there again.
    test = load("options = {failurePause = 0}" + CHAT, "-d", "5s", args=[server.url, way])
    while server.stats()["msgs"] < 10 * USERS:
        time.sleep(0.02)
    server.kill()
    turn_away(server.port, 3 * USERS)
    again = EmbeddedServer(lua, port=server.port)
    result = test.finish()
    assert result.ended("transport error") == USERS
    assert result.connects("opened") == 2 * USERS == USERS + again.stats()["handshakes"]
    assert again.stats()["msgs"] > USERS
    assert again.stats()["open"] == 0
    assert result.count("iterations_failed") >= USERS


def test_server_is_killed_for_good(load, server, transport):
    test = load(CHAT, "-d", "3s", args=[server.url, transport])
    while server.stats()["msgs"] < 10 * USERS:
        time.sleep(0.02)
    server.kill()
    result = test.finish()
    assert result.connects("opened") == USERS
    # A user asks again once a second.
    assert 0 < result.connects("failed") <= 3 * USERS
    assert "Connection refused" in result.stdout


def test_half_of_the_users_are_reset(load, server):
    with Relay(server.port) as relay:
        test = load(CHAT, "-d", "4s", args=[relay.url, "websocket"])
        while server.stats()["msgs"] < 10 * USERS:
            time.sleep(0.02)
        relay.reset(USERS // 2)
        result = test.finish()
    assert result.ended("transport error") == USERS // 2
    assert result.ended("client disconnect") == USERS
    assert result.connects("opened") == USERS + USERS // 2
    # The others did not notice: each reset was the end of one iteration at most.
    assert result.count("iterations_failed") <= USERS // 2


def test_server_never_answers(load, transport):
    with Relay(decide=silent) as relay:
        result = load(CONNECT, "-d", "2s", args=[relay.url, transport]).finish(99)
    assert result.connects("opened") == 0 < USERS < result.connects("failed")
    assert "longer than 0.5 s" in result.stdout


def test_server_does_not_answer_within_the_run(load, transport):
    """Connects that the end of the run cuts short are not failures; but a run in which nobody could connect has failed."""
    with Relay(decide=silent) as relay:
        result = load(CHAT, "-d", "1s", args=[relay.url, transport]).finish(99)
    assert result.count("interrupted_iterations") == result.connects("interrupted") == USERS
    assert result.count("iterations_failed") == result.count("eio_errors") == 0
    # A second of test, two for running iterations, five to end.
    assert result.duration < 9


def test_upgrade_is_refused(load, server):
    with Relay(server.port, without_websocket) as relay:
        result = load(CHAT, "-d", "2s", args=[relay.url, "upgrade"]).finish()
    assert result.connects("opened") == USERS
    assert result.count("iterations_failed") == 0 < result.count("iterations")
    assert sum(b"transport=websocket" in head for head in relay.heads) == USERS


def test_websocket_is_refused(load, server):
    with Relay(server.port, without_websocket) as relay:
        result = load(CONNECT, "-d", "1s", args=[relay.url, "websocket"]).finish(99)
    assert result.connects("opened") == 0 < USERS <= result.connects("failed")
    assert "400" in result.stdout


def test_server_is_unavailable(load, transport):
    with Relay(decide=unavailable) as relay:
        result = load(CONNECT, "-d", "1s", args=[relay.url, transport]).finish(99)
    assert result.connects("opened") == 0 < USERS <= result.connects("failed")
    assert "Unexpected status code 503" in result.stdout


def test_unavailable_server_fails_a_threshold(load):
    script = "options = {thresholds = {['eio_connects{result:failed}'] = {'count<1'}}}" + CONNECT
    with Relay(decide=unavailable) as relay:
        load(script, "-d", "1s", args=[relay.url, "websocket"]).finish(status=99)


def test_queue_of_the_server_is_full(load):
    with FullQueue() as server:
        result = load(CONNECT, "-d", "2s", args=[server.url, "websocket"]).finish(99)
    assert result.connects("opened") == 0 < USERS < result.connects("failed")
    assert "longer than 0.5 s" in result.stdout


def test_queue_of_the_server_is_full_until_the_end(load):
    with FullQueue() as server:
        result = load(CHAT, "-d", "1s", args=[server.url, "websocket"]).finish(99)
    assert result.connects("interrupted") == USERS
    assert result.count("iterations_failed") == 0


def test_one_user_of_a_thousand_raises(lua):
    export = lua.folder / "summary.json"
    lua.write("""
        options = {scenarios = {each = {executor = "per-vu-iterations", vus = 1000, iterations = 1}}}
        function default() if __VU == 500 then error("I am the one", 0) end end
    """)
    result = lua.command(
        "load", "--spawn-rate", 0, "--summary-export", export, "script.lua").finish()
    assert result.status == 0, result
    metrics = json.loads(export.read_text())["metrics"]
    assert (metrics["iterations"]["count"], metrics["iterations_failed"]["count"]) == (999, 1)
    assert result.stdout.count("I am the one") == 1


@pytest.mark.parametrize("loop", [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() while true do pcall(error) end end)()",
], ids=["plain", "pcall", "coroutine"])
def test_user_that_loops_for_ever_is_stopped(lua, loop):
    """The others go on, and the run ends."""
    export = lua.folder / "summary.json"
    lua.write(f"""
        function default()
            if __VU == 1 and __ITER == 0 then {loop} end
            eio.sleep(0.01)
        end
    """)
    result = lua.command(
        "load", "-u", 4, "-d", "3s", "--max-block", 0.5, "--summary-export", export, "script.lua").finish(20)
    assert result.status == 0, result
    metrics = json.loads(export.read_text())["metrics"]
    assert metrics["iterations"]["count"] > 20
    assert metrics["iterations_failed"]["count"] == 1
    assert "script.lua:3" in result.stdout
