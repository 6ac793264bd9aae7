"""Packets and payloads, lines 1 to 19 of the wire cases."""

import base64
import json

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer

ALL_PLANES = "cash money €€€ 中文 𐀀-󯿿 \x00 é"


def echo(lua, url, transport, **how):
    """Runs a client that sends back what it gets."""
    return lua.observe(url, transport=transport, setup="on_message = function(m) client.send(m) end", **how)


def test_c01_packets_of_one_body_in_order(lua):
    async def conversation(server):
        session = await server.open("polling")
        await session.send("4a", "2", "4b")
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["a", "b"]


def test_c02_more_than_sixteen_packets_in_a_body(lua):
    texts = [f"message {number}" for number in range(100)]

    async def conversation(server):
        session = await server.open("polling")
        await session.send(*("4" + text for text in texts))
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == texts


SEND_WHILE_A_POST_WAITS = """
client.send("first")
eio.sleep(0.3)
for _, text in ipairs {%s} do client.send(text) end
"""


async def posted_after_a_slow_one(server, max_payload, count):
    """The bodies of the POSTs that follow one whose answer was late, until `count` packets have come."""
    session = await server.open("polling", max_payload=max_payload)
    first = await server.post()
    await server.nothing("POST", 1)
    await first.answer("ok")
    bodies = []
    while sum(len(wire.packets(body)) for body in bodies) < count:
        request = await server.post()
        await request.answer("ok")
        bodies.append(request.body)
    await session.send("1")
    return bodies


def test_c03_batches_up_to_max_payload(lua):
    texts = ["a" * 99, "b" * 30, "c" * 30, "d" * 35, "€" * 33, "f" * 99]
    bodies = []

    async def conversation(server):
        bodies.extend(await posted_after_a_slow_one(server, 100, len(texts)))

    main = SEND_WHILE_A_POST_WAITS % ", ".join(f'"{text}"' for text in texts)
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main=main)
    together = "\x1e".join("4" + text for text in texts[1:4])
    assert [body.decode() for body in bodies] == ["4" + texts[0], together, "4" + texts[4], "4" + texts[5]]
    assert len(together) == 100
    assert not server.overlaps


def test_c03_binary_counts_as_base64(lua):
    # Three bytes are "b" and four characters: ten packets and nine separators are 59 bytes.
    bodies = []

    async def conversation(server):
        bodies.extend(await posted_after_a_slow_one(server, 59, 12))

    with ScriptedServer(conversation) as server:
        main = SEND_WHILE_A_POST_WAITS % ", ".join(['eio.bytes("abc")'] * 12)
        lua.observe(server.url, transport="polling", main=main)
    assert [len(wire.packets(body)) for body in bodies] == [10, 2]
    assert len(bodies[0]) == 59


def test_c04_batches_of_sixteen(lua):
    bodies = []

    async def conversation(server):
        bodies.extend(await posted_after_a_slow_one(server, 1_000_000, 40))

    main = SEND_WHILE_A_POST_WAITS % ", ".join(f'"m{number}"' for number in range(40))
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main=main)
    assert [len(wire.packets(body)) for body in bodies] == [16, 16, 8]
    assert [packet for body in bodies for packet in wire.packets(body)] == [f"4m{number}" for number in range(40)]


def test_c05_packet_above_max_payload_on_polling(lua):
    async def conversation(server):
        await server.open("polling", max_payload=100)
        request = await server.post()
        assert request.body == b"4" + b"x" * 200
        await request.answer("", status=413)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main='client.send(("x"):rep(200))')
    assert result.disconnect.text == "transport error"
    assert (result.disconnect.cause, result.disconnect.status) == ("http_status", "413")
    assert "100" in result.disconnect.message
    assert result.duration < 10


def test_c05_packet_above_max_payload_on_websocket(lua):
    async def conversation(server):
        session = await server.open("websocket", max_payload=100)
        assert await session.receive() == "4" + "x" * 200
        await session.socket.close(1009)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", main='client.send(("x"):rep(200))')
    assert result.disconnect.text == "transport error"
    assert (result.disconnect.cause, result.disconnect.ws_code) == ("ws_close", "1009")
    assert "100" in result.disconnect.message


