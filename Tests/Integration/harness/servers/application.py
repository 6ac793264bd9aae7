"""The application of both test servers, apart from how they are served."""

import base64
import json


class Record:
    """Events of the server, for /stats."""

    def __init__(self):
        self.connects = []
        self.disconnects = []
        self.messages = []
        self.cookies = []

    def connected(self, sid, environ):
        self.connects.append(sid)
        self.cookies.append(environ.get("HTTP_COOKIE"))

    def disconnected(self, reason):
        self.disconnects.append(str(reason))

    def received(self, data):
        self.messages.append({"base64": base64.b64encode(data).decode()} if isinstance(data, bytes) else data)

    def as_json(self):
        return json.dumps(self.__dict__).encode()


def replies(data):
    """The messages that answer one message: an echo, or what a command asks for. None asks to disconnect.

    "cmd:disconnect" ends the session, "cmd:burst N" gives N messages, and what starts with "quiet" has no answer.
    """
    if isinstance(data, str) and data.startswith("quiet"):
        return []
    if not isinstance(data, str) or not data.startswith("cmd:"):
        return [data]
    name, _, argument = data[len("cmd:"):].partition(" ")
    if name == "disconnect":
        return [None]
    if name == "burst":
        return [f"burst {number}" for number in range(int(argument))]
    return [f"unknown command {name}"]
