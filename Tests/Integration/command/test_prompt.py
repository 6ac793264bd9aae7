"""The prompt for Lua, on a terminal and on a pipe."""

import os
import re
import signal
import stat
import subprocess

import pytest

from harness.program import PROGRAM
from harness.typing_terminal import TypingTerminal


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(*arguments, end="\n>", program=PROGRAM, **how):
        terminal = TypingTerminal([program, *arguments], tmp_path, **how)
        started.append(terminal)
        terminal.wait_for(end)
        return terminal

    yield begin
    for terminal in started:
        terminal.close()


def after_greeting(terminal):
    return terminal.screen.split("Ctrl-D ends\n", 1)[1].split("\n")


def test_greeting_and_the_end(start):
    prompt = start()
    assert re.match(r"eio-lua \d\S* \(Lua 5\.4\.\d", prompt.screen)
    assert prompt.is_raw
    prompt.send("\x04")
    assert prompt.finish() == 0


def test_values(start):
    prompt = start()
    for line in ["1 + 1, 'a\\n', nil", "{b = {1, 2}, a = 'x'}", "x = 5", "=x", "return x, x", "local y = 1", "y", "--"]:
        prompt.line(line)
    assert after_greeting(prompt) == [
        "> 1 + 1, 'a\\n', nil", '2\t"a\\n"\tnil'.expandtabs(), "> {b = {1, 2}, a = 'x'}", '{a = "x", b = {1, 2}}',
        "> x = 5", "> =x", "5", "> return x, x", "5\t5".expandtabs(), "> local y = 1", "> y", "nil", "> --", ">"]


def test_statements_of_several_lines(start):
    prompt = start()
    prompt.line("for i = 1, 2 do", "\n>>")
    prompt.line("print(i)", "\n>>")
    prompt.line("end")
    assert after_greeting(prompt) == ["> for i = 1, 2 do", ">> print(i)", ">> end", "1", "2", ">"]
    prompt.line("f(", "\n>>")
    prompt.send("\x03")
    prompt.wait_for("\n>")
    prompt.line("1 + 1")
    assert after_greeting(prompt)[-2:] == ["2", ">"]


def test_errors_do_not_end_the_prompt(start):
    prompt = start()
    prompt.line("error('first')")
    prompt.line("x = = 1")
    prompt.line("local function f() error({code = 1}) end f()")
    prompt.line("setmetatable({}, {__name = 'a', __tostring = error})")
    screen = prompt.screen
    assert "stdin:1: first\nstack traceback:\n" in screen
    assert "stdin:1: unexpected symbol near '='\n>" in screen
    assert "(error object is a table value)" in screen
    prompt.line("os.exit(3)", "\n> os.exit(3)")
    assert prompt.finish() == 3


def test_waiting_and_what_is_printed_meanwhile(start):
    prompt = start()
    prompt.line("go = eio.create_event()")
    prompt.line("function task() go:wait() print('from a task') io.stderr:write('error\\n') end")
    prompt.line("eio.start_background_task(task) go = go")
    prompt.send("half a li")
    prompt.wait_for("> half a li")
    prompt.send("\x15eio.sleep(0) go:set()\r")
    prompt.wait_until(lambda screen: "from a task" in screen and screen.endswith("\n>"))
    prompt.line("function task() go:wait() print('late') io.write('no end') io.flush() end go:clear()")
    prompt.line("eio.start_background_task(task) eio.start_background_task(function() eio.sleep(0.3) go:set() end) q = 1")
    prompt.send("abc")
    prompt.wait_until(lambda screen: screen.endswith("\nlate\nno end\n> abc"))
    prompt.send("\x7f\x7f\x7f1 + 1\r")
    prompt.wait_for("> 1 + 1\n2\n>")


def test_a_long_line_stays_below_what_is_printed(start):
    prompt = start(columns=20, end="\n>")
    prompt.line("eio.start_background_task(function() eio.sleep(0.3) print('late') end) q = 1")
    long = "local a = '" + "x" * 50
    prompt.send(long)
    wrapped = "> " + long
    rows = [wrapped[start:start + 20] for start in range(0, len(wrapped), 20)]
    prompt.wait_until(lambda screen: screen.endswith("\n".join(["late", *rows])))
    prompt.resize(40)
    prompt.send("'\r1 + 1\r")
    prompt.wait_until(lambda screen: re.search(r"\n2\n>$", screen))


def test_ctrl_c(start):
    prompt = start()
    prompt.send("abc")
    prompt.wait_for("> abc")
    prompt.send("\x03")
    prompt.wait_for("> abc^C\n>")
    prompt.send("print('begun') eio.sleep(100) print('never')\r")
    prompt.wait_for("\nbegun")
    assert not prompt.is_raw
    prompt.send("\x03")
    prompt.wait_for("^C\n>")
    prompt.send("print('busy') while true do end\r")
    prompt.wait_for("\nbusy")
    prompt.send("\x03")
    prompt.wait_until(lambda screen: "interrupted!" in screen and screen.endswith("\n>"))
    prompt.line("1 + 1")
    assert "\n2\n>" in prompt.screen and "never" not in prompt.screen.split("\nbegun")[1]
    prompt.send("\x03")
    assert prompt.finish() == 0


