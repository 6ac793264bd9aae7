"""A headless Chromium, spoken to by its DevTools protocol."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile

import websocket

PROGRAM = "chromium-headless-shell"
PATIENCE = 30


class Chromium:
    """One page; `requests` and `complaints` have what it asked the network for, and what it wrote to the console."""

    def __init__(self):
        self._profile = tempfile.mkdtemp()
        # Without a sandbox, which cannot be had as root: it only ever opens the tests' own files.
        self._process = subprocess.Popen(
            [PROGRAM, "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        try:
            self._attach()
        except BaseException:
            self._end()
            raise

    def _attach(self):
        self._socket = websocket.create_connection(self._address(), timeout=PATIENCE, suppress_origin=True)
        self._last = 0
        self._session = None
        self._events = []
        self.requests, self.complaints = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, path):
        """Opens a file, and waits until it is there."""
        self.visit(path.as_uri())

    def visit(self, url):
        """Opens a page, and waits until it is there."""
        self._events.clear()
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._receive()

    def look(self, width=1200, height=900, scheme="light", media=""):
        """How the page is seen from now on."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def value(self, expression):
        """The value of an expression of JavaScript."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, condition):
        """Waits until an expression of JavaScript is true; it is looked at with each change of the page."""
        self.call("Runtime.evaluate", awaitPromise=True, expression=f"""
            new Promise(done => {{
                const look = () => {{ if ({condition}) done() }}
                new MutationObserver(look).observe(
                    document, {{subtree: true, childList: true, attributes: true, characterData: true}})
                look()
            }})""")

    def type(self, text):
        """Types into the element that has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key):
        code = {"Enter": 13, "Tab": 9, "ArrowUp": 38, "ArrowDown": 40}[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      text="\r" if key == "Enter" and kind == "keyDown" else "")

    def screenshot(self):
        """The whole page as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF")["data"])

    def close(self):
        self._socket.close()
        self._end()

    def _end(self):
        # Debian's program is a shell script that starts the browser, which starts others: they are one group.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stderr.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method, **parameters):
        self._last += 1
        request = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        self._socket.send(json.dumps(request))
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _receive(self):
        message = json.loads(self._socket.recv())
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.complaints.append(parameters)
        if method:
            self._events.append(message)
        return message

    def _address(self):
        for line in self._process.stderr:
            _, found, address = line.decode().partition("DevTools listening on ")
            if found:
                return address.strip()
        raise AssertionError(f"{PROGRAM} does not start")
