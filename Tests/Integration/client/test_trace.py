"""`--trace`: one line for each packet."""

import json
import re

import pytest

from harness.scripted import ScriptedServer
from harness.wire import open_packet

BOT = """
    eio.connect(arg[1], {transports = TRANSPORTS, headers = {Authorization = "Bearer s3cret", ["X-Api-Key"] = "k3y"}})
    eio.send("hello")
    eio.send(eio.bytes("\\0\\1z"))
    for _ = 1, ECHOES do assert(eio.receive(10)) end
    eio.disconnect()
"""
WAYS = {"polling": '{"polling"}', "websocket": '{"websocket"}', "upgrade": '{"polling", "websocket"}'}


def bot(way, echoes=2):
    """The script; it waits for so many messages of the server."""
    return BOT.replace("TRANSPORTS", WAYS[way]).replace("ECHOES", str(echoes))


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def packets(text):
    """Direction, transport, type, size and data of everything except HTTP."""
    return [
        (each["direction"], each["transport"], each["type"], each["size"], each.get("hex", each.get("data")))
        for each in events(text) if each["type"] not in ("request", "response")]


def test_nothing_is_traced_by_default(lua, echo, way):
    result = lua.run(bot(way), echo.url)
    assert (result.status, result.stderr) == (0, "")


def test_packets_of_a_session(lua, echo, way):
    result = lua.run(bot(way), echo.url, options=["--trace-format", "json"])
    assert result.status == 0, result
    seen = packets(result.stderr)
    transport = "polling" if way == "polling" else "websocket"
    assert [each[:3] for each in seen if each[2] == "open"] == [
        ("in", "polling" if way == "upgrade" else transport, "open")]
    assert ("out", transport, "message", 5, "hello") in seen
    assert ("in", transport, "message", 5, "hello") in seen
    assert ("out", transport, "message", 3, "00017a") in seen
    assert ("in", transport, "message", 3, "00017a") in seen
    assert ("out", transport, "close", 0, "") in seen
    probe = [("out", "websocket", "ping", 5, "probe"), ("in", "websocket", "pong", 5, "probe"),
             ("out", "websocket", "upgrade", 0, "")]
    assert [each for each in seen if each in probe] == (probe if way == "upgrade" else [])
    if transport == "websocket":
        assert ("out", "websocket", "ws-close", 2, "1000") in seen
    times = [each["time"] for each in events(result.stderr)]
    assert times == sorted(times, key=lambda text: (text[:19], text[19:].rstrip("Z").ljust(7, "0")))
    assert {each["session"] for each in events(result.stderr)} == {1}
    assert all("vu" not in each for each in events(result.stderr))


def test_requests_and_answers(lua, echo):
    result = lua.run(bot("polling"), echo.url, options=["--trace-format=json"])
    http = [each for each in events(result.stderr) if each["type"] in ("request", "response")]
    first, answer, *others = http
    assert first["data"].startswith("GET /engine.io/?transport=polling&EIO=4&t=")
    assert {name.lower(): value for name, value in first["headers"].items()}["host"] == echo.url[len("http://"):]
    assert (answer["data"], answer["size"] > 50, "headers" in answer) == ("200", True, True)
    assert "POST /engine.io/?transport=polling&EIO=4&sid=***" in [each["data"] for each in others]
    assert not any("headers" in each for each in others)


def test_text_for_people(lua, echo):
    script = bot("websocket").replace('"hello"', r'"a\27[2Jb \"c\" ü\n"')
    result = lua.run(script, echo.url, options=["--trace"])
    clock = r"\d\d:\d\d:\d\d\.\d{6} #1"
    lines = result.stderr.splitlines()
    assert any(re.fullmatch(clock + r' > websocket message 14 "a\\u\{1b\}\[2Jb \\"c\\" ü\\n"', line) for line in lines)
    assert any(re.fullmatch(clock + r' < websocket message 3 b"\\x00\\x01z"', line) for line in lines)
    assert any(re.fullmatch(clock + r" > websocket close 0", line) for line in lines)


