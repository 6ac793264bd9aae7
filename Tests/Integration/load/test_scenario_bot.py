"""A scenario script run as a bot: `eio-lua scenario.lua`."""

import json
import signal

import pytest

SCENARIO = """
    print("chunk", ...)
    options = {vus = 50, duration = "1h", thresholds = {checks = {"rate>2"}}}
    eio.on("disconnect", function(reason) print("disconnect", reason) end)
    function setup()
        print("setup")
        return {url = arg[1], list = {1, 2.5, "x"}}
    end
    function default(data)
        print("default", __VU, __ITER, data.list[3])
        eio.connect(data.url)
        eio.start_background_task(function() while true do eio.sleep(0.01) end end)
        eio.send("hello")
        print("echo", eio.receive(5))
    end
    function teardown(data) print("teardown", data.list[2], eio.state) end
"""


def test_each_function_is_called_once(lua, echo):
    result = lua.run(SCENARIO, echo.url, "more")
    assert (result.status, result.stderr) == (0, ""), result
    assert result.lines == [
        f"chunk\t{echo.url}\tmore", "setup", "default\t1\t0\tx", "echo\thello", "disconnect\tclient disconnect",
        "teardown\t2.5\tdisconnected"]
    stats = echo.stats()
    assert (stats["handshakes"], stats["msgs"], stats["open"]) == (1, 1, 0)


def test_the_same_script_as_bot_and_as_load(lua, echo):
    lua.write(SCENARIO)
    result = lua.command("load", "-i", 1, "-u", 1, "--no-thresholds", "-q", "script.lua", "--", echo.url).finish()
    assert result.status == 0, result
    assert [line.split("\t")[0] for line in result.lines if line[:1].islower()].count("default") == 1


def test_setup_and_teardown_may_be_missing(lua):
    result = lua.run("function default(data) print('ran', data) end")
    assert (result.status, result.lines) == (0, ["ran\tnil"])


def test_tasks_and_handlers_of_the_chunk_stay(lua, echo):
    result = lua.run("""
        eio.start_background_task(function() while true do eio.sleep(60) end end)
        local handled = eio.create_event()
        eio.on("message", function(text) print("handled", text) handled:set() end)
        function default() eio.connect(arg[1]) eio.send("a") handled:wait() end
    """, echo.url)
    assert (result.status, result.lines) == (0, ["handled\ta"])


def test_a_script_on_the_standard_input(lua):
    result = lua.command("-", stdin="function default() print('ran') end").finish()
    assert (result.status, result.lines) == (0, ["ran"])


@pytest.mark.parametrize("script, lines", [
    # Its chunk waits: a bot, as it always was.
    ("function default() print('default') end eio.sleep(0) print('bot')", ["bot"]),
    ("function setup() print('setup') end print('bot')", ["bot"]),
    ("default = {} print('bot')", ["bot"]),
    ("setmetatable(_G, {__index = function() return print end}) io.write('bot\\n')", ["bot"]),
])
def test_a_plain_bot_stays_one(lua, script, lines):
    result = lua.run(script)
    assert (result.status, result.lines, result.stderr) == (0, lines, "")


def test_scenarios_without_default_get_a_warning(lua):
    script = """
        options = {scenarios = {
            chat = {executor = "shared-iterations", iterations = 1, exec = "chat"},
            steady = {executor = "shared-iterations", iterations = 1, exec = "steady"},
        }}
        function chat() print("chat") end
    """
    result = lua.run(script + "function steady() end")
    assert (result.status, result.lines) == (0, [])
    assert result.stderr == (
        "warning: the script has no function 'default', which is what runs outside of a load test; its scenarios have "
        "chat, steady\n")
    assert lua.run(script).stderr == ""


@pytest.mark.parametrize("part, lines", [
    ("setup", ["setup"]),
    ("default", ["setup", "default", "teardown"]),
    ("teardown", ["setup", "default", "teardown"]),
])
def test_an_error_is_the_exit_status(lua, part, lines):
    functions = "\n".join(
        f"function {name}() print('{name}') {'error(_VERSION)' if name == part else ''} end"
        for name in ("setup", "default", "teardown"))
    result = lua.run(functions)
    assert (result.status, result.lines) == (1, lines), result
    assert f"eio-lua: error in function '{part}': " in result.stderr and "script.lua:" in result.stderr


def test_an_error_of_the_chunk(lua):
    result = lua.run("function default() print('ran') end error('broken')")
    assert (result.status, result.lines) == (1, [])
    assert "broken" in result.stderr


def test_strict_ends_at_the_first_error(lua):
    result = lua.run(
        "function default() error('first') end function teardown() print('teardown') end", options=["--strict"])
    assert (result.status, result.lines) == (1, []), result


@pytest.mark.parametrize("script, status, lines", [
    ("function default() os.exit(3) end function teardown() print('down') end", 3, ["down"]),
    ("function setup() os.exit(4) end function default() print('ran') end", 4, []),
    ("function default() end os.exit(5)", 5, []),
    ("function default() os.exit(true) end", 0, []),
])
def test_exit_status_of_the_script(lua, script, status, lines):
    result = lua.run(script)
    assert (result.status, result.lines) == (status, lines), result


def test_what_setup_returns_must_be_json(lua):
    result = lua.run("function setup() return print end function default() print('ran') end")
    assert (result.status, result.lines) == (1, [])
    assert "setup() did not return valid JSON" in result.stderr


def test_signal_disconnects_and_takes_down(lua, echo):
    running = lua.start("""
        eio.on("disconnect", function(reason) print("disconnect", reason) end)
        function setup() return 7 end
        function default() eio.connect(arg[1]) print("up") eio.wait() print("not reached") end
        function teardown(data) print("teardown", data) end
    """, echo.url)
    running.wait_for("up")
    running.signal(signal.SIGINT)
    result = running.finish(10)
    assert (result.status, result.stderr) == (130, ""), result
    assert result.lines == ["up", "disconnect\tclient disconnect", "teardown\t7"]
    assert echo.stats()["open"] == 0


def test_trace_of_one_iteration(lua, echo):
    result = lua.run(SCENARIO, echo.url, options=["--trace-format", "json"])
    messages = [each for each in map(json.loads, result.stderr.splitlines()) if each["type"] == "message"]
    assert [(each["direction"], each["data"]) for each in messages] == [("out", "hello"), ("in", "hello")]


@pytest.mark.parametrize("script", [
    "require('loadtest').abort('enough') print('after')",
    "function default() require('loadtest').abort('enough') end function teardown() print('after') end"])
def test_abort_ends_the_program(lua, script):
    result = lua.run(script)
    assert (result.status, result.stdout, result.stderr) == (108, "", "error: aborted: enough\n"), result
