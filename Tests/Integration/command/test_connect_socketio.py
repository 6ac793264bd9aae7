"""`eio-lua connect --socketio`: events, acks, namespaces."""

import pytest

from harness.connecting import connected, reports
from harness.embedded import EmbeddedServer


@pytest.fixture
def server(lua):
    return EmbeddedServer(lua, "--socketio", "--auth-token", "geheim")


AUTH = ("--socketio", "--auth", '{"token":"geheim"}')


def test_lines_are_arguments_of_message(lua, server):
    result = connected(lua, server.url, *AUTH, stdin='one\n"two"\n')
    assert result.lines == ['auth {"token":"geheim"}', 'message-back "one"', 'message-back "\\"two\\""']
    assert result.status == 0
    # The default namespace has no name here; the time of its connect is among the others.
    assert ", namespace /" not in result.stderr and "/socket.io/ by websocket in " in result.stderr


def test_json(lua, server):
    line = '{"event":"message","args":[1,{"b":[{"binary":"AP8="}],"a":null}]}\n"text"\n{"binary":"AQ=="}\n'
    result = connected(lua, server.url, *AUTH, "--json", stdin=line)
    (kind, opening), *events, (last, _) = reports(result)
    assert (kind, last, opening["namespace"], result.status) == ("open", "close", "/", 0)
    assert list(opening["phases"]) == ["tcp", "handshake", "upgrade", "total", "namespace"]
    assert events == [("event", {"event": "auth", "args": [{"token": "geheim"}]})] + [
        ("event", {"event": "message-back", "args": arguments})
        for arguments in ([1, {"b": [{"binary": "AP8="}], "a": None}], ["text"], [{"binary": "AQ=="}])]
    # The keys of objects keep their order.
    assert '{"b":[{"binary":"AP8="}],"a":null}' in result.stdout


def test_emit_and_ack(lua, server):
    result = connected(
        lua, server.url, *AUTH, "--emit", '["message-with-ack",1,{"z":1}]', "--emit", '["join","lobby"]', "--ack",
        "--listen", "none", stdin="not read\n")
    assert (result.lines, result.status) == (['ack message-with-ack 1 {"z":1}', "ack join 1"], 0)
    assert result.duration < 20


def test_ack_of_one_line(lua, server):
    lines = '{"event":"message-with-ack","args":[],"ack":true}\n{"event":"message","args":[2]}\n'
    result = connected(lua, server.url, *AUTH, "--json", "--listen", "none", stdin=lines)
    assert reports(result, "event", "ack") == [("ack", {"event": "message-with-ack", "args": []})]
    assert result.status == 0


def test_ack_that_does_not_come(lua, server):
    result = connected(lua, server.url, *AUTH, "--emit", '["message",1]', "--ack", "--for", "300ms")
    assert result.status == 2
    assert "eio-lua: no ack of 'message' came within 0.3 s\n" in result.stderr


def test_listen(lua, server):
    result = connected(
        lua, server.url, *AUTH, "--listen", "other,message-back", "--count", "1", "--emit", '["message",1]')
    assert (result.stdout, result.status) == ("message-back 1\n", 0)


def test_event_that_asks_for_an_ack_gets_one_without_values(lua, server):
    result = connected(lua, server.url, *AUTH, "--emit", '["ask","question",41]', "--ack", "--listen", "question")
    assert (result.lines, result.status) == (["question 41", "ack ask"], 0)


def test_namespace(lua, server):
    result = connected(lua, server.url, *AUTH, "-n", "/custom", "--send", "hi")
    assert result.lines[-1] == 'message-back "hi"'
    assert "/socket.io/, namespace /custom, by websocket" in result.stderr


def test_binary(lua, server):
    result = connected(lua, server.url, *AUTH, "--binary", "--listen", "message-back", stdin=b"\xff\n")
    assert result.stdout == 'message-back {"binary":"/w=="}\n'


@pytest.mark.parametrize("options, reason", [
    (("--auth", '{"token":"bad"}'), "/: "),
    (("-n", "/nowhere", "--auth", '{"token":"geheim"}'), "/nowhere: "),
])
def test_refusal(lua, server, options, reason):
    result = connected(lua, server.url, "--socketio", *options)
    assert (result.stdout, result.status) == ("", 1)
    assert f"One or more namespaces failed to connect: {reason}" in result.stderr and "geheim" not in result.stderr
    assert result.stderr.count("/nowhere") == reason.count("/nowhere")


def test_reserved_names_are_reported_and_skipped(lua, server):
    lines = '{"event":"disconnect"}\n{"event":"message","args":[1]}\n'
    result = connected(lua, server.url, *AUTH, "--json", stdin=lines)
    assert "line 1 of the input is not sent: 'disconnect' is a reserved name" in result.stderr
    assert len(reports(result, "event")) == 2 and result.status == 1


def test_auth_is_not_shown(lua, server):
    result = connected(lua, server.url, *AUTH, "--listen", "none", "--trace", "--log-level", "debug", stdin="x\n")
    shown = [line for line in result.stderr.splitlines() if "event=\"auth\"" not in line and '["auth"' not in line]
    # The embedded server sends it back in an event.
    assert "geheim" not in "\n".join(shown)


@pytest.mark.parametrize("peer", ["socketio", "socketio-javascript"])
def test_other_servers(lua, real_server, peer):
    server = real_server(peer)
    result = connected(
        lua, server.url, "--socketio", "--emit", '["ack",1,{"binary":"AP8="}]', "--ack", "--listen", "none")
    assert (result.lines, result.status) == (['ack ack 1 {"binary":"AP8="}'], 0)
