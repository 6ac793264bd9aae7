"""Locust's SocketIOUser: ping-pong with an event. Each emit is reported to Locust by that class."""

# Locust comes first: importing it puts gevent under the modules below.
from locust import constant, task
from locust.contrib.socketio import SocketIOUser
from locust.env import Environment

import time
from collections import deque

import gevent

from common import Counter, parse_options, payload

options = parse_options(["event"])
message = payload(options)
counter = Counter(options)
opened = 0


class EchoUser(SocketIOUser):
    options = {"handle_sigint": False}
    wait_time = constant(1)

    def on_start(self):
        global opened
        self.sent_at = deque()
        self.sio.on("echo", self.send_back)
        self.sio.connect(options.url, transports=["websocket"], wait_timeout=30)
        opened += 1
        while not counter.running:
            gevent.sleep(0.01)
        for _ in range(options.window):
            self.send(message)

    def send(self, data):
        self.sent_at.append(time.perf_counter())
        self.sio.emit("echo", data)

    def send_back(self, data):
        if counter.running:
            counter.add(self.sent_at.popleft())
            self.send(data)

    @task
    def leave_it_to_the_handler(self):
        pass


environment = Environment(user_classes=[EchoUser])
runner = environment.create_local_runner()
runner.start(options.clients, spawn_rate=options.clients)
while opened < options.clients:
    gevent.sleep(0.01)
counter.start()
gevent.sleep(options.seconds)
counter.stop()
counter.exit(errors=len(runner.exceptions))
