"""A python-socketio server for the Socket.IO client. Prints "listening PORT" once it accepts connections.

`--served-by` is uvicorn (asyncio), werkzeug (threads), gevent (greenlets) or aiohttp, which Debian has, too.
"""

import argparse
import socket

import socketio
from socketio_application import Application


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--served-by", default="uvicorn")
    parser.add_argument("--serializer", default="default")
    parser.add_argument("--always-connect", type=int, default=0)
    return parser.parse_args()


def listen(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=100)
    print("listening", listener.getsockname()[1], flush=True)
    return listener


def serve_by_uvicorn(options, port):
    import uvicorn

    server = socketio.AsyncServer(async_mode="asgi", **options)
    listener = listen(port)
    Application(server, listener.getsockname()[1])
    uvicorn.Server(uvicorn.Config(socketio.ASGIApp(server), log_level="warning")).run(sockets=[listener])


def serve_by_aiohttp(options, port):
    from aiohttp import web

    server = socketio.AsyncServer(async_mode="aiohttp", **options)
    application = web.Application()
    server.attach(application)
    listener = listen(port)
    Application(server, listener.getsockname()[1])
    web.run_app(application, sock=listener, print=None, access_log=None)


def serve_by_werkzeug(options, port):
    from werkzeug.serving import WSGIRequestHandler, make_server

    class QuietHandler(WSGIRequestHandler):
        def log_request(self, *_):
            pass

    server = socketio.Server(async_mode="threading", **options)
    listener = make_server(
        "127.0.0.1", port, socketio.WSGIApp(server), threaded=True, request_handler=QuietHandler)
    Application(server, listener.server_port)
    print("listening", listener.server_port, flush=True)
    listener.serve_forever()


def serve_by_gevent(options, port):
    from gevent.pywsgi import WSGIServer

    server = socketio.Server(async_mode="gevent", **options)
    listener = WSGIServer(("127.0.0.1", port), socketio.WSGIApp(server), log=None, error_log=None)
    listener.init_socket()
    Application(server, listener.server_port)
    print("listening", listener.server_port, flush=True)
    listener.serve_forever()


SERVED_BY = {
    "uvicorn": serve_by_uvicorn, "aiohttp": serve_by_aiohttp, "werkzeug": serve_by_werkzeug, "gevent": serve_by_gevent,
}

arguments = parse()
SERVED_BY[arguments.served_by](
    {"serializer": arguments.serializer, "always_connect": bool(arguments.always_connect)}, arguments.port)
