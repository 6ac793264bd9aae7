"""python-engineio's Client, which runs threads of its own for each client."""

import threading
import time
from collections import deque

import engineio

from common import Counter, parse_options, payload

options = parse_options(["pingpong", "json", "recv", "idle", "connect"])
message = payload(options)
counter = Counter(options)


class Bot:
    def __init__(self):
        self.client = engineio.Client(handle_sigint=False)
        self.sent_at = deque()
        self.operations = 0
        handler = self.send_back if options.mode in ("pingpong", "json") else self.count
        self.client.on("message", handler)

    def connect(self):
        self.client.connect(options.url, transports=[options.transport])

    def fill_window(self):
        for _ in range(options.window):
            self.sent_at.append(time.perf_counter())
            self.client.send(message)

    def send_back(self, data):
        if counter.running:
            self.operations += 1
            counter.latencies.append(time.perf_counter() - self.sent_at.popleft())
            self.sent_at.append(time.perf_counter())
            self.client.send(data)

    def count(self, data):
        if counter.running:
            self.operations += 1


def open_and_close(bot):
    while counter.running:
        session = Bot()
        session.connect()
        bot.operations += 1
        session.client.disconnect()


bots = [Bot() for _ in range(options.clients)]
if options.mode == "connect":
    counter.start()
    for bot in bots:
        threading.Thread(target=open_and_close, args=(bot,), daemon=True).start()
else:
    for bot in bots:
        bot.connect()
    counter.start()
    if options.mode in ("pingpong", "json"):
        for bot in bots:
            bot.fill_window()
time.sleep(options.seconds)
counter.stop()
# Each bot counts for itself: `+=` on a shared number loses counts between threads.
counter.operations = sum(bot.operations for bot in bots)
counter.exit()
