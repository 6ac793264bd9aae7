"""The README's first minute, as it stands there."""

import re

import pytest

from harness.embedded import EmbeddedServer
from harness.loads import load
from harness.program import ROOT

README = (ROOT / "README.md").read_text()
BOT = re.search(r"```lua\n(-- bot\.lua.*?)```", README, re.DOTALL)[1]


@pytest.fixture
def server(lua):
    options = re.search(r"^    eio-lua serve (.*?) *#", README, re.MULTILINE)[1]
    return EmbeddedServer(lua, *options.split())


def bot(server):
    assert BOT.count("http://localhost:5000") == 1
    return BOT.replace("http://localhost:5000", server.url)


def test_bot_alone(lua, server):
    result = lua.run(bot(server))
    assert result.lines == ["the server says " + text for text in ("hello", "answer 1", "answer 2", "answer 3")]
    assert (result.status, result.stderr) == (0, "")


def test_bot_under_load(lua, server):
    """Each user answers three times, and begins again."""
    result = load(lua, bot(server), "-u", 3, "-i", 6, "-q")
    assert (result.status, result.stderr) == (0, ""), result
    assert (result.totals["iterations"], result.totals["iterations_failed"]) == (6, 0)
    assert result.totals["eio_messages_received"] == 24 and result.totals["eio_messages_sent"] == 18
