"""The page of `eio-lua serve` in a real browser, with bots on the other side."""

import json
import re
import urllib.error
import urllib.request

import pytest

from harness.chromium import Chromium
from harness.program import ROOT

BOTS = ROOT / "scripts/bots"
ROWS = """[...document.querySelectorAll("#log li")].map(row => [row.className, row.querySelector("code").textContent])"""
COLOURS = """(() => { const style = getComputedStyle(document.body); return [style.backgroundColor, style.color] })()"""
CONNECTED = "document.querySelector('#state').textContent === 'connected'"


class Page:
    """The page of a server, used with the keyboard."""

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        browser.visit(server.url)

    @property
    def rows(self):
        return self.browser.value(ROWS)

    @property
    def state(self):
        return self.browser.value("document.querySelector('#state').textContent")

    @property
    def problem(self):
        return self.browser.value("document.querySelector('#problem').textContent")

    def connected(self):
        self.browser.wait_for(CONNECTED)
        return self

    def write(self, field, text):
        self.browser.value(f"document.querySelector('#{field}').focus(); document.querySelector('#{field}').select()")
        self.browser.type(text)

    def click(self, name):
        self.browser.value(f"document.querySelector('#{name}').click()")

    def send(self, text, event=None):
        if event:
            self.write("event", event)
        self.write("text", text)
        self.browser.press("Enter")

    def wait_for(self, kind, text):
        self.browser.wait_for(f"({ROWS}).some(([kind, text]) => kind === {json.dumps(kind)} && {text})")

    def wait_for_text(self, kind, text):
        self.wait_for(kind, f"text === {json.dumps(text)}")


@pytest.fixture(scope="module")
def chromium():
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium):
    """Reports errors, and everything that a page asks another server for."""
    chromium.requests.clear()
    chromium.complaints.clear()
    chromium.look()
    yield chromium
    assert chromium.complaints == []
    chromium.visit("about:blank")


@pytest.fixture
def page(browser, serve):
    def open_page(*options):
        page = Page(browser, serve(*options))
        pages.append(page)
        return page

    pages = []
    yield open_page
    for page in pages:
        assert {url for url in browser.requests if not url.startswith(("data:", "about:"))} == {page.server.url + "/"}


def test_headers(serve):
    server = serve()
    nonces = set()
    for _ in range(2):
        with urllib.request.urlopen(server.url + "/") as answer:
            headers, text = answer.headers, answer.read().decode()
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'" and policy["connect-src"] == "'self'"
        nonce = re.fullmatch(r"'nonce-(\w{5,})'", policy["script-src"])[1]
        assert policy["style-src"] == f"'nonce-{nonce}'"
        assert text.count(f'nonce="{nonce}"') == 2 and not re.search("%[a-z]+%", text)
        nonces.add(nonce)
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(nonces) == 2
    for target in ("/index.html", "/page.js", "//"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.url + target)
        assert refused.value.code == 404


def test_chat_with_a_bot(page, lua):
    page = page("--mode", "chat").connected()
    lua.command(BOTS / "responder.lua", page.server.url).wait_for("answering")
    page.send("add 40 2")
    page.wait_for_text("in", "40 + 2 = 42")
    page.send("hello")
    page.wait_for_text("in", "I do not understand: hello")
    assert page.rows == [
        ["note", "connected"], ["out", "add 40 2"], ["in", "40 + 2 = 42"], ["out", "hello"],
        ["in", "I do not understand: hello"]]


def test_chat_with_a_bot_of_socket_io(page, lua):
    page = page("--socketio").connected()
    lua.command(BOTS / "socketio_responder.lua", page.server.url).wait_for("in lobby")
    page.click("ack")
    page.send('"lobby"', event="join")
    page.wait_for_text("in", "ack 0: 2")
    page.send('"lobby", "bot, add 40 2"', event="say")
    page.wait_for("in", 'text.startsWith("said ")')
    said = next(text for kind, text in page.rows if text.startswith("said "))
    assert re.fullmatch(r'said "lobby","[\w-]{20}","40 \+ 2 = 42"', said)
    assert page.rows[:2] == [["note", "connected"], ["in", "auth {}"]]


def test_bytes(page):
    page = page().connected()
    page.click("binary")
    page.send("00 01 fF")
    page.wait_for_text("in", "3 bytes: 00 01 ff")
    page.send("0")
    assert page.problem == "bytes have two hexadecimal digits each, such as 00 01 ff"
    page.send("")
    page.wait_for_text("in", "0 bytes: ")


def test_bytes_of_socket_io(page, lua):
    page = page("--socketio").connected()
    page.click("ack")
    page.send('"lobby"', event="join")
    page.wait_for_text("in", "ack 0: 1")
    lua.run("""
        sio.on("auth", function() end)
        sio.connect(arg[1])
        sio.call("say", "lobby", { file = sio.bytes("\\0\\1\\xff"), odd = { _placeholder = 1 } })
        sio.disconnect()
    """, page.server.url)
    page.wait_for("in", 'text.includes(\'"file":"<3 bytes: 00 01 ff>"\')')


def test_server_asks(page):
    """The server sends the event that `ask` names, and the page acknowledges it."""
    page = page("--socketio").connected()
    page.click("ack")
    page.send('"question", 41', event="ask")
    page.wait_for_text("in", "question 41 (asks for an ack)")
    page.wait_for_text("in", "ack 0: ")


