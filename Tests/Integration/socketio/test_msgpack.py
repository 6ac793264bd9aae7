"""Sessions with msgpack, lines S114 to S120 of the wire cases."""

import msgpack
import pytest

from harness.socketio import END, talk

MSGPACK = 'serializer = "msgpack"'
AGAIN = f"{MSGPACK}, reconnection = true, reconnection_delay = 0"

# As the reference implementations write them (Socket.IO's msgpack parser and python-socketio).
CONNECT = bytes.fromhex("83a47479706500a36e7370a12fa46461746180")
SERVER_CONNECT = bytes.fromhex("83a47479706500a46461746182a3736964a3616263a3706964d40000a36e7370a12f")


def packet(type, data=None, nsp="/", **more):
    """One packet; without data there is no member for it."""
    fields = {"type": type, "nsp": nsp, **more}
    return msgpack.packb(fields if data is None else {**fields, "data": data})


def accept(nsp="/", sid="n1"):
    return packet(0, {"sid": sid}, nsp)


def read(message):
    return msgpack.unpackb(message)


async def join(server, transport, *names):
    names = names or ("/",)
    session = await server.open(transport)
    for name in names:
        assert read(await session.receive()) == {"type": 0, "nsp": name, "data": {}}
    await session.send(*map(accept, names))
    return session


def received(lua, *packets, transport="websocket", **script):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(*packets, END)

    return talk(lua, conversation, transport, options=MSGPACK, **script).events


