"""Cookies of load balancers and of users, lines 71 and 72 of the wire cases."""

import asyncio

import pytest

from harness import wire
from harness.scripted import ScriptedServer


def cookies(request):
    """The Cookie header as a dictionary; there must be one header at most."""
    headers = [value for name, value in request.headers if name.lower() == "cookie"]
    assert len(headers) <= 1
    return dict(pair.split("=", 1) for pair in headers[0].split("; ")) if headers else {}


def test_c71_rotated_cookie_goes_to_polls_posts_and_the_upgrade(lua):
    async def conversation(server):
        first = await server.get()
        assert cookies(first) == {}
        await first.answer(wire.open_packet(), headers=[
            ("Set-Cookie", "io=sid-1; Path=/; HttpOnly; SameSite=Lax"),
            ("Set-Cookie", "AWSALB=one; Expires=Wed, 01 Jan 2098 00:00:00 GMT; Path=/")])
        await (await server.get()).answer("4a", headers=[("Set-Cookie", "AWSALB=two; Path=/")])
        post = await server.post()
        assert cookies(post) == {"io": "sid-1", "AWSALB": "two"}
        await post.answer("ok", headers=[("Set-Cookie", "AWSALB=three; Path=/")])
        pending = await server.get()
        await pending.answer("4b")
        last = await server.post()
        assert cookies(last) == {"io": "sid-1", "AWSALB": "three"}
        await last.answer("ok")
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling", setup="on_message = client.send")
    assert result.messages == ["a", "b"]
    assert cookies(server.of("GET")[1]) == {"io": "sid-1", "AWSALB": "one"}
    assert cookies(server.of("GET")[-1])["AWSALB"] == "three"


def test_c71_upgrade_has_the_latest_cookie(lua):
    async def conversation(server):
        first = await server.get()
        await first.answer(wire.open_packet(upgrades=["websocket"]), headers=[("Set-Cookie", "lb=one; Path=/")])
        socket = await server.websocket()
        assert await socket.message() == "2probe"
        await socket.text("3probe")
        pending = asyncio.ensure_future(server.get())
        pending.add_done_callback(lambda poll: poll.cancelled() or asyncio.ensure_future(poll.result().answer("6")))
        assert await socket.message() == "5"
        pending.cancel()
        await socket.text("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url)
    assert cookies(server.of("UPGRADE")[0]) == {"lb": "one"}


# Cookies that the server sets, and whether a poll to http://127.0.0.1/engine.io/ may have them.
SET_COOKIES = {
    "plain": ("c=1", True),
    "no value": ("c=", True),
    "quoted value": ('c="a b"', True),
    "value with equals signs": ("c=a=b==", True),
    "unknown attributes": ("c=1; Priority=High; Partitioned", True),
    "attributes in any case": ("c=1; pAtH=/; httponly", True),
    "future max-age": ("c=1; Max-Age=100", True),
    "zero max-age": ("c=1; Max-Age=0", False),
    "negative max-age": ("c=1; Max-Age=-1", False),
    "past expires": ("c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
    "past expires, dashes": ("c=1; Expires=Sunday, 06-Nov-94 08:49:37 GMT", False),
    "future expires": ("c=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT", True),
    "max-age before expires": ("c=1; Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
    "bad expires": ("c=1; Expires=whenever", True),
    "secure over http": ("c=1; Secure", False),
    "path above": ("c=1; Path=/", True),
    "path itself": ("c=1; Path=/engine.io/", True),
    "path without slash": ("c=1; Path=/engine.io", True),
    "path beside": ("c=1; Path=/engine", False),
    "path elsewhere": ("c=1; Path=/admin", False),
    "domain of another": ("c=1; Domain=example.com", False),
    "domain of the host": ("c=1; Domain=127.0.0.1", True),
    "no name": ("=1", False),
    "no equals sign": ("rubbish", False),
}


@pytest.mark.parametrize("kind_of_cookie", SET_COOKIES)
def test_c71_rules_of_rfc_6265(lua, kind_of_cookie):
    set_cookie, expected = SET_COOKIES[kind_of_cookie]

    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), headers=[("Set-Cookie", set_cookie)])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert result.disconnect.text == "server disconnect"
    value = set_cookie.split(";")[0].partition("=")[2]
    assert cookies(server.of("GET")[1]) == ({"c": value} if expected else {})


def test_c71_path_of_a_cookie_is_that_of_the_request(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), headers=[("Set-Cookie", "c=1; Path=/a%20b//c")])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", connect='engineio_path = "a b//c"')
    assert [request.target.partition("?")[0] for request in server.of("GET")] == ["/a%20b//c/"] * 2
    assert cookies(server.of("GET")[1]) == {"c": "1"}


