"""How a load run ends: no script can delay it, and its consequences are not errors."""

import signal

import pytest

from harness.embedded import EmbeddedServer
from harness.loads import load, totals

BODIES = {
    "waits": "while true do eio.receive() end",
    "measures": 'while true do loadtest.time("echo", function() eio.send("x") assert(eio.receive()) end) end',
    "catches": "while true do pcall(eio.receive) end",
    "computes": "while true do pcall(function() while true do end end) end",
    "computes in a coroutine": "while true do coroutine.wrap(pcall)(function() while true do end end) end",
}
PLAIN = """
    local loadtest = require("loadtest")
    eio.connect(arg[1], {transports = {"websocket"}})
    print("up")
    BODY
"""
SCENARIO = """
    local loadtest = require("loadtest")
    local isConnected = false
    options = {gracefulStop = "0s"}
    function default()
        if not isConnected then
            eio.connect(arg[1], {transports = {"websocket"}})
            isConnected = true
            print("up")
        end
        BODY
    end
"""


@pytest.fixture(params=["plain", "scenario"])
def script(request):
    return {"plain": PLAIN, "scenario": SCENARIO}[request.param]


@pytest.fixture(params=BODIES)
def body(request):
    return BODIES[request.param]


def expect_interrupted(result, server):
    totals = result.totals
    assert totals["iterations_started"] == totals["interrupted_iterations"] > 0, totals
    assert "eio_errors" not in totals, result
    assert server.stats()["open"] == 0


def test_the_end_of_the_time_ends_every_user(lua, script, body):
    server = EmbeddedServer(lua)
    result = load(lua, script.replace("BODY", body), "-u", 20, "-d", "1s", args=[server.url])
    assert result.status == 0, result
    assert result.duration < 8
    expect_interrupted(result, server)


def test_a_signal_ends_every_user(lua, script, body):
    server = EmbeddedServer(lua)
    lua.write(script.replace("BODY", body))
    export = lua.folder / "summary.json"
    running = lua.command(
        "load", "-u", "4", "-d", "60s", "--summary-export", str(export), "script.lua", "--", server.url)
    running.wait_for("up")
    running.signal(signal.SIGINT)
    result = running.finish(15)
    assert result.status == 105, result
    assert "stopping" in result.stderr
    result.totals = totals(export)
    expect_interrupted(result, server)