def test_s114_golden_bytes(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == CONNECT
        await session.send(
            SERVER_CONNECT,
            bytes.fromhex(
                "84a47479706502a46461746192a568656c6c6fa3796f75a76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f"),
            bytes.fromhex("83a47479706502a46461746192a568656c6c6fa3796f75a36e7370a12f"),
            bytes.fromhex("83a47479706502a46461746192a162c403010203a36e7370a12f"),
            bytes.fromhex("84a47479706502a46461746191a361736ba36e7370a12fa2696401"))
        event = await session.receive()
        assert read(event) == {"type": 2, "nsp": "/", "data": ["b", b"\1\2\3"]}
        assert bytes.fromhex("92a162c403010203") in event
        answer = await session.receive()
        assert read(answer) == {"type": 3, "nsp": "/", "id": 1, "data": [42]}
        assert len(answer) == len(bytes.fromhex("84a47479706503a2696401a464617461912aa36e7370a12f"))
        await session.send(bytes.fromhex("82a47479706501a36e7370a12f"))

    setup = 'c.on("ask", function() c.emit("b", eio.bytes("\\1\\2\\3")) return 42 end)'
    result = talk(lua, conversation, transport, options=MSGPACK, setup=setup, main='show("sid", c.sid) c.wait()')
    assert result.of("sid") == [["abc"]]
    assert result.events == [["/", "hello", "you"], ["/", "hello", "you"], ["/", "b", "bytes 010203"]]
    assert result.disconnects == [["/", "server disconnect"]]


def test_s115_116_extensions(lua):
    undefined, date = bytes.fromhex("d40000"), bytes.fromhex("d700000001938f5f1c00")
    head = bytes.fromhex("83a47479706502a36e7370a12fa464617461")
    events = received(
        lua,
        head + b"\x92\xa1a" + undefined,
        head + b"\x92\xa1a" + b"\x82\xa1k" + undefined + b"\xa1n\x01",
        head + b"\x92\xa1a" + b"\x93\x01" + undefined + b"\x02",
        head + b"\x92\xa1a" + date,
        head + b"\x92\xa1a" + bytes.fromhex("c703000a0b0c"),
        head + b"\x92\xa1a" + bytes.fromhex("d40507"),
        head + b"\x92\xa1a" + bytes.fromhex("d6ff00000001"))
    assert [event[2] for event in events] == [
        None, {"n": 1}, [1, None, 2], int.from_bytes(date[2:], "big"), "bytes 0a0b0c",
        {"type": 5, "data": "bytes 07"}, {"type": -1, "data": "bytes 00000001"}]


def test_s117_the_data_of_a_disconnect(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a", "/b")
        await session.send(msgpack.packb({"type": 1, "nsp": "/a", "data": None}), packet(1, {"message": "bye"}, "/b"))
        message = await session.receive()
        assert read(message) == {"type": 1, "nsp": "/"}
        assert await session.receive() == END

    setup = 'c.on("disconnect", function(_, detail) show("left", detail.message) c.disconnect() end, "/b")'
    result = talk(
        lua, conversation, transport, options=MSGPACK, setup=setup, connect='namespaces = {"/", "/a", "/b"}')
    assert result.disconnects == [["/a", "server disconnect"], ["/", "client disconnect"]]
    assert result.of("left") == [["bye"]]


def losses(lua, transport, cases):
    """Sends each message in a session of its own; returns the messages of the disconnects."""
    async def conversation(server):
        for case in cases:
            session = await join(server, transport)
            await session.send(case, packet(2, ["late"]))
            if transport == "websocket":
                await session.socket.ended()

    setup = f"""
        local left = {len(cases)}
        c.on("disconnect", function(ns, reason, detail)
          show("disconnect", ns, reason, detail.cause, detail.message)
          left = left - 1
          if left == 0 then c.disconnect() end
        end, "*")
    """
    result = talk(lua, conversation, transport, options=AGAIN, setup=setup)
    assert not result.events
    disconnects = result.of("disconnect")
    assert [line[:3] for line in disconnects] == [["/", "transport error", "parse"]] * len(cases)
    return [line[3] for line in disconnects]


def test_s118_a_text_message(lua, transport):
    assert losses(lua, transport, ['42["a"]']) == [
        'the server sent a text message; the server does not use msgpack: 2["a"]']


def test_s119_maps_that_are_not_whole_packets(lua, transport):
    whole = packet(2, ["a", 1])
    head = bytes.fromhex("83a47479706502a36e7370a12fa464617461")
    cases = [
        whole + b"\0", whole[:-1], bytes.fromhex("dfff000000"), head + bytes.fromhex("dd80000000a161"),
        head + bytes.fromhex("92a161df80000000"), head + bytes.fromhex("92a161dd7fffffff"),
        head + bytes.fromhex("92a161c6ffffffff"), head + bytes.fromhex("92a161dbffffffff"),
        head + bytes.fromhex("92a161c9ffffffff05"), b"", b"\xc0", b"\x93\1\2\3",
    ]
    for case, message in zip(cases, losses(lua, transport, cases)):
        assert message.startswith("the server sent ")
        assert message.endswith(case[:80].hex(" ")), message


def test_packets_of_every_type_that_break_its_rules(lua):
    cases = [
        packet(5, ["a"]), packet(7, ["a"]), packet(-1, ["a"]), packet("2", ["a"]), packet(2.0, ["a"]), packet(2),
        packet(2, []), packet(2, {}), packet(2, "a"), packet(2, [None]), packet(2, ["connect"]),
        packet(2, ["newListener"]), packet(2, ["a"], id="1"), packet(2, ["a"], id=1.5), packet(3), packet(3, {}, id=1),
        packet(0, ["x"]), packet(0, "x"), packet(2, ["a"], nsp=5), packet(2, ["a"], nsp=None),
        msgpack.packb({"nsp": "/", "data": ["a"]}), msgpack.packb({"type": 2, "data": ["a"]}),
    ]
    for case, message in zip(cases, losses(lua, "websocket", cases)):
        assert message.startswith("the server sent ") and message.endswith(case.hex(" ")), (case, message)


def test_deep_values_are_illegal(lua):
    head = bytes.fromhex("83a47479706502a36e7370a12fa464617461") + b"\x92\xa1a"
    (message,) = losses(lua, "websocket", [head + b"\x91" * 100_000 + b"\x01"])
    assert message.startswith("the server sent an illegal event or ack (")


def test_s120_acks_bytes_and_namespaces(lua, transport):
    async def conversation(server):
        session = await join(server, transport, "/", "/a")
        await session.send(packet(2, ["ask", b"\1", {"k": [b"\2"]}], "/a", id=0))
        assert read(await session.receive()) == {"type": 3, "nsp": "/a", "id": 0, "data": [b"\1", {"k": [b"\2"]}]}
        await session.send(packet(2, ["ask"], "/a", id=2**63))
        assert read(await session.receive()) == {"type": 3, "nsp": "/a", "id": 2**63, "data": []}
        await session.send(packet(2, ["other"], id=3))
        assert read(await session.receive()) == {"type": 3, "nsp": "/", "id": 3, "data": []}
        await session.send(packet(2, ["call"]))
        assert read(await session.receive()) == {"type": 2, "nsp": "/", "id": 1, "data": ["question", b"\3"]}
        await session.send(packet(3, [9], "/a", id=1), packet(3, [], id=0), packet(3, ["x", b"\4"], id=1))
        await session.send(packet(4, {"message": "late"}, "/c"), packet(1, nsp="/a"), packet(2, ["lost"], "/a"), END)

    setup = """
        c.on("ask", function(...) return ... end, "/a")
        c.on("call", function() c.emit("question", eio.bytes("\\3"), function(...) show("ack", ...) end) end)
    """
    result = talk(
        lua, conversation, transport, options=MSGPACK, setup=setup, connect='namespaces = {"/", "/a"}')
    assert result.of("ack") == [["x", "bytes 04"]]
    assert result.events == [["/", "other"]]
    assert result.disconnects == [["/a", "server disconnect"], ["/", "server disconnect"]]


def test_a_table_that_looks_like_a_placeholder_is_a_table(lua):
    event = ["a", {"_placeholder": True, "num": 0}, b"x"]
    assert received(lua, packet(2, event)) == [["/", "a", {"_placeholder": True, "num": 0}, "bytes 78"]]


@pytest.mark.parametrize("serializer", ["default", "msgpack"])
def test_refusals_and_answers_of_both_kinds(lua, serializer):
    # The hint about the other kind of packets is in the error of connect().
    async def conversation(server):
        session = await server.open("websocket")
        await session.receive()
        await session.send(accept() if serializer == "default" else '40{"sid":"n1"}')

    result = talk(lua, conversation, options=f'serializer = "{serializer}"')
    hint = "the server uses msgpack" if serializer == "default" else "the server does not use msgpack"
    assert hint in result.failure[2]
