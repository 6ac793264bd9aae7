"""A server whose side of the conversation is a coroutine in the test, written byte by byte where that matters.

    async def conversation(server):
        session = await server.open("polling")     # answers the handshake
        await session.send("4a", "2")              # answers the next GET
        assert await session.receive() == "3"      # the next packet that the client posted

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")

A request that the conversation does not ask for stays unanswered, as on a server that hangs. When the conversation is
over, the server closes the sessions as a polite Engine.IO server does. A failed assertion in it fails the test.
"""

import asyncio
import threading

from .connection import Connection
from .sessions import PollingSession, WebSocketSession
from .wire import CLOSE, NOOP, SEPARATOR, open_packet

PATIENCE = 10


class ScriptedServer:
    """`requests` has every request in order of arrival, and `overlaps` those that came while one of the same method
    and session waited for its answer, which Engine.IO forbids."""

    def __init__(self, conversation=None, host="127.0.0.1", port=0, tls=None):
        self.requests = []
        self.overlaps = []
        self.connections = []
        self.websockets = []
        self.host = host
        self.port = port
        self._scheme = "https" if tls else "http"
        self._tls = tls
        self._conversation = conversation
        self._queues = {"GET": asyncio.Queue(), "POST": asyncio.Queue(), "UPGRADE": asyncio.Queue()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._outcome = None
        self._failed = False

    # The test's side.

    def __enter__(self):
        self._thread.start()
        self._call(self._start()).result(PATIENCE)
        return self

    def __exit__(self, kind, error, trace):
        failure = None
        try:
            self._call(asyncio.wait_for(asyncio.shield(self._outcome), PATIENCE + 2)).result()
        except TimeoutError:
            failure = AssertionError("the server's conversation did not end")
        except Exception as caught:
            failure = caught
        self._call(self._stop()).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        if failure:
            raise failure from error

    @property
    def url(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self._scheme}://{host}:{self.port}"

    def of(self, method):
        """The recorded requests with this method: GET, POST, or UPGRADE for a websocket's GET."""
        return [request for request in self.requests if request.kind == method]

    # The conversation's side.

    async def get(self):
        return await self._next("GET")

    async def post(self):
        return await self._next("POST")

    async def upgrade(self):
        """The next websocket handshake, not yet answered."""
        return await self._next("UPGRADE")

    async def websocket(self):
        """Accepts the next websocket handshake."""
        return await (await self.upgrade()).accept()

    async def open(self, transport, **fields):
        """Answers the handshake on one transport; the fields are those of `wire.open_packet`."""
        if transport == "websocket":
            socket = await self.websocket()
            await socket.text(open_packet(**fields))
            return WebSocketSession(self, socket)
        await (await self.get()).answer(open_packet(**fields))
        return PollingSession(self)

    async def open_upgrade(self, **fields):
        """Answers a polling handshake that offers websocket; returns the session and the websocket that probes."""
        session = await self.open("polling", upgrades=["websocket"], **fields)
        socket = await self.websocket()
        assert await socket.message() == "2probe"
        return session, socket

    async def open_upgraded(self, **fields):
        """The whole upgrade; returns the session on the websocket."""
        _, socket = await self.open_upgrade(**fields)
        await self.finish_upgrade(socket)
        return WebSocketSession(self, socket)

    async def finish_upgrade(self, socket):
        """Answers the probe, and each poll until the client has upgraded: it may begin another before it has read the
        answer to its probe."""
        await socket.text("3probe")
        release = asyncio.ensure_future(self._release_polls())
        assert await socket.message() == "5"
        release.cancel()

    async def nothing(self, method, seconds):
        """Fails when a request with this method comes within the seconds."""
        try:
            request = await asyncio.wait_for(self._queues[method].get(), seconds)
        except TimeoutError:
            return
        raise AssertionError(f"unexpected {method} {request.target}")

    async def gone(self):
        """Waits until the client has closed every connection, also those with an unanswered request."""
        async def all_closed():
            while not all(each.is_over for each in self.connections):
                await asyncio.sleep(0.01)

        await asyncio.wait_for(all_closed(), PATIENCE)

    # Inside.

    def arrived(self, request):
        waiting = [
            other for other in self.requests
            if other.kind == request.kind and other.sid == request.sid and not other.answered and not other.abandoned
        ]
        if request.sid and waiting and request.kind in ("GET", "POST"):
            self.overlaps.append(request)
        self.requests.append(request)
        self._queues[request.kind].put_nowait(request)

    async def _start(self):
        self._server = await asyncio.start_server(self._accepted, self.host, self.port, ssl=self._tls, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]
        self._outcome = asyncio.ensure_future(self._run())

    async def _accepted(self, reader, writer):
        connection = Connection(self, reader, writer, len(self.connections))
        self.connections.append(connection)
        if self._failed:
            connection.reset()
            return
        try:
            await connection.serve()
        except asyncio.CancelledError:
            pass

    async def _run(self):
        try:
            if self._conversation:
                await self._conversation(self)
        except Exception:
            self._failed = True
            for connection in self.connections:
                connection.reset()
            raise
        self._closing = asyncio.ensure_future(self._close_sessions())

    async def _close_sessions(self):
        websockets = (each.drain() for each in self.websockets)
        await asyncio.gather(self._close_polling(), self._refuse_upgrades(), *websockets)

    async def _close_polling(self):
        """Holds each GET until the client's close packet is posted, then answers it; later ones know no session."""
        closed = asyncio.Event()
        if any(_has_close_packet(request) for request in self.of("POST")):
            closed.set()

        async def answer_gets():
            while True:
                request = await self._queues["GET"].get()
                if closed.is_set():
                    await request.answer('{"code":1,"message":"Session ID unknown"}', status=400)
                else:
                    await closed.wait()
                    await request.answer(NOOP)

        async def answer_posts():
            while True:
                request = await self._queues["POST"].get()
                await request.answer("ok")
                if _has_close_packet(request):
                    closed.set()

        await asyncio.gather(answer_gets(), answer_posts())

    async def _refuse_upgrades(self):
        while True:
            await (await self._queues["UPGRADE"].get()).answer('{"code":1,"message":"Session ID unknown"}', status=400)

    async def _release_polls(self):
        while True:
            await (await self._queues["GET"].get()).answer(NOOP)

    async def _next(self, kind):
        try:
            return await asyncio.wait_for(self._queues[kind].get(), PATIENCE)
        except TimeoutError:
            seen = ", ".join(f"{request.kind} {request.target}" for request in self.requests) or "none"
            raise AssertionError(f"no {kind} within {PATIENCE} s; requests so far: {seen}") from None

    async def _stop(self):
        self._server.close()
        for connection in self.connections:
            connection.reset()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)


def _has_close_packet(request):
    return CLOSE in request.body.decode("utf-8", "replace").split(SEPARATOR)
