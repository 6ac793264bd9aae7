"""WebSocket frames byte by byte, for both directions of a server, valid or broken on purpose (RFC 6455, section 5)."""

import base64
import hashlib
import struct
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


@dataclass
class Frame:
    opcode: int
    payload: bytes
    fin: bool
    rsv: int
    masking_key: bytes | None

    @property
    def close_code(self):
        return struct.unpack("!H", self.payload[:2])[0] if len(self.payload) >= 2 else None


def accept_key(key):
    """The value of Sec-WebSocket-Accept for a client's Sec-WebSocket-Key."""
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    return base64.b64encode(digest).decode()


def encode(opcode, payload=b"", fin=True, rsv=0, masking_key=None):
    """One frame; `rsv` is the three reserved bits as a number (4 is RSV1)."""
    mask_bit = 0x80 if masking_key else 0
    length = len(payload)
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
    if masking_key:
        return head + masking_key + xor(payload, masking_key)
    return head + payload


async def read(reader):
    """The next frame of an asyncio stream, unmasked; raises IncompleteReadError at its end."""
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    key = await reader.readexactly(4) if second & 0x80 else None
    data = await reader.readexactly(length)
    return Frame(first & 0x0F, xor(data, key) if key else data, bool(first & 0x80), first >> 4 & 0x7, key)


def xor(data, key):
    repeated = (key * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(data), "big")
