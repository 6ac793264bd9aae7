"""`eio-lua serve --socketio`: rooms, its options, its limits, and its clients."""

import json
import urllib.error
import urllib.request

import msgpack
import pytest
import socketio

from harness.embedded import EmbeddedServer
from harness.raw_sessions import open_raw


@pytest.fixture
def server(lua):
    return EmbeddedServer(lua, "--socketio")


def join(server, transport, namespace="", auth=""):
    session = open_raw(transport, server.url)
    comma = f"{namespace}," if namespace else ""
    session.send(f"40{comma}{auth}")
    session.sid = json.loads(session.receive().removeprefix(f"40{comma}"))["sid"]
    assert session.receive().startswith(f'42{comma}["auth",')
    return session


def call(session, packet):
    session.send(packet)
    return session.receive()


# Rooms


def test_events_of_a_room_reach_its_other_members(server, transport):
    first, second, third = (join(server, transport), join(server, "websocket"), join(server, "polling"))
    assert call(first, '420["join","lobby"]') == "430[1]"
    assert call(second, '421["join","l\\u006fbby"]') == "431[2]"
    assert call(second, '422["join","lobby"]') == "432[2]"
    assert call(first, '423["say","lobby","hi",{"a":[1]}]') == "433[1]"
    assert second.receive() == f'42["said","lobby","{first.sid}","hi",{{"a":[1]}}]'
    # Not a member, and not in the room of the same name in another namespace.
    third.send("40/custom,")
    third.receive(), third.receive()
    assert call(third, '42/custom,4["join","lobby"]') == "43/custom,4[1]"
    assert call(third, '425["say","lobby"]') == "435[2]"
    assert first.receive() == second.receive() == f'42["said","lobby","{third.sid}"]'
    assert call(second, '426["leave","lobby"]') == "436[true]"
    assert call(second, '427["leave","lobby"]') == "437[false]"
    assert call(first, '428["say","lobby","nobody"]') == "438[0]"
    assert call(first, '429["say","no such room"]') == "439[0]"
    assert server.stats()["rooms"] == 2


def test_binary_data_in_a_room(server, transport):
    first, second = (join(server, transport), join(server, transport))
    assert call(second, '420["join","data"]') == "430[1]"
    packet = '["say","data",{"_placeholder":true,"num":0}]'
    first.send(f"451-3{packet}", b"\0\1")
    assert first.receive() == "433[1]"
    assert second.receive() == f'451-["said","data","{first.sid}",{{"_placeholder":true,"num":0}}]'
    assert second.receive() == b"\0\1"


def test_messages_of_several_rooms_keep_their_order(server):
    sender, receiver = join(server, "websocket"), join(server, "websocket")
    rooms = ["a", "b", "a", "a", "b"]
    receiver.send('42["join","a"]', '421["join","b"]')
    assert receiver.receive() == "431[1]"
    sender.send(*(f'42["say","{room}",{number}]' for number, room in enumerate(rooms * 100)))
    received = [json.loads(receiver.receive()[2:]) for _ in rooms * 100]
    assert received == [["said", room, sender.sid, number] for number, room in enumerate(rooms * 100)]


@pytest.mark.parametrize("end", ["41", "1"])
def test_rooms_are_left_at_the_end(server, transport, end):
    first, second = (join(server, transport), join(server, transport))
    assert call(first, '420["join","end"]') == "430[1]"
    assert call(second, '420["join","end"]') == "430[2]"
    second.send(end)
    # The close of a websocket is read at some time.
    for _ in range(1000):
        if (answer := call(first, '421["say","end"]')) == "431[0]":
            return
        assert answer == "431[1]"
    raise AssertionError("the room was not left")


@pytest.mark.parametrize("arguments, reason", [
    ('"join"', "the first argument of join is a room: a string"),
    ('"leave",5', "the first argument of leave is a room: a string"),
    ('"say",null,"text"', "the first argument of say is a room: a string"),
    ('"join","' + "r" * 201 + '"', "a room has a name of at most 200 bytes"),
])
def test_wrong_arguments(server, arguments, reason):
    session = join(server, "websocket")
    assert call(session, f"427[{arguments}]") == f'437[false,"{reason}"]'
    # Without an ack there is no answer.
    session.send(f"42[{arguments}]", '42["message"]')
    assert session.receive() == '42["message-back"]'


def test_rooms_of_a_client_are_limited(server):
    session = join(server, "polling")
    session.send(*(f'42["join","{number}"]' for number in range(1000)))
    assert call(session, '420["join","one more"]') == '430[false,"a client is in at most 1000 rooms"]'
    assert call(session, '421["leave","5"]') == "431[true]"
    assert call(session, '422["join","one more"]') == "432[1]"
    session.close()
    assert server.stats()["rooms"] < 1000


