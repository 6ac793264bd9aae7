"""Frames of RFC 6455 as they should not be, and some as they should."""

import os
import struct


def frame(opcode, data, first=0x80, masked=False, length=None):
    """- `first` has FIN and the reserved bits; `length`: what the header claims, where that is not the truth."""
    size = len(data) if length is None else length
    mark = 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first | opcode, mark | size)
    elif size < 65536:
        head = struct.pack("!BBH", first | opcode, mark | 126, size)
    else:
        head = struct.pack("!BBQ", first | opcode, mark | 127, size)
    if not masked:
        return head + data
    # A key of zeros is legal, and long data need not be masked byte by byte.
    if len(data) > 1000:
        return head + bytes(4) + data
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(data))


def text(data, **how):
    return frame(1, data, **how)


def close(code, reason=b"", **how):
    return frame(8, struct.pack("!H", code) + reason, **how)


def attack(rng, masked=False):
    """The bytes that one side sends in a session, in pieces."""
    how = {"masked": masked}
    singles = [
        lambda: text(b"4hello", **how), lambda: text(b'4{"a":1}', **how), lambda: frame(2, b"\0\1\2", **how),
        lambda: text(b"2", **how), lambda: text(b"3", **how), lambda: text(b"6", **how), lambda: text(b"5", **how),
        lambda: text(b"", **how), lambda: text(b"9", **how), lambda: text(b"z", **how), lambda: frame(9, b"p", **how),
        lambda: frame(10, b"q", **how), lambda: frame(9, b"x" * 125, **how),
    ]
    ends = [
        lambda: frame(9, b"x" * 126, **how), lambda: text(b"4x", masked=not masked), lambda: text(b"4\xff\xfe", **how),
        lambda: frame(3, b"r", **how), lambda: frame(11, b"c", **how), lambda: text(b"4r", first=0xC0, **how),
        lambda: frame(1, b"4huge", length=2 ** 62, **how), lambda: frame(1, b"4neg", length=2 ** 63, **how),
        lambda: frame(0, b"tail", **how), lambda: frame(9, b"half", first=0, **how),
        lambda: text(b"4a", first=0, **how) + text(b"4b", **how), lambda: close(1005, **how), lambda: close(4999, **how),
        lambda: frame(8, b"\x03", **how), lambda: close(1000, b"\xff", **how), lambda: close(1000, b"over", **how),
        lambda: text(b"1", **how), lambda: rng.randbytes(500), lambda: text(b"4" + b"y" * 3_000_000, **how),
        lambda: text(b"4unfinished", length=5000, **how),
    ]
    floods = [
        lambda: frame(9, b"ping", **how) * 20000, lambda: text(b"2", **how) * 20000, lambda: text(b"4m", **how) * 20000,
        lambda: text(b"", first=0, **how) + frame(0, b"", first=0, **how) * 20000, lambda: text(b"6", **how) * 20000,
    ]
    for _ in range(rng.randrange(6)):
        yield rng.choice(singles)()
    if rng.random() < 0.15:
        yield rng.choice(floods)()
    if rng.random() < 0.7:
        yield rng.choice(ends)()
