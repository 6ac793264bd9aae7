"""The page of `eio-lua load --web`, as a plain HTTP client sees it."""

import http.client
import json
import re
import socket
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

PATIENCE = 30


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Event:
    version: int
    data: object

    @property
    def texts(self):
        """All texts of the data, one in a line."""
        return "\n".join(_texts(self.data))


class Watched:
    """A load run with a page; `start` is the script's, options and arguments as for `eio-lua load`."""

    def __init__(self, lua, script, *options, address=":0", arguments=()):
        lua.write(script)
        self.running = lua.command("load", "--web", address, *options, "script.lua", "--", *arguments)
        self.running.wait_for("?token=", stream="stderr")
        self.running.wait_for("\n", stream="stderr")
        self.url = re.search(r"^web: (\S+)$", self.running.stderr, re.MULTILINE)[1]
        parts = urlsplit(self.url)
        self.host, self.port = parts.hostname, parts.port
        self.token = parse_qs(parts.query)["token"][0]
        self.origin = f"http://{parts.netloc}"

    def request(self, path, method="GET", **headers):
        """Headers by their names, with _ for -; one of None is not sent."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host="host" in headers)
            for name, value in headers.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def stop(self, **how):
        """The request of the page's button."""
        path = how.pop("path", f"/stop?token={self.token}")
        return self.request(path, **{"method": "POST", "origin": self.origin, **how})

    def events(self, since=0, **headers):
        """The events after a version, as they come."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        connection.request("GET", f"/events?since={since}", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
        version = None
        while line := answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "id":
                version = int(value)
            elif name == "data":
                yield Event(version, json.loads(value))

    def event_with(self, text, since=0):
        """The first event that has this text."""
        for event in self.events(since):
            if text in event.texts:
                return event
        raise AssertionError(f"the stream ended without {text!r}")

    def connect(self, data=b""):
        """A bare connection that has sent these bytes."""
        connection = socket.create_connection((self.host, self.port), timeout=PATIENCE)
        connection.sendall(data)
        return connection

    def wait_until_it_stays(self):
        self.running.wait_for("web: the page stays at", stream="stderr", timeout=60)
        self.running.wait_for("Ctrl-C ends\n", stream="stderr")


def _texts(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
