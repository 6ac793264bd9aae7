"""`eio-lua worker` and `eio-lua locustfile` with a real Locust master."""

import csv
import itertools
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.embedded import EmbeddedServer
from harness.locust import Master, free_port, measured, measured_times, reported, request_rows, wait_until
from harness.program import PROGRAM

pytestmark = [
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


@pytest.fixture
def fleet(lua):
    fleets = []

    def make(script=CHAT):
        fleets.append(Fleet(lua, script, EmbeddedServer(lua)))
        return fleets[-1]

    yield make
    for one in fleets:
        one.kill()


def test_start_resize_stop_and_restart_from_the_web_page(fleet):
    fleet = fleet()
    master = fleet.master()
    for _ in range(3):
        fleet.worker(master.port, "--threads", 2)
    master.wait_for_workers(3)
    for test in (1, 2):
        master.swarm(12)
        master.wait_for_users(12)
        wait_until(lambda: fleet.server.stats()["open"] == 12)
        assert master.state()["workers"][0]["state"] == "running"
        master.swarm(30)
        master.wait_for_users(30)
        wait_until(lambda: fleet.server.stats()["open"] == 30)
        master.swarm(6)
        master.wait_for_users(6)
        wait_until(lambda: fleet.server.stats()["open"] == 6)
        master.stop()
        assert fleet.server.stats()["open"] == 0
        for worker in fleet.workers:
            worker.wait_for("failures were reported", stream="stderr", count=test)
        rows = master.requests()
        assert rows == measured(*fleet.exports())
        for name, times in measured_times(*fleet.exports()).items():
            assert master.times(name) == pytest.approx(times, rel=1e-9)
        assert rows["connect"] == (30, 0)
        assert rows["doomed"][0] == rows["doomed"][1] > 10
        assert rows["echo"][0] > rows["slow echo"][0] > 20
        assert sum(reported(worker)[0] for worker in fleet.workers) == rows["Aggregated"][0]
        # Each of the 30 users came to it once, in either class.
        assert master.exceptions() == {"sixth iteration": 30}
        for worker in fleet.workers:
            assert worker.stdout.count("setup") == worker.stdout.count("teardown") == test
    assert master.get("/logs").count("registered as worker") == 3
    assert master.interrupt() == 1, "exceptions make Locust's exit status 1"
    for worker in fleet.workers:
        result = worker.finish()
        assert result.status == 0, result


def test_host_of_the_web_page_is_where_scripts_connect(fleet):
    fleet = fleet("eio.connect() while true do eio.receive() end")
    master = fleet.master()
    fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(3, host=fleet.server.url)
    wait_until(lambda: fleet.server.stats()["open"] == 3)


def test_mix_of_transports(fleet):
    fleet = fleet("eio.connect(arg[1]) while true do eio.receive() end")
    master = fleet.master()
    worker = fleet.worker(master.port, "--mix", "polling=50,websocket=50")
    master.wait_for_workers(1)
    master.swarm(8)
    wait_until(lambda: fleet.server.stats()["open"] == 8)
    master.stop()
    worker.wait_for("failures were reported", stream="stderr")
    series = {one["metric"]: one["series"] for one in json.loads(worker.export.read_text())["eio_lua"]["series"]}
    opened = {part["tags"]["transport"]: part["value"]["sum"] for part in series["eio_connects"]}
    assert sum(opened.values()) == 8 and min(opened["polling"], opened["websocket"]) >= 3


def test_worker_that_dies_is_replaced_by_the_others(fleet):
    fleet = fleet()
    master = fleet.master("--enable-rebalancing")
    workers = [fleet.worker(master.port) for _ in range(3)]
    master.wait_for_workers(3)
    master.swarm(9)
    master.wait_for_users(9)
    wait_until(lambda: master.requests().get("connect") == (9, 0))
    workers[0].kill()
    master.wait_for_workers(2)
    master.wait_for_users(9)
    wait_until(lambda: fleet.server.stats()["open"] == 9)
    # One that comes gets its share.
    workers.append(fleet.worker(master.port))
    master.wait_for_workers(3)
    wait_until(lambda: all(one["user_count"] == 3 for one in master.workers()))
    # One that is stopped says goodbye. Locust 2.47 gives its users away by itself only if it had not done so before.
    workers[3].signal(signal.SIGINT)
    assert workers[3].finish().status == 105
    master.wait_for("(index 3) quit")
    master.swarm(9)
    wait_until(lambda: sorted(one["user_count"] for one in master.workers()) == [4, 5])
    # The page says "stopping" for a minute, because of the dead one.
    master.post("/stop")
    for worker in workers[1:]:
        worker.wait_for("failures were reported", stream="stderr")
    rows, alive = master.requests(), measured(*(worker.export for worker in workers[1:]))
    # What the dead one had not reported is lost, and nothing else.
    assert alive["echo"][0] <= rows["echo"][0] <= fleet.server.stats()["msgs"]
    assert alive["connect"][0] + 3 == rows["connect"][0]


def test_headless_with_stages_and_thresholds(fleet):
    script = CHAT.replace(
        "chat = {executor = \"constant-vus\", vus = 2, duration = \"1s\"}",
        "chat = {executor = \"ramping-vus\", startVUs = 0, stages = {{duration = '3s', target = 9}, "
        "{duration = '4s', target = 9}, {duration = '2s', target = 0}}}").replace(
        "options = {", "options = {thresholds = {['eio_time{name:echo}'] = {'p(95)<1000'}, eio_connect = {'p(99)<1000'}, "
        "['eio_errors{kind:connect}'] = {'count==0'}, ['eio_errors{kind:time}'] = {'count<1'}},", 1)
    fleet = fleet(script)
    master = fleet.master("--expect-workers", 2, "--csv", "run", headless=True)
    workers = [fleet.worker(master.port) for _ in range(2)]
    assert master.finish() == 99, master.log
    assert "threshold failed: eio_errors{kind:time}: count<1" in master.log
    assert master.log.count("threshold failed") == 1
    for worker in workers:
        assert worker.finish().status == 0
    rows = request_rows((fleet.lua.folder / "run_stats.csv").read_text())
    assert rows["Aggregated"] == tuple(map(sum, zip(*(reported(worker) for worker in workers))))
    with (fleet.lua.folder / "run_stats_history.csv").open() as history:
        users = [int(row["User Count"]) for row in csv.DictReader(history)]
    assert max(users) == 9 and users[-1] < 9


def test_several_scripts_are_one_worker(fleet):
    fleet = fleet()
    other = fleet.lua.write("eio.connect(arg[1]) while true do eio.receive() end", "idle bot.lua")
    master = fleet.master(locustfile=fleet.locustfile(other))
    worker = fleet.worker(master.port, other, "--locust-pushes")
    master.wait_for_workers(1)
    master.swarm(8)
    master.wait_for_users(8)
    wait_until(lambda: fleet.server.stats()["open"] == 8)
    assert "idle_bot 2" in worker.stderr
    master.stop()
    worker.wait_for("failures were reported", stream="stderr")
    rows = master.requests()
    assert rows == measured(worker.export, pushes=True)
    assert rows["message"][0] > 0


ODD = r"""
    local loadtest = require("loadtest")
    local trend = loadtest.Trend("odd", true)
    local texts = {
      "\xff\xfe\x00 no text", string.rep("x", 3000000), "e" .. string.rep("\xcc\x81", 400000), "\0", "",
      "__datetime__", "{\"__datetime__\":true}", "a\nb\rc", "\xed\xa0\x80", "\u{10FFFF}", "%s%n{}",
    }
    options = {scenarios = {__datetime__ = {executor = "constant-vus", vus = 1, duration = "1s"}}}
    function default()
      local text = texts[__ITER % #texts + 1]
      print(text:sub(1, 100))
      trend:add(0 / 0) trend:add(math.huge) trend:add(-math.huge) trend:add(-1e300)
      pcall(loadtest.time, text, function() error(text, 0) end)
      pcall(loadtest.time, "connect", function() error(text, 0) end)
      loadtest.time("fine " .. text, function() end)
      task.spawn(function() error({text}) end)
      eio.sleep(0.01)
      error(text, 0)
    end
"""


def test_master_survives_whatever_a_script_says(fleet):
    fleet = fleet(ODD)
    master = fleet.master()
    worker = fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(5)
    master.wait_for_users(5)
    worker.wait_for("{}", count=3)
    # The master's listener lives: it hears of a change, and of the end.
    master.swarm(7)
    master.wait_for_users(7)
    master.stop()
    worker.wait_for("failures were reported", stream="stderr")
    assert master.requests()["Aggregated"] == measured(worker.export)["Aggregated"]
    for complaint in ("RPCError", "Traceback", "Unrecognized", "Unknown message", "KeyError"):
        assert complaint not in master.log, master.log[-3000:]
    master.swarm(2)
    master.wait_for_users(2)
    master.interrupt()
    # No iteration came to its end.
    result = worker.finish()
    assert result.status == 99 and "No iteration succeeded" in result.stderr, result


def test_users_that_compute_do_not_delay_heartbeats(fleet):
    fleet = fleet("eio.sleep(0) while true do end")
    master = fleet.master()
    worker = fleet.worker(master.port, "--threads", 2, "--max-block", 7)
    master.wait_for_workers(1)
    master.swarm(2)
    master.wait_for_users(2)
    # Locust takes a worker for lost after 4 seconds of silence.
    wait_until(lambda: master.exceptions(), timeout=30, what="the stop of a slice")
    assert "failed to send heartbeat" not in master.log
    assert master.state()["user_count"] == 2
    worker.signal(signal.SIGINT)
    assert worker.finish(60).status == 105


def test_users_that_ask_closed_connections_do_not_hold_the_stop_up(fleet):
    fleet = fleet("eio.connect(arg[1]) while true do eio.receive() end")
    master = fleet.master()
    worker = fleet.worker(master.port, "--threads", 1, "--max-block", 60)
    master.wait_for_workers(1)
    master.swarm(20)
    master.wait_for_users(20)
    wait_until(lambda: fleet.server.stats()["open"] == 20)
    master.stop()
    worker.wait_for("failures were reported", stream="stderr")
    assert master.requests()["connect"] == (20, 0)
    assert master.exceptions() == {}


def test_master_that_comes_late(fleet):
    fleet = fleet()
    port = free_port()
    worker = fleet.worker(port)
    worker.wait_for("waiting for the master", stream="stderr")
    master = fleet.master(port=port)
    master.wait_for_workers(1)
    master.interrupt()
    assert worker.finish().status == 0


def test_master_that_dies_and_comes_back(fleet):
    fleet = fleet()
    master = fleet.master()
    worker = fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(4)
    master.wait_for_users(4)
    wait_until(lambda: fleet.server.stats()["open"] == 4)
    master.kill()
    worker.wait_for("the users go on", stream="stderr")
    assert fleet.server.stats()["open"] == 4
    again = fleet.master(port=master.port)
    again.wait_for_workers(1)
    worker.wait_for("the master knows of no test: the users stop", stream="stderr")
    wait_until(lambda: fleet.server.stats()["open"] == 0)
    worker.wait_for("failures were reported", stream="stderr")
    again.swarm(3)
    again.wait_for_users(3)
    wait_until(lambda: fleet.server.stats()["open"] == 3)
    again.interrupt()
    assert worker.finish().status == 0


def test_signal_while_no_master_is_there(fleet):
    worker = fleet().worker(free_port())
    worker.wait_for("waiting for the master", stream="stderr")
    worker.signal(signal.SIGINT)
    assert worker.finish().status == 105


def test_variables_name_the_master(fleet):
    fleet = fleet()
    env = {"LOCUST_MASTER_NODE_HOST": "localhost", "LOCUST_MASTER_NODE_PORT": "1"}
    worker = fleet.lua.command("worker", fleet.script, env=env)
    worker.wait_for("waiting for the master at localhost:1,", stream="stderr")
    wrong = fleet.lua.command("worker", fleet.script, env={"LOCUST_MASTER_NODE_PORT": "x"}).finish()
    assert wrong.status == 64 and "must be a number" in wrong.stderr


def test_error_in_setup_is_an_exception_and_no_user_runs(fleet):
    fleet = fleet("function setup() error('no luck', 0) end function default() eio.sleep(1) end")
    master = fleet.master()
    worker = fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(2)
    wait_until(lambda: any("no luck" in text for text in master.exceptions()))
    assert master.state()["user_count"] == 0
    master.stop()
    master.interrupt()
    assert worker.finish().status == 107


@pytest.mark.parametrize("function", ["default", "setup"])
def test_script_that_aborts_ends_its_worker(fleet, function):
    fleet = fleet(f"function default() end function {function}() eio.sleep(0.3) require('loadtest').abort('enough') end")
    master = fleet.master()
    worker = fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(1)
    result = worker.finish()
    assert result.status == 108, result
    assert "enough" in result.stderr
    master.wait_for("The last worker quit")


def test_class_that_no_script_has_gets_no_users(fleet):
    fleet = fleet()
    path = fleet.locustfile()
    path.write_text(path.read_text() + "\n\nclass stranger(_EioUser):\n    weight = 3\n")
    master = fleet.master(locustfile=path)
    fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(6)
    master.wait_for_users(3)
    wait_until(lambda: any("stranger" in text for text in master.exceptions()))


@pytest.mark.parametrize("options", [
    "iterations = 3", "scenarios = {a = {executor = 'constant-arrival-rate', rate = 1, duration = '1s', "
    "preAllocatedVUs = 1}}",
])
def test_executors_that_a_master_cannot_direct(lua, options):
    script = lua.write(f"options = {{{options}}} function default() end")
    for command in ("worker", "locustfile"):
        result = lua.command(command, script).finish()
        assert result.status == 104
        assert "a Locust master directs users" in result.stderr


def test_thresholds_that_a_master_cannot_judge(lua):
    script = lua.write("options = {thresholds = {checks = {'rate>0.9'}, eio_time = {'p(95)<9'}}}")
    result = lua.command("locustfile", script).finish()
    assert result.status == 104
    assert 'checks' in result.stderr and "eio_time" not in result.stderr.split(":")[0]
    fine = lua.command("locustfile", "--no-thresholds", script).finish()
    assert fine.status == 0 and "class script(" in fine.stdout


@pytest.mark.parametrize("name", ["chat", "2 fast", "class", "sum", "größe"])
def test_the_masters_file_is_python(lua, name):
    lua.write("options = {vus = 3, duration = '1s'}", f"{name}.lua")
    text = lua.command("locustfile", f"{name}.lua").finish().stdout
    compile(text, "locustfile.py", "exec")


def test_worker_needs_its_program(lua, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(PROGRAM, alone / "eio-lua")
    result = subprocess.run([alone / "eio-lua", "worker", "x.lua"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 69
    assert "eio-lua-worker" in result.stderr and "it is not there" in result.stderr


OLD = """
import sys, msgpack, zmq
socket = zmq.Context().socket(zmq.ROUTER)
print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
name, body = socket.recv_multipart()
for raw in {raw}:
    socket.send_multipart([name, raw])
for kind, data in {messages}:
    socket.send_multipart([name, msgpack.packb([kind, data, name.decode()])])
while True:
    name, body = socket.recv_multipart()
    print(msgpack.unpackb(body)[0], flush=True)
"""


@pytest.fixture
def odd_master():
    started = []

    def start(messages, raw=()):
        process = subprocess.Popen(
            [sys.executable, "-c", OLD.format(messages=repr(messages), raw=repr(raw))], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_master_of_version_one_is_refused(fleet, odd_master):
    _, port = odd_master([("hatch", {"num_clients": 3})])
    result = fleet().worker(port).finish()
    assert result.status == 1
    assert "a Locust before 2.0" in result.stderr


def test_messages_that_are_none_of_locusts_are_left_out(fleet, odd_master):
    odd = [("ack", {"index": "x"}), ("spawn", None), ("spawn", {"timestamp": 1}), ("news", [1]), ("update_user_class", 3)]
    process, port = odd_master(odd, [b"", b"\xc1", b"\x93\xa4", b"\x91" * 100, b"\xc0"])
    worker = fleet().worker(port)
    assert {process.stdout.readline().strip() for _ in range(6)} >= {"heartbeat", "stats"}
    worker.wait_for("none of Locust's", stream="stderr", count=5)
    worker.signal(signal.SIGINT)
    assert worker.finish().status == 105
