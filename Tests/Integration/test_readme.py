"""The README's first minute, as it stands there."""

import re

import pytest

from harness.embedded import EmbeddedServer
from harness.loads import load
from harness.program import ROOT

README = (ROOT / "README.md").read_text()
URL = "http://localhost:5000"


class Example:
    """A bot of the README, and the command that starts a server for it."""

    def __init__(self, name):
        self.bot, after = re.search(rf"```lua\n(-- {name}.*?)```(.*?)```", README, re.DOTALL).groups()
        self.options = re.search(r"^    eio-lua serve (.*?) *#", after, re.MULTILINE)[1].split()
        assert re.search(rf"^    eio-lua {re.escape(name)}", after, re.MULTILINE)

    def at(self, server):
        assert self.bot.count(URL) == 1
        return self.bot.replace(URL, server.url)


SOCKET_IO, ENGINE_IO = Example("bot.lua"), Example("engineio.lua")


@pytest.fixture
def server(lua, request):
    return EmbeddedServer(lua, *request.param.options)


def serves(example):
    return pytest.mark.parametrize("server", [example], indirect=True, ids=[""])


@serves(SOCKET_IO)
def test_bot_alone(lua, server):
    result = lua.run(SOCKET_IO.at(server))
    assert result.lines == ["logged in as bot", "the server asks 41", "the server says 42"]
    assert (result.status, result.stderr) == (0, "")


@serves(SOCKET_IO)
def test_bot_under_load(lua, server):
    result = load(lua, SOCKET_IO.at(server), "-u", 3, "-i", 6, "-q")
    assert (result.status, result.stderr) == (0, ""), result
    assert (result.totals["iterations"], result.totals["iterations_failed"]) == (6, 0)
    assert result.stdout.count("the server says 42") == 6


@serves(ENGINE_IO)
def test_engine_io_bot_alone(lua, server):
    result = lua.run(ENGINE_IO.at(server))
    assert result.lines == ["the server says " + text for text in ("hello", "answer 1", "answer 2", "answer 3")]
    assert (result.status, result.stderr) == (0, "")


@serves(ENGINE_IO)
def test_engine_io_bot_under_load(lua, server):
    """Each user answers three times, and begins again."""
    result = load(lua, ENGINE_IO.at(server), "-u", 3, "-i", 6, "-q")
    assert (result.status, result.stderr) == (0, ""), result
    assert (result.totals["iterations"], result.totals["iterations_failed"]) == (6, 0)
    assert result.totals["eio_messages_received"] == 24 and result.totals["eio_messages_sent"] == 18
