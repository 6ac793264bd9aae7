"""The Socket.IO servers of the tests are checked with python-socketio's own client, and the third of the tests that is
run each time is one."""

import ast
from pathlib import Path

import pytest
import socketio

from harness.real_servers import RealServer
from harness.socketio_peers import KINDS, WAYS, is_in_the_third

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    server = RealServer("socketio-javascript", tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


def test_the_javascript_server_answers_python(javascript, way):
    client = socketio.SimpleClient(handle_sigint=False, reconnection=False)
    client.connect(javascript.url, transports=TRANSPORTS[way])
    assert client.receive(5) == ["hello", {"auth": None}]
    client.emit("echo", (1, b"\x00\xff", {"list": [b"a"]}))
    assert client.receive(5) == ["echoed", 1, b"\x00\xff", {"list": [b"a"]}]
    assert client.call("ack", ("x", b"y"), timeout=5) == ("x", b"y")
    assert client.transport == ("polling" if way == "polling" else "websocket")
    client.disconnect()


def test_the_third_has_each_server_on_each_way():
    source = Path(__file__).with_name("lua") / "test_socketio.py"
    tests = [each.name for each in ast.parse(source.read_text()).body if each.__class__ is ast.FunctionDef
             and each.name.startswith("test_")]
    chosen = [(test, peer, way) for test in tests for peer in KINDS for way in WAYS if is_in_the_third(test, peer, way)]
    assert len(chosen) == len(tests) * len(KINDS)
    assert {(peer, way) for _, peer, way in chosen} == {(peer, way) for peer in KINDS for way in WAYS}
    assert {(test, way) for test, _, way in chosen} == {(test, way) for test in tests for way in WAYS}
