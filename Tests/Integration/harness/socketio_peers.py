"""The Socket.IO servers that the client is run against, and the part of all runs that is made each time.

All of them have the events of servers/socketio_application.py.
"""

import zlib
from dataclasses import dataclass, field

from .haproxy import Haproxy
from .real_servers import RealServer


@dataclass(frozen=True)
class Kind:
    """A kind of peer: how its servers are started, and what a client sees of it."""

    server: str = "socketio"
    options: dict = field(default_factory=dict)
    count: int = 1
    serializer: str = "default"
    # Whether the answer to CONNECT is sent before the server's connect handler is called.
    answers_first: bool = False
    is_python: bool = True
    is_threaded: bool = False
    # Whether the server waits for all of a POST that comes in several parts.
    reads_whole_posts: bool = True


MSGPACK = {"serializer": "msgpack"}
THREADS = {"served_by": "werkzeug"}
ALWAYS = {"always_connect": 1}

KINDS = {
    "asyncio": Kind(),
    "asyncio-always": Kind(options=ALWAYS, answers_first=True),
    "asyncio-msgpack": Kind(options=MSGPACK, serializer="msgpack"),
    "threads": Kind(options=THREADS, is_threaded=True),
    "threads-always": Kind(options=THREADS | ALWAYS, answers_first=True, is_threaded=True),
    "threads-msgpack": Kind(options=THREADS | MSGPACK, serializer="msgpack", is_threaded=True),
    "gevent": Kind(options={"served_by": "gevent"}, is_threaded=True),
    # Its packages are from 2022: no reasons, and no maxPayload.
    "debian": Kind(server="socketio-debian", options={"served_by": "aiohttp"}, reads_whole_posts=False),
    "javascript": Kind(server="socketio-javascript", answers_first=True, is_python=False),
    "haproxy": Kind(count=2),
}

WAYS = ("polling", "websocket", "upgrade")


class Peer:
    """The servers of a kind, behind HAProxy if there are several."""

    def __init__(self, name, folder):
        self.kind = KINDS[name]
        self._servers = [RealServer(self.kind.server, folder, **self.kind.options) for _ in range(self.kind.count)]
        self._proxy = Haproxy(self._servers, folder) if self.kind.count > 1 else None

    @property
    def url(self):
        return (self._proxy or self._servers[0]).url

    def restart(self):
        """Kills the servers, and starts them on the same ports."""
        for server in self._servers:
            server.kill()
        for server in self._servers:
            server.start()

    def stop(self):
        if self._proxy:
            self._proxy.kill()
        for server in self._servers:
            server.kill()


def is_in_the_third(test, peer, way):
    """Whether a test is made without --full: each test on one way to each peer, each peer on all ways.

    Tests that are added or run alone do not change what is made of the others.
    """
    return (zlib.crc32(test.encode()) + list(KINDS).index(peer) + WAYS.index(way)) % len(WAYS) == 0
