"""A TCP relay in front of a server, for faults that a server does not make by itself."""

import asyncio
import socket
import struct
import threading


class Relay:
    """Passes each connection on to `port`, unless `decide` has another answer to the head of its first request: these
    bytes, after which the connection is closed, or b"" for none ever."""

    def __init__(self, port=None, decide=lambda head: None):
        self.heads = []
        self._port = port
        self._decide = decide
        self._writers = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accepted, "127.0.0.1", 0, backlog=1024))
        return self

    def __exit__(self, *_):
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def reset(self, count):
        """Resets this many of the connections, the oldest first."""
        self._call(self._reset(count))

    async def _reset(self, count):
        for writer in self._writers[:count]:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    async def _accepted(self, reader, writer):
        self._writers.append(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            answer = self._decide(head)
            if answer is None:
                await self._pass_on(head, reader, writer)
            elif answer:
                writer.write(answer)
                await writer.drain()
            else:
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.remove(writer)
            writer.close()

    async def _pass_on(self, head, reader, writer):
        back, there = await asyncio.open_connection("127.0.0.1", self._port)
        there.write(head)
        ways = [asyncio.ensure_future(_copy(*way)) for way in ((reader, there), (back, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        there.close()

    async def _stop(self):
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


async def _copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass


class FullQueue:
    """A server that never accepts, and whose queue of waiting connections is full."""

    def __enter__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self._waiting = []
        while self._fits():
            pass
        return self

    def __exit__(self, *_):
        for each in (*self._waiting, self._listener):
            each.close()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._listener.getsockname()[1]

    def _fits(self):
        each = socket.socket()
        each.settimeout(0.3)
        self._waiting.append(each)
        try:
            each.connect(self._listener.getsockname())
        except TimeoutError:
            return False
        return True
