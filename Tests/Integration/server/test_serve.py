"""`eio-lua serve`: its modes, options, counters and errors, seen by python-engineio's client and the program's own."""

import base64
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import engineio
import pytest

from harness.embedded import get, handshake


class PythonClient:
    """python-engineio's client, which collects what it receives."""

    def __init__(self, url, transports=None):
        self.received = []
        self._arrived = threading.Condition()
        self.client = engineio.Client()
        self.client.on("message", self._message)
        self.client.connect(url, transports=transports)

    def _message(self, data):
        with self._arrived:
            self.received.append(data)
            self._arrived.notify_all()

    def wait_for(self, count, timeout=10):
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, timeout), self.received
        return self.received


@pytest.fixture
def python_client():
    clients = []

    def connect(url, transports=None):
        clients.append(PythonClient(url, transports))
        return clients[-1]

    yield connect
    for each in clients:
        each.client.disconnect()


def test_prints_where_it_listens(serve):
    server = serve()
    assert server.running.stdout == f"listening on http://127.0.0.1:{server.port}\n"


def test_loopback_only(serve):
    server = serve()
    with open("/proc/net/tcp") as file:
        listening = [line.split()[1].split(":") for line in file if line.split()[3] == "0A"]
    assert [host for host, port in listening if int(port, 16) == server.port] == ["0100007F"]


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], None], ids=str)
def test_echo_to_python(serve, python_client, transports):
    client = python_client(serve().url, transports)
    sent = ["text", "wörld", b"\0\1\xff", {"a": [1, None]}, [1, 2]]
    for number, message in enumerate(sent, 1):
        client.client.send(message)
        client.wait_for(number)
    assert client.received == sent
    assert client.client.transport() == ("polling" if transports == ["polling"] else "websocket")


def test_sink(serve, lua):
    server = serve("--mode", "sink")
    result = lua.run("""
        eio.connect(arg[1])
        for _ = 1, 100 do eio.send("0123456789") end
        print(eio.receive(0.1)); eio.disconnect()
    """, server.url)
    assert result.lines == ["nil\ttimeout"]
    stats = server.stats()
    assert (stats["msgs"], stats["bytes"], stats["sent"]) == (100, 1000, 0)


@pytest.mark.parametrize("way", ["polling", "websocket"])
def test_flood(serve, lua, way):
    server = serve("--mode", "flood", "--size", "100")
    result = lua.run("""
        local count, ended = 0, eio.create_event()
        eio.on("message", function(m)
            assert(#m == 100)
            count = count + 1
            if count == 5000 then eio.disconnect{abort = true}; ended:set() end
        end)
        eio.connect(arg[1], {transports = arg[2]})
        ended:wait(20)
        print(count >= 5000)
    """, server.url, way)
    assert result.lines == ["true"], result
    assert server.stats()["sent"] >= 5000


def test_flood_waits_for_a_client_that_does_not_read(serve):
    server = serve("--mode", "flood", "--size", "1000")
    fields, _ = handshake(server)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            f"GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n\r\n".encode())
        assert b"101" in connection.recv(1000)
        time.sleep(1)
        resident = int(open(f"/proc/{server.running.process.pid}/statm").read().split()[1]) * 4096
        assert resident < 100 << 20


def test_broadcast(serve, python_client):
    server = serve("--mode", "broadcast")
    clients = [python_client(server.url, transports) for transports in (["polling"], ["websocket"], None)]
    clients[0].client.send("to all")
    for client in clients:
        client.wait_for(1)
    clients[1].client.send(b"\1")
    for client in clients:
        assert client.wait_for(2) == ["to all", b"\1"]


def test_chat(serve, python_client):
    """Each message reaches the others in its order, and never its sender."""
    server = serve("--mode", "chat")
    clients = [python_client(server.url, transports) for transports in (["polling"], ["websocket"], None)]
    for number, client in enumerate(clients):
        client.client.send(f"from {number}")
        client.client.send(bytes([number]))
    for client in clients:
        client.wait_for(4)
    # A message that was wrong would have come before the answer to this one.
    assert server.stats()["sent"] == 12
    for number, client in enumerate(clients):
        others = [other for other in range(3) if other != number]
        assert sorted(map(str, client.received)) == sorted(
            str(message) for other in others for message in (f"from {other}", bytes([other])))
        for other in others:
            assert client.received.index(f"from {other}") < client.received.index(bytes([other]))


def test_open_packet_has_the_options(serve):
    server = serve("--ping-interval", "0.5", "--ping-timeout", "0.25", "--max-payload", "5000")
    fields, _ = handshake(server)
    assert fields["pingInterval"] == 500 and fields["pingTimeout"] == 250 and fields["maxPayload"] == 5000
    assert fields["upgrades"] == ["websocket"] and fields["sid"]


def test_defaults(serve):
    fields, _ = handshake(serve())
    assert (fields["pingInterval"], fields["pingTimeout"], fields["maxPayload"]) == (25000, 20000, 1000000)


