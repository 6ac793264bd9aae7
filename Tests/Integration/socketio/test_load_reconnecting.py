"""Users of a load run that reconnect, lines S110 and S111 of the wire cases."""

import re
import signal

from harness.loads import load
from harness.scripted import ScriptedServer
from harness.socketio import join, lose

SCRIPT = """
    function default()
      local c = require("socketio").Client{reconnection_delay = 60, reconnection_delay_max = 90}
      c.on("disconnect", function() end)
      c.connect(arg[1], {transports = "websocket"})
      c.wait()
    end
"""


def losing(count):
    """A conversation that loses so many sessions."""
    async def conversation(server):
        for _ in range(count):
            await lose(await join(server, "websocket"))

    return conversation


def test_s110_a_load_run_ends_while_users_reconnect(lua):
    with ScriptedServer(losing(2)) as server:
        result = load(lua, SCRIPT, "--vus", "2", "--duration", "2s", args=[server.url])
    assert result.status == 0, result
    assert result.totals["interrupted_iterations"] == 2
    assert result.totals.get("iterations_failed", 0) == result.totals.get("iterations", 0) == 0, result.totals


def test_s111_the_pauses_of_users_spread_by_the_seed(lua):
    users = 20

    def pauses(seed):
        with ScriptedServer(losing(users)) as server:
            lua.write(SCRIPT)
            run = lua.command(
                "load", "--log-level", "info", "--vus", users, "--iterations", users, "--seed", seed, "script.lua",
                "--", server.url)
            run.wait_for("New attempt in", stream="stderr", count=users)
            run.signal(signal.SIGINT)
            run.finish()
        return sorted(float(text) for text in re.findall(r"New attempt in ([\d.]+) s", run.stderr))

    first = pauses(7)
    assert len(set(first)) == users
    assert 30 <= first[0] < 45 and 75 < first[-1] <= 90
    assert pauses(7) == first
    assert pauses(8) != first
