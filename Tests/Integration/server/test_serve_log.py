"""The log of `eio-lua serve` on a terminal."""

import json
import re
import urllib.request

import pytest

from harness.terminal import Terminal

TIME = r"\d\d:\d\d:\d\d "


class LoggedServer:
    """`eio-lua serve` on a terminal of its own."""

    def __init__(self, lua, *options, columns=80):
        self.terminal = Terminal(["serve", "--port", "0", *options], lua.folder, columns=columns)
        self.terminal.wait_for(r"listening on \S+\r\n")
        self.url = re.search(rb"listening on (\S+)", self.terminal.output)[1].decode()

    @property
    def log(self):
        """The lines, without their times."""
        lines = self.terminal.screen
        listening = next(index for index, line in enumerate(lines) if line.startswith("listening on"))
        timed = [line for line in lines[listening + 1:] if line and line != "^C"]
        assert [line for line in timed if not re.match(TIME, line)] == []
        return [line.split(" ", 1)[1] for line in timed]

    def end(self):
        self.terminal.process.terminate()
        assert self.terminal.finish() == 143
        return self.log


@pytest.fixture
def logged(lua):
    servers = []

    def start(*options, **how):
        servers.append(LoggedServer(lua, *options, **how))
        return servers[-1]

    yield start
    for server in servers:
        server.terminal.process.kill()


def test_sessions_and_messages(lua, logged, way):
    server = logged()
    transports = "nil" if way == "upgrade" else f"'{way}'"
    result = lua.run(f"""
        eio.connect(arg[1], {{transports = {transports}}})
        eio.send("hello, wörld") eio.receive(5)
        eio.send(eio.bytes("\\0\\1\\xff")) eio.receive(5)
        print(eio.sid)
        eio.disconnect()
    """, server.url)
    server.terminal.wait_for("disconnected")
    assert server.end() == [
        "#1 connected", "#1 message: hello, wörld", "#1 binary message, 3 bytes: 00 01 ff", "#1 disconnected"]
    assert result.lines[0] not in server.terminal.output.decode()


def test_text_of_clients_is_cleaned_and_cut(lua, logged):
    server = logged(columns=40)
    lua.run(r"""
        eio.connect(arg[1], {transports = "websocket"})
        eio.send("\27[2J\r\nlistening on\7") eio.send(("x"):rep(1000)) eio.send("\u{65e5}" .. ("\u{8a9e}"):rep(1000))
        eio.disconnect()
    """, server.url)
    server.terminal.wait_for("disconnected")
    output = server.terminal.output.decode()
    assert "\x1b" not in output and "\x07" not in output
    lines = [line for line in server.end() if "message" in line]
    assert lines[0].startswith(r"#1 message: \u{1b}[2J\r\n")
    # The time has nine columns, and the last one is that of the ellipsis.
    assert lines[1] == "#1 message: " + "x" * 18 + "…"
    assert lines[2] == "#1 message: 日" + "語" * 8 + "…"


def test_sessions_that_the_server_ends(logged):
    server = logged("--ping-interval", "0.1", "--ping-timeout", "0.1")
    address = f"{server.url}/engine.io/?EIO=4&transport=polling"
    urllib.request.urlopen(address).read()
    server.terminal.wait_for("answer to a ping")
    opened = json.loads(urllib.request.urlopen(address).read()[1:])
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{address}&sid={opened['sid']}", data=b"nonsense")
    server.terminal.wait_for("by the server")
    assert server.end() == [
        "#1 connected", "#1 disconnected: no answer to a ping", "#2 connected", "#2 disconnected by the server"]


def test_socket_io(lua, logged):
    server = logged("--socketio", "--auth-token", "secret")
    result = lua.run("""
        sio.on("*", function() end)
        sio.connect(arg[1], {auth = {token = "secret"}, namespaces = {"/", "/custom"}, transports = "websocket"})
        sio.call("join", "lobby")
        sio.emit("file", eio.bytes("\\1\\2"))
        sio.call("other")
        print(sio.get_sid())
        sio.disconnect()
    """, server.url)
    server.terminal.wait_for("disconnected")
    log = server.end()
    assert log[:3] == ["#1 connected", "#1 connects the namespace /", "#1 connects the namespace /custom"]
    assert log[3:7] == [
        '#1 event join ["lobby"]', '#1 event file [{"_placeholder":true,"num":0}]', "#1 attachment, 2 bytes: 01 02",
        "#1 event other []"]
    assert log[-1] == "#1 disconnected"
    output = server.terminal.output.decode()
    assert "secret" not in output and result.lines[0] not in output


def test_flood_is_counted_instead_of_shown(lua, logged):
    server = logged()
    lua.run("""
        eio.connect(arg[1], {transports = "websocket"})
        for n = 1, 20000 do eio.send("message " .. n) end
        for n = 1, 20000 do assert(eio.receive(20) == "message " .. n) end
        eio.disconnect()
    """, server.url)
    # The last count is written a second after the last line, without a further one.
    while sum(int(count) for count in re.findall(rb"\.\.\. and (\d+) more", server.terminal.output)) + sum(
            b"#1" in line for line in server.terminal.output.splitlines()) < 20002:
        server.terminal.wait_for(r"and \d+ more", count=1 + server.terminal.output.count(b" more"))
    assert sum(line.startswith("#1") for line in server.end()) < 200


def test_terminal_that_is_stopped_does_not_stop_the_server(lua, logged):
    """Nobody reads the terminal, whose buffer of 64 KiB is full after some lines."""
    server = logged(columns=4000)
    server.terminal.pause()
    text = "x" * 4000
    result = lua.run(f"""
        eio.connect(arg[1], {{transports = "websocket"}})
        for _ = 1, 60 do
            for n = 1, 10 do eio.send("{text}") eio.receive(5) end
            eio.sleep(0.05)
        end
        print(eio.disconnect())
    """, server.url)
    assert result.lines == ["true"]
    server.terminal.resume()
    server.terminal.wait_for("#1 message")
    server.end()


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_server_logs_nothing(lua, logged, option):
    server = logged(option)
    lua.run("eio.connect(arg[1]) eio.send('hello') eio.receive(5) eio.disconnect()", server.url)
    assert server.end() == []


def test_pipe_has_no_log(lua, serve):
    server = serve()
    lua.run("eio.connect(arg[1]) eio.send('hello') eio.receive(5) eio.disconnect()", server.url)
    server.running.signal()
    assert server.running.finish().stdout == f"listening on {server.url}\n"
