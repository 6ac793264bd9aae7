"""`abort` outside of the iterations."""

import pytest

from harness.embedded import EmbeddedServer
from harness.loads import load

WAYS = {
    "directly": 'loadtest.abort("enough")',
    "caught": 'while true do pcall(loadtest.abort, "enough") end',
    "after a wait": 'eio.sleep(0.05) loadtest.abort("enough")',
    "in a task": 'eio.start_background_task(loadtest.abort, "enough") eio.sleep(60)',
}
SCRIPT = """
    local loadtest = require("loadtest")
    options = {vus = 2, iterations = 2}
    function FUNCTION()
        eio.connect(arg[1])
        eio.on("disconnect", function(reason) print(reason) end)
        BODY
    end
    function default() print("ran") end
"""


@pytest.fixture(params=WAYS)
def script(request):
    return SCRIPT.replace("BODY", WAYS[request.param])


def test_setup_keeps_the_run_from_beginning(lua, script):
    server = EmbeddedServer(lua)
    result = load(lua, script.replace("FUNCTION", "setup"), args=[server.url], timeout=15)
    assert (result.status, result.stderr) == (108, "eio-lua: enough\n"), result
    assert "ran" not in result.lines
    assert "client disconnect" in result.lines
    assert server.stats()["open"] == 0


def test_what_was_measured_is_not_lost_with_teardown(lua, script):
    server = EmbeddedServer(lua)
    result = load(lua, script.replace("FUNCTION", "teardown"), args=[server.url], timeout=15)
    assert (result.status, result.stderr) == (108, "eio-lua: enough\n"), result
    assert "client disconnect" in result.lines
    assert "TOTAL RESULTS" in result.stdout
    assert result.totals["iterations"] == 2
