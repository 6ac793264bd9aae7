"""HAProxy in front of several servers: round robin, and a cookie that keeps a session on one of them."""

import signal
import socket
import subprocess
import time

CONFIGURATION = """\
global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
frontend all
    bind 127.0.0.1:{port}
    default_backend servers
backend servers
    balance roundrobin
    cookie SRV insert indirect nocache
{servers}
"""


class Haproxy:
    def __init__(self, servers, folder):
        self.port = free_port()
        lines = "\n".join(
            f"    server s{number} 127.0.0.1:{server.port} cookie s{number}" for number, server in enumerate(servers))
        path = folder / "haproxy.cfg"
        path.write_text(CONFIGURATION.format(port=self.port, servers=lines))
        self._process = subprocess.Popen(["haproxy", "-db", "-q", "-f", str(path)])
        self._wait_until_it_listens()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _wait_until_it_listens(self):
        end = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self._process.poll() is None and time.monotonic() < end, "haproxy does not listen"
                time.sleep(0.02)


def free_port():
    """A port that was free a moment ago, for programs that cannot be given a bound socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
