"""Fixtures of the tests of `eio-lua serve`."""

import pytest

from harness.embedded import EmbeddedServer


@pytest.fixture
def serve(lua):
    """Starts servers with options of the command line: serve("--mode", "sink")."""
    return lambda *options, **how: EmbeddedServer(lua, *options, **how)