def say_until_nobody_is_left(session):
    """Sends a megabyte again and again; returns how often there was a receiver."""
    for count in range(100):
        session.send('451-0["say","r",{"_placeholder":true,"num":0}]', bytes(999_000))
        answer = session.receive()
        if answer == "430[0]":
            return count
        assert answer == "430[1]"
    raise AssertionError("the receiver is still there")


def test_receiver_that_does_not_read_is_disconnected(lua):
    server = EmbeddedServer(lua, "--socketio")
    sender, lazy = join(server, "websocket"), join(server, "websocket")
    assert call(lazy, '420["join","r"]') == "430[1]"
    # 16 MiB may wait for it, and the system keeps a few more.
    assert 16 <= say_until_nobody_is_left(sender) < 100
    resident = int(open(f"/proc/{server.running.process.pid}/statm").read().split()[1]) * 4096
    assert resident < 150 << 20
    stats = server.stats()
    assert (stats["open"], stats["rooms"]) == (1, 0)


def test_poller_that_does_not_poll_is_disconnected(lua):
    server = EmbeddedServer(lua, "--socketio")
    sender, lazy = join(server, "websocket"), join(server, "polling")
    assert call(lazy, '420["join","r"]') == "430[1]"
    # As base64, a third longer.
    assert say_until_nobody_is_left(sender) == 13


# Acks of the client


def test_ask(server, transport):
    session = join(server, transport)
    assert call(session, '425["ask","question",{"a":1},"b"]') == '421["question",{"a":1},"b"]'
    assert call(session, '431["yes",[2]]') == '435["yes",[2]]'
    # With binary data, and without an ack of its own.
    session.send('451-["ask","data",{"_placeholder":true,"num":0}]', b"\1")
    assert session.receive() == '451-2["data",{"_placeholder":true,"num":0}]'
    assert session.receive() == b"\1"
    assert call(session, '426["ask","data"]') == '423["data"]'
    session.send('432["ignored"]', '461-3[{"_placeholder":true,"num":0}]', b"\2")
    assert [session.receive(), session.receive()] == ['461-6[{"_placeholder":true,"num":0}]', b"\2"]
    # An answer that was there, one that nothing asked for, and one of another namespace.
    assert call(session, '427["ask","again"]') == '424["again"]'
    session.send("40/custom,")
    session.receive(), session.receive()
    session.send("433[]", "4399[]", "43/custom,4[]", "434[]")
    assert session.receive() == "437[]"
    session.close()


@pytest.mark.parametrize("arguments, reason", [
    ('"ask"', "the first argument of ask is an event: a string"),
    ('"ask","connect"', "the event of ask has a reserved name"),
])
def test_wrong_question(server, arguments, reason):
    assert call(join(server, "websocket"), f"427[{arguments}]") == f'437[false,"{reason}"]'


def test_unanswered_questions_are_limited(server):
    session = join(server, "polling")
    session.send(*['42["ask","x"]'] * 1000)
    for number in range(1, 1001):
        assert session.receive() == f'42{number}["x"]'
    assert call(session, '420["ask","x"]') == '430[false,"a client has at most 1000 unanswered questions"]'
    session.close()


# Options


def test_auth_token(lua, transport):
    server = EmbeddedServer(lua, "--socketio", "--auth-token", "s3cret")
    refusal = '{"message":"Not authorized: auth needs the token of --auth-token"}'
    session = open_raw(transport, server.url)
    for auth in ("", "{}", '{"token":"wrong"}', '{"token":["s3cret"]}'):
        assert call(session, f"40{auth}") == f"44{refusal}"
    assert call(session, '40/custom,{"token":"x"}') == f"44/custom,{refusal}"
    assert call(session, '40{"token":"s3cret"}').startswith("40{")
    assert session.receive() == '42["auth",{"token":"s3cret"}]'
    session.send('42["message"]')
    assert session.receive() == '42["message-back"]'


def test_more_namespaces(lua):
    server = EmbeddedServer(lua, "--socketio", "--namespace", "/chat", "--namespace=/a/b", "--namespace", "/")
    session = open_raw("websocket", server.url)
    for name in ("/chat", "/a/b", "/custom"):
        assert call(session, f"40{name},").startswith(f"40{name},")
        assert session.receive() == f'42{name},["auth",{{}}]'
    assert server.stats()["namespaces"] == 3