def test_c06_empty_text(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4")
        assert await session.receive() == "4"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = echo(lua, server.url, transport)
    assert result.messages == [""]


def test_c07_empty_bytes(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send(b"")
        assert await session.receive() == b""
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = echo(lua, server.url, transport)
    assert result.messages == [b""]


def test_c08_unicode_both_ways(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4" + ALL_PLANES)
        assert await session.receive() == "4" + ALL_PLANES
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = echo(lua, server.url, transport)
    assert result.messages == [ALL_PLANES]


def test_c08_content_length_counts_bytes(lua):
    async def conversation(server):
        session = await server.open("polling")
        request = await server.post()
        assert (request.body.decode(), request.header("content-length")) == ("4é€😀", "10")
        await request.answer("ok")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main='client.send("é€😀")')


def test_c09_lone_surrogate_in_json(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send(r'4["\ud800"]', r'4["\ude00x"]', r'4["\ud83d\ude00"]', "4after")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert len(result.messages) == 4, result
    # Either documented mapping will do: the raw text, or U+FFFD in its place.
    assert result.messages[0] in (r'["\ud800"]', ["\ufffd"])
    assert result.messages[1] in (r'["\ude00x"]', ["\ufffdx"])
    assert result.messages[2:] == [["😀"], "after"]


def test_c10_invalid_utf8_in_a_poll(lua):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).answer(b"4a\xff\xfeb")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")
    assert result.messages == []


@pytest.mark.parametrize("data", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"])
def test_c10_invalid_utf8_on_websocket(lua, data):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.frame(frames.TEXT, b"4" + data)
        assert (await session.socket.read_close()).close_code == 1007

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.disconnect.text == "transport error"
    assert result.messages == []


def test_c10_utf8_split_between_fragments_is_valid(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.frame(frames.TEXT, b"4\xe2\x82", fin=False)
        await session.socket.frame(frames.CONTINUATION, b"\xac")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["€"]


def test_c11_record_separator_on_polling(lua):
    async def conversation(server):
        session = await server.open("polling")
        assert await session.receive() == "4next"
        await session.send("1")

    main = r'print(pcall(client.send, "a\x1eb")); client.send("next")'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main=main)
    assert any(line.startswith("false") for line in result.lines), result


def test_c11_record_separator_on_websocket(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4a\x1eb")
        assert await session.receive() == "4a\x1eb"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = echo(lua, server.url, "websocket")
    assert result.messages == ["a\x1eb"]


def test_c12_base64_with_line_feeds(lua):
    data = bytes(range(256))

    async def conversation(server):
        await server.open("polling")
        await (await server.get()).answer("b" + base64.encodebytes(data).decode())
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == [data]


@pytest.mark.parametrize("garbage", ["b!!!!", "bA", "bAQ==x", "bA\u20acID"])
def test_c12_base64_garbage(lua, garbage):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).answer(garbage)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")
    assert result.messages == []


def test_c13_base64_in_a_text_frame(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("bAQID", "1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == [b"\x01\x02\x03"]


@pytest.mark.parametrize("packet", ["abc", "é", " 4a"])
def test_c14_bad_first_character(lua, transport, packet):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4before")
        await session.send(packet)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")
    assert result.messages == ["before"]


def test_c14_empty_frame(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")


def test_c14_unknown_packet_types_are_ignored(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4a", "7x", "8", "9z", "4b")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.messages == ["a", "b"]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("body, delivered", [("4a\x1e", ["a"]), ("\x1e4a", []), ("4a\x1e\x1e4b", ["a"])])
def test_c15_stray_separators(lua, body, delivered):
    async def conversation(server):
        await server.open("polling")
        await (await server.get()).answer(body)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == delivered
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")


@pytest.mark.parametrize("answer, content_type", [
    ("ok", "text/html"), ("OK", "text/plain"), ("", "application/octet-stream"), ("4never", "application/json"),
])
def test_c16_answers_to_posts_are_ignored(lua, answer, content_type):
    async def conversation(server):
        first = await server.get()
        await first.answer(wire.open_packet(), content_type=content_type)
        await (await server.post()).answer(answer, content_type=content_type)
        await (await server.get()).answer("4real", content_type=content_type)
        await (await server.post()).answer(answer, content_type=content_type)
        await (await server.get()).answer("1", content_type=content_type)

    setup = 'on_message = function() client.send("two") end'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup=setup, main='client.send("one")')
    assert result.messages == ["real"]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_c17_deep_json_stays_text(lua, transport, text):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4" + text, "4after")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert result.messages == [text, "after"]
    assert result.duration < 10


@pytest.mark.parametrize("megabytes", [10, 40])
def test_c18_large_messages(lua, transport, megabytes):
    size = megabytes << 20

    async def conversation(server):
        session = await server.open(transport, max_payload=1 << 30)
        await session.send("4" + "x" * size)
        assert await session.receive() == f"4{size}"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("""
            local client = require("engineio").Client{max_message_size = 1 << 27}
            client.on("message", function(m) client.send(tostring(#m)) end)
            client.connect(arg[1], {transports = {arg[2]}})
        """, server.url, transport)
    assert result.status == 0, result
    assert result.duration < 2 + megabytes / 4


def test_c18_limit_is_named(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4" + "x" * 300_000)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, client="engineio.Client{max_message_size = 200000}")
    assert result.messages == []
    assert result.disconnect.text == "transport error"
    assert "200000" in result.disconnect.message
    assert "max_message_size" in result.disconnect.message


def test_c19_engine_io_3_server(lua):
    handshake = json.dumps({"sid": "x", "upgrades": [], "pingInterval": 25000, "pingTimeout": 5000})

    async def conversation(server):
        await (await server.get()).answer(f"{len(handshake) + 1}:0{handshake}2:40")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.failure.type == "ConnectionError"
    assert "Engine.IO 3" in result.failure.text


def test_c19_server_refuses_the_version(lua):
    async def conversation(server):
        await (await server.get()).answer('{"code":5,"message":"Unsupported protocol version"}', status=400)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert (result.failure.status, result.failure.code) == ("400", "5")
    assert server.requests[0].query["EIO"] == ["4"]
