"""Output, events and status of a script; the lines of observe.lua become values again."""

import json
from dataclasses import dataclass, field


@dataclass
class Event:
    name: str
    fields: list


@dataclass
class Report:
    """A `disconnect` or a failed connect(): its first word and its named fields, as text; absent ones are None."""

    text: str
    fields: dict = field(default_factory=dict)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.fields.get(name)


class Observed:
    def __init__(self, stdout, stderr, status, duration):
        self.raw_stdout = stdout
        self.stdout = stdout.decode("utf-8", "replace")
        self.stderr = stderr.decode("utf-8", "replace")
        self.status = status
        self.duration = duration

    def __repr__(self):
        events = "\n".join(f"{event.name} {event.fields!r:.200}" for event in self.events)
        return f"status {self.status} after {self.duration:.2f} s\n{events}\n--- stderr\n{self.stderr[-3000:]}"

    @property
    def lines(self):
        return self.stdout.splitlines()

    @property
    def events(self):
        return [_event(line) for line in self.lines if line.startswith("@")]

    @property
    def order(self):
        """The names of the events in order, a message with its text."""
        return [
            f"message {event.fields[1].decode('utf-8', 'replace')}" if event.name == "message" else event.name
            for event in self.events
        ]

    def of(self, name):
        return [event for event in self.events if event.name == name]

    def reported(self, name):
        """The texts of the events with this name, each with its fields joined by a blank."""
        return [b" ".join(event.fields).decode() for event in self.of(name)]

    @property
    def messages(self):
        """Each as its type in python: str, bytes, or what JSON gives."""
        return [_message(*event.fields) for event in self.of("message")]

    @property
    def disconnects(self):
        return [_report(event) for event in self.of("disconnect")]

    @property
    def disconnect(self):
        """The one disconnect that there was."""
        assert len(self.disconnects) == 1, self
        return self.disconnects[0]

    @property
    def failure(self):
        """The one connect() that failed."""
        assert len(self.of("failed")) == 1, self
        return _report(self.of("failed")[0])

    @property
    def transport(self):
        """The transport when connect() had returned."""
        assert self.of("connected"), self
        return self.reported("connected")[0]

    @property
    def state(self):
        """The client's state when connect() had returned or raised."""
        return self.reported("state")[0]


def _event(line):
    name, *fields = line[1:].split(" ")
    return Event(name, [bytes.fromhex(each) for each in fields])


def _message(kind, data):
    if kind == b"bytes":
        return data
    return json.loads(data) if kind == b"json" else data.decode("utf-8")


def _report(event):
    text, *fields = (each.decode("utf-8", "replace") for each in event.fields)
    return Report(text, dict(each.split("=", 1) for each in fields))
