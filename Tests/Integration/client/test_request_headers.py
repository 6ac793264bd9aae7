"""Headers of requests: the client's own, and those of the user in their place."""

import gzip

import pytest

from harness import wire
from harness.scripted import ScriptedServer

USERS = {
    "content-type": "application/json", "Accept": "application/json", "ACCEPT-ENCODING": "identity",
    "host": "tenant.example", "user-agent": "mine/1", "Origin": "https://app.example", "Cache-Control": "no-store",
    "Authorization": "Bearer x",
}


@pytest.mark.parametrize("name", USERS)
def test_a_header_of_the_user_stands_alone(lua, name):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await socket.text("not the probe")
        post = await server.post()
        assert post.body == b"4hello"
        await post.answer("ok")
        await session.send("1")

    connect = f'headers = {{["{name}"] = "{USERS[name]}"}}'
    with ScriptedServer(conversation) as server:
        lua.observe(server.url.replace("//", "//user:secret@"), connect=connect, main='client.send("hello")')
    for request in server.requests:
        names = [header.lower() for header, _ in request.headers]
        assert sorted(set(names)) == sorted(names), request.headers
        assert request.header(name) == USERS[name]


def test_a_body_is_unpacked_though_the_user_asked_for_none(lua):
    async def conversation(server):
        await (await server.get()).answer(
            gzip.compress(wire.open_packet().encode()), headers=[("Content-Encoding", "gzip")])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", connect='headers = {["Accept-Encoding"] = "identity"}')
    assert result.disconnect.text == "server disconnect"


@pytest.mark.parametrize("query", ["t=mine", "a=1&%74=", "t"])
def test_a_timestamp_of_the_user_is_the_only_one(lua, query):
    async def conversation(server):
        await (await server.open("polling")).send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(f"{server.url}/?{query}", transport="polling")
    for request in server.of("GET"):
        assert len(request.query["t"]) == 1
        assert request.target.split("?")[1].startswith(query + "&transport=polling")


OFFER = 'headers = {["sec-websocket-protocol"] = "base64.bearer.token, QmVhcmVy"}'


@pytest.mark.parametrize("chosen", ["base64.bearer.token", "QmVhcmVy", "", None])
def test_a_subprotocol_that_was_offered(lua, chosen):
    async def conversation(server):
        socket = await (await server.upgrade()).accept([] if chosen is None else [("Sec-WebSocket-Protocol", chosen)])
        await socket.text(wire.open_packet())
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", connect=OFFER)
    assert result.disconnect.text == "server disconnect"
    assert server.requests[0].header("sec-websocket-protocol") == "base64.bearer.token, QmVhcmVy"


@pytest.mark.parametrize("chosen", ["chat", "Base64.Bearer.Token", "base64.bearer.token, QmVhcmVy"])
def test_a_subprotocol_that_was_not_offered(lua, chosen):
    async def conversation(server):
        await (await server.upgrade()).accept([("Sec-WebSocket-Protocol", chosen)])

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket", connect=OFFER)
    assert "Sec-WebSocket-Protocol that was not asked for" in result.failure.message


@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
def test_an_empty_header_of_the_handshake_says_nothing(lua, name):
    async def conversation(server):
        socket = await (await server.upgrade()).accept([(name, "")])
        await socket.text(wire.open_packet())
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="websocket")
    assert result.disconnect.text == "server disconnect"
