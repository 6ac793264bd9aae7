"""`eio-lua worker` with a script of Socket.IO: a row of type SIO for each event that wants an ack."""

import csv
import io

import pytest

from harness.fleet import MARKS, Fleet
from harness.loads import totals
from harness.locust import wait_until
from harness.real_servers import RealServer

pytestmark = MARKS

SCRIPT = """
    options = {
      scenarios = {chat = {executor = "constant-vus", vus = 2, duration = "1s"}},
      thresholds = {["sio_ack{event:ack}"] = {"p(95)<60000"}, sio_connect = {"max<60000"}},
    }
    function default()
      if not sio.connected then sio.connect(arg[1], {transports = "websocket"}) end
      sio.call("ack", "x")
      sio.emit("echo", 1)
      if __ITER % 5 == 2 then pcall(sio.call, {"silence", timeout = 0.02}) end
      eio.sleep(0.05)
    end
"""


@pytest.fixture
def fleet(lua, tmp_path):
    server = RealServer("socketio", tmp_path)
    fleet = Fleet(lua, SCRIPT, server)
    yield fleet
    fleet.kill()
    server.kill()


def test_each_call_is_one_request(fleet):
    master = fleet.master()
    workers = [fleet.worker(master.port) for _ in range(2)]
    master.wait_for_workers(2)
    master.swarm(4)
    master.wait_for_users(4)

    def rows():
        text = master.get("/stats/requests/csv")
        return {(row["Type"], row["Name"]): row for row in csv.DictReader(io.StringIO(text))}

    wait_until(lambda: int(rows().get(("SIO", "silence"), {"Request Count": "0"})["Request Count"]) >= 4)
    master.stop()
    for worker in workers:
        worker.wait_for("failures were reported", stream="stderr")
    found = rows()
    acks = [totals(worker.export)["sio_acks"] for worker in workers]
    counts = {name: (int(row["Request Count"]), int(row["Failure Count"])) for (kind, name), row in found.items()
              if kind == "SIO"}
    assert counts["connect"] == (4, 0)
    assert counts["ack"][0] + counts["silence"][0] == sum(acks) and counts["ack"][1] == 0
    assert counts["silence"][0] == counts["silence"][1] > 0
    assert set(counts) == {"connect", "ack", "silence"}
    assert 0 < float(found["SIO", "ack"]["Average Response Time"])
    assert master.get("/stats/failures/csv").count("no ack in time") == 1
    master.interrupt()
    assert "threshold failed" not in master.log
    for worker in workers:
        assert worker.finish().status == 0
