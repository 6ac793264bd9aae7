"""How scripts start: the command line, the environment and modules, as with `lua5.4`."""

import subprocess

import pytest

from harness.program import PROGRAM
from harness.talk import run


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
    ["-vE"], ["run", "--no-such"], ["serve", "--no-such"], ["serve", "--port", "x"], ["serve", "--mode", "x"],
    ["serve", "extra"],
]


@pytest.mark.parametrize("arguments", USAGE_ERRORS, ids=" ".join)
def test_usage(lua, arguments):
    result = lua.command(*arguments).finish()
    assert result.status == 64 and result.stdout == ""
    wrong = next(each for each in reversed(arguments) if each not in ("", "-e") or arguments == ["-e"])
    assert wrong in result.stderr, result


def test_options_of_the_script_are_not_read(lua):
    assert run(lua, "print(...)", "--no-such", "-v", "--strict").lines == ["--no-such\t-v\t--strict"]


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
    versioned = {**env, "LUA_INIT_5_4": "print('versioned')"}
    assert run(lua, "print('script')", env=versioned).lines == ["versioned", "script"]
    assert run(lua, "print('script')", env={"LUA_INIT": "@init.lua"}).lines == ["file", "script"]
    assert run(lua, "print('script')", env=env, options=["-E"]).lines == ["script"]


@pytest.mark.parametrize("code, place", [
    ("error('boom')", "LUA_INIT:1: boom"), ("x =", "LUA_INIT:1:"), ("@missing.lua", "missing.lua")])
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
    code = f"for _, path in ipairs{{package.cpath, package.path}} do assert(not package.searchpath('{name}', path)) end"
    return subprocess.run([PROGRAM, "-e", code], stdin=subprocess.DEVNULL, timeout=10, capture_output=True).returncode == 1


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
        connection:send("GET /stats HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
        print((connection:receive("*l")))
        connection:close()
        eio.connect("http://127.0.0.1:" .. arg[1]); eio.send("x"); print(eio.receive(5)); eio.disconnect()
    """, echo.port).lines == ["HTTP/1.1 200 OK", "x"]
