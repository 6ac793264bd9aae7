"""A python-socketio server under uvicorn, for the Socket.IO client: each event is answered as its handler's name says."""

import argparse
import asyncio
import socket

import socketio
import uvicorn

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--serializer", default="default")
parser.add_argument("--always-connect", type=int, default=0)
arguments = parser.parse_args()

server = socketio.AsyncServer(
    async_mode="asgi", serializer=arguments.serializer, always_connect=bool(arguments.always_connect)
)


@server.event
async def connect(sid, environ, auth):
    if auth and auth.get("token") == "bad":
        raise socketio.exceptions.ConnectionRefusedError("not authorized", {"code": 7})
    await server.emit("hello", {"auth": auth or None}, to=sid)


@server.on("connect", namespace="/chat")
async def connect_chat(sid, environ, auth):
    await server.enter_room(sid, "all", namespace="/chat")


@server.on("say", namespace="/chat")
async def say(sid, text):
    await server.emit("said", text, room="all", namespace="/chat")


@server.on("connect", namespace="/private")
async def connect_private(sid, environ, auth):
    if not auth or auth.get("token") != "good":
        raise socketio.exceptions.ConnectionRefusedError("not authorized", {"code": 7})


def serve(namespace):
    """The events of each namespace."""

    @server.event(namespace=namespace)
    async def echo(sid, *values):
        await server.emit("echoed", values, to=sid, namespace=namespace)

    @server.event(namespace=namespace)
    async def ack(sid, *values):
        return values

    @server.event(namespace=namespace)
    async def silence(sid):
        await asyncio.sleep(3600)

    @server.event(namespace=namespace)
    async def question(sid, *values):
        """Asks the client the same, and reports its answer."""
        answer = await server.call("question", values, to=sid, namespace=namespace)
        await server.emit("answer", answer, to=sid, namespace=namespace)

    @server.event(namespace=namespace)
    async def burst(sid, count):
        for number in range(count):
            await server.emit("burst", number, to=sid, namespace=namespace)
        return count

    @server.event(namespace=namespace)
    async def kick(sid):
        await server.disconnect(sid, namespace=namespace)

    @server.event(namespace=namespace)
    async def drop(sid):
        """Closes the connection without DISCONNECT, as a server does that goes away."""
        await server.eio.disconnect(server.manager.eio_sid_from_sid(sid, namespace))

    # As in the official test suite.
    @server.event(namespace=namespace)
    async def message(sid, *values):
        await server.emit("message-back", values, to=sid, namespace=namespace)

    server.on("message-with-ack", ack, namespace=namespace)


for name in ("/", "/chat", "/private"):
    serve(name)

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", arguments.port))
listener.listen(100)
print(f"listening {listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(socketio.ASGIApp(server), log_level="warning")
uvicorn.Server(config).run(sockets=[listener])