def test_pings_and_their_timeout(serve, lua):
    server = serve("--ping-interval", "0.2", "--ping-timeout", "0.3")
    # One client answers pings, the other one was only a handshake.
    handshake(server)
    lua.run("eio.connect(arg[1]); eio.sleep(1.5); eio.send('alive'); eio.receive(2); eio.disconnect()", server.url)
    stats = server.stats()
    assert stats["pings"] >= 4 and stats["pongs"] >= 4 and stats["timeouts"] == 1 and stats["open"] == 0
    assert stats["msgs"] == 1


def test_pongs_that_nothing_asked_for_put_off_no_ping(serve):
    server = serve("--ping-interval", "0.3", "--ping-timeout", "20")
    _, url = handshake(server)
    answers = []
    poll = threading.Thread(target=lambda: answers.append(urllib.request.urlopen(url, timeout=10).read()))
    poll.start()
    while poll.is_alive():
        urllib.request.urlopen(url, data=b"\x1e".join([b"3"] * 100)).read()
        time.sleep(0.05)
    assert answers == [b"2"]


def test_body_above_max_payload_is_refused(serve):
    server = serve("--max-payload", "1000")
    _, session = handshake(server)
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(session, data=b"4" + b"x" * 2000)
    assert refused.value.code == 413
    stats = server.stats()
    assert (stats["msgs"], stats["bad"]) == (0, 1)


def test_client_keeps_its_payloads_below_the_limit(serve, lua):
    server = serve("--max-payload", "1000", "--mode", "sink")
    result = lua.run("""
        eio.connect(arg[1], {transports = "polling"})
        for n = 1, 200 do eio.send(("x"):rep(100)) end
        print(eio.disconnect())
    """, server.url)
    assert result.lines == ["true"] and server.stats()["msgs"] == 200


def test_small_max_payload_loses_no_message_of_a_client_that_polls(serve):
    server = serve("--max-payload", "1000")
    _, session = handshake(server)
    sent = [f"4{number:0200}" for number in range(400)]
    for start in range(0, len(sent), 4):
        assert get(session, data="\x1e".join(sent[start:start + 4]).encode()) == "ok"
    received = []
    while len(received) < len(sent):
        received += get(session).split("\x1e")
    assert received == sent


def test_small_max_payload_serves_a_client_that_sends_in_one_go(serve, lua):
    server = serve("--max-payload", "1000")
    result = lua.run("""
        eio.connect(arg[1], {transports = "polling"})
        for n = 1, 1000 do eio.send(("x"):rep(100) .. n) end
        for n = 1, 1000 do assert(eio.receive(10) == ("x"):rep(100) .. n) end
        print(eio.disconnect())
    """, server.url)
    assert result.lines == ["true"], result


def test_stats(serve, lua):
    server = serve()
    running = lua.start("""
        eio.connect(arg[1]); eio.send("four"); eio.receive(5)
        print("up"); io.read()
        eio.disconnect()
    """, server.url, stdin=None)
    running.wait_for("up")
    stats = server.stats()
    expected = {"open": 1, "closed": 0, "handshakes": 1, "upgrades": 1, "msgs": 1, "bytes": 4, "sent": 1, "timeouts": 0}
    assert {name: stats[name] for name in expected} == expected
    running.send_line("")
    running.finish()
    stats = server.stats()
    assert (stats["open"], stats["closed"]) == (0, 1)


def test_a_query_does_not_change_the_page(serve):
    server = serve()
    assert get(f"{server.url}/?x").startswith("<!DOCTYPE html>") and get(f"{server.url}/?").startswith("<!DOCTYPE html>")
    assert json.loads(get(f"{server.url}/stats?a=1&b")).keys() == json.loads(get(f"{server.url}/stats")).keys()
    for path in ("/x", "/stats/", "/statsx?", "//?x"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(server.url + path)
        assert caught.value.code == 404


BAD_REQUESTS = {
    "/engine.io/?transport=polling&EIO=3": 5,
    "/engine.io/?transport=polling": 5,
    "/engine.io/?transport=pigeon&EIO=4": 0,
    "/engine.io/?transport=polling&EIO=4&sid=unknown": 1,
}


@pytest.mark.parametrize("target", BAD_REQUESTS)
def test_bad_request(serve, target):
    server = serve()
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(server.url + target)
    assert refused.value.code == 400
    assert json.loads(refused.value.read())["code"] == BAD_REQUESTS[target]


def test_other_paths_are_not_found(serve):
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(serve().url + "/other")
    assert refused.value.code == 404


def test_help(lua):
    result = lua.command("serve", "--help").finish()
    assert result.status == 0
    for word in "--port --mode --ping-interval --ping-timeout --max-payload --greet --allow-origin sink flood broadcast".split():
        assert word in result.stdout
    for default in ["5000", "echo", "25", "20", "1000000", "32"]:
        assert f"default: {default})" in " ".join(result.stdout.split())
