"""A server that breaks every rule of Engine.IO, HTTP and RFC 6455: each session by the seed and its number.

The client's url has the number of the session in its query (`n=17`), so that all requests of a session meet the same
kind of malice, and a run can be repeated with its seed.
"""

import asyncio
import base64
import gzip
import hashlib
import random
import re

import frames
from loopback import LoopbackServer, make_resetting

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MEGABYTE = 1 << 20
# Packed once: a server needs a few kilobytes for these.
BOMB_OF_PINGS = gzip.compress(b"2\x1e" * (8 * MEGABYTE) + b"2", 9)
BOMB_OF_MESSAGES = gzip.compress(b"4\x1e" * (4 * MEGABYTE) + b"4", 9)
BOMB_OF_TEXT = gzip.compress(b'{"code":1,"message":"' + b" " * (64 * MEGABYTE) + b'"}', 9)
# Longer than a client's request_timeout in this run, so that silence is noticed by the client.
SILENCE = 3


def answer(body=b"", status=b"200 OK", headers=b"", length=None):
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, size, headers, body)


def junk(rng, most=2000):
    return rng.randbytes(rng.randrange(1, most))


def open_packet(rng):
    """An open packet: valid, for the most part."""
    if rng.random() < 0.6:
        interval, timeout = rng.choice([(50, 50), (200, 100), (25000, 20000)])
        return b'0{"sid":"%d","upgrades":["websocket"],"pingInterval":%d,"pingTimeout":%d,"maxPayload":%d}' % (
            rng.getrandbits(60), interval, timeout, rng.choice([1, 100, 1000000, 2 ** 62]))
    number = rng.choice(["-1", "0", "1e308", "9223372036854775808", "null", '"5"', "[]", "1e-9", "0.5"])
    sid = rng.choice(['""', '"\\u0000\\r\\nX: y"', '"' + "s" * 70000 + '"', "7", "null", '"\\ud800"', '"a&b=c d/%"'])
    return rng.choice([
        b"0", b"0{", b"00", b"1", b"4hello", b"\x1e", b"0[]", b"0" + b"[" * 50000, junk(rng),
        b"0" + b" " * (2 * MEGABYTE),
        f'0{{"sid":{sid},"upgrades":["websocket"],"pingInterval":{number},"pingTimeout":20000}}'.encode(),
        f'0{{"sid":"x","upgrades":{number},"pingInterval":25000,"pingTimeout":{number}}}'.encode(),
        b'0{"sid":"x","upgrades":[],"pingInterval":1000,"pingTimeout":1000}\x1e4early\x1e2\x1e9\x1ebAAAA',
        b'96:0{"sid":"old","upgrades":[],"pingInterval":1,"pingTimeout":1}',
    ])


def payload(rng):
    """The body of a poll's answer."""
    packets = [b"4text", b'4{"a":[1,2]}', b"4[", b"2", b"2probe", b"3", b"6", b"5", b"bAAECAw==", b"b====", b"0{}",
               b"7", b"x", b"", b"4\xff\xfe", b"4" + b"y" * 3000]
    if rng.random() < 0.1:
        packets.append(b"1")
    return b"\x1e".join(rng.choice(packets) for _ in range(rng.choice([0, 1, 2, 5, 40, 3000])))


