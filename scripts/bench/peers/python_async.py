"""python-engineio's AsyncClient on uvloop."""

import asyncio
import time
from collections import deque

import engineio
import uvloop

from common import Counter, parse_options, payload

OPENING_AT_ONCE = 64

options = parse_options(["pingpong", "json", "recv", "idle", "connect"])
message = payload(options)
counter = Counter(options)


class Bot:
    def __init__(self):
        self.client = engineio.AsyncClient(handle_sigint=False)
        self.sent_at = deque()
        handler = self.send_back if options.mode in ("pingpong", "json") else self.count
        self.client.on("message", handler)

    async def connect(self):
        await self.client.connect(options.url, transports=[options.transport])

    async def fill_window(self):
        for _ in range(options.window):
            self.sent_at.append(time.perf_counter())
            await self.client.send(message)

    async def send_back(self, data):
        if counter.running:
            counter.add(self.sent_at.popleft())
            self.sent_at.append(time.perf_counter())
            await self.client.send(data)

    async def count(self, data):
        if counter.running:
            counter.add()


async def open_and_close():
    while counter.running:
        bot = Bot()
        await bot.connect()
        counter.add()
        await bot.client.disconnect()


async def connect_repeatedly():
    counter.start()
    workers = [asyncio.create_task(open_and_close()) for _ in range(options.clients)]
    await asyncio.sleep(options.seconds)
    counter.stop()
    await asyncio.gather(*workers)


async def hold_clients():
    bots = [Bot() for _ in range(options.clients)]
    slots = asyncio.Semaphore(OPENING_AT_ONCE)

    async def connect(bot):
        async with slots:
            await bot.connect()

    await asyncio.gather(*(connect(bot) for bot in bots))
    counter.start()
    if options.mode in ("pingpong", "json"):
        await asyncio.gather(*(bot.fill_window() for bot in bots))
    await asyncio.sleep(options.seconds)
    counter.stop()


async def main():
    await (connect_repeatedly() if options.mode == "connect" else hold_clients())
    counter.exit()


uvloop.run(main())
