"""Locust users that play ping-pong: with websocket-client and Engine.IO by hand, or with python-engineio's Client.

Each round trip is reported to Locust as a request, as a load test would."""

# Locust comes first: importing it puts gevent under the modules below.
from locust import User, constant, task
from locust.env import Environment

import socket
import time
from collections import deque
from urllib.parse import urlsplit

import engineio
import gevent
import websocket

from common import Counter, parse_options, payload

options = parse_options(["pingpong", "recv"], libraries=["websocket", "engineio"])
message = payload(options)
counter = Counter(options)
opened = 0


class PingPongUser(User):
    abstract = True

    def on_start(self):
        global opened
        self.sent_at = deque()
        self.connect()
        opened += 1
        while not counter.running:
            gevent.sleep(0.01)
        if options.mode == "pingpong":
            for _ in range(options.window):
                self.sent_at.append(time.perf_counter())
                self.send(message)

    def handle_message(self, data):
        if not counter.running:
            return
        if options.mode == "recv":
            counter.add()
            return
        sent_at = self.sent_at.popleft()
        counter.add(sent_at)
        self.environment.events.request.fire(
            request_type="EIO",
            name="echo",
            response_time=(time.perf_counter() - sent_at) * 1e3,
            response_length=len(data),
            exception=None,
            context={},
        )
        self.sent_at.append(time.perf_counter())
        self.send(data)


class WebSocketUser(PingPongUser):
    wait_time = constant(0)

    def connect(self):
        address = urlsplit(options.url).netloc
        self.socket = websocket.create_connection(
            f"ws://{address}/engine.io/?EIO=4&transport=websocket",
            sockopt=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
        )
        assert self.socket.recv().startswith("0")

    def send(self, data):
        self.socket.send("4" + data)

    @task
    def receive(self):
        packet = self.socket.recv()
        if packet.startswith("2"):
            self.socket.send("3")
        elif packet.startswith("4"):
            self.handle_message(packet[1:])


class EngineIOUser(PingPongUser):
    wait_time = constant(1)

    def connect(self):
        self.client = engineio.Client(handle_sigint=False)
        self.client.on("message", self.handle_message)
        self.client.connect(options.url, transports=["websocket"])

    def send(self, data):
        self.client.send(data)

    @task
    def leave_it_to_the_handler(self):
        pass


user_class = {"websocket": WebSocketUser, "engineio": EngineIOUser}[options.library]
environment = Environment(user_classes=[user_class])
runner = environment.create_local_runner()
runner.start(options.clients, spawn_rate=options.clients)
while opened < options.clients:
    gevent.sleep(0.01)
counter.start()
gevent.sleep(options.seconds)
counter.stop()
counter.exit(errors=len(runner.exceptions))