@pytest.mark.parametrize("options", [["--trace"], ["--trace-format", "json"]])
def test_secrets_are_masked(lua, way, options):
    # Each of these alone would let its reader take part.
    secrets = ["s1dSECRET", "c00kie", "s3cret", "k3y", "t0ken", "bareT0ken"]

    async def conversation(server):
        cookie = [("Set-Cookie", "io=c00kie; Path=/")]
        if way == "websocket":
            socket = await (await server.upgrade()).accept(headers=cookie)
            await socket.text(open_packet(sid=secrets[0]))
        else:
            upgrades = ["websocket"] if way == "upgrade" else []
            request = await server.get()
            assert "t0ken" in request.target and request.header("x-api-key") == "k3y"
            await request.answer(open_packet(sid=secrets[0], upgrades=upgrades), headers=cookie)
            if way == "upgrade":
                socket = await server.websocket()
                assert await socket.message() == "2probe"
                await socket.text("3probe")
                assert await socket.message() == "5"
        if way != "polling":
            await socket.text("41")

    with ScriptedServer(conversation) as server:
        result = lua.run(bot(way, echoes=0), f"{server.url}/?token=t0ken&bareT0ken", options=options)
    assert "open" in result.stderr
    assert [secret for secret in secrets if secret in result.stderr] == []
    assert "***" in result.stderr


def test_address_of_a_redirect_is_masked(lua):
    async def conversation(server):
        address = f"http://us3r:passw0rd@127.0.0.1:{server.port}/other/?key=s3cret"
        await (await server.get()).answer(status=302, headers=[("Location", address)])
        await (await server.open("polling")).send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run("eio.connect(arg[1]) eio.wait()", server.url, options=["--trace"])
    assert f"Location: http://***@127.0.0.1:{server.port}/other/?key=***" in result.stderr
    assert not any(secret in result.stderr for secret in ("us3r", "passw0rd", "s3cret"))


def test_long_and_unknown_packets_are_cut_short(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.socket.text("4" + "ü" * 5000)
        await session.socket.text("9what")
        await session.socket.ping(b"\x00\xff")
        await session.send("1")

    script = 'eio.connect(arg[1], {transports = {"websocket"}}) eio.wait()'
    with ScriptedServer(conversation) as server:
        result = lua.run(script, server.url, options=["--trace-format", "json", "--log-level", "off"])
    seen = packets(result.stderr)
    assert ("in", "websocket", "message", 10000, "ü" * 40) in seen
    assert ("in", "websocket", "ws-ping", 2, "00ff") in seen
    assert ("out", "websocket", "ws-pong", 2, "00ff") in seen
    assert any(each[2] == "unknown" for each in seen)
    assert ("in", "websocket", "close", 0, "") in seen


def test_pings_of_the_server(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("2")
        assert await session.receive() == "3"
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = lua.run(
            f'eio.connect(arg[1], {{transports = {{"{transport}"}}}}) eio.wait()', server.url,
            options=["--trace-format", "json"])
    kinds = [each[:3] for each in packets(result.stderr)]
    assert kinds.index(("in", transport, "ping")) < kinds.index(("out", transport, "pong"))


def test_a_file_takes_the_trace(lua, echo):
    path = lua.folder / "trace.txt"
    result = lua.run(bot("websocket"), echo.url, options=["--trace-file", path])
    assert (result.status, result.stderr) == (0, "")
    assert "> websocket message 5" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("options, message", [
    (["--trace-format", "xml"], "unknown trace format 'xml': use text or json"),
    (["--trace-file", "/nonexistent/trace"], "/nonexistent/trace: No such file or directory"),
])
@pytest.mark.parametrize("command", ["run", "load"])
def test_bad_options(lua, command, options, message):
    lua.write("print('ran')")
    result = lua.command(command, *options, "script.lua").finish()
    assert (result.status, "ran" in result.stdout) == (64, False)
    assert message in result.stderr


def test_each_line_names_its_user(lua, echo):
    # Each user has two iterations of its own: of shared ones a quick user may take all.
    lua.write("""
        options = {scenarios = {each = {executor = "per-vu-iterations", vus = 3, iterations = 2}}}
        function setup() eio.connect(arg[1], {transports = {"websocket"}}) eio.disconnect() end
        function default()
            eio.connect(arg[1], {transports = {"websocket"}})
            eio.send("from " .. __VU)
            eio.disconnect()
        end
    """)
    result = lua.command(
        "load", "--threads", 2, "--trace-format", "json", "script.lua", "--", echo.url).finish()
    assert result.status == 0, result
    sent = [each for each in events(result.stderr) if each["direction"] == "out" and each["type"] == "message"]
    assert len(sent) == 6
    assert all(each["data"] == f"from {each['vu']}" for each in sent)
    assert {each["vu"] for each in sent} == {1, 2, 3}
    # Six iterations, and the setup, which belongs to no user.
    sessions = {each["session"]: each.get("vu") for each in events(result.stderr)}
    assert sorted(sessions) == list(range(1, 8))
    assert list(sessions.values()).count(None) == 1
