"""`eio-lua serve` as a process."""

import json
import urllib.request

from .program import Running


class EmbeddedServer:
    """Options are those of `eio-lua serve`, as on the command line."""

    def __init__(self, lua, *options, port=0):
        self.running: Running = lua.command("serve", "--port", port, *options)
        self.running.wait_for("\n")
        self.port = int(self.running.stdout.split()[-1].rsplit(":", 1)[1])

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stats(self):
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10) as answer:
            return json.load(answer)

    def kill(self):
        """Ends it without closing its sessions; its port is free then."""
        self.running.kill()


def get(url, **how):
    with urllib.request.urlopen(url, timeout=10, **how) as answer:
        return answer.read().decode()


def handshake(server):
    """Opens a polling session by hand, and returns the open packet's fields and the session's address."""
    base = f"{server.url}/engine.io/?EIO=4&transport=polling"
    fields = json.loads(get(base).removeprefix("0"))
    return fields, f"{base}&sid={fields['sid']}"
