"""python-engineio's threaded server under werkzeug. Prints "listening PORT" once it accepts connections."""

import engineio
from application import Record, replies
from options import engine_options, parse
from werkzeug.serving import WSGIRequestHandler, make_server

options = parse()
record = Record()
# A thread for each message would make the order of the record depend on the scheduler.
server = engineio.Server(
    async_mode="threading", async_handlers=False, cors_allowed_origins="*", **engine_options(options))


@server.on("connect")
def connect(sid, environ):
    record.connected(sid, environ)


@server.on("message")
def message(sid, data):
    record.received(data)
    for reply in replies(data):
        if reply is None:
            # It waits until the client has fetched everything, which may take a request on this very thread.
            server.start_background_task(server.disconnect, sid)
        else:
            server.send(sid, reply)


@server.on("disconnect")
def disconnect(sid, reason):
    record.disconnected(reason)


def application(environ, start_response):
    if environ["PATH_INFO"] == "/stats":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [record.as_json()]
    return engine(environ, start_response)


class QuietHandler(WSGIRequestHandler):
    def log_request(self, *_):
        pass


engine = engineio.WSGIApp(server)
tls = (options.certificate, options.key) if options.certificate else None
listener = make_server(
    "127.0.0.1", options.port, application, threaded=True, request_handler=QuietHandler, ssl_context=tls)
print("listening", listener.server_port, flush=True)
listener.serve_forever()
