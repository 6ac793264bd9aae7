"""Bodies that are compressed, larger than they may be, or cut, and answers that are not read; beyond lines 25 and 26."""

import gzip
import zlib

import pytest

from harness import wire
from harness.scripted import ScriptedServer


def raw_deflate(data):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


def members(data):
    return gzip.compress(data[:1]) + gzip.compress(data[1:]) + bytes(16)


CODINGS = {
    "raw deflate": ("deflate", raw_deflate), "x-gzip": ("x-gzip", gzip.compress), "members": ("gzip", members),
    "twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "one on another": ("deflate, GZIP", lambda data: gzip.compress(zlib.compress(data))),
    "identity": ("identity", bytes),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_c25_codings_as_servers_write_them(lua, coding):
    name, compress = CODINGS[coding]
    headers = [("Content-Encoding", name)]

    async def conversation(server):
        await (await server.get()).answer(compress(wire.open_packet().encode()), headers=headers)
        await (await server.get()).answer(compress(b"4hello\x1e1"), headers=headers)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["hello"]
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_c25_the_coding_of_nothing(lua, name):
    coding = b"Content-Encoding: " + name.encode() + b"\r\n"
    empty = [
        b"HTTP/1.1 204 No Content\r\n" + coding + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + coding + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + coding + b"\r\n0\r\n\r\n",
    ]

    async def conversation(server):
        session = await server.open("polling")
        for number, answer in enumerate(empty):
            await session.send(f"4{number}")
            await (await server.post()).raw(answer)
            await (await server.get()).raw(answer)
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup="on_message = client.send")
    assert result.messages == ["0", "1", "2"]
    assert result.disconnect.text == "server disconnect"


BAD_BODIES = {
    "plain": ("gzip", b"4a", "damaged"), "cut": ("gzip", gzip.compress(b"4abc")[:-3], "cut short"),
    "unknown": ("br", b"4a", '"br" is neither gzip nor deflate'),
    "layers": ("gzip,gzip,gzip,gzip", gzip.compress(b"4a"), "more than 3 times"),
}


@pytest.mark.parametrize("body", BAD_BODIES)
def test_c25_a_body_that_cannot_be_unpacked(lua, body):
    name, data, words = BAD_BODIES[body]

    async def conversation(server):
        await server.open("polling")
        await (await server.get()).answer(data, headers=[("Content-Encoding", name)])

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == []
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "parse")
    assert words in result.disconnect.message


PEAK = """
    local function peak()
        for line in io.lines("/proc/self/status") do
            local size = line:match("VmHWM:%s*(%d+)")
            if size then return tonumber(size) // 1024 end
        end
    end
    local before = peak()
    local ok, err = pcall(eio.connect, arg[1], {transports = {arg[2]}})
    print(ok, err.status, err.phase, peak() - before < 24, err)
"""
JSON_BOMB = gzip.compress(b"[" + b"0," * (20 << 20) + b"0]", 1)
OPEN_BOMB = gzip.compress(b'0{"sid":"a","x":[' + b"0," * (20 << 20) + b"0]}", 1)


def test_c25_a_refusal_is_not_unpacked_whole(lua, transport):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer(JSON_BOMB, status=400, headers=[("Content-Encoding", "gzip")])

    with ScriptedServer(conversation) as server:
        result = lua.run(PEAK, server.url, transport)
    assert result.lines[0].startswith("false\t400\thttp\ttrue\t"), result


def test_c25_an_open_packet_has_its_limit(lua, transport):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer(OPEN_BOMB, headers=[("Content-Encoding", "gzip")])

    with ScriptedServer(conversation) as server:
        result = lua.run(PEAK, server.url, transport)
    phase = "open" if transport == "polling" else "http"
    assert result.lines[0].startswith(f"false\t{200 if transport == 'polling' else 'nil'}\t{phase}\ttrue\t"), result
    assert "longer than 65536 bytes" in result.lines[0]


def test_c25_messages_behind_an_open_packet_may_be_long(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.payload(wire.open_packet(), "4" + "x" * 200_000))
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert [len(message) for message in result.messages] == [200_000]


def test_c25_an_endless_answer_to_a_post_is_not_read(lua):
    async def conversation(server):
        session = await server.open("polling")
        post = await server.post()
        await post.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100_000, finish=False)
        await session.send("4second")
        assert (await server.post()).body == b"4second"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport="polling", setup="on_message = client.send", main='client.send("first")')
    assert result.disconnect.text == "server disconnect"


def test_c26_a_coding_of_the_transfer_is_refused_in_words(lua):
    async def conversation(server):
        request = await server.get()
        await request.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", close=True)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert 'Transfer-Encoding is "gzip, chunked", only "chunked" is understood' in result.failure.text


def trusting(authority):
    return f'engineio.Client{{ca_file = "{authority.ca_file}"}}'


CUT = {
    "without length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n4pay 100 to al",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n4pay 100 to al",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n4pay 100 to al\r\n",
}


@pytest.mark.parametrize("answer", CUT)
def test_c26_tls_that_is_cut_delivers_nothing(lua, authority, answer):
    async def conversation(server):
        await server.open("polling")
        request = await server.get()
        await request.raw(CUT[answer], finish=False)
        request.connection.cut()

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, transport="polling", client=trusting(authority))
    assert result.messages == []
    assert result.disconnect.text == "transport error"
    assert "in the middle of an answer" in result.disconnect.message


@pytest.mark.parametrize("answer", CUT)
def test_c26_a_handshake_that_is_cut_opens_nothing(lua, authority, transport, answer):
    opening = CUT[answer].replace(b"4pay 100 to al", wire.open_packet()[:14].encode())

    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.raw(opening if transport == "polling" else opening.replace(b"200 OK\r\n", b"101 S\r\n")[:-16],
                          finish=False)
        request.connection.cut()

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, transport=transport, client=trusting(authority))
    assert result.failure.type == "ConnectionError"


@pytest.mark.parametrize("answer", CUT)
def test_c26_a_refusal_that_is_cut_is_one(lua, authority, transport, answer):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.raw(CUT[answer].replace(b"200 OK", b"403 Forbidden"), finish=False)
        request.connection.cut()

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, transport=transport, client=trusting(authority))
    assert (result.failure.status, result.failure.body) == ("403", "4pay 100 to al")
