"""Secrets of the command line and of a session are in none of the texts that a run shows or writes."""

import json
import re

import pytest

from harness.loads import scrape_until
from harness.scripted import ScriptedServer
from harness.wire import open_packet

SCRIPT = """
    local loadtest = require "loadtest"
    options = {scenarios = {only = {
        executor = "shared-iterations", vus = 1, iterations = 1, env = {INNER = "envS3CRET"}, maxDuration = "60s"}}}
    function default()
        loadtest.time("work", function() end)
        pcall(eio.connect)
        pcall(eio.connect, "http://userS3CRET:passS3CRET@127.0.0.1:1/x?token=queryS3CRET#fragmentS3CRET")
        eio.connect("ftp://userS3CRET:passS3CRET@127.0.0.1:1/x?token=queryS3CRET")
    end
    function handleSummary(data) return {stdout = "the summary\\n" .. json_of(data)} end
    function json_of(value)
        if type(value) ~= "table" then return tostring(value) end
        local parts = {}
        for key, inner in pairs(value) do parts[#parts + 1] = tostring(key) .. "=" .. json_of(inner) end
        return "{" .. table.concat(parts, ",") .. "}"
    end
"""
URL = "http://userS3CRET:passS3CRET@127.0.0.1:1/?token=tokenS3CRET&flagS3CRET"
SECRETS = [
    "--url", URL, "-e", "KEY=oneS3CRET", "--env=OTHER=twoS3CRET", "-qe", "FOURTH=fourS3CRET",
]
NAMES = ["KEY=***", "OTHER=***", "FOURTH=***", "http://***@127.0.0.1:1/?token=***&***"]


def leaks(text):
    return re.findall(r".{0,60}S3CRET.{0,20}", text)


def test_no_output_of_a_load_test_has_them(lua):
    lua.write(SCRIPT)
    page, export, samples, table, trace = (lua.folder / name for name in ("r.html", "s.json", "o.json", "o.csv", "t"))
    result = lua.command(
        "load", *SECRETS, "--report", page, "--summary-export", export, "-o", f"json={samples}", "-o", f"csv={table}",
        "--csv", lua.folder / "locust", "--trace-file", trace, "--log-level", "debug", "script.lua", "--", "argS3CRET",
        "http://x:argS3CRET@h/").finish()
    assert "the summary" in result.stdout
    files = [path for path in lua.folder.iterdir() if path.name not in ("script.lua", "observe.lua")]
    assert len(files) == 9
    for name, text in [("stdout", result.stdout), ("stderr", result.stderr)] + [(p.name, p.read_text()) for p in files]:
        assert leaks(text) == [], name
    shown = json.loads(export.read_text())["eio_lua"]["run"]["command_line"]
    assert [name for name in NAMES if name not in shown] == []
    assert shown.endswith("script.lua -- *** ***")
    assert "KEY=***" in page.read_text()


def test_page_of_prometheus_has_none(lua):
    script = SCRIPT.replace("iterations = 1", "iterations = 100")
    lua.write(script.replace("function default()", "function default() eio.sleep(0.2)"))
    running = lua.command("load", *SECRETS, "--metrics-addr", ":0", "script.lua", "--", "argS3CRET")
    running.wait_for("/metrics", stream="stderr")
    page = scrape_until(re.search(r"http://\S+/metrics", running.stderr).group(), "eio_errors_total")
    assert leaks(page) == []
    running.signal()
    running.finish()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_inspect_has_none(lua, options):
    lua.write(SCRIPT)
    result = lua.command("inspect", *options, *SECRETS, "script.lua", "--", "argS3CRET").finish()
    assert result.status == 0, result
    assert leaks(result.stdout + result.stderr) == []


def test_show_command_keeps_them(lua):
    lua.write(SCRIPT)
    export = lua.folder / "s.json"
    lua.command("load", "--show-command", *SECRETS, "--summary-export", export, "script.lua", "--", "argS3CRET").finish()
    shown = json.loads(export.read_text())["eio_lua"]["run"]["command_line"]
    assert all(word in shown for word in [URL, "oneS3CRET", "twoS3CRET", "fourS3CRET", "argS3CRET"])
    result = lua.command("inspect", "--json", "--show-command", "script.lua").finish()
    assert "envS3CRET" in result.stdout


@pytest.mark.parametrize("arguments", [["-e", "nameless-S3CRET"], ["--env", "=S3CRET"]])
def test_a_variable_without_its_name_is_not_shown(lua, arguments):
    lua.write("")
    result = lua.command("load", *arguments, "script.lua").finish()
    assert result.status == 64
    assert "--env needs KEY=VALUE" in result.stderr and leaks(result.stderr) == []


@pytest.mark.parametrize("level", ["info", "debug"])
def test_session_id_is_not_logged(lua, level, transport):
    async def conversation(server):
        if transport == "websocket":
            socket = await (await server.upgrade()).accept()
            await socket.text(open_packet(sid="sidS3CRET"))
            await socket.text("1")
        else:
            await (await server.get()).answer(open_packet(sid="sidS3CRET"))
            await (await server.get()).answer("1")

    script = f'eio.connect(arg[1], {{transports = {{"{transport}"}}}}) eio.wait()'
    with ScriptedServer(conversation) as server:
        result = lua.run(script, server.url, options=["--log-level", level])
    assert "connection accepted" in result.stderr
    assert leaks(result.stderr) == []


@pytest.mark.parametrize("data", [
    '{"sid":"sidS3CRET","upgrades":[],"pingInterval":25000,', '{"sid": "sidS3CRET', "{sid:sidS3CRET,upgrades:[]}",
    "{'sid' : 'sidS3CRET'}", '{"sid":["sidS3CRET"]}', r'{"\u0073id":"sidS3CRET"}', '{"sid":"a","sid":"sidS3CRET"}',
    '{"SID":"sidS3CRET"}', '{"sid":"ab\\"sidS3CRET"}', "sidS3CRET", '{"session":{"sid":"sidS3CRET"}}', '{"sid":1234567}',
])
@pytest.mark.parametrize("form", ["text", "json"])
def test_damaged_open_packets_are_traced_without_it(lua, data, form):
    async def conversation(server):
        await (await server.get()).answer("0" + data)

    script = 'pcall(eio.connect, arg[1], {transports = {"polling"}})'
    with ScriptedServer(conversation) as server:
        result = lua.run(script, server.url, options=["--trace-format", form, "--log-level", "debug"])
    assert leaks(result.stderr) == [] and "1234567" not in result.stderr
    assert "***" in result.stderr


def test_own_value_of_t_is_masked(lua):
    async def conversation(server):
        await (await server.get()).answer("no", status=400)

    with ScriptedServer(conversation) as server:
        result = lua.run("pcall(eio.connect, arg[1])", f"{server.url}/?t=S3CRET&x=S3CRET", options=["--trace"])
    assert "request" in result.stderr
    assert leaks(result.stderr) == []
