"""The program under test as a process: run to its end, or started and watched line by line."""

import asyncio
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from .observed import Observed

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("EIO_LUA", str(ROOT / ".build" / "release" / "eio-lua"))
OBSERVE = Path(__file__).with_name("observe.lua")

# `{setup}` runs before connect(), `{main}` after it; both see `client`, `url` and `observe`.
OBSERVER = """\
local observe = require "observe"
local url = arg[1]
local client = {client}
local on_connect, on_message, on_disconnect
{setup}
observe.watch(client, on_connect, on_message, on_disconnect)
if observe.connect(client, url, {options}) then
{main}
end
"""


class Lua:
    """Runs scripts from a folder of the test's own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._running = []
        self._started = queue.Queue()
        shutil.copy(OBSERVE, self.folder / "observe.lua")

    def write(self, text, name="script.lua"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, text, *args, timeout=30, **how):
        """Runs a script to its end; `how` as in `start`. Past the timeout, in seconds, the test fails."""
        return self.start(text, *args, **how).finish(timeout)

    def start(self, text, *args, options=(), stdin="", env=None):
        """Starts a script. A `stdin` of None leaves the pipe open for `send_line`."""
        return self.command(*options, self.write(text), *args, stdin=stdin, env=env)

    def command(self, *arguments, stdin="", env=None):
        """Starts the program with exactly these arguments."""
        running = Running([PROGRAM, *map(str, arguments)], self.folder, stdin, env)
        self._running.append(running)
        self._started.put(running)
        return running

    def limited(self, descriptors, *arguments, stdin=""):
        """Starts the program as `command` does, with no more file descriptors than that."""
        running = Running(
            ["prlimit", f"--nofile={descriptors}:{descriptors}", PROGRAM, *map(str, arguments)], self.folder, stdin, None)
        self._running.append(running)
        return running

    async def running(self):
        """The program that was started, for a conversation that may begin before `start` has returned."""
        return await asyncio.to_thread(self._started.get)

    def observe(self, url, *args, timeout=30, **how):
        """Connects once, reports every event, and ends with the connection; `how` as in `observer`."""
        return self.start_observer(url, *args, **how).finish(timeout)

    def start_observer(self, url, *args, options=(), env=None, **how):
        return self.start(observer(**how), url, *args, options=options, env=env)

    def stop_all(self):
        for running in self._running:
            running.kill()


def observer(transport=None, transports=None, connect="", client="eio", setup="", main=""):
    """The observing script; `connect` has more options of connect(), in Lua, and `client` the client's expression."""
    names = transports or ([transport] if transport else ["polling", "websocket"])
    listed = ", ".join(f'"{name}"' for name in names)
    options = f"{{transports = {{{listed}}}, {connect}}}"
    return OBSERVER.format(client=client, setup=setup, main=main, options=options)


class Running:
    def __init__(self, command, folder, stdin, env):
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        self._changed = threading.Condition()
        self._output = {"stdout": b"", "stderr": b""}
        self._readers = [self._read(name) for name in self._output]
        if stdin is not None:
            self._feed(stdin.encode() if isinstance(stdin, str) else stdin)

    @property
    def stdout(self):
        return self._output["stdout"].decode("utf-8", "replace")

    @property
    def stderr(self):
        return self._output["stderr"].decode("utf-8", "replace")

    def wait_for(self, text, timeout=15, stream="stdout", count=1):
        """Waits until the output has this text, `count` times."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: self._output[stream].count(text.encode()) >= count or not self._reading(stream), timeout)
            assert found and self._output[stream].count(text.encode()) >= count, (
                f"no {text!r} on {stream}{self._tail()}")

    def send_line(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def signal(self, number=signal.SIGINT):
        self.process.send_signal(number)

    def suspend(self):
        """Stops the process until it gets SIGCONT; returns when it has stopped."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def finish(self, timeout=30):
        """The result of the process, which must end within the seconds."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {timeout} s{self._tail()}") from None
        duration = time.monotonic() - self.started_at
        for reader in self._readers:
            reader.join(5)
        return Observed(self._output["stdout"], self._output["stderr"], status, duration)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(5)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except OSError:
                pass

    def _tail(self):
        return f"\n--- stdout\n{self.stdout[-2000:]}\n--- stderr\n{self.stderr[-2000:]}"

    def _reading(self, stream):
        return self._readers[list(self._output).index(stream)].is_alive()

    def _feed(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def _read(self, name):
        pipe = getattr(self.process, name)

        def read():
            while chunk := os.read(pipe.fileno(), 65536):
                with self._changed:
                    self._output[name] += chunk
                    self._changed.notify_all()
            with self._changed:
                self._changed.notify_all()

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread
