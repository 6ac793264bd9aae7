"""How scripts run: what `lua5.4` does, reading the standard input, reports of errors, signals."""

import asyncio
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness.embedded import EmbeddedServer
from harness.program import PROGRAM
from harness.scripted import ScriptedServer


@pytest.fixture
def echo(lua):
    return EmbeddedServer(lua)


def run(lua, text, *args, options=(), stdin="", env=None):
    """Runs a script by its name alone, as messages then show it."""
    return lua.command(*options, lua.write(text).name, *args, stdin=stdin, env=env).finish()


# The command line, as lua5.4 reads it.

SHOW = """
local shown = {}
for n = -10, 10 do if arg[n] then shown[#shown + 1] = n .. "=" .. arg[n] end end
print(table.concat(shown, " "), select("#", ...), ...)
"""


@pytest.mark.parametrize("options, before", [
    ([], []),
    (["-W"], ["-W"]),
    (["-e", "x = 1", "-E"], ["-e", "x = 1", "-E"]),
    (["--"], ["--"]),
    (["--log-level", "error", "--strict"], ["--log-level", "error", "--strict"]),
])
def test_arg(lua, options, before):
    result = run(lua, SHOW, "a", "-e", "", options=options)
    program = [PROGRAM, *before]
    shown = [f"{index - len(program)}={value}" for index, value in enumerate(program)]
    assert result.stdout == " ".join([*shown, "0=script.lua", "1=a", "2=-e", "3="]) + "\t3\ta\t-e\t\n"


def test_arg_without_a_script(lua):
    result = lua.command("-e", "print(arg[0], arg[-1], arg[1], ...)").finish()
    # In lua5.4 everything is in arg as it stood, with the interpreter at 0.
    assert result.lines == [f"{PROGRAM}\tnil\t-e"]


def test_code_and_modules_run_in_their_order(lua):
    lua.write("print('module'); return {name = 'm'}", "mod.lua")
    result = lua.command(
        "-e", "print('first')", "-l", "mod", "-e", "print(mod.name)", "-e", "print('last')",
        env={"LUA_PATH": "./?.lua;;"}).finish()
    assert result.lines == ["first", "module", "m", "last"]


def test_module_under_another_name(lua):
    lua.write("return {name = 'm'}", "mod.lua")
    for option in (["-l", "g=mod"], ["-lg=mod"]):
        result = lua.command(*option, "-e", "print(g.name, mod)", env={"LUA_PATH": "./?.lua"}).finish()
        assert result.lines == ["m\tnil"], result


def test_code_joined_to_its_option(lua):
    assert lua.command("-eprint(1)").finish().lines == ["1"]


def test_code_before_the_script_shares_its_globals(lua):
    assert run(lua, "print(x)", options=["-e", "x = 5"]).lines == ["5"]


def test_error_in_code_on_the_command_line(lua):
    result = run(lua, "print('ran')", options=["-e", "error('boom')"])
    assert (result.stdout, result.status) == ("", 1)
    assert "(command line):1: boom" in result.stderr


def test_code_may_wait_and_connect(lua, echo):
    result = lua.command(
        "--url", echo.url, "-e", "eio.connect(); eio.send('x'); print(eio.receive(5)); eio.disconnect()").finish()
    assert result.lines == ["x"], result


def test_script_from_stdin_with_arguments(lua):
    result = lua.command("-", "a", "b", stdin="#!shebang\nprint(arg[0], ...)").finish()
    assert result.lines == ["-\ta\tb"]


def test_script_from_stdin_without_a_dash(lua):
    assert lua.command(stdin="print('piped')").finish().lines == ["piped"]


def test_error_in_a_script_from_stdin(lua):
    result = lua.command("-", stdin="\nerror('boom')").finish()
    assert result.status == 1 and "stdin:2: boom" in result.stderr


def test_everything_after_two_dashes_is_the_script(lua):
    lua.write("print('odd', ...)", "-odd.lua")
    assert lua.command("--", "-odd.lua", "-v").finish().lines == ["odd\t-v"]


def test_version(lua):
    for option in ("-v", "--version"):
        result = lua.command(option).finish()
        assert result.status == 0 and "eio-lua" in result.stdout and "5.4" in result.stdout, result
    assert run(lua, "print('ran')", options=["-v"]).lines[-1] == "ran"


