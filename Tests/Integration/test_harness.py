"""The tools are checked with python-engineio's own client first, so that a failure elsewhere is the program's."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import engineio
import pytest

from harness import frames
from harness.emulated import EmulatedTerminal, flickers
from harness.haproxy import free_port
from harness.scripted import ScriptedServer


class Peer:
    """python-engineio's client, which remembers its messages and waits for them."""

    def __init__(self, url, transports, **options):
        self.messages = []
        self._changed = threading.Condition()
        self.client = engineio.Client(request_timeout=5, handle_sigint=False, **options)
        self.client.on("message", self._received)
        self.client.connect(url, transports=transports)

    def _received(self, data):
        with self._changed:
            self.messages.append(data)
            self._changed.notify_all()

    def expect(self, count):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.messages) >= count, 10), self.messages
        return self.messages


TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


def test_real_servers_echo(real_server, kind, way):
    server = real_server(kind)
    peer = Peer(server.url, TRANSPORTS[way])
    for data in ("text", b"\x00\xff", {"a": 1}, [1, 2]):
        peer.client.send(data)
        peer.expect(len(peer.messages) + 1)
    assert peer.messages == ["text", b"\x00\xff", {"a": 1}, [1, 2]]
    assert peer.client.transport() == ("polling" if way == "polling" else "websocket")
    peer.client.disconnect(abort=True)
    assert server.messages(4)[0] == "text"


def test_real_servers_obey_commands(real_server, kind, way):
    server = real_server(kind)
    peer = Peer(server.url, TRANSPORTS[way])
    # Its own client takes no more than 16 packets of one poll.
    peer.client.send("cmd:burst 10")
    assert peer.expect(10) == [f"burst {number}" for number in range(10)]
    gone = threading.Event()
    peer.client.on("disconnect", lambda reason: gone.set())
    peer.client.send("cmd:disconnect")
    assert gone.wait(10)


def test_haproxy_keeps_a_session_on_its_server(real_server, haproxy):
    servers = [real_server("uvicorn"), real_server("threaded")]
    proxy = haproxy(servers)
    for _ in range(2):
        peer = Peer(proxy.url, ["polling"])
        peer.client.send("through")
        assert peer.expect(1) == ["through"]
        peer.client.disconnect(abort=True)
    assert [len(server.stats()["connects"]) for server in servers] == [1, 1]


def test_scripted_polling():
    async def conversation(server):
        session = await server.open("polling")
        await session.send("4one", b"two")
        assert await session.receive() == "4three"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        peer = Peer(server.url, ["polling"])
        assert peer.expect(2) == ["one", b"two"]
        peer.client.send("three")
    assert server.requests[0].query["EIO"] == ["4"]
    assert not server.overlaps


def test_scripted_websocket():
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4one", b"two")
        assert await session.receive() == "4three"
        await session.socket.close(1000)
        assert (await session.socket.read_close()).masking_key

    with ScriptedServer(conversation) as server:
        peer = Peer(server.url, ["websocket"])
        assert peer.expect(2) == ["one", b"two"]
        peer.client.send("three")


def test_scripted_upgrade():
    async def conversation(server):
        session = await server.open_upgraded()
        await session.send("4up")

    with ScriptedServer(conversation) as server:
        peer = Peer(server.url, ["polling", "websocket"])
        assert peer.expect(1) == ["up"]
        peer.client.disconnect(abort=True)


def test_scripted_failure_is_reported():
    async def conversation(server):
        request = await server.get()
        assert request.query["EIO"] == ["3"], "asked for on purpose"

    with pytest.raises(AssertionError, match="asked for on purpose"):
        with ScriptedServer(conversation) as server:
            with pytest.raises(engineio.exceptions.ConnectionError):
                Peer(server.url, ["polling"])


def test_scripted_sees_an_abandoned_request():
    async def conversation(server):
        request = await server.get()
        await server.gone()
        assert request.abandoned

    with ScriptedServer(conversation) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(b"GET /engine.io/?EIO=4 HTTP/1.1\r\nHost: x\r\n\r\n")
        client.close()


def test_scripted_sees_a_request_that_a_reset_abandons():
    async def conversation(server):
        request = await server.get()
        await request.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n4", finish=False)
        await server.gone()
        assert request.abandoned

    with ScriptedServer(conversation) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(b"GET /engine.io/?EIO=4 HTTP/1.1\r\nHost: x\r\n\r\n")
        # A system that closes a socket with bytes that were not read sends a reset.
        assert client.recv(1, socket.MSG_PEEK) == b"H"
        client.close()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_tls_certificates(real_server, authority, monkeypatch):
    # requests prefers these to verify=False.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    server = real_server("uvicorn", identity=authority.valid())
    assert server.stats()["connects"] == []
    with pytest.raises(engineio.exceptions.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        Peer(server.url, ["polling"])
    trusting = Peer(server.url, ["polling"], ssl_verify=False)
    trusting.client.disconnect(abort=True)


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_frames_of_each_length_form(size):
    head = {0: 2, 125: 2, 126: 4, 65535: 4, 65536: 10}[size]
    assert len(frames.encode(frames.BINARY, b"x" * size)) == head + size


def test_masking_is_its_own_inverse():
    assert frames.xor(frames.xor(b"hello", b"\x01\x02\x03\x04"), b"\x01\x02\x03\x04") == b"hello"


def test_free_port_is_free():
    with socket.create_server(("127.0.0.1", free_port())):
        pass


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_programs_start_with_signals_at_their_defaults(name):
    # As under `nohup` or behind a shell's `&`.
    code = f"""
import signal, subprocess, sys
signal.signal(signal.{name}, signal.SIG_IGN)
from harness.signals import restore_defaults
restore_defaults()
subprocess.run(["sh", "-c", "kill -{name[3:]} $$; echo survived"])
"""
    folder = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (0, ""), done


@pytest.mark.parametrize("update, count", [
    ("\r\x1b[2Aone\x1b[K\r\n2\x1b[K\r\n", 0),
    ("\r\x1b[2Aout\x1b[K\r\none\x1b[K\r\ntwo\x1b[K\r\n", 0),
    # Both rows are empty, then the first one is written.
    ("\r\x1b[2A\x1b[Jone\r\n2\r\n", 4),
    ("\r\x1b[2A\x1b[Kone\x1b[K\r\n2\x1b[K\r\n", 3),
    # Another text in between.
    ("\r\x1b[2Ax\rone\x1b[K\r\n2\x1b[K\r\n", 1),
])
@pytest.mark.parametrize("rows", [3, 4, 24])
def test_flickers_are_seen(update, count, rows):
    assert len(flickers(f"one\r\ntwo\r\n\x1b[?2026h{update}\x1b[?2026l", 20, rows)) == count


def test_emulated_terminal_keeps_what_scrolls_away():
    terminal = EmulatedTerminal(10, 3).feed("".join(f"line {n}\r\n" for n in range(5)) + "a" * 12)
    assert terminal.rows == ["line 4", "a" * 10, "aa"]
    assert terminal.lines == [f"line {n}" for n in range(5)] + ["a" * 10, "aa"]