def test_c71_deletion(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        await (await server.get()).answer("6", headers=[("Set-Cookie", "a=; Max-Age=0")])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling")
    assert [cookies(request) for request in server.of("GET")] == [{}, {"a": "1", "b": "2"}, {"b": "2"}]


def test_c71_secure_cookie_over_tls(lua, authority):
    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), headers=[("Set-Cookie", "c=1; Secure")])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        lua.observe(server.url, transport="polling", client=f'engineio.Client{{ca_file = "{authority.ca_file}"}}')
    assert cookies(server.of("GET")[1]) == {"c": "1"}


def test_c71_websocket_handshake_sets_cookies_for_the_next_connection(lua):
    async def conversation(server):
        for _ in range(2):
            socket = await (await server.upgrade()).accept(headers=[("Set-Cookie", "lb=node7; Path=/")])
            await socket.text(wire.open_packet())
            await socket.text("1")

    main = 'client.wait(); observe.connect(client, url, {transports = {"websocket"}})'
    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="websocket", main=main)
    assert [cookies(request) for request in server.of("UPGRADE")] == [{}, {"lb": "node7"}]


def test_c71_cookies_are_not_shared_between_clients(lua):
    async def conversation(server):
        for _ in range(2):
            await (await server.get()).answer(wire.open_packet(), headers=[("Set-Cookie", "lb=node7; Path=/")])
            await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        lua.run("""
            for _ = 1, 2 do
                local client = require("engineio").Client()
                client.connect(arg[1], {transports = {"polling"}})
                client.wait()
            end
        """, server.url)
    assert [cookies(request) for request in server.of("GET")] == [{}, {"lb": "node7"}] * 2
    assert server.of("GET")[0].connection is not server.of("GET")[2].connection


def test_c72_users_cookie_and_jar_in_one_header(lua):
    async def conversation(server):
        first = await server.get()
        await first.answer(wire.open_packet(upgrades=["websocket"]), headers=[("Set-Cookie", "lb=node7")])
        await (await server.upgrade()).answer("", status=400)
        await (await server.get()).answer("6")
        post = await server.post()
        await post.answer("ok")
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, connect='headers = {Cookie = "user=1; other=2"}', main='client.send("x")')
    own = {"user": "1", "other": "2"}
    assert cookies(server.requests[0]) == own
    assert all(cookies(request) == {**own, "lb": "node7"} for request in server.requests[1:])
    assert {request.kind for request in server.requests} == {"GET", "POST", "UPGRADE"}


def test_c72_headers_of_the_caller_are_left_alone(lua):
    async def conversation(server):
        for _ in range(2):
            await (await server.open("websocket")).send("1")

    with ScriptedServer(conversation) as server:
        lua.run("""
            local options = {transports = {"websocket"}, headers = {Cookie = "user=1"}}
            for _ = 1, 2 do
                eio.connect(arg[1], options)
                eio.wait()
            end
        """, server.url)
    assert [cookies(request) for request in server.of("UPGRADE")] == [{"user": "1"}] * 2


def test_c71_bytes_of_a_cookie_go_back_as_they_came(lua):
    cookie = b"lb=\xe9\xff\x80; Path=/"

    async def conversation(server):
        opening = wire.open_packet().encode()
        await (await server.get()).raw(
            b"HTTP/1.1 200 OK\r\nSet-Cookie: %s\r\nContent-Length: %d\r\n\r\n%s" % (cookie, len(opening), opening))
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        lua.observe(server.url, transport="polling", connect='headers = {Cookie = "user=é"}')
    sent = server.of("GET")[1].header("cookie").encode("latin-1")
    assert sent == "user=é; ".encode() + b"lb=\xe9\xff\x80"


def test_c71_a_cookie_that_is_too_long_is_left_out_and_logged(lua):
    async def conversation(server):
        await (await server.get()).answer(wire.open_packet(), headers=[
            ("Set-Cookie", f"a={'x' * 4000}; Path=/; Comment={'y' * 400}"), ("Set-Cookie", f"b={'x' * 4096}")])
        await (await server.get()).answer("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport="polling")
    assert list(cookies(server.of("GET")[1])) == ["a"]
    assert '"b" has 4097 bytes' in result.stderr
    assert "xxx" not in result.stderr