def test_ctrl_d_that_is_typed_while_a_statement_runs(start):
    prompt = start()
    prompt.send("print('begun') eio.sleep(0.5)\r")
    prompt.wait_for("\nbegun")
    prompt.send("\x04")
    assert prompt.finish() == 0


def test_history(start, tmp_path):
    prompt = start()
    prompt.line("a = 'größe'")
    prompt.line("a")
    prompt.send("\x04")
    assert prompt.finish() == 0
    file = tmp_path / "eio-lua" / "lua_history"
    assert file.read_text() == "a = 'größe'\na\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    prompt = start()
    prompt.send("\x1b[A\x1b[A")
    prompt.wait_for("> a = 'größe'")
    prompt.line("")
    prompt.send("\x12gr")
    prompt.wait_for("\n> a = 'größe'\nbck:gr")
    prompt.send("\r")
    prompt.wait_for("\n> a = 'größe'\n>")
    prompt.line("#a")
    assert prompt.screen.endswith("\n7\n>")


def test_completion(start):
    prompt = start()
    prompt.line("s, t = 'x', setmetatable({}, {__index = function() print('called') return {} end}) t.one = {two = 2}")
    for keys, shown in [
        ("eio.conn\t", "eio.connect"), ("s:gs\t", "s:gsub"), ("print(string.ch\t", "print(string.char"),
        ("coroutine.wr\t", "coroutine.wrap"), ("t.one.t\t", "t.one.two"), ("sio.em\t", "sio.emit"),
        ("eio.json.enc\t", "eio.json.encode"), ("whi\t", "while"), ("t.no.x\t", "t.no.x"),
    ]:
        prompt.send(keys)
        prompt.wait_for("\n> " + shown)
        prompt.send("\x15")
        prompt.wait_for("\n>")
    prompt.send("coroutine.r\t")
    prompt.wait_until(lambda screen: re.search(r"\nresume +running\n> coroutine\.r$", screen))
    assert "called" not in prompt.screen.split("t.one = {two = 2}")[1]


def test_a_script_and_then_the_prompt(start, tmp_path):
    (tmp_path / "bot.lua").write_text("value = ... print('ran') eio.sleep(0) error('its end')")
    prompt = start("-i", "bot.lua", "argument")
    lines = after_greeting(prompt)
    assert lines[0] == "ran" and "its end" in lines[1]
    prompt.line("value")
    assert prompt.screen.endswith('\n"argument"\n>')


def test_prompts_of_the_script(start):
    prompt = start("-i", "-e", "_PROMPT, _PROMPT2 = 'lua: ', '..... '", end="lua:")
    prompt.line("f(", "\n.....")


def test_clients_are_disconnected_at_the_end(start, echo):
    prompt = start("--url", echo.url)
    prompt.line("eio:on('disconnect', function(reason) print('left: ' .. reason) end)")
    prompt.line("eio.connect()")
    prompt.line("eio.state")
    assert '"connected"' in prompt.screen
    prompt.send("\x04")
    assert prompt.finish() == 0
    assert "left: client disconnect" in prompt.screen


@pytest.mark.parametrize("number, status", [
    (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, -signal.SIGQUIT),
])
def test_a_signal_restores_the_terminal(start, number, status):
    prompt = start()
    assert prompt.is_raw
    prompt.signal(number)
    assert prompt.finish() == status


def test_suspended_and_continued(start):
    shell = start("--norc", "--noprofile", "-i", program="bash", end="$", env={"PS1": "$ ", "EIO_LUA": PROGRAM})
    shell.send('"$EIO_LUA"\r')
    shell.wait_for("ends\n>")
    shell.send("1 + ")
    shell.wait_for("> 1 +")
    shell.send("\x1a")
    shell.wait_until(lambda screen: "Stopped" in screen and screen.endswith("$"))
    shell.send("fg\r")
    shell.wait_for("\n> 1 +")
    shell.send("1\r")
    shell.wait_for("\n2\n>")
    shell.send("\x04")
    shell.wait_for("$")


def test_a_pipe(lua):
    done = lua.command("-i", stdin="x = io.read()\na line\n\nfor i = 1, 2 do\nx = x .. i end\nx\n").finish()
    assert done.status == 0
    assert done.stdout.split("ends\n")[1] == '> > > >> > "a line12"\n> \n'


def test_a_terminal_for_input_alone(lua):
    controller, terminal = os.openpty()
    try:
        os.write(controller, b"1 + 1\n\x04")
        done = subprocess.run([PROGRAM], stdin=terminal, capture_output=True, timeout=20, text=True)
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 0 and "> 2\n> " in done.stdout


def test_no_library_of_the_editor_is_needed():
    needed = subprocess.run(["readelf", "-d", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert "NEEDED" in needed
    assert not re.search(r"lib(edit|tinfo|ncurses|bsd|md)\b", needed)
