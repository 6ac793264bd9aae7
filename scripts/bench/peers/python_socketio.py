"""python-socketio's AsyncClient on uvloop: ping-pong with an event."""

import asyncio
import time
from collections import deque

import socketio
import uvloop

from common import Counter, parse_options, payload

options = parse_options(["event"])
message = payload(options)
counter = Counter(options)


class Bot:
    def __init__(self):
        self.client = socketio.AsyncClient(handle_sigint=False)
        self.sent_at = deque()
        self.client.on("echo", self.send_back)

    async def connect(self):
        await self.client.connect(options.url, transports=[options.transport], wait_timeout=30)

    async def send(self, data):
        self.sent_at.append(time.perf_counter())
        await self.client.emit("echo", data)

    async def send_back(self, data):
        if counter.running:
            counter.add(self.sent_at.popleft())
            await self.send(data)


async def main():
    bots = [Bot() for _ in range(options.clients)]
    for bot in bots:
        await bot.connect()
    counter.start()
    for bot in bots:
        for _ in range(options.window):
            await bot.send(message)
    await asyncio.sleep(options.seconds)
    counter.stop()
    counter.exit()


uvloop.run(main())
