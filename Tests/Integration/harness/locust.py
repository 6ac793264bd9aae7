"""A real Locust master as a process, with its web page or headless, and what it says."""

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, timeout=30, what="it"):
    """Waits for a condition that sends no event, and returns its result."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not come about within {timeout} s"
        time.sleep(0.05)
    return value


class Master:
    """`locust --master`; without `headless`, its web page listens at a port of its own."""

    def __init__(self, folder, locustfile, *options, headless=False, port=None):
        self.folder = Path(folder)
        self.port = port or free_port()
        self.web = None if headless else free_port()
        self._log = (self.folder / f"master-{time.monotonic_ns()}.log").open("w+")
        place = ["--headless"] if headless else ["--web-host", "127.0.0.1", "--web-port", str(self.web)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "locust", "-f", str(locustfile), "--master", "--master-bind-host", "127.0.0.1",
             "--master-bind-port", str(self.port), *place, *map(str, options)],
            cwd=self.folder, stdout=self._log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            # Its proxies are not for loopback.
            env={**os.environ, "NO_PROXY": "127.0.0.1"})
        if self.web:
            wait_until(self._answers, what="the web page")

    @property
    def log(self):
        return Path(self._log.name).read_text(errors="replace")

    def wait_for(self, text, timeout=30):
        wait_until(lambda: text in self.log, timeout, f"{text!r} in the master's log\n{self.log[-3000:]}\n")

    # The web page

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.web}{path}", timeout=10).read().decode()

    def post(self, path, **form):
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web}{path}", data, timeout=60) as answer:
            return json.loads(answer.read())

    def swarm(self, users, rate=100, **form):
        answer = self.post("/swarm", user_count=users, spawn_rate=rate, **form)
        assert answer["success"], answer

    def stop(self):
        self.post("/stop")
        wait_until(lambda: self.state()["state"] == "stopped", what="the stop")

    def state(self):
        return json.loads(self.get("/stats/requests"))

    def wait_for_users(self, users, timeout=30):
        wait_until(
            lambda: self.state()["user_count"] == users, timeout, f"{users} users\n{self.log[-3000:]}\n")

    def wait_for_workers(self, count, timeout=30):
        wait_until(lambda: len(self.workers()) == count, timeout, f"{count} workers\n{self.log[-3000:]}\n")

    def workers(self):
        """Those that answer."""
        return [one for one in self.state()["workers"] if one["state"] != "missing"]

    def requests(self):
        """Requests and failures by name, as the page's CSV file has them."""
        return request_rows(self.get("/stats/requests/csv"))

    def times(self, name):
        """Average, least and greatest response time in milliseconds."""
        rows = csv.DictReader(io.StringIO(self.get("/stats/requests/csv")))
        row = next(row for row in rows if row["Name"] == name)
        return tuple(float(row[f"{kind} Response Time"]) for kind in ("Average", "Min", "Max"))

    def exceptions(self):
        """Occurrences by their message."""
        return {one["msg"]: one["count"] for one in json.loads(self.get("/exceptions"))["exceptions"]}

    # Its end

    def finish(self, timeout=60):
        """The exit status."""
        return self.process.wait(timeout)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.finish()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def _answers(self):
        assert self.process.poll() is None, self.log
        try:
            return self.get("/")
        except OSError:
            return False


def request_rows(text):
    rows = {}
    for row in csv.DictReader(io.StringIO(text)):
        rows[row["Name"]] = (int(row["Request Count"]), int(row["Failure Count"]))
    return rows


def measured(*exports, pushes=False):
    """Requests and failures by name, as the summaries of workers count them, in Locust's terms.

    `pushes`: with a row for each message that came, as `--locust-pushes` reports it.
    """
    rows = {}

    def add(name, requests, failures=0):
        before = rows.get(name, (0, 0))
        if requests or failures:
            rows[name] = (before[0] + requests, before[1] + failures)

    for path in exports:
        for metric in json.loads(Path(path).read_text())["eio_lua"]["series"]:
            for part in metric["series"]:
                tags, value = part["tags"], part["value"]
                match metric["metric"]:
                    case "eio_time":
                        add(tags["name"], sum(value["buckets"][1::2]))
                    case "eio_errors" if tags["kind"] == "time":
                        add(tags["name"], 0, int(value["sum"]))
                    case "eio_connects" if tags["result"] != "interrupted":
                        failed = tags["result"] == "failed"
                        add("connect", int(value["sum"]), int(value["sum"]) if failed else 0)
                    case "eio_messages_received" if pushes:
                        add("message", int(value["sum"]))
    rows["Aggregated"] = tuple(sum(row[i] for row in rows.values()) for i in range(2))
    return rows


def measured_times(*exports):
    """Average, least and greatest time by name, in milliseconds, as the summaries of workers have them."""
    times = {}
    for path in exports:
        for metric in json.loads(Path(path).read_text())["eio_lua"]["series"]:
            if metric["metric"] == "eio_time":
                for part in metric["series"]:
                    times.setdefault(part["tags"]["name"], []).append(part["value"])
    return {
        name: (
            sum(one["sum"] for one in parts) / sum(sum(one["buckets"][1::2]) for one in parts) / 1e6,
            min(one["min"] for one in parts) / 1e6,
            max(one["max"] for one in parts) / 1e6,
        )
        for name, parts in times.items()
    }


def reported(worker):
    """The requests and failures that a worker reported in its last test, as its output shows them."""
    found = re.findall(r"(\d+) requests and (\d+) failures were reported", worker.stderr)
    return tuple(map(int, found[-1])) if found else None
