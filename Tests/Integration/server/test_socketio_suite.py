"""The test suite of the Socket.IO protocol, packet by packet, against `eio-lua serve --socketio`."""

import json
import urllib.error

import pytest

from harness.embedded import EmbeddedServer, get
from harness.program import Lua
from harness.raw_sessions import open_raw

P0, P1 = '{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":1}'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    lua = Lua(tmp_path_factory.mktemp("server"))
    yield EmbeddedServer(lua, "--socketio")
    lua.stop_all()


@pytest.fixture
def open_session(server, transport):
    return lambda: open_raw(transport, server.url)


@pytest.fixture
def session(open_session):
    """In the main namespace."""
    session = open_session()
    session.send("40")
    connect = session.receive()
    assert connect.startswith("40{")
    session.sid = json.loads(connect[2:])["sid"]
    assert session.receive() == '42["auth",{}]'
    return session


def test_path_of_engineio_is_not_found(server):
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(f"{server.url}/engine.io/?EIO=4&transport=polling")
    assert refused.value.code == 404


# Connect


@pytest.mark.parametrize("namespace, start", [("", "40"), ("/custom,", "40/custom,"), ("/custom", "40/custom,")])
@pytest.mark.parametrize("auth", ["", '{"token":"123"}'])
def test_connection(open_session, namespace, start, auth):
    session = open_session()
    if auth and namespace == "/custom":
        namespace += ","
    session.send(f"40{namespace}{auth}")
    connect = session.receive()
    assert connect.startswith(start + "{")
    handshake = json.loads(connect.removeprefix(start))
    assert list(handshake) == ["sid"] and handshake["sid"] != session.handshake["sid"]
    assert session.receive() == f"{start.replace('40', '42')}[\"auth\",{auth or '{}'}]"


def test_unknown_namespace(open_session):
    session = open_session()
    session.send("40/random")
    assert session.receive() == '44/random,{"message":"Invalid namespace"}'
    session.send("40")
    assert session.receive().startswith("40{")


@pytest.mark.parametrize("packet", ["4abc", '42["message"]', "40[]", "40null", '40{"a"', '40/custom,"x"', "4", b"\0"])
def test_invalid_handshake(open_session, packet):
    session = open_session()
    session.send(packet)
    assert session.receive() is None


def test_no_handshake_in_time(transport, lua):
    server = EmbeddedServer(lua, "--socketio", "--connect-timeout", "0.3")
    session = open_raw(transport, server.url)
    session.send("40/random")
    assert session.receive() == '44/random,{"message":"Invalid namespace"}'
    assert session.receive() is None
    assert server.stats()["open"] == 0


# Disconnect


def test_leave_the_main_namespace(transport, lua):
    server = EmbeddedServer(lua, "--socketio", "--ping-interval", "0.3", "--ping-timeout", "5")
    session = open_raw(transport, server.url)
    assert (session.handshake["pingInterval"], session.handshake["pingTimeout"]) == (300, 5000)
    session.send("40", "41")
    packets = []
    while len(packets) < 2 or packets[-1] != "2":
        packets.append(session.receive())
        if packets[-1] == "2":
            session.send("3")
    assert [packet[:2] for packet in packets if packet != "2"] == ["40", "42"]


def test_leave_another_namespace(session):
    session.send("40/custom")
    assert session.receive().startswith("40/custom,{")
    assert session.receive() == '42/custom,["auth",{}]'
    session.send("41/custom", '42["message","message to main namespace"]')
    assert session.receive() == '42["message-back","message to main namespace"]'


# Messages


@pytest.mark.parametrize("arguments", ['1,"2",{"3":[true]}', "", "null", ' [ ] , "\\u00e9\\ud83d"', '"é"', '"<",1e400'])
def test_text(session, arguments):
    comma = "," if arguments else ""
    session.send(f'42["message"{comma}{arguments}]')
    assert session.receive() == f'42["message-back"{comma}{arguments}]'


def test_binary(session):
    session.send(f'452-["message",{P0},{P1}]', b"\1\2\3", b"\4\5\6")
    assert [session.receive() for _ in range(3)] == [f'452-["message-back",{P0},{P1}]', b"\1\2\3", b"\4\5\6"]


def test_ack(session):
    session.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    assert session.receive() == '43456[1,"2",{"3":[false]}]'


def test_binary_ack(session):
    session.send(f'452-789["message-with-ack",{P0},{P1}]', b"\1\2\3", b"\4\5\6")
    assert [session.receive() for _ in range(3)] == [f"462-789[{P0},{P1}]", b"\1\2\3", b"\4\5\6"]


def test_ack_in_another_namespace(session):
    session.send("40/custom,")
    session.receive(), session.receive()
    session.send('42/custom,0["message-with-ack"]', '42/custom,99999999999999999999["other",[]]')
    assert session.receive() == "43/custom,0[]"
    assert session.receive() == "43/custom,99999999999999999999[[]]"


ILLEGAL = [
    "4abc", "42{}", "42", "42[]", '42abc["message-with-ack",1,"2",{"3":[false]}]', "47", "41/custom", "41/random",
    '43["x"]x', '430{}', "40", '44{"message":"no"}', '42/custom,["message"]', '42["message"', '42["message",1]x',
    '42["message",nul]', '42["disconnect"]', '451-["message",{"_placeholder":true,"num":1}]', '45["message"]', '4511-["message"]', b"\0",
    '42["message",' + "[" * 129 + "]" * 129 + "]",
]


@pytest.mark.parametrize("packet", ILLEGAL, ids=lambda packet: repr(packet)[:40])
def test_illegal_packets_end_the_session(session, packet):
    # The attachment of those that have one.
    session.send(packet, *([b"x"] if isinstance(packet, str) and packet.startswith("451-") else []))
    assert session.receive() is None


def test_ack_that_nobody_asked_for_is_ignored(session):
    session.send('430["x"]', '43["x"]', '42["message"]')
    assert session.receive() == '42["message-back"]'


def test_text_instead_of_an_attachment_ends_the_session(session):
    session.send(f'451-["message",{P0}]', "42[1]")
    assert session.receive() is None
