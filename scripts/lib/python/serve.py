"""`eio-lua serve` as a process that is watched."""

import json
import signal
import time
import urllib.request

from watched import Watched


class Serve:
    """The embedded server, always on the same port."""

    def __init__(self, program, ping_interval, ping_timeout):
        self._program = program
        self._options = ["--ping-interval", str(ping_interval), "--ping-timeout", str(ping_timeout)]
        self.port = 0
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = Watched("serve", [self._program, "serve", "--port", str(self.port), *self._options])
        self.port = int(self.process.read_line().rsplit(":", 1)[1])

    def stop(self, number=signal.SIGKILL):
        """Its status; None if it did not end in time."""
        self.process.send(number)
        return self.process.finish(10)[1]

    def stats(self):
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10) as answer:
            return json.load(answer)

    def stats_after_the_end(self, seconds):
        """Waits until no session is open any more. Returns the counts then, and the faults."""
        end = time.monotonic() + seconds
        while (stats := self.stats())["open"] and time.monotonic() < end:
            time.sleep(0.05)
        return stats, [f"{stats['open']} sessions are still open at the server"] if stats["open"] else []
