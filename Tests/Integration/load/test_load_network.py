"""How the users of a load run reach the server: phases, transports, source addresses."""

import json
import socket

import pytest

from harness.embedded import EmbeddedServer
from harness.scripted import ScriptedServer


def run(lua, script, *options, args=(), timeout=40):
    """The result of `eio-lua load`, with the series that it exported."""
    lua.write(script)
    export = lua.folder / "summary.json"
    result = lua.command("load", *options, "--summary-export", export, "script.lua", "--", *args).finish(timeout)
    result.series = json.loads(export.read_text())["eio_lua"]["series"] if export.exists() else []
    return result


def count(run, metric, /, **tags):
    """The samples of a metric with these tags: the sum of a counter, how many a trend has."""
    total = 0
    for series in (each for record in run.series if record["metric"] == metric for each in record["series"]):
        if all(series["tags"].get(key) == value for key, value in tags.items()):
            value = series["value"]
            total += sum(value["buckets"][1::2]) if "buckets" in value else value["sum"]
    return total


PHASES = ("dns", "tcp", "tls", "handshake", "upgrade", "total")

CONNECT = """
    function default()
        local client = require("engineio").Client{ca_file = arg[2]}
        client.connect(arg[1], {transports = {arg[3]}})
        client.wait()
    end
"""


def test_phases_of_connecting(lua, authority, transport):
    async def conversation(server):
        for _ in range(3):
            await (await server.open(transport)).send("1")

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = run(
            lua, CONNECT, "-i", 3, args=[f"https://localhost:{server.port}", authority.ca_file, transport])
    assert result.status == 0, result
    counts = {phase: count(result, "eio_connect", phase=phase, transport=transport) for phase in PHASES}
    assert counts == {"dns": 3, "tcp": 3, "tls": 3, "handshake": 3, "upgrade": 0, "total": 3}


def test_an_address_is_not_looked_up(lua, echo, transport):
    script = CONNECT.replace("client.wait()", "client.disconnect()").replace("ca_file = arg[2]", "")
    result = run(lua, script, "-i", 2, args=[echo.url, "", transport])
    counts = {phase: count(result, "eio_connect", phase=phase) for phase in PHASES}
    assert (counts["dns"], counts["tls"], counts["total"]) == (0, 0, 2)
    assert counts["tcp"] >= 2


def test_transports_of_failed_connects_and_of_ends(lua, echo, transport):
    script = """
        local url = __ITER == 0 and arg[1] or "http://127.0.0.1:1"
        eio.connect(url, {transports = {arg[2]}})
        eio.disconnect()
    """
    result = run(lua, script, "-i", 2, args=[echo.url, transport])
    assert count(result, "eio_connects", result="opened", transport=transport) == 1
    assert count(result, "eio_connects", result="failed", transport=transport) == 1
    assert count(result, "eio_disconnects", transport=transport) == 1
    assert count(result, "eio_session_duration", transport=transport) == 1


def test_gaps_between_pings_have_a_transport(lua, transport):
    server = EmbeddedServer(lua, "--ping-interval", 0.1)
    script = "eio.connect(arg[1], {transports = {arg[2]}}) eio.sleep(1) eio.disconnect()"
    result = run(lua, script, "-i", 1, args=[server.url, transport])
    assert count(result, "eio_ping_gap", transport=transport) >= 1


MIX = ("--mix", "polling=20,upgrade=60,websocket=20")
EACH_USER_ONCE = """
    options = {scenarios = {
        first = {executor = "per-vu-iterations", vus = 60, iterations = 1, exec = "first"},
        second = {executor = "per-vu-iterations", vus = 40, iterations = 1, exec = "first"},
    }}
    function first() eio.connect(arg[1]) eio.send("x") eio.receive(5) eio.disconnect() end
"""


def kinds(result):
    """Connections by polling alone, upgraded ones, and those by websocket alone."""
    upgrades = count(result, "eio_connect", phase="upgrade")
    at_first = {
        name: count(result, "eio_connects", result="opened", transport=name) for name in ("polling", "websocket")}
    at_last = {name: count(result, "eio_disconnects", transport=name) for name in ("polling", "websocket")}
    assert at_first["polling"] - upgrades == at_last["polling"]
    assert at_first["websocket"] + upgrades == at_last["websocket"]
    return at_last["polling"], upgrades, at_first["websocket"]


@pytest.mark.parametrize("threads", [1, 3])
def test_mix_is_exact(lua, echo, threads):
    result = run(lua, EACH_USER_ONCE, *MIX, "--threads", threads, args=[echo.url])
    assert result.status == 0, result
    assert kinds(result) == (20, 60, 20)
    assert count(result, "eio_messages_sent", transport="polling") == 20
    assert count(result, "eio_messages_sent", transport="websocket") == 80


