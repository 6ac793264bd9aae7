"""The command line, exit statuses and signals."""

import os
import re
import signal
import subprocess
import time

import pytest

from harness.program import PROGRAM
from harness.scripted import ScriptedServer


@pytest.mark.parametrize("arguments", [["--version"], ["-v"], ["--help"]])
def test_information(lua, arguments):
    result = lua.command(*arguments).finish()
    assert result.status == 0
    assert result.stdout + result.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["-v"], ["load", "--version"]])
def test_version_names_lua_and_the_protocols(lua, arguments):
    installed = subprocess.run(["pkg-config", "--modversion", "lua5.4"], capture_output=True, text=True, check=True).stdout
    result = lua.command(*arguments).finish()
    assert re.fullmatch(
        rf"eio-lua \d+\.\d+\.\d+ \(Lua {re.escape(installed.strip())}, Engine\.IO 4, Socket\.IO 5\)\n", result.stdout)


WRONG_USAGE = [["--no-such-flag"], ["--no-such-flag", "x.lua"], ["--log-level", "loudest", "x.lua"]]


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_usage_errors(lua, arguments):
    lua.write("print('ran')", "x.lua")
    result = lua.command(*arguments).finish()
    assert result.status == 64
    assert result.stdout == "" and result.stderr


def test_code_on_the_command_line(lua):
    result = lua.command("-e", "print(1 + 1)").finish()
    assert (result.stdout, result.status) == ("2\n", 0)


def test_script_from_stdin(lua):
    result = lua.command("-", "a", "b", stdin="print(#arg, arg[2], ...)").finish()
    assert result.stdout == "2\tb\ta\tb\n"
    assert result.status == 0


def test_script_from_stdin_without_a_name(lua):
    result = lua.command("-W", stdin="print(arg[0] ~= nil, arg[1], ...)").finish()
    assert (result.stdout, result.status) == ("true\t-W\n", 0)


@pytest.mark.parametrize("command", [[], ["run"]])
@pytest.mark.parametrize("argument", [
    "--help", "-h", "--version", "serve", "run", "help", "--", "--generate-completion-script",
    "--generate-completion-script=bash", "--experimental-dump-help"])
def test_no_argument_of_a_script_is_an_option(lua, command, argument):
    result = lua.command(*command, lua.write("print(...)"), argument).finish()
    assert (result.stdout, result.status) == (f"{argument}\n", 0)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["run", "--help"], ["-W", "-h"]])
def test_help_shows_every_option(lua, arguments):
    result = lua.command(*arguments).finish()
    assert result.status == 0 and result.stderr == ""
    for option in "-e -l - -- -v --version -E -W --url --log-level --strict -h --help serve".split():
        assert option in result.stdout.replace(",", " ").split()


@pytest.mark.parametrize("command", [[], ["run"]])
def test_arguments_belong_to_the_script(lua, command):
    script = lua.write("print(arg[0], table.concat(arg, ' '), select('#', ...))")
    result = lua.command(*command, script, "-e", "--strict", "x").finish()
    assert result.stdout == f"{script}\t-e --strict x\t3\n"


def test_preloaded_module(lua):
    lua.write("greeting = 'hello'; return {}", "mod.lua")
    result = lua.command("-l", "mod", "-e", "print(greeting)", env={"LUA_PATH": f"{lua.folder}/?.lua;;"}).finish()
    assert result.stdout == "hello\n"


def test_shebang_and_module_beside_the_script(lua):
    folder = lua.folder / "elsewhere"
    folder.mkdir()
    (folder / "beside.lua").write_text("return 'found'")
    (folder / "main.lua").write_text("#!/usr/bin/env eio-lua\nprint((require 'beside'))\n")
    assert lua.command(folder / "main.lua").finish().stdout == "found\n"


def test_lua_init(lua):
    assert lua.command("-e", "print(x)", env={"LUA_INIT": "x = 'init'"}).finish().stdout == "init\n"
    assert lua.command("-E", "-e", "print(x)", env={"LUA_INIT": "x = 'init'"}).finish().stdout == "nil\n"


@pytest.mark.parametrize("target", ["missing.lua", "."])
def test_script_that_cannot_be_read(lua, target):
    result = lua.command(target).finish()
    assert result.status in (1, 64)
    assert target in result.stderr


def test_syntax_error(lua):
    result = lua.run("local x = = 1")
    assert result.status == 1
    assert "script.lua:1:" in result.stderr


ERRORS = ["'boom'", "{}", "nil", "setmetatable({}, {__tostring = function() return 'boom' end})"]


@pytest.mark.parametrize("raised", ERRORS)
def test_script_error(lua, raised):
    result = lua.run(f"print('before')\nerror({raised})")
    assert (result.stdout, result.status) == ("before\n", 1)
    assert result.stderr
    if "boom" in raised:
        assert "boom" in result.stderr


def test_error_in_a_handler_is_reported_and_the_script_goes_on(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4bad", "4good")
        await session.send("1")

    setup = 'on_message = function(m)\n if m == "bad" then error("oh no") end\nend'
    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, setup=setup)
    assert result.messages == ["bad", "good"]
    assert result.status == 1
    assert "oh no" in result.stderr and "script.lua:" in result.stderr and "message" in result.stderr
    assert "stack traceback" in result.stderr