def test_warnings(lua):
    script = "warn('careful ', 'now')"
    assert "careful" not in run(lua, script).stderr
    assert "careful now" in run(lua, script, options=["-W"]).stderr
    assert "careful now" in run(lua, "warn('@on'); " + script).stderr


USAGE_ERRORS = [
    ["--no-such"], ["-x"], ["-e"], ["-l"], ["--log-level"], ["--log-level", "x", "-e", ""], ["--url"], ["--strictly"],
    ["-vE"], ["run", "--no-such"], ["serve", "--no-such"], ["serve", "--port", "x"], ["serve", "--mode", "x"], ["serve", "extra"],
]


@pytest.mark.parametrize("arguments", USAGE_ERRORS, ids=" ".join)
def test_usage(lua, arguments):
    result = lua.command(*arguments).finish(5)
    assert result.status == 64 and result.stdout == ""
    wrong = next(each for each in reversed(arguments) if each not in ("", "-e") or arguments == ["-e"])
    assert wrong in result.stderr, result


def test_options_of_the_script_are_not_read(lua):
    assert run(lua, "print(...)", "--no-such", "-v", "--strict").lines == ["--no-such\t-v\t--strict"]


def test_no_script_and_a_terminal(lua):
    controller, terminal = os.openpty()
    try:
        done = subprocess.run([PROGRAM], stdin=terminal, capture_output=True, timeout=10)
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 64 and b"USAGE" in done.stdout + done.stderr


