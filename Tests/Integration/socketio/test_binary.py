"""Attachments of the server, lines S76 to S80, S84, S87 and S88 of the wire cases, and those of the client, S89 to
S94."""

import pytest

from harness import wire
from harness.socketio import END, accept, connect, join, lose, placeholder, talk
from harness.talk import message_of

FIRST, SECOND = placeholder(0), placeholder(1)


def received(lua, transport, *packets, **script):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(*packets, END)

    return talk(lua, conversation, transport, **script).events


def test_s76_77_placeholders_are_replaced_wherever_they_stand(lua, transport):
    events = received(
        lua, transport,
        f'451-["one",{FIRST}]', b"\1",
        f'452-["nested",{{"k":[{FIRST},{{"m":{SECOND}}}],"n":1}},"x"]', b"\1", b"\2",
        f'452-["reverse",{SECOND},{FIRST}]', b"\1", b"\2",
        f'452-["twice, unused",{SECOND},{SECOND}]', b"\1", b"\2",
        '451-["unused"]', b"\1",
        '451-["more keys",{"num":0,"x":{"y":[1]},"_placeholder":true}]', b"\1",
        '451-["not true",{"_placeholder":1,"num":0},{"_placeholder":"true","num":0}]', b"\1",
        f'42["no attachments",{FIRST}]',
        f'4501-["zero",{FIRST}]', b"\1")
    assert events == [
        ["/", "one", "bytes 01"],
        ["/", "nested", {"k": ["bytes 01", {"m": "bytes 02"}], "n": 1}, "x"],
        ["/", "reverse", "bytes 02", "bytes 01"],
        ["/", "twice, unused", "bytes 02", "bytes 02"],
        ["/", "unused"],
        ["/", "more keys", "bytes 01"],
        ["/", "not true", {"_placeholder": 1, "num": 0}, {"_placeholder": "true", "num": 0}],
        ["/", "no attachments", {"_placeholder": True, "num": 0}],
        ["/", "zero", "bytes 01"],
    ]