class HostileServer(LoopbackServer):
    def __init__(self, seed):
        self._seed = seed
        self.connections = 0
        super().__init__(backlog=512, limit=MEGABYTE)

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        writer.transport.abort()

    async def _exchange(self, reader, writer):
        """One request. Returns whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        number = re.search(rb"[?&]n=(\d+)", head)
        rng = random.Random(self._seed * 1_000_003 + int(number[1] if number else 0))
        manner = rng.choice(["open", "open", "open", "open", "refuse", "break"])
        if manner == "break":
            return await self._break(rng, writer)
        if manner == "refuse":
            return await self._refuse(rng, writer)
        key = re.search(rb"(?i)\r\nsec-websocket-key: *(\S+)", head)
        if key:
            return await self._websocket(rng, key[1], b"sid=" in head, reader, writer)
        if head.startswith(b"POST"):
            # The later bytes of a session differ each time.
            later = random.Random(rng.random() + self.connections)
            return await self._send(writer, later.choice([
                answer(b"ok"), answer(b"ok"), answer(b"", b"500 Oops"), answer(status=b"204 No Content"), junk(later),
                answer(BOMB_OF_TEXT, headers=b"Content-Encoding: gzip\r\n"), answer(b"o", length=2), b""]))
        if b"sid=" not in head:
            return await self._send(writer, answer(open_packet(rng), headers=b"Set-Cookie: a=b\r\n"))
        return await self._poll(rng, writer)

    async def _send(self, writer, data):
        if data == b"":
            await asyncio.sleep(SILENCE)
            return False
        writer.write(data)
        await writer.drain()
        return True

    async def _break(self, rng, writer):
        """Nothing that HTTP knows."""
        way = rng.randrange(6)
        if way == 0:
            return False
        if way == 1:
            make_resetting(writer)
            return False
        if way == 2:
            return await self._send(writer, b"")
        if way == 3:
            return await self._send(writer, junk(rng))
        if way == 4:
            endless = rng.choice([b"X: y\r\n", b"X: " + b"z" * 60000 + b"\r\n", b"Set-Cookie: c=1\r\n", b"x"])
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(300):
                writer.write(endless * rng.choice([1, 100]))
                await writer.drain()
            return False
        return await self._send(writer, rng.choice([
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 \r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"]))

    async def _refuse(self, rng, writer):
        status = b"%d Some words" % rng.choice([204, 301, 302, 400, 401, 403, 404, 429, 500, 503, 599, 999])
        body = rng.choice([
            b"", b'{"code":0,"message":"Transport unknown"}', b"<html>no</html>", junk(rng), b"[" * 100000,
            b"\x1b[2J\x07 red", b"x" * MEGABYTE])
        headers = rng.choice([
            b"", b"Location: /\r\n", b"Location: http://\xff\r\n", b"Location: //127.0.0.1:1/\r\n",
            b"Retry-After: " + b"9" * 500 + b"\r\n", b"Connection: close\r\n"])
        if rng.random() < 0.2:
            return await self._send(
                writer, answer(BOMB_OF_TEXT, status, headers + b"Content-Encoding: gzip\r\n"))
        return await self._send(writer, answer(body, status, headers))

    async def _poll(self, rng, writer):
        later = random.Random(rng.random() + self.connections)
        way = later.randrange(12)
        if way == 0:
            return await self._send(writer, answer(BOMB_OF_PINGS, headers=b"Content-Encoding: gzip\r\n"))
        if way == 1:
            return await self._send(writer, answer(BOMB_OF_MESSAGES, headers=b"Content-Encoding: gzip\r\n"))
        if way == 2:
            return await self._send(writer, answer(b"4x", length=later.choice([1, 3, 1000])))
        if way == 3:
            return await self._send(writer, answer(junk(later)))
        if way == 4:
            return False
        if way == 5:
            return await self._send(writer, b"")
        if way == 6:
            return await self._send(writer, answer(b"2\x1e" * 50000 + b"2"))
        await asyncio.sleep(later.choice([0, 0, 0.02]))
        return await self._send(writer, answer(payload(later)))

    async def _websocket(self, rng, key, is_upgrade, reader, writer):
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        if rng.random() < 0.1:
            accept = rng.choice([b"", b"wrong", accept.lower()])
        extra = rng.choice([b"", b"", b"", b"", b"Sec-WebSocket-Protocol: chat\r\n",
                            b"Sec-WebSocket-Extensions: permessage-deflate\r\n", b"Sec-WebSocket-Protocol: \r\n"])
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n" + extra + b"\r\n")
        if is_upgrade:
            await asyncio.wait_for(reader.read(4096), SILENCE)
            writer.write(rng.choice([frames.text(b"3probe"), frames.text(b"3probe"), frames.text(b"6"), junk(rng),
                                     frames.text(b"3nope"), frames.close(1002), frames.text(b"4early"), b""]))
        else:
            writer.write(frames.text(open_packet(rng)))
        await writer.drain()
        for data in frames.attack(rng):
            writer.write(data)
            await asyncio.wait_for(writer.drain(), SILENCE)
        await asyncio.wait_for(reader.read(65536), rng.choice([0.05, 0.3]))
        return False
