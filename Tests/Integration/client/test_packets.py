"""Packets and payloads, lines 1 to 9 of the wire cases."""


from harness import wire
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
