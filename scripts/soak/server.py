"""The server of the long run, which is killed and restarted, and a way to it on which connections are reset."""

import asyncio
import json
import random
import signal
import socket
import struct
import subprocess
import threading
import urllib.request


class Server:
    """`eio-lua serve`, always on the same port."""

    def __init__(self, program):
        self.program = program
        self.port = 0
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        # Of a session whose handshake was lost by a reset the server alone knows, until its ping timeout.
        options = ["--port", str(self.port), "--ping-interval", "2", "--ping-timeout", "3"]
        self.process = subprocess.Popen([self.program, "serve", *options], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def stop(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def stats(self):
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10) as answer:
            return json.load(answer)


class ResettingProxy:
    """Passes bytes on, and resets each connection after up to three seconds."""

    LONGEST = 3

    def __init__(self, server):
        self._server = server
        self._started = threading.Event()
        self.resets = 0
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._started.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def _run(self):
        listener = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        self._started.set()
        await listener.serve_forever()

    async def _accepted(self, reader, writer):
        ends = [writer]
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            ends.append(server_writer)
            both_ways = asyncio.gather(_pass(reader, server_writer), _pass(server_reader, writer))
            await asyncio.wait_for(both_ways, random.uniform(0.1, self.LONGEST))
        except (OSError, TimeoutError, asyncio.TimeoutError):
            self.resets += 1
        for end in ends:
            if not end.transport.is_closing():
                # With no time to linger, closing sends a RST.
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


async def _pass(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
