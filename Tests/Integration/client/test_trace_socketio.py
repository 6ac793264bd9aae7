"""`--trace` of Socket.IO clients: packets with their namespace, event, id, arguments and attachments."""

import json

import pytest

from harness.real_servers import RealServer

SCRIPT = """
local c = require("socketio").Client{serializer = arg[2], logger = arg[4] == "log"}
c.connect(arg[1], {transports = arg[3], namespaces = {"/", "/chat"}, auth = {token = "s3cret"}})
print(c.call("ack", "one", {a = 1}))
c.emit("echo", eio.bytes("\\0\\1\\2"))
c.receive{event = "echoed", timeout = 30}
print(c.get_sid("/"), c.get_sid("/chat"))
c.disconnect()
"""


@pytest.fixture(scope="module", params=["default", "msgpack"])
def server(request, tmp_path_factory):
    server = RealServer("socketio", tmp_path_factory.mktemp("server"), serializer=request.param)
    server.serializer = request.param
    yield server
    server.kill()


def run(lua, server, transport, *options, log=""):
    result = lua.run(SCRIPT, server.url, server.serializer, transport, log, options=options)
    assert result.status == 0, result
    sids = result.lines[-1].split("\t")
    assert len(sids) == 2
    # The server sends the auth back in an event of its own, and events are shown.
    shown = [line for line in result.stderr.splitlines() if "hello" not in line]
    for secret in ["s3cret", *sids]:
        assert not [line for line in shown if secret in line]
    return result


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_json_lines(lua, server, transport):
    result = run(lua, server, transport, "--trace-format", "json")
    events = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    packets = [event for event in events if "packet" in event]
    assert len(packets) == len([event for event in events if event["type"] == "message"])
    assert all("data" not in event for event in packets)

    def of(direction, kind):
        return [event for event in packets if (event["direction"], event["packet"]) == (direction, kind)]

    for direction in ("in", "out"):
        assert sorted((event["namespace"], event["payload"]) for event in of(direction, "CONNECT")) == [
            ("/", "***"), ("/chat", "***")]
    call, *rest = [event for event in of("out", "EVENT")]
    assert (call["event"], call["id"], call["arguments"]) == ("ack", 1, ["one", {"a": 1}])
    answer, = of("in", "ACK")
    assert (answer["namespace"], answer["id"], answer["arguments"]) == ("/", 1, ["one", {"a": 1}])
    assert [event["namespace"] for event in of("out", "DISCONNECT")] == ["/", "/chat"]
    if server.serializer == "default":
        echo, = of("out", "BINARY_EVENT")
        assert (echo["event"], echo["attachments"]) == ("echo", 1)
        attachment, = of("out", "ATTACHMENT")
        assert (attachment["number"], attachment["attachments"], attachment["hex"]) == (1, 1, "000102")
    else:
        assert rest[0]["event"] == "echo"


def test_text_lines(lua, server):
    lines = run(lua, server, "websocket", "--trace").stderr.splitlines()
    call = 'packet="EVENT" namespace="/" event="ack" id=1 arguments=["one",{"a":1}]'
    assert any(f" {call}" in line for line in lines), lines
    assert any(' < websocket message ' in line and 'packet="ACK" namespace="/" id=1' in line for line in lines)


def test_the_log_shows_no_secret(lua, server):
    result = run(lua, server, "websocket", log="log")
    assert "MESSAGE data" in result.stderr
    if server.serializer == "default":
        assert "MESSAGE data 0***" in result.stderr and "MESSAGE data 0/chat,***" in result.stderr
