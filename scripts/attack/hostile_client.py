"""Clients that break the rules towards `eio-lua serve`: each by the seed and its number."""

import asyncio
import base64
import gzip
import random
import re

import frames

AT_ONCE = 40


class HostileClients:
    def __init__(self, seed, port):
        self._seed = seed
        self._port = port
        self.sessions = 0
        self.opened = 0

    async def run(self, count, deadline):
        """`count` sessions, or those that begin before `deadline`, on the loop's clock."""
        numbers = iter(range(count))

        async def work():
            for number in numbers:
                if asyncio.get_running_loop().time() > deadline:
                    return
                self.sessions += 1
                try:
                    await asyncio.wait_for(self._session(random.Random(self._seed * 1_000_003 + number)), 10)
                except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError):
                    pass

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def _session(self, rng):
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            way = rng.choice([self._nonsense, self._polling, self._polling, self._websocket, self._websocket])
            await way(rng, reader, writer)
        finally:
            writer.transport.abort()

    def _request(self, method, query, body=b"", headers=b""):
        length = b"Content-Length: %d\r\n" % len(body) if body or method == b"POST" else b""
        return b"%s /engine.io/?EIO=4&%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s\r\n%s" % (
            method, query, self._port, length, headers, body)

    async def _answer(self, reader):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 1)
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        return head, await reader.readexactly(int(length[1])) if length else b""

    async def _nonsense(self, rng, reader, writer):
        writer.write(rng.choice([
            rng.randbytes(1000), b"GET / HTTP/1.1\r\n\r\n", b"GET /engine.io/ HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /" + b"a" * 200000, self._request(b"GET", b"transport=polling", headers=b"X: y\r\n" * 50000),
            self._request(b"DELETE", b"transport=polling"), self._request(b"GET", b"transport=carrier-pigeon"),
            self._request(b"POST", b"transport=polling&sid=none", b"4x"), self._request(b"GET", b"transport=%ff&sid=%"),
            b"POST /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n",
            b"GET /stats HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"]))
        await asyncio.wait_for(reader.read(65536), rng.choice([0.02, 0.3]))

    async def _polling(self, rng, reader, writer):
        writer.write(self._request(b"GET", b"transport=polling"))
        _, body = await self._answer(reader)
        sid = re.search(rb'"sid":"([^"]+)"', body)[1]
        self.opened += 1
        for _ in range(rng.randrange(1, 8)):
            await self._polling_request(rng, b"transport=polling&sid=" + sid, reader, writer)

    async def _polling_request(self, rng, query, reader, writer):
        body = rng.choice([
            b"4hello", b"4a\x1e4b\x1ebAAEC", b"3", b"1", b"2probe", b"5", b"", b"\x1e\x1e", b"9", b"b=", b"4\xff",
            b"4x\x1e" * 5000 + b"4", b"3\x1e" * 5000 + b"3", rng.randbytes(300), b"4" + b"z" * 1_200_000])
        way = rng.randrange(5)
        if way == 0:
            # Two polls at once, by one connection.
            writer.write(self._request(b"GET", query) * 2)
        elif way == 1:
            packed = gzip.compress(body)
            writer.write(self._request(b"POST", query, packed, b"Content-Encoding: gzip\r\n"))
        elif way == 2:
            writer.write(self._request(b"POST", query, body)[:-1])
        else:
            writer.write(self._request(b"POST", query, body))
        await self._answer(reader)

    async def _websocket(self, rng, reader, writer):
        key = base64.b64encode(rng.randbytes(16)) if rng.random() < 0.9 else b"short"
        version = rng.choice([b"13", b"13", b"13", b"13", b"8"])
        writer.write(self._request(
            b"GET", b"transport=websocket",
            headers=b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: " + version
            + b"\r\nSec-WebSocket-Key: " + key + b"\r\n"))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 1)
        self.opened += b" 101 " in head
        for data in frames.attack(rng, masked=True):
            writer.write(data)
            # Some never read the echoes of what they send.
            await asyncio.wait_for(writer.drain(), 1)
        await asyncio.wait_for(reader.read(65536), rng.choice([0.02, 0.2]))
