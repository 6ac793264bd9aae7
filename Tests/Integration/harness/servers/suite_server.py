"""The server of Socket.IO's official protocol tests, with python-socketio under uvicorn."""

import argparse
import socket

import socketio
import uvicorn

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
arguments = parser.parse_args()

server = socketio.AsyncServer(async_mode="asgi", always_connect=True)


@server.event
async def message(sid, *values):
    await server.emit("message-back", values, to=sid)


@server.on("message-with-ack")
async def message_with_ack(sid, *values):
    return values


def greet(namespace):
    @server.on("connect", namespace=namespace)
    async def connect(sid, environ, auth):
        await server.emit("auth", auth or {}, to=sid, namespace=namespace)


greet("/")
greet("/custom")

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", arguments.port))
listener.listen(100)
print(f"listening {listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(socketio.ASGIApp(server), log_level="warning")).run(sockets=[listener])
