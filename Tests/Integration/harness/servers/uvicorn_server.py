"""python-engineio's asyncio server under uvicorn. Prints "listening PORT" once it accepts connections."""

import socket

import engineio
import uvicorn
from application import Record, replies
from options import engine_options, parse

options = parse()
record = Record()
server = engineio.AsyncServer(async_mode="asgi", cors_allowed_origins="*", **engine_options(options))


@server.on("connect")
def connect(sid, environ):
    record.connected(sid, environ)


@server.on("message")
async def message(sid, data):
    record.received(data)
    for reply in replies(data):
        if reply is None:
            await server.disconnect(sid)
        else:
            await server.send(sid, reply)


@server.on("disconnect")
def disconnect(sid, reason):
    record.disconnected(reason)


async def application(scope, receive, send):
    if scope.get("path") == "/stats":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": record.as_json()})
    else:
        await engine(scope, receive, send)


engine = engineio.ASGIApp(server)
listener = socket.create_server(("127.0.0.1", options.port), reuse_port=False)
print("listening", listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(
    application, log_level="warning", lifespan="off", ws="websockets-sansio",
    ssl_certfile=options.certificate, ssl_keyfile=options.key,
)).run(sockets=[listener])
