"""Servers of python-engineio, python-socketio and the official JavaScript parser as processes."""

import json
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SCRIPTS = Path(__file__).with_name("servers")
ROOT = Path(__file__).resolve().parents[3]

# The program and the script of each kind that is not NAME_server.py under the Python of the tests.
KINDS = {
    "socketio-debian": (["/usr/bin/python3"], "socketio_server.py"),
    "socketio-4": ([str(ROOT / ".venv-socketio4" / "bin" / "python")], "socketio4_server.py"),
    "socketio-javascript": (["env", "NODE_PATH=/usr/share/nodejs", "node"], "socketio_server.js"),
}


class RealServer:
    """Options are those of the server's command line, with underscores; `identity` makes it a TLS server."""

    def __init__(self, kind, folder, identity=None, port=0, **options):
        self.kind = kind
        self._identity = identity
        self._folder = folder
        self._options = options
        self.port = port
        self.start()

    def start(self):
        """Starts the process; after a kill, on the same port."""
        program, script = KINDS.get(self.kind, ([sys.executable], f"{self.kind}_server.py"))
        command = [*program, str(SCRIPTS / script), "--port", str(self.port)]
        for name, value in self._options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        if self._identity:
            command += ["--certificate", str(self._identity.certificate), "--key", str(self._identity.key)]
        self._log = open(self._folder / f"{self.kind}-{id(self)}.log", "a+b")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log)
        line = self.process.stdout.readline().decode()
        assert line.startswith("listening "), f"the server did not start: {line}{self.log}"
        self.port = int(line.split()[1])

    @property
    def log(self):
        return Path(self._log.name).read_text(errors="replace")

    @property
    def url(self):
        return f"{'https' if self._identity else 'http'}://127.0.0.1:{self.port}"

    def stats(self):
        """Events of the server: `connects`, `disconnects` (the reasons) and `messages`, in order."""
        context = ssl._create_unverified_context() if self._identity else None
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10, context=context) as answer:
            return json.load(answer)

    def messages(self, count):
        """The messages that the server got, once there are this many or ten seconds are over."""
        end = time.monotonic() + 10
        while len(messages := self.stats()["messages"]) < count and time.monotonic() < end:
            time.sleep(0.05)
        return messages

    def freeze(self):
        """The process keeps its connections and does nothing any more."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._log.close()
