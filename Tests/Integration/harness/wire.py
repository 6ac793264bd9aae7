"""Engine.IO's packets and payloads as a server writes them: the smallest code that can say each of them."""

import base64
import json

SEPARATOR = "\x1e"
NOOP = "6"
CLOSE = "1"


def open_packet(sid="sid-1", upgrades=(), ping_interval=25000, ping_timeout=20000, max_payload=1_000_000, **more):
    """The handshake's packet; times in milliseconds. A key given as None is left out of the object."""
    fields = {
        "sid": sid,
        "upgrades": list(upgrades),
        "pingInterval": ping_interval,
        "pingTimeout": ping_timeout,
        "maxPayload": max_payload,
        **more,
    }
    return "0" + json.dumps({key: value for key, value in fields.items() if value is not None})


def payload(*packets):
    """A polling body: bytes become base64 packets, text stays as it is."""
    return SEPARATOR.join(
        "b" + base64.b64encode(packet).decode() if isinstance(packet, bytes) else packet for packet in packets
    )


def packets(body):
    """The packets of a polling body that a client sent; base64 packets come back as bytes."""
    return [
        base64.b64decode(packet[1:], validate=True) if packet.startswith("b") else packet
        for packet in body.decode("utf-8").split(SEPARATOR)
    ]
