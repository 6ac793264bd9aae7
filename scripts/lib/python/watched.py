"""The program as a process whose memory and descriptors are looked at while it runs."""

import os
import subprocess
import threading

MEGABYTE = 1 << 20


class Watched:
    def __init__(self, name, command):
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._errors = b""
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def _read_errors(self):
        # Only the end is kept: a script may be loud.
        for line in self._process.stderr:
            self._errors = (self._errors + line)[-8000:]

    @property
    def errors(self):
        self._reader.join(1)
        return self._errors.decode("utf-8", "replace")

    def feed(self, data):
        """Writes to the standard input from a thread, and closes it."""
        def write():
            try:
                self._process.stdin.write(data)
                self._process.stdin.close()
            except OSError:
                pass
        threading.Thread(target=write, daemon=True).start()

    def read_line(self):
        return self._process.stdout.readline().decode()

    def memory(self):
        """Bytes now, and at most so far; None when it has ended."""
        try:
            with open(f"/proc/{self._process.pid}/status") as file:
                fields = dict(line.split(":", 1) for line in file)
            return tuple(int(fields[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
        except (OSError, KeyError):
            return None

    def descriptors(self):
        """How many are open; 0 when it has ended."""
        try:
            return len(os.listdir(f"/proc/{self._process.pid}/fd"))
        except OSError:
            return 0

    def finish(self, seconds):
        """Its output until its end, its status (None: it did not end in time), and its last known memory."""
        output = []
        reader = threading.Thread(target=lambda: output.append(self._process.stdout.read()), daemon=True)
        reader.start()
        seen = None
        for _ in range(int(seconds * 50)):
            seen = self.memory() or seen
            try:
                self._process.wait(0.02)
                break
            except subprocess.TimeoutExpired:
                pass
        status = self._process.poll()
        if status is None:
            self.kill()
        reader.join(5)
        return b"".join(output).decode("utf-8", "replace"), status, seen

    def send(self, number):
        self._process.send_signal(number)

    def kill(self):
        self._process.kill()
        self._process.wait()
