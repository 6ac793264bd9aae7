"""Packets that are odd, damaged or too long, lines 10 to 19 of the wire cases."""

import base64
import json

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer


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
        result = lua.observe(server.url, transport="websocket", setup="on_message = client.send")
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
