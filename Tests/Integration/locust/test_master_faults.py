"""`eio-lua worker` under a Locust master that comes late, dies, is old, or sends what is not valid."""

import signal
import subprocess
import sys

import pytest

from harness.fleet import MARKS
from harness.locust import free_port, wait_until

pytestmark = MARKS


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
    worker.wait_for("is not Locust's", stream="stderr", count=5)
    worker.signal(signal.SIGINT)
    assert worker.finish().status == 105
