"""Shared code of the Python clients: the command line, the process's figures, and the line of JSON at the end."""

import argparse
import json
import os
import resource
import time

# 200 bytes as compact JSON, the same object as in lua/bench.lua.
JSON_OBJECT = {
    "id": 1234567890,
    "kind": "chat",
    "room": "general",
    "sender": {"name": "Ada Lovelace", "role": "moderator"},
    "text": "The engine weaves patterns.",
    "tags": ["history", "looms", "notes"],
    "score": 4.5,
    "reply_to": None,
}


def parse_options(modes, libraries=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--window", type=int, default=1, help="messages that each client keeps in flight")
    parser.add_argument("--size", type=int, default=32, help="bytes of a message")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--transport", choices=["websocket", "polling"], default="websocket")
    if libraries:
        parser.add_argument("--library", choices=libraries, required=True)
    return parser.parse_args()


def payload(options):
    return JSON_OBJECT if options.mode in ("json", "event") else "x" * options.size


def resident_kib():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return None


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Counter:
    """Counts operations while the measured part runs, and reports them."""

    def __init__(self, options):
        self.options = options
        self.operations = 0
        self.latencies = []
        self.running = False
        self.rss_before = resident_kib()
        self.rss_open = None

    def start(self):
        self.rss_open = resident_kib()
        self._cpu_before = cpu_seconds()
        self._began = time.perf_counter()
        self.running = True

    def add(self, sent_at=None):
        """Counts one operation, and how long it took if it is known when its message was sent."""
        self.operations += 1
        if sent_at is not None:
            self.latencies.append(time.perf_counter() - sent_at)

    def stop(self):
        self.running = False
        self.seconds = time.perf_counter() - self._began
        self.cpu = cpu_seconds() - self._cpu_before

    def exit(self, errors=0):
        """Prints the result and ends the process at once: closing thousands of clients is not measured."""
        self.latencies.sort()
        result = {
            "mode": self.options.mode,
            "clients": self.options.clients,
            "seconds": self.seconds,
            "operations": self.operations,
            "rate": self.operations / self.seconds,
            "p50_us": self._quantile_us(0.5),
            "p99_us": self._quantile_us(0.99),
            "rss_before_kib": self.rss_before,
            "rss_open_kib": self.rss_open,
            "cpu_seconds": self.cpu,
            "errors": errors,
        }
        print(json.dumps(result), flush=True)
        os._exit(1 if errors else 0)

    def _quantile_us(self, share):
        if not self.latencies:
            return None
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1e6
