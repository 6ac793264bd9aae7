"""Bots against python-engineio servers, asynchronous and threaded, on every way to a transport."""

import pytest

WAYS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


def transport_of(way):
    return "polling" if way == "polling" else "websocket"


@pytest.fixture
def server(real_server, kind):
    return real_server(kind)


MESSAGES = {
    "text": ('"hello, wörld €€€ 😀"', "hello, wörld €€€ 😀"),
    "text with line ends": (r'"a\r\nb\n\tc"', "a\r\nb\n\tc"),
    "text like a number": ('"1.5"', "1.5"),
    # Not "null" or "-5": python-engineio's server makes other types of them.
    "text that is almost JSON": ('"{not json"', "{not json"),
    "long text": ('("0123456789"):rep(20000)', "0123456789" * 20000),
    "bytes": (r'eio.bytes("\0\1\xff\xfe")', b"\x00\x01\xff\xfe"),
    "long bytes": (r'eio.bytes(("\0\xff"):rep(50000))', b"\x00\xff" * 50000),
    "dict": ('{name = "ü", list = {1, 2.5, true}, inner = {deep = {"x"}}}',
             {"name": "ü", "list": [1, 2.5, True], "inner": {"deep": ["x"]}}),
    "list": ('{1, "two", {three = 3}, false}', [1, "two", {"three": 3}, False]),
    "empty list": ("eio.array{}", []),
    "empty dict": ("eio.object{}", {}),
    "null inside": ('{"a", eio.null, "b"}', ["a", None, "b"]),
    "large integer": ("{9007199254740993}", [9007199254740993]),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_round_trip(lua, server, way, message):
    source, expected = MESSAGES[message]
    setup = """
        local answers = 0
        on_message = function(m)
            answers = answers + 1
            if answers == 1 then client.send(m) else client.disconnect() end
        end
    """
    result = lua.observe(server.url, transports=WAYS[way], setup=setup, main=f"client.send({source})")
    # Twice through the server: as the script wrote it, and as it arrived.
    assert result.messages == [expected, expected]
    assert [type(each) for each in result.messages] == [type(expected)] * 2
    assert result.transport == transport_of(way)
    assert (result.disconnect.text, result.status) == ("client disconnect", 0)


def test_handler_sends_in_connect(lua, server, way):
    setup = 'on_connect = function() client.send("early") end; on_message = function() client.disconnect() end'
    result = lua.observe(server.url, transports=WAYS[way], setup=setup)
    assert result.messages == ["early"]
    assert server.messages(1) == ["early"]


def test_server_disconnects(lua, server, way):
    result = lua.observe(
        server.url, transports=WAYS[way], main='client.send("cmd:disconnect"); client.wait(); print(client.state)')
    assert result.disconnect.text == "server disconnect"
    assert "disconnected" in result.lines
    assert result.status == 0 and result.duration < 8


def test_burst_arrives_in_order(lua, server, way):
    setup = 'on_message = function(m) if m == "burst 1999" then client.disconnect() end end'
    result = lua.observe(server.url, transports=WAYS[way], setup=setup, main='client.send("cmd:burst 2000")')
    assert result.messages == [f"burst {number}" for number in range(2000)]


def test_ten_thousand_messages_before_disconnect(lua, server, way):
    main = """
        for number = 1, 10000 do client.send("quiet " .. number) end
        print(client.disconnect())
    """
    result = lua.observe(server.url, transports=WAYS[way], main=main, timeout=60)
    assert "true" in result.lines, result
    assert server.messages(10000) == [f"quiet {number}" for number in range(1, 10001)]


def test_pings_over_time(lua, real_server, kind, way):
    # A server that got no pong would have ended the session after three seconds.
    server = real_server(kind, ping_interval=1, ping_timeout=2)
    main = 'eio.sleep(4.5); client.send("alive"); client.disconnect()'
    result = lua.observe(server.url, transports=WAYS[way], main=main)
    assert [each.text for each in result.disconnects] == ["client disconnect"]
    assert server.messages(1) == ["alive"]


def test_frozen_server_is_a_ping_timeout(lua, real_server, kind, way):
    server = real_server(kind, ping_interval=1, ping_timeout=1)
    running = lua.start_observer(server.url, transports=WAYS[way])
    running.wait_for("@connected")
    server.freeze()
    result = running.finish(10)
    assert (result.disconnect.text, result.disconnect.cause) == ("transport error", "ping_timeout")


RECONNECTING = """
    local names = {%s}
    eio.on("connect", function() print("up") end)
    eio.on("disconnect", function(reason) print("down", reason) end)
    eio.on("message", function(m) print("got", m) end)
    for session = 1, 2 do
        repeat
            local ok = pcall(eio.connect, arg[1], {transports = names})
            if not ok then eio.sleep(0.1) end
        until ok
        eio.send("hello " .. session)
        eio.wait()
    end
"""


def test_server_killed_and_restarted(lua, server, way):
    running = lua.start(RECONNECTING % ", ".join(f'"{name}"' for name in WAYS[way]), server.url)
    running.wait_for("got\thello 1")
    server.kill()
    running.wait_for("down")
    server.start()
    running.wait_for("got\thello 2")
    assert server.stats()["messages"] == ["hello 2"]
    server.kill()
    result = running.finish()
    assert result.lines == [
        "up", "got\thello 1", "down\ttransport error", "up", "got\thello 2", "down\ttransport error"]
    assert result.status == 0


def test_tls(lua, real_server, kind, way, authority):
    server = real_server(kind, identity=authority.valid())
    result = lua.observe(
        server.url, transports=WAYS[way], client=f'engineio.Client{{ca_file = "{authority.ca_file}"}}',
        setup="on_message = function() client.disconnect() end", main='client.send("secret")')
    assert result.messages == ["secret"]
    assert result.transport == transport_of(way)


def test_tls_of_an_unknown_authority(lua, real_server, kind, transport, authority):
    server = real_server(kind, identity=authority.valid())
    result = lua.observe(server.url, transport=transport)
    assert result.failure.phase == "tls"
    assert server.stats()["connects"] == []


def test_upgrades_not_allowed(lua, real_server, kind):
    server = real_server(kind, allow_upgrades=0)
    result = lua.observe(server.url, main='client.send("cmd:disconnect")')
    assert result.transport == "polling"


def test_transport_not_allowed(lua, real_server, kind):
    server = real_server(kind, transports="websocket")
    result = lua.observe(server.url, transport="polling")
    assert result.failure.status == "400"
    assert result.failure.message == (
        f"Unexpected status code 400 in server response: Invalid transport ({server.url}/engine.io/)")
    assert result.failure.body == "Invalid transport"


def test_servers_cookie_comes_back(lua, real_server, kind):
    server = real_server(kind, cookie="io")
    main = 'client.disconnect(); observe.connect(client, url, {transports = {"polling"}}); client.disconnect()'
    lua.observe(server.url, transport="polling", main=main)
    stats = server.stats()
    assert stats["cookies"] == [None, f"io={stats['connects'][0]}"]


def test_message_above_the_servers_limit(lua, real_server, kind, transport):
    server = real_server(kind, max_http_buffer_size=10_000)
    result = lua.observe(server.url, transport=transport, main='client.send(("x"):rep(20000))')
    # On polling the refusal of the POST and the end of the session race.
    assert result.disconnect.text in ("transport error", "server disconnect")
    assert "(maxPayload)" in result.disconnect.message
    assert server.stats()["messages"] == []


def test_without_compression(lua, real_server, kind):
    server = real_server(kind, http_compression=0)
    setup = "on_message = function() client.disconnect() end"
    result = lua.observe(server.url, transport="polling", setup=setup, main='client.send(("x"):rep(5000))')
    assert result.messages == ["x" * 5000]


def test_two_clients_in_one_script(lua, server):
    result = lua.run("""
        local first, second = require("engineio").Client(), require("engineio").Client()
        first.on("message", function(m) print("first", m); first.disconnect() end)
        second.on("message", function(m) print("second", m); second.disconnect() end)
        first.connect(arg[1], {transports = {"polling"}})
        second.connect(arg[1], {transports = {"websocket"}})
        first.send("a")
        second.send("b")
    """, server.url)
    assert sorted(result.lines) == ["first\ta", "second\tb"]
    assert len(set(server.stats()["connects"])) == 2


def test_two_servers_behind_haproxy(lua, real_server, haproxy, way):
    servers = [real_server("uvicorn"), real_server("threaded")]
    result = lua.run("""
        local names = {%s}
        for client_number = 1, 4 do
            local client = require("engineio").Client()
            client.connect(arg[1], {transports = names})
            for number = 1, 20 do
                client.send("message " .. client_number .. " " .. number)
                assert(client.receive(10) == "message " .. client_number .. " " .. number)
            end
            print(client.transport())
            client.disconnect()
        end
    """ % ", ".join(f'"{name}"' for name in WAYS[way]), haproxy(servers).url)
    assert result.lines == [transport_of(way)] * 4, result
    stats = [server.stats() for server in servers]
    assert [len(each["connects"]) for each in stats] == [2, 2]
    assert [len(each["messages"]) for each in stats] == [40, 40]
