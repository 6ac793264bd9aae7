"""Answers that break the rules of HTTP/1 in ways that browsers and python read, and those that stay refused. The table of
all cases is in the unit tests (HTTPAnswerLeniencyTests)."""

import pytest

from harness import frames, wire
from harness.scripted import ScriptedServer
from harness.sessions import WebSocketSession

HEADS = {
    "folded": b"HTTP/1.1 200 OK\r\nX: a\r\n\tb\r\nContent-Length:\r\n %d\r\n\r\n",
    "lf": b"HTTP/1.1 200\nContent-Length: %d\n\n",
    "equal lengths": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\ncontent-length: %d\r\n\r\n",
    "list of lengths": b"HTTP/1.1 200 OK\r\nContent-Length: %d, %d\r\n\r\n",
    "not a header": b"http/1.1  200 ok\r\n<html>\r\n a: b\r\nContent-Length : %d\r\n\r\n",
}


def lenient(name, body):
    head = HEADS[name]
    return head % ((len(body),) * head.count(b"%d")) + body


@pytest.mark.parametrize("name", HEADS)
def test_c26_polling_reads_what_browsers_read(lua, name):
    async def conversation(server):
        await (await server.get()).raw(lenient(name, wire.open_packet().encode()))
        await (await server.get()).raw(lenient(name, b"4a"))
        post = await server.post()
        assert post.body == b"4a"
        await post.raw(lenient(name, b"ok"))
        await (await server.get()).raw(lenient(name, b"1"))

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup="on_message = client.send")
    assert result.messages == ["a"]
    assert result.disconnect.text == "server disconnect"
    # None of them makes the connection doubtful.
    assert len({request.connection.number for request in server.of("GET")}) == 1


def test_c26_chunks_win_over_a_length_and_end_the_connection(lua):
    def chunked(body):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head + b"%x \n%s\r\n0\r\n\r\n" % (len(body), body)

    async def conversation(server):
        await (await server.get()).raw(chunked(wire.open_packet().encode()))
        await (await server.get()).raw(chunked(b"4a"))
        await (await server.get()).raw(chunked(b"1"))

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.messages == ["a"]
    assert result.disconnect.text == "server disconnect"
    assert len({request.connection.number for request in server.of("GET")}) == 3


SWITCHES = {
    "folded": "HTTP/1.1 101 S\r\nUpgrade:\r\n websocket\r\nConnection: keep-alive,\r\n\tUpgrade\r\n"
              "Sec-WebSocket-Accept:\r\n  {key}\r\n\r\n",
    "lf": "HTTP/1.1 101\nUpgrade: WebSocket\nConnection: upgrade\nSec-WebSocket-Accept: {key}\n\n",
    "not a header": "HTTP/1.1 101 S\r\n<html>\r\nUpgrade : websocket\r\nConnection : Upgrade\r\n"
                    "Sec-WebSocket-Accept : {key}\r\n\r\n",
    "lengths": "HTTP/1.1 101 S\r\nContent-Length: 0\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n"
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {key}\r\n\r\n",
}


@pytest.mark.parametrize("name", SWITCHES)
def test_c26_the_websocket_handshake_reads_what_browsers_read(lua, name):
    async def conversation(server):
        request = await server.upgrade()
        opened = frames.encode(frames.TEXT, wire.open_packet().encode())
        socket = await request.switch(SWITCHES[name].format(key=request.accept_key).encode() + opened)
        session = WebSocketSession(server, socket)
        await session.send("4a")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.messages == ["a"]
    assert result.disconnect.text == "server disconnect"


REFUSED = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n0{}": 'its Content-Length is "2, 3", not one number of bytes',
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n": 'its Transfer-Encoding is "gzip"',
    b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n": 'its header "X: a?b" has a zero byte',
    b"SSH-2.0-OpenSSH\r\n": 'it does not begin with HTTP/1.1 but with "SSH-2.0-OpenSSH"',
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n0{": 'the size of a chunk is "0x2"',
}


@pytest.mark.parametrize("answer", REFUSED)
def test_c26_a_refused_answer_names_its_line(lua, transport, answer):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.raw(answer)

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport)
    assert "the answer is not HTTP that this client understands: " in result.failure.text, result
    assert REFUSED[answer] in result.failure.text
