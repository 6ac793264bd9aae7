"""How the users of a load run reach the server: phases, transports, source addresses."""

import json

from harness.scripted import ScriptedServer


def run(lua, script, *options, args=(), timeout=40):
    """The result of `eio-lua load`, with the series that it exported."""
    lua.write(script)
    export = lua.folder / "summary.json"
    result = lua.command("load", *options, "--summary-export", export, "script.lua", "--", *args).finish(timeout)
    result.series = json.loads(export.read_text())["eio_lua"]["series"] if export.exists() else []
    return result


def count(result, metric, **tags):
    """The samples of a metric with these tags: the sum of a counter, how many a trend has."""
    total = 0
    for series in (each for record in result.series if record["metric"] == metric for each in record["series"]):
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
