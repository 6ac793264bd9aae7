"""Each example of docs/lua-api.md, docs/socketio.md and docs/command.md runs against a server, and prints what its
comments say."""

import re

import pytest

from harness.embedded import EmbeddedServer
from harness.program import ROOT
from harness.real_servers import RealServer


def examples(guide):
    """The examples of a guide, by the lines at which they begin."""
    text = (ROOT / "docs" / guide).read_text()
    blocks = re.finditer(r"```lua\n(.*?)```", text, re.DOTALL)
    return {text[:block.start()].count("\n") + 2: block[1] for block in blocks}


EXAMPLES = examples("lua-api.md")
SOCKETIO_EXAMPLES = examples("socketio.md")


def check(lua, script, stderr=""):
    result = lua.start(script, stdin="a line\n").finish()
    assert result.status == 0 and re.fullmatch(stderr, result.stderr), result
    printed = [" ".join(each.split()) for each in result.lines]
    for expected in re.findall(r"--> (.*)", script):
        assert expected in printed, result


@pytest.mark.parametrize("line", EXAMPLES)
def test_example_runs_and_prints_what_it_says(lua, echo, line):
    check(lua, EXAMPLES[line].replace("http://localhost:5000", echo.url))


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """The server of the protocol's tests, in Python."""
    server = RealServer("suite", tmp_path_factory.mktemp("server"))
    yield server.url
    server.kill()


@pytest.fixture(params=["python", "embedded"])
def suite_url(request, lua):
    """A server with the events of the protocol's tests."""
    if request.param == "python":
        return request.getfixturevalue("suite")
    return EmbeddedServer(lua, "--socketio").url


@pytest.mark.parametrize("line", SOCKETIO_EXAMPLES)
def test_socketio_example_runs_and_prints_what_it_says(lua, suite_url, line):
    # Not every example has a handler for the event that the server sends to all.
    dropped = r'(.* has no handler for the event "auth" of /\w*: it is dropped\n)?'
    script = SOCKETIO_EXAMPLES[line].replace("http://localhost:3000", suite_url)
    if "http://localhost:5000" in script:
        script = script.replace("http://localhost:5000", EmbeddedServer(lua, "--socketio").url)
    check(lua, script, stderr=dropped)


def test_the_example_of_the_embedded_server(lua):
    [script] = examples("command.md").values()
    check(lua, script.replace("http://localhost:5000", EmbeddedServer(lua, "--socketio").url))


def test_the_examples_were_found():
    assert len(EXAMPLES) >= 10 and len(SOCKETIO_EXAMPLES) >= 7
