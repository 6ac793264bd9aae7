"""The cells of the benchmark, and their targets."""

from dataclasses import dataclass

EIO_LUA = "eio-lua"
# `eio-lua load --threads 1`: each client is a virtual user with a Lua VM of its own.
EIO_LOAD = "eio-lua-load"
RAW_C = "raw-c"
PYTHON_ASYNC = "python-async"
PYTHON_THREADS = "python-threads"
LOCUST_WEBSOCKET = "locust-websocket"
LOCUST_ENGINEIO = "locust-engineio"
K6 = "k6"
LUA = "lua5.4"
PYTHON_SOCKETIO = "python-socketio"
LOCUST_SOCKETIO = "locust-socketio"
JS_SOCKETIO = "js-socketio"

PEERS = (PYTHON_ASYNC, PYTHON_THREADS, LOCUST_WEBSOCKET, LOCUST_ENGINEIO, K6)
# One thread for each of its clients' loops: at 1000 clients it spends minutes only to connect.
PEERS_FOR_MANY = (PYTHON_ASYNC, LOCUST_WEBSOCKET, LOCUST_ENGINEIO, K6)
SOCKETIO_PEERS = (PYTHON_SOCKETIO, LOCUST_SOCKETIO, JS_SOCKETIO)
SOCKETIO_PROGRAMS = (EIO_LUA, *SOCKETIO_PEERS)
PROGRAMS = (EIO_LUA, EIO_LOAD, RAW_C, *PEERS, LUA, *SOCKETIO_PEERS)


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
    # How long the server keeps each echo.
    delay_ms: float = 0
    # Of the latencies, in a cell that measures them.
    quantile: str = ""
    ping_interval_ms: int = 25_000
    # Of the clients in Lua: `engineio` or `socketio`.
    protocol: str = "engineio"
    # Whether a browser follows the page of a load test.
    is_watched: bool = False

    @property
    def counter(self):
        """The server's counter that grows with each operation of the client."""
        return "handshakes" if self.mode == "connect" else "messages"


ROUND_TRIPS = "round trips/s"
MESSAGES = "messages/s"
KIB_PER_CLIENT = "KiB per client"
KIB_PER_USER = "KiB per user"
SOCKETIO = "socketio"
# A binary event is a text message and an attachment of 4 KiB, and both are counted.
PAIRS = {"unit": MESSAGES, "programs": (EIO_LUA,), "clients": 100, "window": 16, "size": 4096}
USERS_10K = {"clients": 10_000, "ping_interval_ms": 2000}

# A cell of Socket.IO (SIO) does what the cell before it does with Engine.IO, and is compared with it.
CELLS = (
    Cell("1x64", "pingpong", ROUND_TRIPS, (EIO_LUA, EIO_LOAD, RAW_C, *PEERS), clients=1, window=64),
    Cell("SIO-CALL-1x64", "call", ROUND_TRIPS, (EIO_LUA,), clients=1, window=64, protocol=SOCKETIO),
    Cell("100x1", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS), clients=100),
    Cell("SIO-CALL-100x1", "call", ROUND_TRIPS, (EIO_LUA,), clients=100, protocol=SOCKETIO),
    Cell("100x16", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C, *PEERS), clients=100, window=16),
    Cell("1000x1", "pingpong", ROUND_TRIPS, (EIO_LUA, EIO_LOAD, RAW_C, *PEERS_FOR_MANY), clients=1000),
    Cell("5000x1", "pingpong", ROUND_TRIPS, (EIO_LUA, RAW_C), clients=5000),
    Cell("RECV1", "recv", MESSAGES, (EIO_LUA, RAW_C, PYTHON_ASYNC), server="flood", flood_rate=2_000_000),
    Cell("RECV1-full", "recv", MESSAGES, (EIO_LUA, RAW_C), server="flood"),
    Cell("JSON", "json", ROUND_TRIPS, (EIO_LUA, PYTHON_ASYNC), clients=100, window=16, size=200),
    Cell("SIO", "event", ROUND_TRIPS, SOCKETIO_PROGRAMS, clients=100, window=16, size=200, protocol=SOCKETIO),
    Cell("PAIR", "pair", **PAIRS),
    Cell("SIO-BINARY", "binary-event", **PAIRS, protocol=SOCKETIO),
    Cell("POLLING", "pingpong", ROUND_TRIPS, (EIO_LUA, PYTHON_ASYNC), clients=100, transport="polling", server=EIO_LUA),
    Cell("IDLE", "idle", KIB_PER_CLIENT, (EIO_LUA, RAW_C, PYTHON_ASYNC), clients=5000),
    Cell("SIO-IDLE", "idle", KIB_PER_CLIENT, (EIO_LUA,), clients=5000, protocol=SOCKETIO),
    Cell("STARTUP", "startup", "ms", (EIO_LUA, LUA)),
    Cell("CONNECT", "connect", "connects/s", (EIO_LUA, RAW_C, PYTHON_ASYNC), clients=16),
    # The users of a load test, on all cores, with the descriptors of one process on an ordinary machine.
    Cell("USERS-10K", "users", KIB_PER_USER, (EIO_LOAD,), **USERS_10K),
    Cell("SIO-USERS-10K", "users", KIB_PER_USER, (EIO_LOAD,), **USERS_10K, protocol=SOCKETIO),
    Cell("USERS-18K", "users", KIB_PER_USER, (EIO_LOAD,), clients=18_000, ping_interval_ms=5000),
    Cell("WEB-none", "pingpong", ROUND_TRIPS, (EIO_LOAD,), clients=100),
    Cell("WEB", "pingpong", ROUND_TRIPS, (EIO_LOAD,), clients=100, is_watched=True),
    # The result of a load test against a server that answers after a known time.
    Cell("DELAY-p50", "latency", "ms", (EIO_LOAD, RAW_C), clients=100, delay_ms=10, quantile="p50"),
    Cell("DELAY-p99", "latency", "ms", (EIO_LOAD, RAW_C), clients=100, delay_ms=10, quantile="p99"),
)


