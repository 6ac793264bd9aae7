"""What is measured, and what the project demands of it."""

from dataclasses import dataclass

EIO_LUA = "eio-lua"
RAW_C = "raw-c"
PYTHON_ASYNC = "python-async"
PYTHON_THREADS = "python-threads"
LOCUST_WEBSOCKET = "locust-websocket"
LOCUST_ENGINEIO = "locust-engineio"
K6 = "k6"
LUA = "lua5.4"

PEERS = (PYTHON_ASYNC, PYTHON_THREADS, LOCUST_WEBSOCKET, LOCUST_ENGINEIO, K6)
# One thread for each of its clients' loops: at 1000 clients it spends minutes only to connect.
PEERS_FOR_MANY = (PYTHON_ASYNC, LOCUST_WEBSOCKET, LOCUST_ENGINEIO, K6)
PROGRAMS = (EIO_LUA, RAW_C, *PEERS, LUA)


@dataclass(frozen=True)
class Cell:
    """One kind of work. `server` is the C echo server's mode, or `eio-lua` for the embedded server."""

    name: str
    mode: str
    unit: str
    programs: tuple
    clients: int = 1
    window: int = 1
    size: int = 32
    transport: str = "websocket"
    server: str = "echo"
    # Messages a second that a flooding server offers; 0 is as many as the client takes.
    flood_rate: int = 0

    @property
    def counter(self):
        """The server's counter that grows with each operation of the client."""
        return "handshakes" if self.mode == "connect" else "messages"


ROUND_TRIPS = "round trips/s"

CELLS = (
    Cell("1x64", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS), clients=1, window=64),
    Cell("100x1", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS), clients=100),
    Cell("100x16", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS), clients=100, window=16),
    Cell("1000x1", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS_FOR_MANY), clients=1000),
    Cell("5000x1", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C), clients=5000),
    Cell("RECV1", "recv", "messages/s", (EIO_LUA, RAW_C, PYTHON_ASYNC), server="flood", flood_rate=2_000_000),
    Cell("RECV1-full", "recv", "messages/s", (EIO_LUA, RAW_C), server="flood"),
    Cell("JSON", "json", ROUND_TRIPS, (EIO_LUA, PYTHON_ASYNC), clients=100, window=16, size=200),
    Cell("POLLING", "pingpong", ROUND_TRIPS, (EIO_LUA, PYTHON_ASYNC), clients=100, transport="polling", server=EIO_LUA),
    Cell("IDLE", "idle", "KiB per client", (EIO_LUA, RAW_C, PYTHON_ASYNC), clients=5000),
    Cell("STARTUP", "startup", "ms", (EIO_LUA, LUA)),
    Cell("CONNECT", "connect", "connects/s", (EIO_LUA, RAW_C, PYTHON_ASYNC), clients=16),
)


@dataclass(frozen=True)
class Demand:
    """A figure of eio-lua's that has a limit: against another program in the same cell, itself in another, or alone."""

    cell: str
    what: str
    kind: str  # ratio, difference, value, cpu
    limit: float
    against: str = ""
    at_least: bool = True


def demands():
    yield Demand("1x64", "of the raw C client", "ratio", 0.7, RAW_C)
    yield Demand("100x1", "of the raw C client", "ratio", 0.7, RAW_C)
    yield Demand("100x16", "of the raw C client", "ratio", 0.5, RAW_C)
    yield Demand("1000x1", "of the raw C client", "ratio", 0.5, RAW_C)
    for name in ("1x64", "100x1", "100x16", "1000x1"):
        for peer in PEERS if name != "1000x1" else PEERS_FOR_MANY:
            yield Demand(name, f"times {peer}", "ratio", 10 if name == "100x16" else 3, peer)
    yield Demand("RECV1", "of the raw C client", "ratio", 0.4, RAW_C)
    yield Demand("RECV1", f"times {PYTHON_ASYNC}", "ratio", 3, PYTHON_ASYNC)
    yield Demand("JSON", f"times {PYTHON_ASYNC}", "ratio", 5, PYTHON_ASYNC)
    yield Demand("POLLING", f"times {PYTHON_ASYNC}", "ratio", 3, PYTHON_ASYNC)
    yield Demand("CONNECT", "of the raw C client", "ratio", 0.25, RAW_C)
    yield Demand("IDLE", "KiB per idle client", "value", 18, at_least=False)
    yield Demand("STARTUP", "ms more than lua5.4", "difference", 15, LUA, at_least=False)
    yield Demand("5000x1", "CPU per message, times that at 1000x1", "cpu", 1.5, "1000x1", at_least=False)