def test_executable_script(lua):
    script = lua.write(f"#!/usr/bin/env {PROGRAM}\nprint(arg[0], ...)\nerror('line 3')")
    script.chmod(0o755)
    done = subprocess.run([str(script), "a"], capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    assert done.stdout == f"{script}\ta\n"
    assert "script.lua:3: line 3" in done.stderr


def test_byte_order_mark(lua):
    (lua.folder / "bom.lua").write_bytes(b"\xef\xbb\xbf#!x\nprint('ran')")
    assert lua.command("bom.lua").finish().lines == ["ran"]


# The environment.


def test_lua_init(lua):
    lua.write("print('file')", "init.lua")
    env = {"LUA_INIT": "print('init')"}
    assert lua.command("-e", "print('code')", env=env).finish().lines == ["init", "code"]
    assert run(lua, "print('script')", env=env).lines == ["init", "script"]
    assert run(lua, "print('script')", env={**env, "LUA_INIT_5_4": "print('versioned')"}).lines == ["versioned", "script"]
    assert run(lua, "print('script')", env={"LUA_INIT": "@init.lua"}).lines == ["file", "script"]
    assert run(lua, "print('script')", env=env, options=["-E"]).lines == ["script"]


@pytest.mark.parametrize("code, place", [("error('boom')", "LUA_INIT:1: boom"), ("x =", "LUA_INIT:1:"), ("@missing.lua", "missing.lua")])
def test_error_in_lua_init(lua, code, place):
    result = run(lua, "print('ran')", env={"LUA_INIT": code})
    assert (result.stdout, result.status) == ("", 1) and place in result.stderr


def test_lua_path(lua):
    (lua.folder / "elsewhere").mkdir()
    lua.write("return 'found'", "elsewhere/mod.lua")
    env = {"LUA_PATH": f"{lua.folder}/elsewhere/?.lua;;"}
    assert run(lua, "print((require 'mod'))", env=env).lines == ["found"]
    assert run(lua, "print((pcall(require, 'mod')))", env=env, options=["-E"]).lines == ["false"]
    assert run(lua, "print((require 'mod'))", env={"LUA_PATH_5_4": env["LUA_PATH"], "LUA_PATH": "x"}).lines == ["found"]


def test_module_in_the_scripts_folder(lua, tmp_path_factory):
    folder = lua.folder / "bots"
    (folder / "lib").mkdir(parents=True)
    (folder / "main.lua").write_text("print((require 'near'), (require 'lib'), (require 'lib.deep'))")
    (folder / "near.lua").write_text("return 'near'")
    (folder / "lib" / "init.lua").write_text("return 'init'")
    (folder / "lib" / "deep.lua").write_text("return 'deep'")
    # Also from another folder, and in front of what LUA_PATH has.
    (lua.folder / "near.lua").write_text("return 'far'")
    result = lua.command("bots/main.lua", env={"LUA_PATH": "./?.lua"}).finish()
    assert result.lines == ["near\tinit\tdeep"], result


# C modules of Debian.


def has_module(name):
    """Whether lua5.4's own search finds the module."""
    code = f"os.exit(package.searchpath('{name}', package.cpath) ~= nil or package.searchpath('{name}', package.path) ~= nil)"
    return subprocess.run([PROGRAM, "-e", code], stdin=subprocess.DEVNULL, timeout=10).returncode == 0


def needs_module(name):
    return pytest.mark.skipif(not has_module(name), reason=f"Debian's package for '{name}' is not installed")


@needs_module("cjson")
def test_cjson(lua):
    assert run(lua, """
        local cjson = require "cjson"
        print(cjson.decode('{"a":[1,2]}').a[2] == 2, cjson.encode({1, "x"}), cjson.null == eio.null)
    """).lines == ['true\t[1,"x"]\ttrue']


@needs_module("lpeg")
def test_lpeg(lua):
    assert run(lua, """
        local lpeg = require "lpeg"
        local number = lpeg.C(lpeg.R("09")^1) / tonumber
        print(lpeg.match(lpeg.Ct(number * ("," * number)^0), "1,22,3")[2])
        -- A match-time capture is a C call in between.
        local waits = lpeg.Cmt(lpeg.P("a"), function() eio.sleep(0); return true end)
        print(select(2, pcall(lpeg.match, waits, "a")))
    """).stdout.startswith("22\nscript.lua:6: eio.sleep cannot wait here, inside ")


@needs_module("socket")
def test_socket(lua, echo):
    assert run(lua, """
        local socket = require "socket"
        local connection = assert(socket.connect("127.0.0.1", arg[1]))
        connection:send("GET /stats HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
        print((connection:receive("*l")))
        connection:close()
        eio.connect("http://127.0.0.1:" .. arg[1]); eio.send("x"); print(eio.receive(5)); eio.disconnect()
    """, echo.port).lines == ["HTTP/1.1 200 OK", "x"]


# The standard input.


def test_reading_formats(lua):
    assert run(lua, """
        print(io.read("n", "l", "L", 3, "l"))
        print(io.stdin:read("*n", "*l"))
        print(io.read(0))
        for line in io.lines() do print("[" .. line .. "]") end
        print(io.read(), io.read("a"), io.read(0))
    """, stdin="12 rest\nkept\nabcdef\n0x10\nx\n\nlast").lines == [
        "12\t rest\tkept", "\tabc\tdef", "16\t", "", "[x]", "[]", "[last]", "nil\t\tnil"]


def test_reading_as_lua_does(lua):
    """The same script and input under lua5.4, byte by byte."""
    if shutil.which("lua5.4") is None:
        pytest.skip("lua5.4 is not installed")
    script = lua.write("""
        print(io.read("n", "n", "n", "n"))
        print(io.read(5)); print(io.read("L")); print(io.read("n")); print(io.read("l"))
        for a, b in io.lines(nil, 1, 2) do io.write("<", a, "|", tostring(b), ">") end
        print(io.read("a"), io.read("a"), io.read("l"))
        print(pcall(io.lines)); print(select(2, pcall(io.read, "x")))
    """)
    inputs = [
        "1 2.5e1 -0x1p4 7\nabcdefg\nnan\nrest of it", "", "\n", "1", "1e", "0x 5", "--5\n", "1 2 3 4\r\n\r\nx\0y\nz", "x" * 100_000,
        "1" * 300 + " 5"]
    for text in inputs:
        outputs = []
        for program in ("lua5.4", PROGRAM):
            done = subprocess.run([program, str(script)], input=text.encode(), capture_output=True, timeout=20)
            outputs.append((done.stdout, done.returncode))
        theirs, ours = outputs
        # Addresses, and the name of what was called, differ.
        assert ours[0].split(b"true\t")[0] == theirs[0].split(b"true\t")[0], text[:40]
        assert ours[1] == theirs[1]


@pytest.mark.parametrize("read", ["io.read()", "io.stdin:read('l')", "io.lines()()", "io.stdin:lines()()"])
def test_reading_waits_like_sleep(lua, read):
    running = lua.command(lua.write(f"""
        local reading = true
        local ticks = 0
        eio.start_background_task(function()
            while reading do ticks = ticks + 1; if ticks == 5 then print("ticking") end; eio.sleep(0.01) end
        end)
        print("read", {read})
        reading = false
    """).name, stdin=None)
    running.wait_for("ticking")
    running.send_line("typed")
    assert running.finish().lines == ["ticking", "read\ttyped"]


def test_two_readers_take_turns(lua):
    running = lua.command(lua.write("""
        for n = 1, 2 do
            eio.start_background_task(function() for _ = 1, 2 do print(n, io.read()) end end)
        end
        eio.sleep(0)
        print("ready")
    """).name, stdin=None)
    running.wait_for("ready")
    for number in range(4):
        running.send_line(f"line {number}")
        running.wait_for(f"line {number}")
    lines = running.finish().lines
    assert [line.split("\t")[1] for line in lines[1:]] == [f"line {number}" for number in range(4)]


def test_cancelled_reader_leaves_the_line(lua):
    running = lua.command(lua.write("""
        local task = eio.start_background_task(io.read)
        eio.sleep(0.01)
        task:cancel(); task:join()
        print("cancelled")
        print(io.read())
    """).name, stdin=None)
    running.wait_for("cancelled")
    running.send_line("kept")
    assert running.finish().lines == ["cancelled", "kept"]


def test_chat_bot(lua, echo):
    running = lua.command(lua.write("""
        eio.on("message", function(m) print("server: " .. m) end)
        eio.connect(arg[1])
        for line in io.lines() do eio.send(line) end
        eio.disconnect()
    """).name, echo.url, stdin=None)
    for text in ("hello", "again"):
        running.send_line(text)
        running.wait_for(f"server: {text}")
    running.process.stdin.close()
    assert running.finish().status == 0


def test_other_files_are_read_as_ever(lua):
    (lua.folder / "data.txt").write_text("1\n2\n")
    assert run(lua, """
        local sum = 0
        for n in io.lines("data.txt", "n") do sum = sum + n end
        local file = io.open("data.txt")
        print(sum, file:read("l", "n"))
        file:close()
        print(pcall(io.lines, "missing.txt"))
        io.input("data.txt"); print(io.read("a") == "1\\n2\\n")
    """, stdin="not this").lines == ["3\t1\t2", "false\tcannot open file 'missing.txt' (No such file or directory)", "true"]


# Reports of errors.


def test_report_of_the_main_chunk(lua):
    result = run(lua, """\
local function inner()
    error("boom")
end
inner()
""")
    assert result.status == 1
    assert result.stderr.splitlines()[0] == "eio-lua: error in main chunk: script.lua:2: boom"
    assert "stack traceback:" in result.stderr and "script.lua:4: in main chunk" in result.stderr
    assert "in upvalue 'inner'" in result.stderr or "in local 'inner'" in result.stderr


def test_report_of_a_handler(lua, echo):
    result = run(lua, """\
local function answer(m)
    local nothing = nil
    return nothing.field
end
eio.on("message", function(m)
    eio.disconnect()
    answer(m)
end)
eio.connect(arg[1])
eio.send("x")
""", echo.url)
    assert result.status == 1
    assert result.stderr.splitlines()[0].startswith(
        "eio-lua: error in 'message' handler (registered at script.lua:5): "
        "script.lua:3: attempt to index a nil value (local 'nothing')"), result
    assert "script.lua:7: in function <script.lua:5>" in result.stderr


def test_report_of_a_task(lua):
    result = run(lua, """\
local function work(n)
    eio.sleep(0)
    error("no " .. n)
end
eio.start_background_task(work, 5)
""")
    assert result.status == 1
    assert result.stderr.splitlines()[0] == "eio-lua: error in task 'work' (started at script.lua:5): script.lua:3: no 5"


def test_report_of_several_clients_names_the_client(lua, echo):
    result = run(lua, """\
local c = require("engineio").Client()
c.on("disconnect", function() error("boom") end)
c.connect(arg[1]); c.disconnect()
""", echo.url)
    assert "error in 'disconnect' handler (client 2, registered at script.lua:2): script.lua:2: boom" in result.stderr


def test_traceback_through_own_coroutines(lua):
    result = run(lua, """\
local function deep()
    eio.sleep(0)
    error("boom")
end
local function generator()
    return coroutine.wrap(function()
        coroutine.yield(1)
        deep()
    end)
end
local function use()
    for n in generator() do eio.sleep(0) end
end
use()
""")
    assert result.status == 1
    assert "script.lua:3: boom" in result.stderr.splitlines()[0]
    places = ["script.lua:3: in", "script.lua:8: in", "script.lua:12: in", "script.lua:14: in main chunk"]
    positions = [result.stderr.find(place) for place in places]
    assert -1 not in positions and positions == sorted(positions), result


def test_traceback_through_resume_and_error(lua):
    result = run(lua, """\
local co = coroutine.create(function()
    eio.sleep(0)
    error("inner")
end)
local ok, err = coroutine.resume(co)
error(err, 0)
""")
    assert "script.lua:3: inner" in result.stderr.splitlines()[0]
    assert "script.lua:3: in function <script.lua:1>" in result.stderr


def test_report_in_a_module(lua):
    lua.write("local M = {}\nfunction M.fail() error('in module') end\nreturn M", "mod.lua")
    result = run(lua, "require('mod').fail()")
    assert "mod.lua:2: in module" in result.stderr.splitlines()[0]
    assert "script.lua:1: in main chunk" in result.stderr


def test_syntax_error_has_its_place(lua):
    result = run(lua, "x = 1\ny = = 2\n")
    assert result.status == 1 and "script.lua:2: unexpected symbol near '='" in result.stderr


def test_error_in_the_main_chunk_ends_the_program_in_order(lua, transport):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        while "1" not in received:
            received.append(await session.receive())

    with ScriptedServer(conversation) as server:
        result = run(lua, """
            eio.on("disconnect", function(reason) print(reason) end)
            eio.connect(arg[1], {transports = arg[2]})
            eio.send("last words")
            error("boom")
        """, server.url, transport)
    assert (result.lines, result.status) == (["client disconnect"], 1)
    assert received == ["4last words", "1"]


# --strict.


@pytest.mark.parametrize("place", [
    "eio.start_background_task(function() error('boom') end)",
    "eio.on('connect', function() eio.sleep(0); error('boom') end) eio.connect(arg[1])",
    "eio.on('message', function() error('boom') end) eio.connect(arg[1]) eio.send('x')",
    "eio.connect(arg[1]) error('boom')",
])
def test_strict(lua, echo, place):
    result = run(lua, f"""
        eio.on("error", function() print("handled") end)
        eio.start_background_task(function() eio.sleep(3); print("went on") end)
        {place}
        eio.sleep(60)
    """, echo.url, options=["--strict"])
    assert (result.stdout, result.status) == ("", 1), result
    assert "boom" in result.stderr and result.duration < 5
    # It says goodbye all the same.
    end = time.monotonic() + 3
    while echo.stats()["open"] and time.monotonic() < end:
        time.sleep(0.02)
    assert echo.stats()["open"] == 0


def test_strict_lets_caught_errors_be(lua):
    assert run(lua, "print(pcall(error, 'x')); print((coroutine.resume(coroutine.create(error))))", options=["--strict"]).lines == [
        "false\tx", "false"]


# Signals.


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_flushes_and_runs_disconnect_handlers(lua, transport, number, status):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        while "1" not in received:
            received.append(await session.receive())

    with ScriptedServer(conversation) as server:
        running = lua.command(lua.write("""
            eio.on("disconnect", function(reason) eio.sleep(0.1); print(reason) end)
            eio.connect(arg[1], {transports = arg[2]})
            for n = 1, 100 do eio.send(n) end
            print("ready")
            eio.wait()
        """).name, server.url, transport)
        running.wait_for("ready")
        running.signal(number)
        result = running.finish(8)
    assert (result.lines, result.status) == (["ready", "client disconnect"], status), result
    assert received == [f"4{number}" for number in range(1, 101)] + ["1"]


def test_signal_ends_a_script_without_clients(lua):
    running = lua.command(lua.write("print('ready'); eio.sleep(60)").name)
    running.wait_for("ready")
    running.signal(signal.SIGINT)
    result = running.finish(5)
    assert (result.status, result.stderr) == (130, "")


def test_signal_while_connecting(lua):
    async def conversation(server):
        await server.get()
        asked.set()
        await asyncio.to_thread(ended.wait, 10)

    asked, ended = threading.Event(), threading.Event()
    with ScriptedServer(conversation) as server:
        running = lua.command(lua.write("print('connecting'); eio.connect(arg[1])").name, server.url)
        asked.wait(10)
        running.signal(signal.SIGINT)
        result = running.finish(10)
        ended.set()
    assert result.status == 130 and result.duration < 6


def test_disconnect_handler_has_five_seconds_after_a_signal(lua, echo):
    running = lua.command(lua.write("""
        eio.on("disconnect", function() print("handler"); eio.sleep(60); print("never") end)
        eio.connect(arg[1])
        print("ready")
    """).name, echo.url)
    running.wait_for("ready")
    started = time.monotonic()
    running.signal()
    result = running.finish(10)
    assert (result.lines, result.status) == (["ready", "handler"], 130)
    assert 4 < time.monotonic() - started < 7


COMPUTING = {
    "main chunk": "print('ready') while true do end",
    "task": "eio.start_background_task(function() print('ready') while true do end end)",
    "coroutine": "coroutine.wrap(function() print('ready') while true do end end)()",
    "pcall": "print('ready') while true do pcall(function() while true do end end) end",
    "coroutine and pcall": "print('ready') while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "sort": "print('ready') while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end",
    "short slices": "print('ready') while true do eio.sleep(0) end",
}


@pytest.mark.parametrize("place", COMPUTING)
def test_signal_interrupts_what_computes(lua, place):
    running = lua.command(lua.write(COMPUTING[place]).name)
    running.wait_for("ready")
    started = time.monotonic()
    running.signal()
    result = running.finish(8)
    took = time.monotonic() - started
    assert result.status == 130
    assert took < 4, took
    if place == "short slices":
        assert "interrupted!" not in result.stderr
    else:
        assert "script.lua:1: interrupted!" in result.stderr, result
        assert took > 0.8


def test_interrupted_slice_lets_the_others_end_well(lua, echo):
    running = lua.command(lua.write("""
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1])
        eio.send("last words")
        eio.start_background_task(function() print("ready"); while true do end end)
    """).name, echo.url)
    running.wait_for("ready")
    running.signal()
    result = running.finish(8)
    assert (result.lines, result.status) == (["ready", "client disconnect"], 130), result
    assert echo.stats()["msgs"] == 1


@pytest.mark.parametrize("place", ["print('ready') while true do pcall(function() while true do end end) end",
                                   "print('ready') eio.sleep(60)"])
def test_second_signal_ends_at_once(lua, place, echo):
    running = lua.command(lua.write(f"""
        eio.on("disconnect", function() print("leaving"); eio.sleep(60) end)
        eio.connect(arg[1])
        {place}
    """).name, echo.url)
    running.wait_for("ready")
    running.signal(signal.SIGTERM)
    if "while" not in place:
        running.wait_for("leaving")
    started = time.monotonic()
    running.signal(signal.SIGINT)
    result = running.finish(5)
    assert result.status == 130
    assert time.monotonic() - started < 0.8


# Slices that compute.


def test_slow_slice_is_reported_with_its_line(lua):
    result = run(lua, """\
local started = os.clock()
while os.clock() - started < 1.5 do
    local x = 1
end
print("end")
""")
    assert (result.lines, result.status) == (["end"], 0)
    [report] = result.stderr.splitlines()
    assert any(f"script.lua:{line}" in report for line in (2, 3)) and "computed for 1." in report


def test_slow_handler_is_named(lua, echo):
    result = run(lua, """\
eio.on("message", function()
    local started = os.clock()
    while os.clock() - started < 1.4 do end
    eio.disconnect()
end)
eio.connect(arg[1])
eio.send("x")
""", echo.url)
    assert result.status == 0
    assert "script.lua:3" in result.stderr and "handler 'message'" in result.stderr


def test_slow_slice_inside_a_coroutine(lua):
    result = run(lua, """\
coroutine.wrap(function()
    local started = os.clock()
    while os.clock() - started < 1.4 do end
end)()
""")
    assert "script.lua:3" in result.stderr


def test_slow_c_function_is_reported(lua):
    result = run(lua, "os.execute('sleep 2.6')")
    assert "inside a C function" in result.stderr


def test_many_short_slices_are_not_reported(lua):
    result = run(lua, """
        local started = os.clock()
        while os.clock() - started < 1.5 do
            for _ = 1, 1000 do end
            eio.sleep(0)
        end
    """)
    assert (result.status, result.stderr) == (0, "")


def test_debug_hook_of_the_script_survives_the_report(lua):
    result = run(lua, """
        local count = 0
        debug.sethook(function() count = count + 1 end, "", 100000)
        local started = os.clock()
        while os.clock() - started < 1.4 do end
        local before = count
        for _ = 1, 10000000 do end
        print(before > 0, count > before)
    """)
    assert result.lines == ["true\ttrue"], result
