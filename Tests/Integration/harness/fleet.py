"""Workers with one script under one Locust master."""

import itertools
from pathlib import Path

import pytest

from .locust import Master
from .program import PROGRAM

# The marks of each file of tests with a Locust master.
MARKS = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not Path(PROGRAM).with_name("eio-lua-worker").exists(), reason="eio-lua-worker is not built"),
]

# Two classes; each user keeps one connection and asks again and again, some of it in vain.
CHAT = """
    local loadtest = require("loadtest")
    options = {
      scenarios = {
        chat = {executor = "constant-vus", vus = 2, duration = "1s"},
        ["slow-one"] = {executor = "constant-vus", vus = 1, duration = "1s", exec = "slow"},
      },
    }
    function setup() print("setup") return {url = arg[1]} end
    function teardown(data) print("teardown of " .. data.url) end
    local function ask(data, name, pause)
      if eio.state == "disconnected" then eio.connect(data.url, {transports = {"websocket"}}) end
      loadtest.time(name, function()
        eio.send("hello")
        assert(eio.receive(5) == "hello")
      end)
      if __ITER % 10 == 3 then pcall(loadtest.time, "doomed", function() error("in vain", 0) end) end
      if __ITER == 5 then error("sixth iteration", 0) end
      eio.sleep(pause)
    end
    function default(data) ask(data, "echo", 0.05) end
    function slow(data) ask(data, "slow echo", 0.1) end
"""


class Fleet:
    """Workers with one script under one master."""

    def __init__(self, lua, script, server):
        self.lua = lua
        self.script = lua.write(script, "chat.lua")
        self.server = server
        self.workers = []
        self.masters = []
        self._numbers = itertools.count()

    def locustfile(self, *others):
        path = self.lua.folder / "locustfile.py"
        result = self.lua.command("locustfile", self.script, *others, "--", self.server.url).finish()
        assert result.status == 0, result
        path.write_text(result.stdout)
        return path

    def master(self, *options, locustfile=None, **how):
        self.masters.append(Master(self.lua.folder, locustfile or self.locustfile(), *options, **how))
        return self.masters[-1]

    def worker(self, port, *options, env=None):
        number = next(self._numbers)
        export = self.lua.folder / f"worker-{number}.json"
        worker = self.lua.command(
            "worker", "--master-host", "127.0.0.1", "--master-port", port, self.script, "--summary-export", export,
            *options, "--", self.server.url, env=env)
        worker.export = export
        self.workers.append(worker)
        return worker

    def exports(self):
        return [worker.export for worker in self.workers]

    def kill(self):
        for master in self.masters:
            master.kill()