@dataclass(frozen=True)
class Demand:
    """A figure of a program's that has a limit: against another program in the same cell, itself in another, or alone.

    Kinds: `ratio` and `difference` of the value, `per-cpu` for operations in the same CPU time, each against a program;
    `cpu` for CPU time per operation and `more` for the value, each against another cell; `value`; `start-cpu` for the
    CPU seconds until all are open; `open` for the users that the server still saw at the end."""

    cell: str
    what: str
    kind: str
    limit: float
    against: str = ""
    at_least: bool = True
    program: str = EIO_LUA


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
    yield Demand("1x64", "as a load test, of the bot", "ratio", 0.9, EIO_LUA, program=EIO_LOAD)
    yield Demand("1000x1", "as a load test, of the raw C client", "ratio", 0.4, RAW_C, program=EIO_LOAD)
    for peer, limit in ((LOCUST_WEBSOCKET, 10), (LOCUST_ENGINEIO, 10), (K6, 5)):
        yield Demand("1000x1", f"as a load test, per CPU, times {peer}", "per-cpu", limit, peer, program=EIO_LOAD)
    for cell in ("USERS-10K", "USERS-18K"):
        yield Demand(cell, "KiB per idle user", "value", 45, at_least=False, program=EIO_LOAD)
    yield Demand("USERS-10K", "CPU seconds to start", "start-cpu", 10, at_least=False, program=EIO_LOAD)
    yield Demand("USERS-18K", "users that answer pings at the end", "open", 18_000, program=EIO_LOAD)
    what = "CPU per message with a browser, times that without"
    yield Demand("WEB", what, "cpu", 1.05, "WEB-none", at_least=False, program=EIO_LOAD)
    yield from socketio_demands()


def socketio_demands():
    for cell, what, limit, against in (
        ("SIO", "CPU per event, times that of a JSON message", 1 / 0.85, "JSON"),
        ("SIO-CALL-100x1", "CPU per call, times that of a message", 1 / 0.7, "100x1"),
        ("SIO-CALL-1x64", "CPU per call, times that of a message", 1 / 0.7, "1x64"),
        ("SIO-BINARY", "CPU per event, times that of two messages", 1 / 0.7, "PAIR"),
    ):
        yield Demand(cell, what, "cpu", limit, against, at_least=False)
    for peer, limit in ((PYTHON_SOCKETIO, 20), (LOCUST_SOCKETIO, 10), (JS_SOCKETIO, 5)):
        yield Demand("SIO", f"per CPU, times {peer}", "per-cpu", limit, peer)
    yield Demand("SIO-IDLE", "KiB more than an Engine.IO client", "more", 1, "IDLE", at_least=False)
    what = "KiB more than an Engine.IO user"
    yield Demand("SIO-USERS-10K", what, "more", 3, "USERS-10K", at_least=False, program=EIO_LOAD)