HOSTILE = [
    '<img src="http://page.example/x.png" onerror="document.title=1"><script>document.title=2</script>',
    "</code></li></ol><style>body{display:none}</style><iframe src=//page.example>",
    "&lt;b&gt; %nonce% ${1} \u202e desrever \x01 \x1b[2J",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(page, text):
    page = page("--greet", text).connected()
    page.wait_for_text("in", text)
    assert page.browser.value("document.querySelectorAll('img, iframe, #log script, body style, #log b b').length") == 0
    assert page.browser.value("document.title") == "eio-lua serve"


def test_hostile_events(page, lua):
    page = page("--socketio").connected()
    page.send('"lobby"', event="join")
    lua.run("""
        sio.on("auth", function() end)
        sio.connect(arg[1])
        sio.call("join", "lobby")
        sio.call("say", "lobby", "<img src=x onerror=alert(1)>", { __proto__ = { _placeholder = true } })
        sio.disconnect()
    """, page.server.url)
    page.wait_for("in", 'text.includes("<img src=x onerror=alert(1)>")')
    assert page.browser.value("document.querySelectorAll('img').length") == 0
    assert page.state == "connected"


def test_flood_leaves_the_page_alive(page, browser):
    # Otherwise the browser reports each message to the test.
    browser.call("Network.disable")
    page = page("--mode", "flood", "--size", "10")
    page.browser.wait_for("document.querySelectorAll('#log li').length === 500")
    assert [kind for kind, text in page.rows if re.fullmatch(r"… and \d+ more", text)][:1] == ["note"]
    assert page.state == "connected"
    page.click("connect")
    assert page.state == "disconnected: closed by this page"
    browser.call("Network.enable")
    browser.requests.append(page.server.url + "/")


def test_long_text_is_cut(page):
    page = page("--greet", "x" * 100_000).connected()
    page.wait_for("in", "text.length > 1000")
    assert page.rows[-1] == ["in", "x" * 20_000 + "… (100000 characters)"]


def test_disconnecting_and_connecting_again(page):
    page = page().connected()
    page.click("connect")
    assert page.state == "disconnected: closed by this page"
    page.browser.wait_for(f"({ROWS}).length === 2")
    page.send("hello")
    assert page.problem == "there is no connection"
    page.click("connect")
    page.connected().send("hello")
    page.wait_for_text("in", "hello")
    assert page.server.stats()["handshakes"] == 2


def test_end_of_the_server(page):
    page = page().connected()
    page.server.running.signal()
    page.browser.wait_for(f"!({CONNECTED})")
    assert page.state == "disconnected: the server has closed the session"


def test_pings_are_answered(page):
    page = page("--ping-interval", "0.1", "--ping-timeout", "5").connected()
    while page.server.stats()["pongs"] < 3:
        page.send("wait")
        page.wait_for_text("in", "wait")
    assert page.state == "connected"


def test_auth_and_namespace(page):
    page = page("--socketio", "--auth-token", "secret")
    page.browser.wait_for("document.querySelector('#state').textContent.startsWith('disconnected')")
    assert page.state == "disconnected: the namespace is refused: Not authorized: auth needs the token of --auth-token"
    page.write("auth", '{"token": ')
    page.browser.press("Enter")
    assert page.problem.startswith("auth is not valid JSON")
    page.write("auth", '{"token": "secret"}')
    page.write("namespace", "/custom")
    page.browser.press("Enter")
    page.connected()
    page.wait_for_text("in", 'auth {"token":"secret"}')
    page.send('"a", {"b": [1, null]}', event="message")
    page.wait_for_text("in", 'message-back "a",{"b":[1,null]}')


@pytest.mark.parametrize("event, text, problem", [
    ("message", "hello", "the arguments are not valid JSON"), ("message", "1], [2", "the arguments are not valid JSON"),
    ("disconnect", "1", "'disconnect' is a reserved name"),
])
def test_wrong_events(page, event, text, problem):
    page = page("--socketio").connected()
    page.send(text, event=event)
    assert page.problem.startswith(problem)
    assert page.state == "connected"


def test_keyboard(page):
    """The line has the focus at first; the arrows fetch what was sent, and the tabulator reaches everything."""
    page = page().connected()
    for text in ("first", "second"):
        page.browser.type(text)
        page.browser.press("Enter")
        page.wait_for_text("in", text)
    shown = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.browser.press(key)
        shown.append(page.browser.value("document.querySelector('#text').value"))
    assert shown == ["second", "first", "first", "second", ""]
    reached = set()
    for _ in range(6):
        page.browser.press("Tab")
        reached.add(page.browser.value("document.activeElement.id || document.activeElement.tagName"))
    assert {"binary", "BUTTON", "connect", "log", "text"} <= reached


def test_light_and_dark(page):
    page = page().connected()
    seen = {}
    for scheme in ("light", "dark"):
        page.browser.look(scheme=scheme)
        background, ink = ([int(part) for part in re.findall(r"\d+", colour)] for colour in page.browser.value(COLOURS))
        seen[scheme] = sum(background) - sum(ink)
    assert seen["light"] > 500 and seen["dark"] < -500


@pytest.mark.parametrize("width", [320, 1200])
def test_page_fits_the_screen(page, width):
    page = page("--socketio").connected()
    page.browser.look(width=width, height=700)
    assert page.browser.value("document.documentElement.scrollWidth") <= width
    assert page.browser.value("document.querySelector('#text').getBoundingClientRect().bottom") <= 700
