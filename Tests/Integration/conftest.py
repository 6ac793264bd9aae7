"""Fixtures of the integration tests.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    EIO_LUA=path/to/eio-lua venv/bin/pytest -n 2

Without EIO_LUA, the release build of the package is used. HAProxy must be installed.
"""

import pytest

from harness import faults, signals, socketio_peers
from harness.certificates import Authority
from harness.chromium import Chromium
from harness.embedded import EmbeddedServer
from harness.haproxy import Haproxy
from harness.program import Lua
from harness.real_servers import RealServer

signals.restore_defaults()


def pytest_addoption(parser):
    parser.addoption(
        "--full", action="store_true", help="all Socket.IO servers on each way to a transport, not a third of these tests")


def pytest_collection_modifyitems(config, items):
    """Without --full, leaves out two thirds of the tests that have the fixtures `peer` and `way`."""
    if config.getoption("full"):
        return
    kept, left_out = [], []
    for item in items:
        values = item.callspec.params if hasattr(item, "callspec") else {}
        is_kept = not {"peer", "way"} <= values.keys() or socketio_peers.is_in_the_third(
            item.originalname, values["peer"], values["way"])
        (kept if is_kept else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def lua(tmp_path):
    """Runs scripts with the program under test."""
    runner = Lua(tmp_path)
    yield runner
    runner.stop_all()


@pytest.fixture
def echo(lua):
    """The embedded server, which sends back what it gets."""
    return EmbeddedServer(lua)


@pytest.fixture(params=["polling", "websocket"])
def transport(request):
    return request.param


@pytest.fixture(params=socketio_peers.WAYS)
def way(request):
    """How a client gets to its transport: one of the two alone, or from polling to websocket."""
    return request.param


@pytest.fixture(params=["uvicorn", "threaded"])
def kind(request):
    """How python-engineio is served."""
    return request.param


@pytest.fixture
def real_server(tmp_path):
    """Starts python-engineio servers as processes: real_server("uvicorn", ping_interval=1)."""
    servers = []

    def start(kind, **options):
        servers.append(RealServer(kind, tmp_path, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def haproxy(tmp_path):
    """Starts HAProxy in front of servers: haproxy([first, second])."""
    proxies = []

    def start(servers):
        proxies.append(Haproxy(servers, tmp_path))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.kill()


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority of the tests' own."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def network_faults(tmp_path_factory):
    """The environment of a program whose network fails as network_faults.c says."""
    return faults.build(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def browser():
    """A browser that shows a page as on a screen."""
    chromium = Chromium()
    try:
        chromium.look()
        yield chromium
    finally:
        chromium.close()
