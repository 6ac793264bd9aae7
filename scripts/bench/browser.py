"""Follows the page of a load test as a browser does."""

import http.client
import os
import re
import signal
import threading
import time

PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.05


class Browser(threading.Thread):
    """Reads the page and its stream to the end, and then lets the program end. `bytes` is what it has read."""

    def __init__(self, client, errors):
        super().__init__(daemon=True)
        self.bytes = 0
        self._client = client
        self._errors = errors
        self.start()

    def run(self):
        host, path = self._printed(rb"web: http://([^/\s]+)(/\S+)\n")
        page = self._get(host, path)
        self.bytes += len(page.read())
        stream = self._get(host, "/events?since=0")
        threading.Thread(target=self._read, args=[stream], daemon=True).start()
        self._printed(rb"the page stays at .*()()\n")
        self._client.send_signal(signal.SIGINT)

    def _read(self, stream):
        while data := stream.readline():
            self.bytes += len(data)

    def _get(self, host, path):
        connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
        connection.request("GET", path)
        return connection.getresponse()

    def _printed(self, pattern):
        """The groups of a pattern in what the program has written; the place in the file is the program's too."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self._client.returncode is None:
            if found := re.search(pattern, os.pread(self._errors.fileno(), 1 << 16, 0)):
                return [group.decode() for group in found.groups()]
            time.sleep(LOOK_SECONDS)
        raise TimeoutError(f"the load test did not print {pattern}")
