"""A session as the scripted server holds it: the same two verbs, `send` and `receive`, on either transport."""

import asyncio
import struct

from . import frames, wire

PATIENCE = 10


class ScriptedWebSocket:
    """The server's end of an accepted websocket."""

    def __init__(self, connection):
        self.connection = connection
        self.received = []

    async def raw(self, data):
        self.connection.writer.write(data)
        try:
            await self.connection.writer.drain()
        except ConnectionError:
            pass

    async def frame(self, opcode, payload=b"", **how):
        await self.raw(frames.encode(opcode, payload, **how))

    async def text(self, text):
        await self.frame(frames.TEXT, text.encode())

    async def binary(self, data):
        await self.frame(frames.BINARY, data)

    async def ping(self, data=b""):
        await self.frame(frames.PING, data)

    async def close(self, code=None, reason=""):
        """A Close frame only; the TCP connection stays open."""
        await self.frame(frames.CLOSE, b"" if code is None else struct.pack("!H", code) + reason.encode())

    async def read(self):
        """The next frame, whatever it is."""
        try:
            frame = await asyncio.wait_for(frames.read(self.connection.reader), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no frame within {PATIENCE} s; frames so far: {self.received[-10:]}") from None
        except (asyncio.IncompleteReadError, OSError) as error:
            self.connection.closed.set()
            raise AssertionError(f"the client closed the connection; frames so far: {self.received[-10:]}") from error
        self.received.append(frame)
        return frame

    async def message(self):
        """The next text or bytes; the frame must be whole and masked with a key of its own."""
        frame = await self.read()
        assert frame.opcode in (frames.TEXT, frames.BINARY), f"a message was expected, not {frame}"
        assert frame.masking_key is not None and frame.fin and frame.rsv == 0
        return frame.payload.decode("utf-8") if frame.opcode == frames.TEXT else frame.payload

    async def read_close(self):
        """Reads up to the client's Close frame and returns it."""
        while (frame := await self.read()).opcode != frames.CLOSE:
            pass
        return frame

    async def ended(self):
        """Waits for the end of the stream, past whatever still comes."""
        try:
            while await asyncio.wait_for(self.connection.reader.read(65536), PATIENCE):
                pass
        except OSError:
            pass
        self.connection.closed.set()

    async def drain(self):
        """The polite end: what comes is read, a Close frame is answered, and then the connection closes."""
        try:
            while (frame := await frames.read(self.connection.reader)).opcode != frames.CLOSE:
                self.received.append(frame)
            self.received.append(frame)
            await self.frame(frames.CLOSE, frame.payload[:2])
        except (asyncio.IncompleteReadError, OSError):
            pass
        self.connection.closed.set()
        self.connection.writer.close()

    def drop(self):
        """FIN without a Close frame."""
        self.connection.closed.set()
        self.connection.writer.close()

    def reset(self):
        self.connection.reset()


class WebSocketSession:
    transport = "websocket"

    def __init__(self, server, socket):
        self.server = server
        self.socket = socket

    async def send(self, *packets):
        """Writes all packets at once, each in a frame of its own."""
        await self.socket.raw(b"".join(
            frames.encode(frames.BINARY, packet) if isinstance(packet, bytes)
            else frames.encode(frames.TEXT, packet.encode()) for packet in packets
        ))

    async def receive(self):
        return await self.socket.message()

    async def vanish(self):
        """The connection dies without a word."""
        self.socket.reset()


class PollingSession:
    transport = "polling"

    def __init__(self, server):
        self.server = server
        self._packets = []

    async def send(self, *packets, headers=()):
        """Answers the next GET with these packets."""
        await (await self.server.get()).answer(wire.payload(*packets), headers=headers)

    async def receive(self):
        """The next packet of the client's POSTs, each of which is answered as soon as it is needed."""
        if not self._packets:
            await self.posted()
        return self._packets.pop(0)

    async def posted(self):
        """Answers the next POST; returns its packets, which `receive` gives too."""
        request = await self.server.post()
        await request.answer("ok")
        self._packets += wire.packets(request.body)
        return wire.packets(request.body)

    async def vanish(self):
        (await self.server.get()).reset()
