"""A way to a server on which connections are reset."""

import asyncio
import random

from loopback import LoopbackServer, make_resetting


class ResettingProxy(LoopbackServer):
    """Passes bytes on, and resets each connection after up to three seconds."""

    LONGEST = 3

    def __init__(self, server):
        self._server = server
        self.resets = 0
        super().__init__()

    async def serve(self, reader, writer):
        ends = [writer]
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            ends.append(server_writer)
            both_ways = asyncio.gather(_pass(reader, server_writer), _pass(server_reader, writer))
            await asyncio.wait_for(both_ways, random.uniform(0.1, self.LONGEST))
        except (OSError, TimeoutError, asyncio.TimeoutError):
            self.resets += 1
        for end in ends:
            if not end.transport.is_closing():
                make_resetting(end)
            end.transport.abort()


async def _pass(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
