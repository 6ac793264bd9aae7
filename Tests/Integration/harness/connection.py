"""One connection of the scripted server, the requests on it, and the raw answers to them."""

import asyncio
import http
import socket
import struct
import time
from urllib.parse import parse_qs, urlsplit

from . import frames
from .sessions import ScriptedWebSocket


class Connection:
    def __init__(self, server, reader, writer, number):
        self.server = server
        self.reader = reader
        self.writer = writer
        self.number = number
        self.closed = asyncio.Event()

    @property
    def tcp(self):
        """The transport of TCP, below the one of TLS, which asyncio does not show."""
        transport = self.writer.transport
        tls = getattr(transport, "_ssl_protocol", None)
        return tls._transport if tls else transport

    @property
    def is_over(self):
        """Whether the client has ended the connection, in order or by a reset: closing makes a reset of it where bytes
        were sent that the client has not read."""
        # at_eof() is false after a reset, and while unread bytes stand before the end.
        return self.closed.is_set() or self.reader._eof or self.reader.exception() is not None

    async def serve(self):
        try:
            while True:
                request = await self._read_request()
                self.server.arrived(request)
                await request.finished.wait()
                if request.takes_connection:
                    return
        except (asyncio.IncompleteReadError, OSError):
            self.closed.set()
            self.writer.close()

    async def _read_request(self):
        head = await self.reader.readuntil(b"\r\n\r\n")
        request_line, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = request_line.split(" ")
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        length = int(dict((name.lower(), value) for name, value in headers).get("content-length", 0))
        chunked = any(name.lower() == "transfer-encoding" for name, _ in headers)
        body = await (self._read_chunks() if chunked else self.reader.readexactly(length))
        return Request(self, method, target, headers, body)

    async def _read_chunks(self):
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)
        return body

    def reset(self):
        """Closes with a TCP reset."""
        if self.closed.is_set():
            return
        raw = self.writer.get_extra_info("socket")
        if raw and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def cut(self):
        """Closes TCP without the close_notify of TLS."""
        self.writer.transport.abort()
        self.closed.set()


class Request:
    """A request of the client. `received_at` is on the monotonic clock, in seconds."""

    def __init__(self, connection, method, target, headers, body):
        self.connection = connection
        self.method = method
        self.target = target
        self.path = urlsplit(target).path
        self.query = parse_qs(urlsplit(target).query, keep_blank_values=True)
        self.headers = headers
        self.body = body
        self.received_at = time.monotonic()
        self.finished = asyncio.Event()
        self.takes_connection = False
        self.kind = "UPGRADE" if (self.header("upgrade") or "").lower() == "websocket" else method

    @property
    def sid(self):
        return self.query.get("sid", [None])[0]

    @property
    def answered(self):
        return self.finished.is_set()

    @property
    def abandoned(self):
        """Whether the client closed the connection instead of waiting for the answer."""
        return not self.answered and self.connection.is_over

    def header(self, name):
        """The header's value, None without one; several are joined by a comma as HTTP has it."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    async def answer(self, body="", status=200, headers=(), content_type="text/plain; charset=UTF-8"):
        """A complete answer that keeps the connection open."""
        content = body.encode() if isinstance(body, str) else body
        lines = [
            f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}",
            f"Content-Length: {len(content)}",
            f"Content-Type: {content_type}",
            *(f"{name}: {value}" for name, value in headers),
        ]
        await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    async def raw(self, data, close=False, finish=True):
        """These bytes and no others; `finish=False` leaves the answer open for more."""
        self.connection.writer.write(data)
        try:
            await self.connection.writer.drain()
        except ConnectionError:
            pass
        if close:
            self.close()
        elif finish:
            self.finished.set()

    def close(self):
        """Closes the connection in an orderly way (FIN)."""
        self.takes_connection = True
        self.finished.set()
        self.connection.writer.close()
        self.connection.closed.set()

    def reset(self):
        self.takes_connection = True
        self.finished.set()
        self.connection.reset()

    async def accept(self, headers=(), trailing=b""):
        """Switches to websocket; `trailing` bytes go out in the same write as the 101 answer."""
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {self.accept_key}",
            *(f"{name}: {value}" for name, value in headers),
        ]
        return await self.switch("\r\n".join(lines).encode() + b"\r\n\r\n" + trailing)

    @property
    def accept_key(self):
        assert self.kind == "UPGRADE", f"{self.method} {self.target} is not a websocket handshake"
        return frames.accept_key(self.header("sec-websocket-key"))

    async def switch(self, answer):
        """Switches to websocket by the bytes of an answer."""
        self.takes_connection = True
        await self.raw(answer)
        accepted = ScriptedWebSocket(self.connection)
        self.connection.server.websockets.append(accepted)
        return accepted
