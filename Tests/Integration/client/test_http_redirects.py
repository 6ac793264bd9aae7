"""Redirects, line 24 of the wire cases."""

import asyncio

import pytest

from harness.scripted import ScriptedServer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_c24_redirected_handshake(lua, status):
    async def elsewhere(server):
        session = await server.open("polling", upgrades=["websocket"])
        upgrade = await server.upgrade()
        assert upgrade.path == "/moved/engine.io/"
        await upgrade.answer("", status=400)
        await session.send("1")

    async def conversation(server):
        location = f"{target.url}/moved/engine.io/?EIO=4&transport=polling"
        await (await server.get()).answer("", status, [("Location", location)])

    with ScriptedServer(elsewhere) as target, ScriptedServer(conversation) as server:
        result = lua.observe(server.url, connect='headers = {Authorization = "secret", Cookie = "c=1"}')
    assert result.disconnect.text == "server disconnect"
    assert {request.path for request in target.requests} == {"/moved/engine.io/"}
    assert len(server.requests) == 1
    for request in target.requests:
        assert request.header("authorization") is None and request.header("cookie") is None


def test_c24_redirect_within_the_origin_keeps_authorization(lua):
    async def conversation(server):
        await (await server.get()).answer("", 307, [("Location", "/other/?EIO=4&transport=polling")])
        await (await server.open("polling")).send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", connect='headers = {Authorization = "secret"}')
    assert [request.path for request in server.requests] == ["/engine.io/", "/other/", "/other/"]
    assert server.requests[1].header("authorization") == "secret"


def test_c24_redirects_end(lua):
    async def conversation(server):
        while True:
            await (await server.get()).answer("", 302, [("Location", f"{server.url}/again/")])

    async def for_a_while(server):
        try:
            await asyncio.wait_for(conversation(server), 5)
        except TimeoutError:
            pass

    with ScriptedServer(for_a_while) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.failure.type == "ConnectionError"
    assert len(server.of("GET")) == 6


def test_c24_never_from_https_to_http(lua, authority):
    async def conversation(server):
        await (await server.get()).answer("", 302, [("Location", f"{plain.url}/engine.io/")])

    with ScriptedServer() as plain, ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, transport="polling", client=f'engineio.Client{{ca_file = "{authority.ca_file}"}}')
    assert result.failure.type == "ConnectionError"
    assert plain.requests == []


@pytest.mark.parametrize("status", [307, 308])
def test_c24_redirected_post_is_sent_again(lua, status):
    async def conversation(server):
        session = await server.open("polling")
        first = await server.post()
        await first.answer("", status, [("Location", first.target + "&again=1")])
        again = await server.post()
        assert (again.body, again.query["again"]) == (b"4data", ["1"])
        await again.answer("ok")
        await session.send("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", main='client.send("data")')


@pytest.mark.parametrize("status", [301, 302, 303])
def test_c24_post_is_never_turned_into_get(lua, status):
    async def conversation(server):
        await server.open("polling")
        await (await server.post()).answer("", status, [("Location", "/lost/")])

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", main='client.send("data")')
    assert (result.disconnect.text, result.disconnect.status) == ("transport error", str(status))
    assert "/lost/" not in {request.path for request in server.requests}