def test_s78_header_by_polling_and_attachment_by_websocket(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        assert await session.receive() == connect()
        await session.send(accept(), f'452-["split",{FIRST},{SECOND}]', b"\1")
        await server.finish_upgrade(socket)
        await socket.binary(b"\2")
        await socket.text(END)

    assert talk(lua, conversation, None).events == [["/", "split", "bytes 01", "bytes 02"]]


def test_s79_attachments_in_other_bodies_and_with_line_feeds(lua):
    async def conversation(server):
        session = await join(server, "polling")
        await session.send(f'452-["split",{FIRST},{SECOND}]')
        await (await server.get()).answer("bAQ\nID\n")
        await session.send(b"\4", END)

    assert talk(lua, conversation, "polling").events == [["/", "split", "bytes 010203", "bytes 04"]]


def test_s80_other_packets_between(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(f'452-["split",{FIRST},{SECOND}]', "2", "6", b"\1")
        assert await session.receive() == "3"
        if transport == "websocket":
            await session.socket.ping(b"x")
            assert (await session.socket.read()).payload == b"x"
        await session.send("6", "2", b"\2")
        assert await session.receive() == "3"
        await session.send(END)

    assert talk(lua, conversation, transport).events == [["/", "split", "bytes 01", "bytes 02"]]


def test_s84_88_no_attachments_and_empty_ones(lua, transport):
    events = received(
        lua, transport, '450-["none"]', '45-["none either"]', '42["next"]', f'452-["empty",{FIRST},{SECOND}]', b"", b"")
    assert events == [["/", "none"], ["/", "none either"], ["/", "next"], ["/", "empty", "bytes ", "bytes "]]


def test_s87_a_packet_is_dropped_with_its_session(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(f'452-["lost",{FIRST},{SECOND}]', b"\1")
        await lose(session)
        session = await server.open(transport)
        assert await session.receive() == connect()
        await session.send(accept(), '42["clean"]', f'451-["whole",{FIRST}]', b"\2", "41")

    result = talk(lua, conversation, transport, options="reconnection = true, reconnection_delay = 0")
    assert result.events == [["/", "clean"], ["/", "whole", "bytes 02"]]


# ---- sending ----


def test_s89_93_bytes_in_every_kind_of_packet(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        for packet in (
                f'453-["event",[{FIRST},{SECOND}],{placeholder(2)}]', b"\1", b"\1", b"",
                f'451-["message",{FIRST}]', b"\2",
                f'451-1["ask",{{"k":{FIRST}}}]', b"\3"):
            assert await session.receive() == packet
        await session.send("431[]", '420["back"]')
        assert [await session.receive(), await session.receive()] == [f"461-0[{FIRST}]", b"\4"]
        await session.send(END)

    setup = 'c.on("back", function() return eio.bytes("\\4") end)'
    main = """
        local one = eio.bytes("\\1")
        c.emit("event", {one, one}, eio.bytes(""))
        c.send(eio.bytes("\\2"))
        c.call("ask", {k = eio.bytes("\\3")})
    """
    talk(lua, conversation, transport, setup=setup, main=main)


def test_s90_91_header_and_attachments_are_never_apart(lua, transport):
    count = 40

    async def conversation(server):
        session = await join(server, transport)
        await session.send(*(f'42{number}["ask"]' for number in range(count)))
        seen = []
        while len(seen) < 2 * count:
            packet = await session.receive()
            assert isinstance(packet, str), "an attachment without its packet"
            seen.append(packet)
            first, second = await session.receive(), await session.receive()
            assert isinstance(first, bytes) and isinstance(second, bytes), packet
            # Both are those of this packet.
            assert first[:3] == second[:3] == (b"ack" if packet[1] == "6" else packet[6:9].encode()), packet
        assert sum(packet[1] == "6" for packet in seen) == count
        await session.send(END)

    # Each packet is above the limit, so that each task waits after each packet.
    setup = 'c.on("ask", function() return eio.bytes("ack"), eio.bytes("ack" .. ("x"):rep(2000)) end)'
    main = """
        local function emit(name)
          for n = 1, 10 do c.emit(name, eio.bytes(name), eio.bytes(name .. ("x"):rep(2000))) end
          show("sent", name)
        end
        for n = 1, 4 do eio.start_background_task(emit, "t0" .. n) end
        c.wait()
    """
    result = talk(lua, conversation, transport, options="max_buffered = 1000", setup=setup, main=main)
    assert sorted(result.of("sent")) == [["t01"], ["t02"], ["t03"], ["t04"]]


def test_s91_an_emit_that_waits_has_sent_everything(lua):
    sizes = []

    async def conversation(server):
        session = await join(server, "polling")
        first = await server.post()
        sizes.append([len(packet) for packet in wire.packets(first.body)])
        await first.answer("ok")
        assert await session.receive() == '42["after"]'
        await session.send(END)

    main = 'c.emit("big", eio.bytes(("x"):rep(3000)), eio.bytes(("y"):rep(3000))) c.emit("after")'
    talk(lua, conversation, "polling", options="max_buffered = 1000", main=main)
    assert sizes == [[len(f'452-["big",{FIRST},{SECOND}]'), 3000, 3000]]


def test_s92_one_warning_about_many_attachments(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        for _ in range(2):
            assert (await session.receive()).startswith("4511-")
            assert [await session.receive() for _ in range(11)] == [b"x"] * 11
        await session.send(END)

    main = """
        local many = {}
        for n = 1, 11 do many[n] = eio.bytes("x") end
        c.emit("many", many)
        c.emit("many", many)
    """
    assert talk(lua, conversation, main=main).result.stderr.count("A packet with 11 attachments was sent") == 1


@pytest.mark.parametrize("serializer", ["default", "msgpack"])
def test_s94_a_table_that_looks_like_a_placeholder(lua, serializer):
    code = (f'require("socketio").Client{{serializer = "{serializer}"}}.emit('
            '"e", eio.bytes("x"), {_placeholder = true, num = 0})')
    message = message_of(lua, code)
    if serializer == "default":
        assert "bad argument" in message and "_placeholder" in message
    else:
        # Bytes have no placeholders there.
        assert "not a connected namespace" in message
