"""Fixtures of the tests with a real Locust master."""

import pytest

from harness.embedded import EmbeddedServer
from harness.fleet import CHAT, Fleet


@pytest.fixture
def fleet(lua):
    """Makes a Fleet: fleet(script)."""
    fleets = []

    def make(script=CHAT):
        fleets.append(Fleet(lua, script, EmbeddedServer(lua)))
        return fleets[-1]

    yield make
    for one in fleets:
        one.kill()
