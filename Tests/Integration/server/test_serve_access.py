"""`eio-lua serve` and pages of others: Host, Origin, CORS; and the greeting."""

import base64
import http.client
import json
import socket

import pytest

POLLING = "/engine.io/?EIO=4&transport=polling"
WEBSOCKET = "/engine.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


def request(server, method="GET", target=POLLING, body=None, **headers):
    """Headers by their names, with `_` for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, target, skip_host="Host" in named)
    for name, value in named.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    # A websocket has no end.
    answer.text = "" if answer.status == 101 else answer.read().decode()
    connection.close()
    return answer


def shake(server, **headers):
    return request(server, target=WEBSOCKET, **{name.replace("-", "_"): value for name, value in UPGRADE.items()}, **headers)


TRANSPORTS = {"polling": request, "websocket": shake}


@pytest.mark.parametrize("header, value, option", [
    ("Host", "rebound.example:{port}", "--allow-origin http://rebound.example "),
    ("Host", "10.1.2.3", "--allow-origin http://10.1.2.3 "),
    ("Origin", "http://page.example", "--allow-origin http://page.example "),
    ("Origin", "http://127.0.0.1:1", "--allow-origin http://127.0.0.1:1 "),
    ("Origin", "null", "--allow-origin null "),
])
def test_strangers_are_refused_in_words(serve, transport, header, value, option):
    server = serve()
    answer = TRANSPORTS[transport](server, **{header: value.format(port=server.port)})
    refusal = json.loads(answer.text)
    assert answer.status == 403 and refusal["code"] == 4
    assert "refused" in refusal["message"] and option in refusal["message"], refusal
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert server.stats()["handshakes"] == 0 and server.stats()["bad"] == 1


@pytest.mark.parametrize("method, target", [("GET", "/stats"), ("POST", POLLING + "&sid=x"), ("OPTIONS", POLLING), ("GET", "/")])
def test_strangers_are_refused_everywhere(serve, method, target):
    server = serve()
    assert request(server, method, target, body=b"4x", Host="rebound.example").status == 403
    assert request(server, method, target, body=b"4x", Origin="http://page.example").status == 403


def test_answer_to_head_has_headers_alone(serve):
    connection = http.client.HTTPConnection("127.0.0.1", serve().port, timeout=10)
    for target, status in [("/", 200), ("/stats", 200), ("/other", 404), (POLLING, 400)]:
        connection.request("HEAD", target)
        answer = connection.getresponse()
        assert answer.status == status and int(answer.headers["Content-Length"]) > 0
        answer.read()
    # A body would be taken for the beginning of this answer.
    connection.request("GET", "/stats")
    assert json.load(connection.getresponse())["handshakes"] == 0
    connection.close()


@pytest.mark.parametrize("headers", [
    {}, {"Host": "localhost"}, {"Host": "localhost:1"}, {"Host": "[::1]:1"}, {"Host": "app.localhost"},
    {"Host": "localhost:1", "Origin": "http://localhost:1"}, {"Host": "localhost", "Origin": "https://localhost"},
])
def test_its_own_pages_and_programs_are_not_refused(serve, transport, headers):
    answer = TRANSPORTS[transport](serve(), **headers)
    assert answer.status == (200 if transport == "polling" else 101)
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("option", ["http://page.example", "HTTP://Page.example:80", "*"])
def test_an_allowed_page_may_use_both_transports_and_read_the_answers(serve, option):
    server = serve("--allow-origin", "http://other.example", "--allow-origin", option)
    origin = "http://page.example"
    preflight = request(
        server, "OPTIONS", POLLING + "&sid=x", Origin=origin, Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type,x-own", Access_Control_Request_Private_Network="true")
    assert preflight.status == 200 and preflight.text == ""
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type,x-own"
    assert preflight.headers["Access-Control-Allow-Private-Network"] == "true"
    opened = request(server, Origin=origin)
    target = POLLING + "&sid=" + json.loads(opened.text[1:])["sid"]
    posted = request(server, "POST", target, b"4hi", Origin=origin)
    polled = request(server, target=target, Origin=origin)
    refused = request(server, target=POLLING + "&sid=unknown", Origin=origin)
    assert [posted.text, polled.text, refused.status] == ["ok", "4hi", 400]
    for answer in (preflight, opened, posted, polled, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Vary"] == "Origin"
    assert shake(server, Origin=origin).status == 101
    assert request(server, Host="page.example:1").status == 200


def test_other_pages_stay_refused(serve):
    server = serve("--allow-origin", "http://page.example")
    for origin in ("https://page.example", "http://page.example:8080", "http://sub.page.example"):
        assert request(server, Origin=origin).status == 403


@pytest.mark.parametrize("value", ["page.example", "http://", "http://page.example/path", "ws://page.example", ""])
def test_wrong_origins(lua, value):
    result = lua.command("serve", "--allow-origin", value).finish()
    assert result.status == 64 and "--allow-origin" in result.stderr and "must be an origin" in result.stderr


def test_client_shows_the_reason(lua, serve, transport):
    server = serve()
    result = lua.observe(
        server.url, transport=transport, connect='headers = {Origin = "http://page.example"}')
    assert (result.failure.status, result.failure.code) == ("403", "4")
    assert "--allow-origin http://page.example" in result.failure.body


# The greeting


@pytest.mark.parametrize("mode", ["echo", "sink", "broadcast"])
def test_greeting_is_the_first_message(lua, serve, way, mode):
    server = serve("--greet", "hello, wörld", "--mode", mode)
    transports = "nil" if way == "upgrade" else f"'{way}'"
    result = lua.run(f"""
        eio.connect(arg[1], {{transports = {transports}}})
        print(eio.receive(5))
        eio.send("mine")
        if arg[2] ~= "sink" then print(eio.receive(5)) end
        eio.disconnect()
    """, server.url, mode)
    assert result.lines == ["hello, wörld"] + (["mine"] if mode != "sink" else [])
    assert server.stats()["sent"] == len(result.lines)


def test_no_greeting_unless_asked_for(lua, serve):
    result = lua.run("eio.connect(arg[1]); print(eio.receive(0.3)); eio.disconnect()", serve().url)
    assert result.lines == ["nil\ttimeout"]


def test_greeting_comes_right_behind_the_open_packet(serve):
    """In the first poll, and as the second frame."""
    server = serve("--greet", "hello")
    opened = request(server)
    assert request(server, target=POLLING + "&sid=" + json.loads(opened.text[1:])["sid"]).text == "4hello"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
        connection.sendall(f"GET {WEBSOCKET} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode())
        received = b""
        while not received.endswith(b"\x81\x064hello"):
            received += connection.recv(4096)
