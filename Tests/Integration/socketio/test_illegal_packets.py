"""Packets that break the rules: each ends its session, is quoted, and the next session begins. Lines S35, S36, S50,
S81 to S83, S85 and S86 of the wire cases."""

import msgpack
import pytest

from harness.socketio import accept, connect, join, placeholder, talk

RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]

# The client counts the losses, and ends the reconnecting itself.
SETUP = """
    local left = %d
    c.on("disconnect", function(ns, reason, detail)
      show("disconnect", ns, reason, detail.cause, detail.message, detail.will_reconnect)
      left = left - 1
      if left == 0 then c.disconnect() end
    end, "*")
"""


def losses(lua, transport, cases, options=""):
    """Sends each list of packets in a session of its own; returns the messages of the disconnects."""
    async def conversation(server):
        for packets in cases:
            session = await join(server, transport)
            await session.send(*packets, '42["late"]')
            if transport == "websocket":
                await session.socket.ended()

    result = talk(
        lua, conversation, transport, setup=SETUP % len(cases),
        options=f"reconnection = true, reconnection_delay = 0, {options}")
    assert not result.events, result.events
    assert result.of("connect") == [["/"]] * len(cases)
    disconnects = result.of("disconnect")
    assert [line[:3] for line in disconnects] == [["/", "transport error", "parse"]] * len(cases)
    assert all(line[4] for line in disconnects)
    return [line[3] for line in disconnects]


def illegal(lua, transport, cases):
    """Each case is one packet and the problem that the message names, with the packet."""
    messages = losses(lua, transport, [[packet] for packet, _ in cases])
    assert messages == [f"the server sent {problem}: {packet[1:]}" for packet, problem in cases]


def test_s35_reserved_names_never_reach_a_handler(lua, transport):
    names = RESERVED + ["\\u0063onnect", "disconnec\\u0074"]
    problem = "an event with a reserved name"
    illegal(lua, transport, [(f'42["{name}",1]', problem) for name in names])


def test_s36_events_without_a_name(lua, transport):
    illegal(lua, transport, [
        ("42", "an event without a payload"),
        ("42[]", "an event whose name is not a string"),
        ("42{}", "an event whose payload is not an array"),
        ("42[null]", "an event whose name is not a string"),
        ("42[true]", "an event whose name is not a string"),
        ('42[["a"]]', "an event whose name is not a string"),
        ("42null", "an event whose payload is not an array"),
    ])


def test_s50_messages_that_are_not_packets(lua, transport):
    problem = "a message that is not a Socket.IO packet; does the server speak plain Engine.IO?"
    illegal(lua, transport, [
        (f"4{text}", problem) for text in ('{"a":1}', "hello", '7["a"]', "9", ' 2["a"]', '["a"]')
    ] + [("4", problem)])


def test_packets_of_every_type_that_break_its_rules(lua, transport):
    object_payload = "a CONNECT packet whose payload is not an object"
    illegal(lua, transport, [
        ("40null", object_payload),
        ("40[]", object_payload),
        ('40"x"', object_payload),
        ("43", "an ack without a payload"),
        ("431", "an ack without a payload"),
        ("43null", "an ack whose payload is not an array"),
        ("431{}", "an ack whose payload is not an array"),
        ('421-["a"]', "a number of attachments in a packet without attachments"),
        ('42-1["a"]', "an event whose payload is not an array"),
        ('42+1["a"]', "an event whose payload is not an array"),
        ('421.5["a"]', "an event whose payload is not an array"),
        ('421e3["a"]', "an event whose payload is not an array"),
        ('42abc["a"]', "an event whose payload is not an array"),
        ('42,["a"]', "an event whose payload is not an array"),
        ('42/,b,["a"]', "an event whose payload is not an array"),
    ])
    quoted = losses(lua, transport, [["42" + "9" * 101 + '["a"]']])
    assert quoted == ["the server sent an ack id of more than 100 digits: 2" + "9" * 79 + "…"]


def test_payloads_that_are_not_json(lua, transport):
    cases = ['42["a"]x', '42["a"', '42["a",]', '42["a" "b"]', '42["a",{]', '42["a\\x"]', '42["a",01]', '421["a",nul]']
    messages = losses(lua, transport, [[packet] for packet in cases])
    for packet, message in zip(cases, messages):
        assert message.startswith("the server sent an illegal event or ack ("), message
        assert message.endswith(f"): {packet.lstrip('0123456789')}"), message


def test_payloads_that_nobody_reads_must_be_legal(lua):
    # Neither has a handler, nor was the ack asked for.
    for packet in ('42["a"]x', '4399[1'):
        async def conversation(server):
            session = await join(server, "websocket")
            await session.send(packet)
            await session.socket.ended()

        setup = """
            c = require("socketio").Client{reconnection = false}
            c.on("disconnect", function(reason, detail) show("disconnect", reason, detail.cause) end)
        """
        assert talk(lua, conversation, setup=setup).of("disconnect") == [["transport error", "parse"]]


@pytest.mark.parametrize("event", ['42["slow",[1}]', '42["slow","\\x"]', '42["slow",1]2'])
def test_an_event_that_waits_must_be_legal(lua, event):
    async def conversation(server):
        session = await join(server, "websocket")
        await session.send('42["slow",1]', '42["slow",2]', event, '42["slow",3]')
        await session.socket.ended()
        (lua.folder / "over").touch()

    # The handler of the first event returns when the server knows that the session is over.
    setup = """
        c.on("slow", function(n)
          show("begins", n)
          while not io.open("over") do eio.sleep(0.01) end
        end, {ordered = true})
        c.on("disconnect", function(reason, detail) show("disconnect", reason, detail.cause) end)
    """
    result = talk(lua, conversation, setup=setup)
    assert result.of("begins") == [[1], [2]]
    assert result.of("disconnect") == [["transport error", "parse"]]