@pytest.mark.parametrize("options, message", [
    (["--auth-token", "x"], "--auth-token is for Socket.IO: it needs --socketio"),
    (["--namespace", "/x"], "--namespace is for Socket.IO: it needs --socketio"),
    (["--connect-timeout", "5"], "--connect-timeout is for Socket.IO: it needs --socketio"),
    (["--socketio", "--mode", "echo"], "--mode is for Engine.IO alone: it cannot be used with --socketio"),
    (["--socketio", "--greet", "x"], "--greet is for Engine.IO alone: it cannot be used with --socketio"),
    (["--socketio", "--size", "5"], "--size is for Engine.IO alone: it cannot be used with --socketio"),
    (["--socketio", "--namespace", "chat"], "a namespace begins with /"),
    (["--socketio", "--namespace", "/a,b"], "a namespace has no commas"),
    (["--socketio", "--connect-timeout", "0"], "it must be a number from 0.001 to 86400.0"),
    (["--socketio", "--auth-token", ""], "it must not be empty"),
])
def test_options_that_do_not_fit(lua, options, message):
    result = lua.command("serve", *options).finish(10)
    assert result.status == 64 and result.stdout == ""
    assert message in result.stderr.splitlines()[0], result.stderr


def test_illegal_packet_is_a_warning_without_secrets(lua):
    server = EmbeddedServer(lua, "--socketio")
    for packet in ["42[1", '40{"token":"s3cret"', '42["\x1b[31m"]'] + ["4nothing"] * 20:
        session = open_raw("websocket", server.url)
        session.send(packet)
        assert session.receive() is None
    server.running.wait_for("further ones", stream="stderr")
    lines = server.running.stderr.splitlines()
    assert lines[0] == "warning: a client sent a packet for a namespace that is not connected: 2[1: its session is ended"
    assert lines[1] == "warning: a client sent a packet whose payload is not valid JSON: its session is ended"
    assert "\x1b" not in lines[2]
    assert lines[3] == (
        "warning: a client sent a message that is not a Socket.IO packet; does the client speak plain Engine.IO?: "
        "nothing: its session is ended")
    assert len(lines) == 10 and lines[9].endswith("; further ones are not shown")
    assert server.stats()["bad"] == 23


def test_token_of_a_msgpack_client_is_not_quoted(lua):
    server = EmbeddedServer(lua, "--socketio")
    session = open_raw("websocket", server.url)
    session.send(msgpack.packb({"type": 0, "nsp": "/", "data": {"token": "s3cret"}}))
    assert session.receive() is None
    server.running.wait_for("its session is ended", stream="stderr")
    assert "msgpack" in server.running.stderr
    assert b"s3cret".hex(" ") not in server.running.stderr


def test_pages_of_other_origins_are_refused(server):
    request = urllib.request.Request(
        f"{server.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": "http://example.org"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 403


# Clients


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], None], ids=str)
def test_python_client(server, transports):
    client = socketio.SimpleClient()
    client.connect(server.url, auth={"token": "x"}, transports=transports)
    assert client.receive(10) == ["auth", {"token": "x"}]
    client.emit("message", (1, "ü", {"b": b"\0\xff"}, b""))
    assert client.receive(10) == ["message-back", 1, "ü", {"b": b"\0\xff"}, b""]
    assert client.call("message-with-ack", ("a", [b"\1"])) == ("a", [b"\1"])
    assert client.call("join", "python") == 1
    client.disconnect()


def test_scripts(server, lua, way):
    transports = {"upgrade": "nil"}.get(way, f'"{way}"')
    result = lua.run(f"""
        local socketio = require "socketio"
        local ann, bob = socketio.Client(), socketio.Client()
        local arrived = eio.create_event()
        bob.on("said", function(room, sid, text, data)
          print(room, sid == ann.sid, text, data == eio.bytes("\\0\\1"))
          arrived:set()
        end)
        ann.on("auth", function(auth) print(auth.token) end)
        bob.on("auth", function(auth) print(auth.token) end)
        for _, client in ipairs{{ann, bob}} do
          client.connect(arg[1], {{transports = {transports}, auth = {{token = client == bob and "b" or "a"}}}})
          print(client.call("join", "{way}"))
        end
        print(ann.call("say", "{way}", "hi", eio.bytes("\\0\\1")))
        arrived:wait()
        print(ann.call("join", 5))
        print(ann.call("sum", 1, 2))
        ann.on("question", function(number) return number + 1, eio.bytes("\\1") end)
        local number, data = ann.call("ask", "question", 41)
        print(number, data == eio.bytes("\\1"))
        print(ann.call("leave", "{way}"))
        ann.disconnect()
        bob.disconnect()
    """, server.url)
    assert result.status == 0, result
    assert sorted(result.lines) == sorted([
        "1", "a", "b", "2", "1", f"{way}\ttrue\thi\ttrue", "false\tthe first argument of join is a room: a string", "1\t2", "42\ttrue", "true"])


def test_end_by_a_signal(lua):
    server = EmbeddedServer(lua, "--socketio")
    session = join(server, "websocket")
    server.running.signal()
    assert session.receive() is None
    session.close()
    assert server.running.finish(10).status == 130