def test_strict_stops_at_the_first_error(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4bad", "4good")

    with ScriptedServer(conversation) as server:
        result = lua.observe(
            server.url, transport=transport, options=["--strict"], setup='on_message = function() error("oh no") end')
    assert result.messages == ["bad"]
    assert result.status == 1


def test_error_in_a_task_is_reported(lua):
    result = lua.run("eio.start_background_task(function() error('in the task') end)\neio.sleep(0.1)\nprint('end')")
    assert (result.stdout, result.status) == ("end\n", 1)
    assert "in the task" in result.stderr


def test_url_option(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation) as server:
        script = lua.write("eio.on('disconnect', print)\neio.connect(nil, {transports = {arg[1]}})")
        result = lua.command("--url", server.url, script, transport).finish()
    assert result.stdout.startswith("server disconnect")


def test_log_level(lua, transport):
    async def conversation(server):
        await (await server.open(transport)).send("1")

    with ScriptedServer(conversation) as server:
        result = lua.observe(server.url, transport=transport, options=["--log-level", "debug"])
    assert result.disconnect.text == "server disconnect"
    assert result.stderr


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_disconnects_with_a_flush(lua, transport, number, status):
    async def conversation(server):
        session = await server.open(transport)
        packets = []
        while "1" not in packets:
            packets.append(await session.receive())
        assert packets[-1] == "1" and packets.count("4goodbye") == 0

    with ScriptedServer(conversation) as server:
        running = lua.start_observer(server.url, transport=transport)
        running.wait_for("@state")
        running.signal(number)
        result = running.finish(8)
    assert result.disconnect.text == "client disconnect"
    assert result.status == status


def test_second_signal_ends_at_once(lua, transport):
    async def conversation(server):
        await server.open(transport)

    setup = 'on_disconnect = function() print("leaving"); eio.sleep(60) end'
    with ScriptedServer(conversation) as server:
        running = lua.start_observer(server.url, transport=transport, setup=setup)
        running.wait_for("@state")
        running.signal(signal.SIGINT)
        running.wait_for("leaving")
        started = time.monotonic()
        running.signal(signal.SIGINT)
        result = running.finish(4)
    # Without it the handler has five seconds.
    assert result.status == 130
    assert time.monotonic() - started < 4


def test_signal_interrupts_a_computing_script(lua):
    running = lua.start("print('ready')\nwhile true do end")
    running.wait_for("ready")
    running.signal(signal.SIGINT)
    result = running.finish(8)
    assert result.status == 130
    assert "interrupted!" in result.stderr


UNTOLD = """
    local untold = require("engineio").Client{handle_sigint = false}
    untold.on("disconnect", function() print("untold") end)
    untold.connect(arg[1], {transports = arg[2]})
"""


def test_signal_leaves_a_client_without_handle_sigint_alone(lua, transport):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        try:
            while True:
                received.append(await session.receive())
        except Exception:
            pass

    with ScriptedServer(conversation) as server:
        running = lua.start(UNTOLD + "print('ready')", server.url, transport)
        running.wait_for("ready")
        running.signal(signal.SIGINT)
        result = running.finish(3)
    assert (result.lines, result.status, result.stderr) == (["ready"], 130, "")
    assert "1" not in received


def test_signal_disconnects_the_other_clients(lua, echo):
    running = lua.start(UNTOLD + """
        eio.on("disconnect", function(reason)
            eio.sleep(0.1)
            untold.send("still here")
            print(reason, untold.state, untold.receive(5))
        end)
        eio.connect(arg[1])
        print("ready")
    """, echo.url, "websocket")
    running.wait_for("ready")
    running.signal(signal.SIGTERM)
    result = running.finish(8)
    assert result.lines == ["ready", "client disconnect\tconnected\tstill here"], result
    assert result.status == 143


def test_error_of_the_main_chunk_disconnects_all_clients(lua, echo):
    result = lua.run(UNTOLD + "error('oh')", echo.url, "websocket")
    assert (result.lines, result.status) == (["untold"], 1)


def test_program_ends_when_nothing_is_left(lua):
    result = lua.run("eio.start_background_task(function() eio.sleep(0.3); print('task') end)\nprint('main')")
    assert (result.stdout, result.status) == ("main\ntask\n", 0)


def test_reading_stdin_waits_like_sleep(lua):
    running = lua.start("""
        eio.start_background_task(function() for n = 1, 3 do print("tick " .. n); eio.sleep(0.05) end end)
        print("read " .. io.read())
    """, stdin=None)
    running.wait_for("tick 3")
    running.send_line("typed")
    assert "read typed" in running.finish().lines


def test_closed_stdout_is_no_crash(lua):
    script = lua.write("for _ = 1, 1000 do print(('x'):rep(1000)) end")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        status = subprocess.run([PROGRAM, script], stdout=writing, stdin=subprocess.DEVNULL, timeout=20).returncode
    finally:
        os.close(writing)
    assert status >= 0, f"ended by signal {-status}"