def test_acks_that_are_not_json(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        assert await session.receive() == '421["ask"]'
        await session.send('431[1,]')
        await session.socket.ended()

    result = talk(lua, conversation, main='show("call", select(2, pcall(c.call, "ask")).type)')
    assert result.of("call") == [["DisconnectedError"]]
    ((_, reason, cause, message),) = result.of("disconnect")
    assert (reason, cause) == ("transport error", "parse")
    assert message.startswith("the server sent an illegal event or ack (") and message.endswith("): [1,]")


def test_refusals_that_are_not_json(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send('44{"message":')

    result = talk(lua, conversation)
    cause = 'the server sent a refusal that is not valid JSON: 4{"message":'
    assert result.failure[0].endswith(f": {cause}") and result.failure[1:3] == ["namespace", cause]


def test_packets_with_attachments_that_break_the_rules(lua, transport):
    no_number = "a packet with attachments that does not say how many"
    illegal(lua, transport, [
        ("45", no_number),
        ("451", no_number),
        ('451["a"]', no_number),
        ('45["a"]', no_number),
        ('45a-["a"]', no_number),
        ('451.5-["a"]', no_number),
        ("461-", "an ack without a payload"),
        (f"451-[{placeholder(0)}]", "an event whose name is not a string"),
    ])


def test_s81_82_messages_that_are_not_expected(lua, transport):
    event = f'451-["a",{placeholder(0)}]'
    messages = losses(lua, transport, [
        [event, '42["x"]'], [b"\xff\x02"], [b"\x83\xa4type\x02"], [b""],
    ])
    assert messages[0] == 'the server sent a text message before the last 1 attachments of a packet: 2["x"]'
    assert messages[1] == (
        "the server sent a binary message that no packet has announced; it begins with the byte 0xff: ff 02")
    assert messages[2].startswith(
        "the server sent a binary message that no packet has announced; it begins with the byte 0x83: "
        "the server uses msgpack: 83 a4")
    assert messages[3].startswith("the server sent a binary message without data that no packet has announced")


def test_s83_placeholders_of_no_attachment(lua, transport):
    cases = [f'{{"_placeholder":true,"num":{number}}}' for number in ("1", "-1", '"0"', "1.5", "null", "9e99")]
    cases.append('{"_placeholder":true}')
    packets = [f'451-["a",{case}]' for case in cases]
    messages = losses(lua, transport, [[packet, b"x"] for packet in packets])
    for packet, message in zip(packets, messages):
        assert message.startswith("the server sent an illegal event or ack (") and message.endswith(packet[5:]), message


def test_s85_86_numbers_and_sizes_above_the_limits(lua, transport):
    small = f'451-["a",{placeholder(0)}]'
    messages = losses(lua, transport, [
        ['451001-["a"]'], ['451000000000000-["a"]'], ["45" + "9" * 30 + '-["a"]'], [small, b"x" * 1000],
        [f'452-["a",{placeholder(0)},{placeholder(1)}]', b"x" * 500, b"x" * 500],
    ], "max_message_size = 1000")
    too_many = "the server sent a packet with more attachments than max_attachments allows (1000): 5"
    assert messages[0] == too_many + '1001-["a"]'
    assert messages[1].startswith(too_many) and messages[2].startswith(too_many)
    assert "bytes with its attachments, over the limit of 1000 bytes (max_message_size)" in messages[3]
    assert "over the limit of 1000 bytes (max_message_size)" in messages[4]


def test_secrets_of_a_connect_are_not_quoted(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send('40{"sid":5,"pid":"secret"}')

    result = talk(lua, conversation)
    assert "whose sid is not a string" in result.failure[2]
    assert "secret" not in result.result.stdout + result.result.stderr


@pytest.mark.parametrize("serializer, packet, problem", [
    ("msgpack", '40{"sid":"n1","pid":"secret"}', "the server does not use msgpack"),
    ("msgpack", msgpack.packb({"type": 0, "nsp": "/", "data": {"sid": "n1", "pid": "secret"}})[:-1], "cut off"),
    ("default", msgpack.packb({"type": 0, "nsp": "/", "data": {"sid": "n1", "pid": "secret"}}), "uses msgpack"),
    ("default", '40/a{"sid":"n1","pid":"secret"}', "whose payload is not an object"),
    ("default", '40/a{"pid":"secret"}', "did not answer"),
    ("default", '40{"sid":"n1","pid":"secret"', ""),
], ids=["text", "cut msgpack", "msgpack", "no comma", "no comma at all", "cut text"])
def test_private_ids_are_shown_nowhere(lua, serializer, packet, problem):
    async def conversation(server):
        session = await server.open("websocket")
        await session.receive()
        await session.send(packet)

    result = talk(
        lua, conversation, options=f'serializer = "{serializer}", logger = true', connect="wait_timeout = 0.5",
        program=["--log-level", "debug", "--trace"])
    assert problem in result.failure[2]
    shown = result.result.stdout + result.result.stderr
    assert "secret" not in shown and b"secr".hex() not in shown.replace(" ", "")
    assert "CONNECT" in shown


def test_a_number_of_attachments_that_is_the_limit(lua):
    numbers = ",".join(placeholder(number) for number in range(1000))

    async def conversation(server):
        session = await server.open("websocket")
        assert await session.receive() == connect()
        await session.send(accept(), f'451000-["a",{numbers}]', *[b"x"] * 1000, "1")

    result = talk(lua, conversation, setup='c.on("a", function(...) show("count", select("#", ...)) end)')
    assert result.of("count") == [[1000]]
