"""The program on a terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

from .program import PROGRAM


class Terminal:
    """A program on a terminal, and what the terminal's lines are at the end."""

    def __init__(self, arguments, folder, columns=80, rows=24, env=None):
        self.leader, follower = pty.openpty()
        self.resize(columns, rows)
        self.output = b""
        self._changed = threading.Condition()
        self._reads = threading.Event()
        self._reads.set()
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], cwd=folder, stdin=follower, stdout=follower, stderr=follower,
            env={**os.environ, "TERM": "xterm", **(env or {})})
        os.close(follower)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, columns, rows=24):
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, pattern, count=1, timeout=20):
        with self._changed:
            found = self._changed.wait_for(
                lambda: len(re.findall(pattern, self.output.decode("utf-8", "replace"))) >= count, timeout)
        assert found, self.output[-2000:]

    def pause(self):
        """Reads no more from the next output on, so that the program's writes soon wait."""
        self._reads.clear()

    def resume(self):
        self._reads.set()

    def finish(self, timeout=30):
        try:
            status = self.process.wait(timeout)
        finally:
            self.process.kill()
        self._reader.join(5)
        os.close(self.leader)
        return status

    @property
    def screen(self):
        """The lines that stay, after all that moves the cursor."""
        lines = [""]
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.output.decode("utf-8", "replace")).replace("\r\n", "\n")
        for part in re.split(r"(\n|\r?\x1b\[\d+A\x1b\[J)", text):
            if part == "\n":
                lines.append("")
            elif "\x1b[" in part:
                up = int(re.search(r"\[(\d+)A", part)[1])
                del lines[len(lines) - up:]
                lines[-1] = ""
            else:
                lines[-1] += part
        return lines

    def _read(self):
        while self._reads.wait():
            try:
                chunk = os.read(self.leader, 65536)
            except OSError:
                chunk = b""
            with self._changed:
                self.output += chunk
                self._changed.notify_all()
            if not chunk:
                return