def test_mix_is_exact_over_all_segments(lua, echo):
    parts = [
        kinds(run(lua, EACH_USER_ONCE, *MIX, "--threads", 2, "--execution-segment", segment, args=[echo.url]))
        for segment in ("0:1/3", "1/3:2/3", "2/3:1")]
    assert [sum(each) for each in zip(*parts)] == [20, 60, 20]


def test_a_user_keeps_its_transport(lua, echo):
    script = """
        options = {scenarios = {each = {executor = "per-vu-iterations", vus = 5, iterations = 8}}}
        function default()
            eio.connect(arg[1])
            print("user", __VU, eio.transport())
            eio.disconnect()
        end
    """
    result = run(lua, script, *MIX, args=[echo.url])
    assert result.status == 0, result
    used = {}
    for line in result.lines:
        if line.startswith("user"):
            _, user, transport = line.split("\t")
            used.setdefault(user, set()).add(transport)
    assert all(len(each) == 1 for each in used.values())
    assert sorted(map(list, used.values())) == [["polling"]] + [["websocket"]] * 4


def test_transports_of_the_script_win(lua, echo):
    script = 'eio.connect(arg[1], {transports = "polling"}) eio.disconnect()'
    result = run(lua, script, "-u", 3, "-i", 6, "--mix", "websocket=100", args=[echo.url])
    assert kinds(result) == (6, 0, 0)


@pytest.mark.parametrize("options, message", [
    (["--mix", "polling=50"], '--mix = "polling=50": the percentages add up to 50, not 100'),
    (["--mix", "pooling=100"], "known are polling, upgrade, websocket"),
    (["--local-ips", "198.51.100.1"], '--local-ips = "198.51.100.1": 198.51.100.1 is not an address of this machine'),
    (["--local-ips", "127.0.0.2,2001:db8::1"], "2001:db8::1 is not an address of this machine"),
    (["--local-ips", "198.51.100.0/28"], '--local-ips = "198.51.100.0/28": this machine has no address in it'),
    (["--local-ips", "127.255.255.254-127.255.255.255"], "127.255.255.255 is not an address of this machine"),
    (["--local-ips", "here"], '--local-ips = "here": "here" is not a valid IP address'),
    (["--local-ips", ""], "is not a valid IP address"),
    (["--local-ips", "127.0.0.0/33"], "from 0 to 32"),
    (["--local-ips", "127.0.0.0/8"], "more than 65536 addresses"),
    (["--local-ips", "::/0"], "more than 65536 addresses"),
    (["--local-ips", "127.0.0.3-127.0.0.2"], "to a higher one"),
    (["--local-ips", "127.0.0.3-::1"], "of the same family"),
])
def test_bad_options(lua, options, message):
    result = run(lua, "print('ran')", *options)
    assert result.status == 104, result
    assert message in result.stderr
    assert "ran" not in result.stdout


@pytest.mark.parametrize("addresses, expected", [
    ("127.0.0.2,127.0.0.3", ["127.0.0.2", "127.0.0.3"]),
    ("127.0.0.2, 127.0.1.1-127.0.1.3", ["127.0.0.2", "127.0.1.1", "127.0.1.2", "127.0.1.3"]),
    ("127.0.0.5/30", ["127.0.0.5", "127.0.0.6", "127.0.0.7"]),
])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_users_come_from_the_local_addresses_in_turn(lua, transport, addresses, expected, host):
    users = len(expected) * 2
    script = """
        options = {scenarios = {default = {executor = "per-vu-iterations", vus = USERS, iterations = 1}}}
        function default() eio.connect(arg[1], {transports = {arg[2]}}) eio.wait() end
    """.replace("USERS", str(users))

    async def conversation(server):
        sessions = [await server.open(transport, sid=f"s{n}") for n in range(users)]
        for session in sessions:
            await session.send("1")

    with ScriptedServer(conversation) as server:
        result = run(
            lua, script, "--local-ips", addresses, "--threads", 2, args=[f"http://{host}:{server.port}", transport])
        peers = [each.writer.get_extra_info("peername")[0] for each in server.connections]
    assert result.status == 0, result
    assert {each: peers.count(each) for each in set(peers)} == {each: 2 for each in expected}


def test_a_name_without_an_address_of_the_family(lua):
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    result = run(lua, "eio.connect('http://127.0.0.1:1')", "-i", 1, "--local-ips", "::1")
    assert result.status == 99, result
    assert "cannot connect to 127.0.0.1:1" in result.stdout
