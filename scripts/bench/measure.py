"""Runs one program in one cell and measures it from outside.

The rate is what the server counted between two samples, well inside the measured part; the CPU time is the kernel's for
the client's process between the same samples. The client's own figures are taken for memory, for the embedded server,
which does not count, and for a flood, much of which lies in the kernel's buffers when the server has sent it."""

import http.client
import json
import os
import re
import resource
import select
import signal
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

import cells
import programs
from browser import Browser

SAMPLE_SECONDS = 0.05
WARM_UP_SECONDS = 0.3
COOL_DOWN_SECONDS = 0.1
START_LIMIT_SECONDS = 10
# Beside the measured seconds: connecting all the clients, and ending.
SPARE_SECONDS = 60
STARTUPS = 20
EXPORTED_QUANTILES = {"p50": "med", "p99": "p(99)"}
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
# Of a process on an ordinary machine.
DESCRIPTOR_LIMIT = 20_000


class BenchError(Exception):
    """A program did not do what its cell asks for."""


@dataclass
class Result:
    value: float
    cpu_us: float = None
    others_cpu: float = 0
    report: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    seconds: float
    count: int
    open: int
    client_cpu: float
    client_kib: int = 0


def cpu_seconds(pid):
    """User and system time of a process, all its threads together."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def machine_cpu_seconds():
    """CPU time that all processes of the machine used since it started."""
    with open("/proc/stat") as stat:
        user, nice, system, _idle, _iowait, irq, softirq = map(int, stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND


def resident_kib(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * PAGE_KIB


class Server:
    """A server on a free port of the loopback address, ended with the `with` block."""

    def __init__(self, cell):
        self.cell = cell

    def __enter__(self):
        self.process = subprocess.Popen(
            programs.server_command(self.cell),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        self.port = self._read_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.counts = self.cell.server != cells.EIO_LUA
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        return self

    def __exit__(self, *_):
        self._connection.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def _read_port(self):
        ready, _, _ = select.select([self.process.stdout], [], [], START_LIMIT_SECONDS)
        line = self.process.stdout.readline().decode() if ready else ""
        port = re.search(r'(?:"port":|//127\.0\.0\.1:)(\d+)', line)
        if not port:
            self.process.kill()
            self.process.wait()
            raise BenchError(f"{self.process.args[0]} did not print the port that it listens on, but {line!r}")
        return int(port.group(1))

    def statistics(self):
        self._connection.request("GET", "/stats")
        return json.loads(self._connection.getresponse().read())


def run(program, cell, seconds):
    if cell.mode == "startup":
        return _measure_startup(program)
    with (
        Server(cell) as server,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        tempfile.NamedTemporaryFile() as export,
    ):
        machine_before = machine_cpu_seconds()
        client = subprocess.Popen(
            programs.client_command(program, cell, server.url, seconds, export.name),
            stdout=output,
            stderr=errors,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_limit_descriptors,
        )
        browser = Browser(client, errors) if cell.is_watched else None
        began = time.monotonic()
        try:
            samples = _sample_until_exit(server, client, seconds)
        except (OSError, http.client.HTTPException) as error:
            raise BenchError(f"the server stopped answering: {error!r}") from error
        finally:
            _end(client)
        elapsed = time.monotonic() - began
        ours = client.cpu_seconds + cpu_seconds(server.process.pid)
        others_cpu = max(0, machine_cpu_seconds() - machine_before - ours) / elapsed
        if program == cells.EIO_LOAD:
            report = _read_export(client.returncode, export.name, errors)
        else:
            report = _read_report(client.returncode, output, errors)
    result = _evaluate(cell, seconds, samples, report)
    result.others_cpu = others_cpu
    if browser is not None:
        if browser.bytes == 0:
            raise BenchError("the browser read nothing")
        result.report["page_bytes"] = browser.bytes
    return result


def _limit_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTOR_LIMIT, DESCRIPTOR_LIMIT))


def _sample_until_exit(server, client, seconds):
    """Samples until the client has ended; leaves its whole CPU time in `client.cpu_seconds`."""
    samples = []
    deadline = time.monotonic() + seconds + SPARE_SECONDS
    while True:
        pid, status, usage = os.wait4(client.pid, os.WNOHANG)
        if pid:
            client.returncode = os.waitstatus_to_exitcode(status)
            client.cpu_seconds = usage.ru_utime + usage.ru_stime
            return samples
        if time.monotonic() > deadline:
            raise BenchError(f"still running {SPARE_SECONDS} s after it should have ended")
        if server.counts:
            counters = server.statistics()
            count = counters[server.cell.counter]
            seconds_now, is_open = counters["time_ms"] / 1e3, counters["open"]
            samples.append(Sample(seconds_now, count, is_open, cpu_seconds(client.pid), resident_kib(client.pid)))
        time.sleep(SAMPLE_SECONDS)


def _end(client):
    """Kills a client that is still running, with all that it started."""
    if client.returncode is None:
        os.killpg(client.pid, signal.SIGKILL)
        client.wait()


def _read_report(status, output, errors):
    output.seek(0)
    errors.seek(0)
    complaint = errors.read().decode(errors="replace").strip().splitlines()[-5:]
    if status != 0:
        raise BenchError("\n".join([f"exit status {status}", *complaint]))
    for line in reversed(output.read().decode(errors="replace").splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    raise BenchError("\n".join(["it printed no line of JSON", *complaint]))


def _read_export(status, path, errors):
    """The latencies of a load test in microseconds, as the C client prints them."""
    errors.seek(0)
    complaint = errors.read().decode(errors="replace").strip().splitlines()[-5:]
    if status != 0:
        raise BenchError("\n".join([f"exit status {status}", *complaint]))
    with open(path) as file:
        metrics = json.load(file)["metrics"]
    latencies = metrics.get("eio_time", {})
    return {f"{name}_us": latencies[key] * 1e3 for name, key in EXPORTED_QUANTILES.items() if key in latencies}


def _evaluate(cell, seconds, samples, report):
    if samples and cell.mode != "connect" and max(sample.open for sample in samples) < cell.clients:
        raise BenchError(f"the server never saw all {cell.clients} clients at once")
    if cell.mode == "idle":
        return Result((report["rss_open_kib"] - report["rss_before_kib"]) / cell.clients, report=report)
    if cell.mode == "users":
        return _evaluate_users(cell, samples)
    if cell.mode == "latency":
        if f"{cell.quantile}_us" not in report:
            raise BenchError(f"it said nothing of {cell.quantile}")
        return Result(report[f"{cell.quantile}_us"] / 1e3, report=report)
    if cell.mode == "recv" or not samples:
        if report["operations"] == 0:
            raise BenchError("the client counted nothing in the measured part")
        return Result(report["rate"], cpu_us=report["cpu_seconds"] / report["operations"] * 1e6, report=report)
    inner = _inner_samples(cell, seconds, samples)
    if not inner or inner[-1].count == inner[0].count:
        raise BenchError("the server counted nothing in the measured part")
    first, last = inner[0], inner[-1]
    operations = last.count - first.count
    cpu_us = (last.client_cpu - first.client_cpu) / operations * 1e6
    return Result(operations / (last.seconds - first.seconds), cpu_us=cpu_us, report=report)


def _evaluate_users(cell, samples):
    """All memory of the process, divided by its users, when all have been open for a while."""
    full = [sample for sample in samples if sample.open >= cell.clients]
    # The last samples may be of the end, when the users go.
    last = full[-1 - len(full) // 10]
    later = [sample for sample in samples if full[0].seconds <= sample.seconds <= last.seconds]
    report = {"start_cpu": full[0].client_cpu, "open": min(sample.open for sample in later)}
    return Result(max(sample.client_kib for sample in later) / cell.clients, report=report)


def _inner_samples(cell, seconds, samples):
    """The samples between the warm-up after the first operation and the end."""
    needed = 0 if cell.mode == "connect" else cell.clients
    active = [sample for sample in samples if sample.count > 0 and sample.open >= needed]
    if not active:
        return []
    start = active[0].seconds
    return [s for s in active if start + WARM_UP_SECONDS <= s.seconds <= start + seconds - COOL_DOWN_SECONDS]


def _measure_startup(program):
    command = programs.startup_command(program)
    times = []
    for _ in range(STARTUPS):
        began = time.perf_counter()
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=START_LIMIT_SECONDS)
        times.append((time.perf_counter() - began) * 1e3)
        if finished.returncode != 0:
            raise BenchError(f"exit status {finished.returncode}: {finished.stderr.decode(errors='replace').strip()}")
    return Result(statistics.median(times))
