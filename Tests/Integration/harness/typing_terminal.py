"""A program on a terminal of its own: typed into, and read as a person sees it."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

ACTION = re.compile(r"\x1b\[([?\d;]*)([A-Za-z@])|\x1b[=>]|\x1b\([A-Z0]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]")


class Screen:
    """The lines of an xterm of unlimited height, as far as libedit uses one."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column = columns, [[]], 0, 0

    def write(self, text):
        for match in ACTION.finditer(text):
            if match[2]:
                first = match[1].split(";")[0]
                self._control(match[2], int(first) if first.isdigit() else None)
            elif not match[0].startswith("\x1b"):
                self._put(match[0])
        return self

    def _put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down(1)
        elif character == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif character >= " ":
            if self.column == self.columns:
                self.column = 0
                self._down(1)
            line = self.lines[self.row]
            line.extend(" " * (self.column + 1 - len(line)))
            line[self.column] = character
            self.column += 1

    def _down(self, count):
        self.row += count
        self.lines.extend([] for _ in range(self.row + 1 - len(self.lines)))

    def _control(self, letter, number):
        line, count = self.lines[self.row], number or 1
        match letter:
            case "A": self.row = max(0, self.row - count)
            case "B": self.row = min(len(self.lines) - 1, self.row + count)
            case "C": self.column = min(self.columns - 1, self.column + count)
            case "D": self.column = max(0, self.column - count)
            case "G": self.column = count - 1
            case "K": del line[self.column:]
            case "P": del line[self.column : self.column + count]
            case "@": line[self.column : self.column] = " " * count
            case "J":
                del line[self.column:]
                if number == 2:
                    self.lines, self.row = [[]], 0
                del self.lines[self.row + 1 :]
            case "H": self.row, self.column = 0, 0

    @property
    def text(self):
        lines = ["".join(line).rstrip() for line in self.lines]
        return "\n".join(lines).rstrip("\n")


class TypingTerminal:
    """A program whose controlling terminal is a new one."""

    def __init__(self, arguments, folder, columns=80, env=None):
        self.columns = columns
        self.leader, follower = pty.openpty()
        self.resize(columns)
        self.before = termios.tcgetattr(self.leader)
        self.output = b""
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments], cwd=folder, stdin=follower, stdout=follower, stderr=follower,
            env={**os.environ, "TERM": "xterm", "HOME": str(folder), "XDG_STATE_HOME": str(folder), **(env or {})},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        # Kept open, so that the modes can be read after the program's end.
        self.follower = follower
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, columns, rows=24):
        self.columns = columns
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self):
        while True:
            try:
                data = os.read(self.leader, 65536)
            except OSError:
                return
            with self._changed:
                self.output += data
                self._changed.notify_all()

    @property
    def screen(self):
        return Screen(self.columns).write(self.output.decode("utf-8", "replace")).text

    def wait_for(self, end, timeout=20):
        """Waits until the screen ends with this text, its last line's trailing spaces left out."""
        self.wait_until(lambda screen: screen.endswith(end.rstrip()), timeout)

    def wait_until(self, condition, timeout=20):
        with self._changed:
            found = self._changed.wait_for(lambda: condition(self.screen), timeout)
        assert found, self.screen

    def send(self, keys):
        os.write(self.leader, keys.encode())

    def line(self, text, end="\n>"):
        """Types a line, and waits until the screen ends with `end`, which has to appear once more."""
        count = self.screen.count(end.rstrip())
        self.send(text + "\r")
        self.wait_until(lambda screen: screen.endswith(end.rstrip()) and screen.count(end.rstrip()) > count)

    @property
    def is_raw(self):
        return not termios.tcgetattr(self.follower)[3] & termios.ICANON

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, timeout=20):
        """The exit status; the terminal has the modes that it had before, and all output is read."""
        status = self.process.wait(timeout)
        assert termios.tcgetattr(self.follower) == self.before
        self._read_rest()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        self._read_rest()
        os.close(self.leader)

    def _read_rest(self):
        """The reader ends once nobody has the terminal open; until then the leader's number is not given back."""
        if self.follower is not None:
            os.close(self.follower)
            self.follower = None
        self._reader.join(20)
        assert not self._reader.is_alive()
