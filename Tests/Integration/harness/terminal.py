"""The program on a terminal."""

import codecs
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

from .emulated import EmulatedTerminal
from .program import PROGRAM


class Terminal:
    """A program on a terminal, and what the terminal's lines are at the end."""

    def __init__(self, arguments, folder, columns=80, rows=24, env=None):
        self.leader, follower = pty.openpty()
        self.output = b""
        # Whether a new size breaks long rows in two.
        self.reflows = False
        # Columns and rows, each with the length of the output before it.
        self.sizes = []
        self.resize(columns, rows)
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
        self.sizes.append((len(self.output), columns, rows))
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
    def emulated(self):
        """A terminal that got the same output."""
        output, sizes = self.output, self.sizes
        terminal = EmulatedTerminal(*sizes[0][1:])
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for (start, columns, rows), end in zip(sizes, [size[0] for size in sizes[1:]] + [len(output)]):
            if start > 0:
                (terminal.reflow if self.reflows else terminal.resize)(columns, rows)
            terminal.feed(decoder.decode(output[start:end]))
        return terminal

    @property
    def screen(self):
        """The lines that stay, after all that moves the cursor."""
        return self.emulated.lines

    @property
    def text(self):
        return self.output.decode("utf-8", "replace")

    def wait_until(self, condition, timeout=20):
        """Waits for what the terminal shows."""
        with self._changed:
            found = self._changed.wait_for(lambda: condition(self.emulated.rows), timeout)
        assert found, "\n".join(self.emulated.rows)

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
