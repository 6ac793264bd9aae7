"""Sessions of Engine.IO as a client of raw packets holds them: the same verbs on each transport."""

import json
import urllib.error
import urllib.request

import websocket

from . import wire

PATIENCE = 10


class RawWebSocket:
    """Packets are text, and the bytes of binary messages."""

    def __init__(self, url, path):
        self._socket = websocket.create_connection(
            f"{url.replace('http', 'ws', 1)}{path}?EIO=4&transport=websocket", timeout=PATIENCE)
        self.handshake = json.loads(self.receive().removeprefix("0"))

    def send(self, *packets):
        for packet in packets:
            if isinstance(packet, bytes):
                self._socket.send_binary(packet)
            else:
                self._socket.send(packet)

    def receive(self):
        """The next packet; None when the server has ended the session."""
        opcode, data = self._socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE or data == b"1":
            return None
        return data if opcode == websocket.ABNF.OPCODE_BINARY else data.decode()

    def close(self):
        self._socket.close()


class RawPolling:
    def __init__(self, url, path):
        self._url = f"{url}{path}?EIO=4&transport=polling"
        self._packets = wire.packets(self._get())
        self.handshake = json.loads(self._packets.pop(0).removeprefix("0"))
        self._url += f"&sid={self.handshake['sid']}"

    def send(self, *packets):
        with urllib.request.urlopen(self._url, data=wire.payload(*packets).encode(), timeout=PATIENCE) as answer:
            assert answer.read() == b"ok"

    def receive(self):
        """The next packet; None when the server has ended the session."""
        if not self._packets:
            try:
                self._packets = wire.packets(self._get())
            except urllib.error.HTTPError as error:
                assert json.loads(error.read())["code"] == 1
                return None
        packet = self._packets.pop(0)
        return None if packet == wire.CLOSE else packet

    def close(self):
        self.send("1")

    def _get(self):
        with urllib.request.urlopen(self._url, timeout=PATIENCE) as answer:
            return answer.read()


def open_raw(transport, url, path="/socket.io/"):
    return {"polling": RawPolling, "websocket": RawWebSocket}[transport](url, path)
