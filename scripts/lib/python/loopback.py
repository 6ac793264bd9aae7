"""Servers on the loopback address for one run, each on a thread of its own."""

import asyncio
import socket
import struct
import threading


class LoopbackServer:
    """Listens on a free port; a subclass serves each connection."""

    def __init__(self, **options):
        self._options = options
        self._is_ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._is_ready.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader, writer):
        raise NotImplementedError

    async def _run(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, **self._options)
        self.port = server.sockets[0].getsockname()[1]
        self._is_ready.set()
        await server.serve_forever()


def make_resetting(writer):
    """Makes the end of the connection a RST: with no time to linger, closing sends one."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
