"""`eio-lua worker` with a real Locust master."""

import csv
import json
import signal
import time

import pytest

from harness.fleet import CHAT, MARKS
from harness.locust import measured, measured_times, reported, request_rows, wait_until

pytestmark = MARKS

# A pattern that tries some 10^15 ways.
STUCK = '(("a"):rep(40)):find(("a-"):rep(24) .. "b")'


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


def test_export_has_the_server_and_the_stages_of_the_master(fleet):
    fleet = fleet("eio.connect() while true do eio.receive() end")
    master = fleet.master()
    worker = fleet.worker(master.port)
    master.wait_for_workers(1)
    master.swarm(3, rate=1, host=fleet.server.url + "/path?token=secret")
    master.wait_for_users(3)
    # A stage is a time without orders, which nothing announces.
    time.sleep(4)
    master.swarm(6, rate=1, host=fleet.server.url)
    master.wait_for_users(6)
    master.stop()
    worker.wait_for("failures were reported", stream="stderr")
    run = json.loads(worker.export.read_text())["eio_lua"]["run"]
    assert run["server"] == fleet.server.url
    (scenario,) = run["scenarios"]
    first, second = scenario["stage_ends"]
    assert 1 < first < second - 3 < run["seconds"]


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
    # One that is stopped leaves in order. Locust 2.47 moves its users by itself only if it had not done so before.
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
    # Only the results that the dead one had not reported are lost.
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
    # The master's listener lives: a change and the end reach it.
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


def test_loop_that_does_not_answer_is_left_behind(fleet):
    fleet = fleet(f"""
        eio.connect(arg[1])
        if __VU % 2 == 0 then {STUCK} end
        while true do eio.receive() end
    """)
    master = fleet.master()
    worker = fleet.worker(master.port, "--threads", 2)
    master.wait_for_workers(1)
    master.swarm(2)
    worker.wait_for("inside a C function", stream="stderr")
    master.post("/stop")
    worker.wait_for("a C function does not return; what they did after second", stream="stderr")
    worker.wait_for("failures were reported", stream="stderr")
    # The next test has loops of its own.
    master.wait_for_workers(1)
    worker.signal(signal.SIGINT)
    assert worker.finish().status == 105


def test_page_of_a_run_is_the_masters(lua):
    result = lua.command("worker", "--web", ":0", "script.lua").finish()
    assert result.status == 64
    assert "the page of a run is the web page of its Locust master" in result.stderr
