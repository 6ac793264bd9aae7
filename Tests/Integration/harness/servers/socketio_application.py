"""The application of the Socket.IO test servers in Python: each event is answered as its handler's name says.

The handlers are written once, for servers whose functions block as well as for those whose functions are awaited.
"""

import asyncio
import inspect

from socketio.exceptions import ConnectionRefusedError

NAMESPACES = ("/", "/chat", "/private", "/moderators")


class Application:
    def __init__(self, server, name):
        """`name` is what a client gets that asks which server it is on."""
        self._server = server
        self._is_asynchronous = asyncio.iscoroutinefunction(server.emit)
        self._name = name
        self._gone = dict.fromkeys(NAMESPACES, 0)
        self._add_connects()
        for namespace in NAMESPACES:
            self._add_echoes(namespace)
            self._add_questions(namespace)
            self._add_rooms(namespace)
            self._add_ends(namespace)

    def _on(self, event, namespace):
        def add(handler):
            self._server.on(event, self._handler(handler), namespace=namespace)
            return handler

        return add

    def _handler(self, coroutine):
        """A coroutine as this server calls it."""
        if self._is_asynchronous:
            return coroutine

        def blocking(*arguments):
            running = coroutine(*arguments)
            try:
                running.send(None)
            except StopIteration as end:
                return end.value
            raise AssertionError("a coroutine that waits cannot be run by a thread")

        return blocking

    async def _emit(self, event, data, namespace, **how):
        await settled(self._server.emit(event, data, namespace=namespace, **how))

    def _add_connects(self):
        @self._on("connect", "/")
        async def connect(sid, environ, auth=None):
            if auth and auth.get("token") == "bad":
                raise ConnectionRefusedError("not authorized", {"code": 7})
            await self._emit("hello", {"auth": auth or None}, "/", to=sid)

        @self._on("connect", "/private")
        async def connect_private(sid, environ, auth=None):
            if not auth or auth.get("token") != "good":
                raise ConnectionRefusedError("not authorized", {"code": 7})

    def _add_echoes(self, namespace):
        @self._on("echo", namespace)
        async def echo(sid, *values):
            await self._emit("echoed", values, namespace, to=sid)

        @self._on("ack", namespace)
        async def ack(sid, *values):
            return values

        # As in the official test suite.
        @self._on("message", namespace)
        async def message(sid, *values):
            await self._emit("message-back", values, namespace, to=sid)

        @self._on("message-with-ack", namespace)
        async def message_with_ack(sid, *values):
            return values

        @self._on("burst", namespace)
        async def burst(sid, count):
            for number in range(count):
                await self._emit("burst", number, namespace, to=sid)
            return count

        @self._on("where", namespace)
        async def where(sid):
            return self._name

    def _add_questions(self, namespace):
        @self._on("question", namespace)
        async def question(sid, *values):
            """Asks the client the same, and reports its answer."""
            answer = await settled(self._server.call("question", values, to=sid, namespace=namespace))
            await self._emit("answer", answer, namespace, to=sid)

        @self._on("ask", namespace)
        async def ask(sid, *values):
            """As `question`, with a callback: the handler ends before the answer comes."""
            async def answered(*answer):
                await self._emit("answer", answer, namespace, to=sid)

            await self._emit("question", values, namespace, to=sid, callback=self._handler(answered))

        @self._on("silence", namespace)
        async def silence(sid):
            """Never returns, so that no ack is sent."""
            await settled(self._server.sleep(3600))

    def _add_rooms(self, namespace):
        # As in `eio-lua serve --socketio`.
        @self._on("join", namespace)
        async def join(sid, room):
            await settled(self._server.enter_room(sid, room, namespace=namespace))
            return len(self._members(namespace, room))

        @self._on("leave", namespace)
        async def leave(sid, room):
            is_member = sid in self._members(namespace, room)
            await settled(self._server.leave_room(sid, room, namespace=namespace))
            return is_member

        @self._on("say", namespace)
        async def say(sid, room, *values):
            await self._emit("said", (room, sid, *values), namespace, room=room, skip_sid=sid)
            return len(self._members(namespace, room) - {sid})

    def _members(self, namespace, room):
        return {sid for sid, _ in self._server.manager.get_participants(namespace, room)}

    def _add_ends(self, namespace):
        @self._on("disconnect", namespace)
        async def disconnect(sid, reason=None):
            self._gone[namespace] += 1

        @self._on("gone", namespace)
        async def gone(sid):
            """The number of clients that have left each namespace."""
            return self._gone

        @self._on("kick", namespace)
        async def kick(sid):
            await settled(self._server.disconnect(sid, namespace=namespace))

        @self._on("drop", namespace)
        async def drop(sid):
            """Closes the connection without DISCONNECT, as a server does that goes away."""
            session = self._server.manager.eio_sid_from_sid(sid, namespace)
            await settled(self._server.eio.disconnect(session))


async def settled(value):
    """The result of a function that may be a coroutine, depending on the server."""
    return await value if inspect.isawaitable(value) else value
