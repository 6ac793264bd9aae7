"""A server of python-socketio 4, which speaks Socket.IO 2 on Engine.IO 3. Prints "listening PORT"."""

import argparse
import socket

import socketio
from aiohttp import web

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
port = parser.parse_args().port

application = web.Application()
socketio.AsyncServer(async_mode="aiohttp").attach(application)
listener = socket.create_server(("127.0.0.1", port))
print("listening", listener.getsockname()[1], flush=True)
web.run_app(application, sock=listener, print=None, access_log=None)
