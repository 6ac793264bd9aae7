"""Bad input: a clear error with its place, and nothing lost that was not the error's own."""

import os
import subprocess

import pytest

from harness.embedded import EmbeddedServer
from harness.program import PROGRAM
from harness.scripted import ScriptedServer


@pytest.fixture
def echo(lua):
    return EmbeddedServer(lua)


def run(lua, text, *args, timeout=30):
    """Runs a script by its name alone, as messages then show it."""
    return lua.command(lua.write(text).name, *args).finish(timeout)


def message_of(lua, code, *args):
    """The text of the error that this code raises; its place in the script must be right."""
    result = run(lua, f"local ok, err = pcall(function()\n{code}\nend)\nprint(ok, err)", *args, timeout=5)
    assert result.status == 0, result
    assert result.stdout.startswith("false\tscript.lua:2: "), result
    return result.stdout.removeprefix("false\tscript.lua:2: ").removesuffix("\n")


# Addresses.

URLS = {
    "foo": '"foo" has no scheme',
    "localhost:5000": '"localhost:5000" has no scheme',
    "//localhost": '"//localhost" has no scheme',
    "ftp://localhost": '"ftp"',
    "file:///etc/passwd": '"file"',
    "": "empty",
    "http://": '"http://" has no host',
    "http://:80": "has no host",
    "http://localhost:0": '"0"',
    "http://localhost:65536": '"65536"',
    "http://localhost:abc": '"abc"',
    "http://localhost:-1": '"-1"',
    "http://a b/": "space",
    "http://[::1": "[ without a ]",
    "http://localhost/\\r\\nX: y": "control character",
    "http://localhost/\\0": "control character",
}


@pytest.mark.parametrize("url", URLS)
def test_bad_url(lua, url):
    message = message_of(lua, f'eio.connect("{url}")')
    assert URLS[url] in message and "\r" not in message


@pytest.mark.parametrize("url", ["foo", "ftp://localhost", ""])
def test_bad_url_leaves_the_client_usable(lua, echo, url):
    assert run(lua, f"""
        pcall(eio.connect, "{url}")
        eio.connect(arg[1]); eio.send("x"); print(eio.receive(5)); eio.disconnect()
    """, echo.url).lines == ["x"]


def test_bad_url_on_the_command_line(lua):
    lua.write("eio.connect()")
    result = lua.command("--url", "ftp://x", "script.lua").finish()
    assert result.status == 1 and '"ftp"' in result.stderr


def test_host_that_does_not_exist(lua):
    result = run(lua, """
        local ok, err = pcall(eio.connect, "http://does-not-exist.invalid")
        print(ok, err.type, err.phase, err.message)
    """)
    assert result.stdout.startswith("false\tConnectionError\tdns\t") and "does-not-exist.invalid" in result.stdout


# Headers.

HEADERS = {
    r'{["X-A\r\nX-B"] = "c"}': "control character",
    r'{["X-A\n"] = "c"}': "control character",
    r'{["X A"] = "c"}': "'X A'",
    r'{["X:"] = "c"}': "'X:'",
    r'{[""] = "c"}': "''",
    r'{["X-Ü"] = "c"}': "'X-Ü'",
    r'{["X-A"] = "c\r\nX-B: d"}': "'X-A'",
    r'{["X-A"] = "c\n"}': "'X-A'",
    r'{["X-A"] = "c\0"}': "'X-A'",
    r'{["X-A"] = {}}': "'X-A'",
    r'{["X-A"] = true}': "'X-A'",
    r'{"X-A: b"}': "keys",
}


@pytest.mark.parametrize("headers", HEADERS)
def test_bad_header(lua, headers):
    message = message_of(lua, f'eio.connect("http://127.0.0.1:1", {{headers = {headers}}})')
    assert message.startswith("bad argument #2 to 'connect'") and "'headers'" in message
    assert HEADERS[headers] in message
    assert "\r" not in message and "\n" not in message


def test_line_ends_in_the_path_reach_no_server(lua):
    """The path is text for one request line, whatever it contains."""
    with ScriptedServer() as server:
        result = run(lua, r"""
            local c = require("engineio").Client{request_timeout = 0.3}
            print(pcall(c.connect, arg[1], {engineio_path = "a HTTP/1.1\r\nX-Evil: b\r\n"}))
        """, server.url)
    assert result.stdout.startswith("false")
    for request in server.requests:
        assert "X-Evil" not in dict(request.headers) and "\r" not in request.target


# What send() cannot take.

NESTED = "local t = {} for _ = 1, 200 do t = {t} end "
UNSENDABLE = {
    "eio.send(print)": ["#1", "function"],
    "eio.send()": ["#1", "no value"],
    "eio.send(nil)": ["#1", "nil"],
    "eio.send(true)": ["#1", "boolean"],
    "eio.send(coroutine.create(print))": ["#1", "thread"],
    "eio.send(io.stdout)": ["#1", "userdata"],
    "eio.send(eio.null)": ["#1", "userdata"],
    r"eio.send('abc\xff')": ["#1", "byte 4", "eio.bytes"],
    r"eio.send('\xc0\x80')": ["#1", "byte 1", "eio.bytes"],
    r"eio.send('ok \xed\xa0\x80')": ["#1", "byte 4", "eio.bytes"],
    r"eio.send({a = {'\xff'}})": ["#1", "byte 1", "$.a[1]"],
    r"eio.send({['k\xff'] = 1})": ["#1", "byte 2", "key"],
    "local t = {a = {}} t.a.b = {t} eio.send(t)": ["#1", "cycle", "$.a.b[1]"],
    "eio.send({x = {1, 2, y = 3}})": ["#1", "string and integer keys", "$.x"],
    "eio.send({1, 2, nil, 4})": ["#1", "hole", "index 3"],
    "eio.send({x = {[1000000] = 1}})": ["#1", "hole", "index 1", "$.x"],
    "eio.send({[0] = 1})": ["#1", "0"],
    "eio.send({[1.5] = 1})": ["#1", "key that is a float"],
    "eio.send({[true] = 1})": ["#1", "key that is a boolean"],
    "eio.send({[{}] = 1})": ["#1", "key that is a table"],
    "eio.send({a = 0/0})": ["#1", "nan", "$.a"],
    "eio.send({1, {b = 1/0}})": ["#1", "inf", "$[2].b"],
    "eio.send({-1/0})": ["#1", "-inf", "$[1]"],
    "eio.send({f = print})": ["#1", "function", "$.f"],
    "eio.send({['a b'] = {io.stdout}})": ["#1", "userdata", '$["a b"][1]'],
    "eio.send({eio.bytes('x')})": ["#1", "bytes", "$[1]"],
    NESTED + "eio.send(t)": ["#1", "levels", "$[1][1]"],
}


@pytest.mark.parametrize("code", UNSENDABLE, ids=lambda code: code[-30:])
def test_send_refuses(lua, transport, code):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        received.append(await session.receive())
        await session.send("1")

    with ScriptedServer(conversation) as server:
        result = run(lua, f"""
            eio.connect(arg[1], {{transports = arg[2]}})
            print(pcall(function() {code} end))
            eio.send("next")
        """, server.url, transport)
    assert result.stdout.startswith("false\tscript.lua:3: bad argument #1 to 'send' ("), result
    for part in UNSENDABLE[code]:
        assert part in result.stdout, result
    assert len(result.stdout.splitlines()) == 1
    # Nothing of what was refused went out, and the session is whole.
    assert received == ["4next"]


@pytest.mark.parametrize("code", [code for code in UNSENDABLE if "{" in code or "print" in code], ids=lambda code: code[-30:])
def test_encode_refuses(lua, code):
    message = message_of(lua, code.replace("eio.send", "eio.json.encode"))
    assert message.startswith("bad argument #1 to 'encode' (")
    for part in UNSENDABLE[code][1:]:
        assert part in message


def test_send_of_an_encoder_gone_wrong(lua, echo):
    result = run(lua, """
        local c = require("engineio").Client{json = {encode = function(x) return x.result end, decode = print}}
        c.connect(arg[1])
        print(pcall(c.send, {result = 5})); print(pcall(c.send, {}))
        c.disconnect()
    """, echo.url)
    assert "json.encode returned a number" in result.lines[0] and "json.encode returned a nil" in result.lines[1]


UNDECODABLE = {
    "''": "byte 1", "'{'": "byte 2", "'[1,2'": "byte 5", "'[1,]'": "byte 4", "'{\"a\"}'": "byte 5", "'nul'": "byte 1",
    "'[1] x'": "byte 5", "'01'": "byte", "'\"\\xff\"'": "byte 2", "'\"\\n\"'": "byte 2", "'[NaN]'": "byte 2",
    "('['):rep(200)": "levels",
}


@pytest.mark.parametrize("text", UNDECODABLE)
def test_decode_refuses(lua, text):
    assert UNDECODABLE[text] in message_of(lua, f"eio.json.decode({text})")


# Arguments of a wrong type: the error has the argument's number, its name and the function's.

CLIENT = "require('engineio').Client"
QUEUE, EVENT, TASK = "eio.create_queue()", "eio.create_event()", "eio.start_background_task(function() end)"
ARGUMENTS = [
    ("eio.sleep('x')", 1, "sleep", "seconds"),
    ("eio.sleep({})", 1, "sleep", "seconds"),
    ("eio.sleep(-1)", 1, "sleep", "seconds"),
    ("eio.sleep(-math.huge)", 1, "sleep", "seconds"),
    ("eio.sleep(0/0)", 1, "sleep", "nan"),
    ("eio:sleep(-1)", 1, "sleep", "seconds"),
    ("eio.receive('x')", 1, "receive", "seconds"),
    ("eio.receive(-1)", 1, "receive", "seconds"),
    ("eio.receive(0/0)", 1, "receive", "seconds"),
    ("eio.drain('x')", 1, "drain", "seconds"),
    ("eio.drain(-1)", 1, "drain", "seconds"),
    ("eio.connect()", 1, "connect", "url"),
    ("eio.connect(5)", 1, "connect", "url"),
    ("eio.connect(print)", 1, "connect", "url"),
    ("eio.connect('http://127.0.0.1:1', 5)", 2, "connect", "options"),
    ("eio.connect('http://127.0.0.1:1', {header = {}})", 2, "connect", "'headers'"),
    ("eio.connect('http://127.0.0.1:1', {headers = 'x'})", 2, "connect", "'headers'"),
    ("eio.connect('http://127.0.0.1:1', {transports = 5})", 2, "connect", "'transports'"),
    ("eio.connect('http://127.0.0.1:1', {transports = {5}})", 2, "connect", "'transports'"),
    ("eio.connect('http://127.0.0.1:1', {engineio_path = 5})", 2, "connect", "'engineio_path'"),
    ("eio.connect('http://127.0.0.1:1', {try_all_transports = 1})", 2, "connect", "'try_all_transports'"),
    ("eio.disconnect(5)", 1, "disconnect", "options"),
    ("eio.disconnect{timeout = -1}", 1, "disconnect", "'timeout'"),
    ("eio.disconnect{timeout = 0/0}", 1, "disconnect", "'timeout'"),
    ("eio.disconnect{timeout = 'x'}", 1, "disconnect", "'timeout'"),
    ("eio.disconnect{abort = 1}", 1, "disconnect", "'abort'"),
    ("eio.disconnect{abrot = true}", 1, "disconnect", "'abort'"),
    ("eio.on('message', 5)", 2, "on", "handler"),
    ("eio.on('message', nil)", 2, "on", "handler"),
    ("eio.on('message', print, 5)", 3, "on", "options"),
    ("eio.on('message', print, {ordred = true})", 3, "on", "'ordered'"),
    ("eio.on('message', print, {ordered = 1})", 3, "on", "'ordered'"),
    ("eio.on('connect', print, {ordered = true})", 3, "on", "'ordered'"),
    ("eio.send(print)", 1, "send", "data"),
    ("eio.start_background_task()", 1, "start_background_task", "function"),
    ("eio.start_background_task('f')", 1, "start_background_task", "function"),
    ("eio.create_queue('x')", 1, "create_queue", "size"),
    ("eio.create_queue(1.5)", 1, "create_queue", "1.5"),
    ("eio.bytes(5)", 1, "bytes", "string"),
    ("eio.bytes()", 1, "bytes", "string"),
    ("eio.array(5)", 1, "array", "table"),
    ("eio.object('x')", 1, "object", "table"),
    ("eio.json.encode()", 1, "encode", "value"),
    ("eio.json.decode(5)", 1, "decode", "string"),
    ("eio.bytes('abc'):sub('x')", 1, "sub", "integer"),
    ("eio.bytes('abc'):byte({})", 1, "byte", "integer"),
    ("eio.bytes('abc'):unpack(5)", 1, "unpack", "format"),
    ("eio.bytes('abc'):unpack('<I4')", 1, "unpack", "too short"),
    (f"{QUEUE}:put()", 1, "put", "item"),
    (f"{QUEUE}:put(1, 5)", 2, "put", "block"),
    (f"{QUEUE}:put(1, true, 'x')", 3, "put", "seconds"),
    (f"{QUEUE}:get('x')", 1, "get", "block"),
    (f"{QUEUE}:get(true, -1)", 2, "get", "seconds"),
    (f"{QUEUE}:get{{timeout = -1}}", 1, "get", "seconds"),
    (f"{QUEUE}:get{{timeuot = 0.1}}", 1, "get", "timeuot"),
    (f"{EVENT}:wait(-1)", 1, "wait", "seconds"),
    (f"{EVENT}:wait('x')", 1, "wait", "seconds"),
    (f"{TASK}:join(-1)", 1, "join", "seconds"),
    (f"{TASK}:join({{}})", 1, "join", "seconds"),
    (f"{CLIENT}(5)", 1, "Client", "options"),
    (f"{CLIENT}{{request_timeot = 1}}", 1, "Client", "'request_timeout'"),
    (f"{CLIENT}{{request_timeout = -5}}", 1, "Client", "'request_timeout'"),
    (f"{CLIENT}{{connect_timeout = 0/0}}", 1, "Client", "'connect_timeout'"),
    (f"{CLIENT}{{ssl_verify = 'no'}}", 1, "Client", "'ssl_verify'"),
    (f"{CLIENT}{{ca_file = 5}}", 1, "Client", "'ca_file'"),
    (f"{CLIENT}{{logger = 5}}", 1, "Client", "'logger'"),
    (f"{CLIENT}{{json = 5}}", 1, "Client", "'json'"),
    (f"{CLIENT}{{json = {{encode = print}}}}", 1, "Client", "'decode'"),
    (f"{CLIENT}{{timestamp_requests = 0}}", 1, "Client", "'timestamp_requests'"),
    (f"{CLIENT}{{handle_sigint = 0}}", 1, "Client", "'handle_sigint'"),
    (f"{CLIENT}{{max_message_size = 'big'}}", 1, "Client", "'max_message_size'"),
    (f"{CLIENT}{{max_buffered = -1}}", 1, "Client", "'max_buffered'"),
    (f"{CLIENT}{{[5] = 5}}", 1, "Client", "'5'"),
]


@pytest.mark.parametrize("code, number, function, name", ARGUMENTS, ids=[each[0] for each in ARGUMENTS])
def test_argument_error(lua, code, number, function, name):
    message = message_of(lua, code)
    assert message.startswith(f"bad argument #{number} to '{function}' (")
    assert name in message


@pytest.mark.parametrize("code, kind", [
    (f"{QUEUE}.get(5)", "queue"), (f"{QUEUE}.put({EVENT})", "queue"), (f"{EVENT}.wait()", "event"),
    (f"{TASK}.join()", "task"), (f"{TASK}.cancel({QUEUE})", "task"), ("eio.bytes('x').sub('x')", "bytes"),
])
def test_wrong_self(lua, code, kind):
    assert f"{kind} expected" in message_of(lua, code)


def test_metamethods_called_on_anything(lua):
    """Nothing that a script finds in a metatable can be turned against the host."""
    result = run(lua, """
        local values = {eio, eio.bytes("x"), eio.create_queue(), eio.create_event(), eio.null,
            eio.start_background_task(function() end), select(2, pcall(eio.connect, "x")), eio.queue_empty}
        local arguments = {{}, 5, "x", print, io.stdout, eio, setmetatable({}, {__name = "task"})}
        local called = 0
        for _, value in ipairs(values) do
            local metatable = getmetatable(value)
            for _, method in pairs(type(metatable) == "table" and metatable or {}) do
                if type(method) == "function" then
                    pcall(method)
                    for _, argument in ipairs(arguments) do
                        pcall(method, argument); pcall(method, argument, argument); pcall(method, value, argument)
                        called = called + 1
                    end
                end
            end
        end
        print(called > 20)
        collectgarbage(); collectgarbage()
    """)
    assert (result.lines, result.status) == (["true"], 0), result


# Errors that are not strings, and errors in odd places.

NOT_STRINGS = {
    "error({})": "script.lua:1: (error object is a table value)",
    "error()": "script.lua:1: (error object is a nil value)",
    "error(nil)": "script.lua:1: (error object is a nil value)",
    "error(false)": "(error object is a boolean value)",
    "error(42, 0)": "42",
    "error(setmetatable({}, {__tostring = function() return 'own text' end}))": "own text",
    "error(setmetatable({}, {__tostring = function() error('worse') end}))": "__tostring raised an error",
    "error(setmetatable({}, {__tostring = function() return 5 end}))": "script.lua:1:",
    "error(eio.bytes('raw'))": "raw",
}


@pytest.mark.parametrize("code", NOT_STRINGS)
@pytest.mark.parametrize("place", ["main", "task"])
def test_error_that_is_no_string(lua, place, code):
    text = code if place == "main" else f"eio.start_background_task(function() {code} end) eio.sleep(0.01) print('on')"
    result = run(lua, text)
    assert result.status == 1
    assert NOT_STRINGS[code] in result.stderr and "script.lua:1:" in result.stderr
    if place == "task":
        assert result.lines == ["on"]


def test_error_in_gc(lua):
    """As lua5.4 does: a warning, and the script goes on."""
    script = """
        warn("@on")
        setmetatable({}, {__gc = function() error("in gc") end})
        collectgarbage(); collectgarbage()
        eio.sleep(0.01)
        setmetatable({}, {__gc = function() error("at the end") end})
        print("alive")
    """
    result = run(lua, script)
    assert (result.lines, result.status) == (["alive"], 0), result
    assert "in gc" in result.stderr


def test_error_in_close(lua):
    result = run(lua, """
        print(pcall(function()
            local c <close> = setmetatable({}, {__close = function() error("in close", 0) end})
            eio.sleep(0)
        end))
    """)
    assert result.lines == ["false\tin close"]


def test_error_in_a_coroutine_of_the_scripts_own(lua):
    result = run(lua, """
        local co = coroutine.create(function() eio.sleep(0); error("inside", 0) end)
        print(coroutine.resume(co)); print(coroutine.status(co))
        print(pcall(coroutine.wrap(function() eio.sleep(0); error({}) end)))
    """)
    assert result.lines[:2] == ["false\tinside", "dead"] and result.lines[2].startswith("false\ttable:")


def test_stack_overflow(lua):
    result = run(lua, "local function f() return 1 + f() end\nprint(select(2, pcall(f)):match('stack overflow'))\neio.sleep(0)")
    assert (result.lines, result.status) == (["stack overflow"], 0)


def test_endless_nesting_of_coroutines(lua):
    result = run(lua, """
        local function nest() return coroutine.wrap(nest)() end
        local ok, err = pcall(nest)
        print(ok, tostring(err):match("overflow"))
        eio.sleep(0.01)
        print("alive")
    """)
    assert result.status == 0 and result.lines == ["false\toverflow", "alive"], result


@pytest.mark.parametrize("event", ["connect", "message", "disconnect"])
def test_os_exit_in_a_handler(lua, echo, event):
    result = run(lua, """
        eio.on(arg[2], function() print("handler"); os.exit(7); print("after") end)
        eio.connect(arg[1])
        eio.send("x")
        if arg[2] == "disconnect" then eio.receive(5); eio.disconnect() end
    """, echo.url, event)
    assert (result.lines, result.status) == (["handler"], 7), result


def test_os_exit_writes_what_is_queued(lua, transport):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        while "1" not in received:
            received.append(await session.receive())

    with ScriptedServer(conversation) as server:
        result = run(lua, """
            eio.connect(arg[1], {transports = arg[2]})
            for n = 1, 50 do eio.send("m" .. n) end
            os.exit(true)
        """, server.url, transport)
    assert result.status == 0
    assert received == [f"4m{number}" for number in range(1, 51)] + ["1"]


@pytest.mark.parametrize("place", [
    "eio.start_background_task(function() os.exit(3) end) eio.sleep(60)",
    "coroutine.wrap(function() os.exit(3) end)()",
    "pcall(os.exit, 3) print('after')",
    "table.sort({2, 1}, function() os.exit(3) end) print('after')",
    "for _ = 1, 10 do pcall(function() table.sort({2, 1}, function() os.exit(3) end) end) end print('after')",
    "setmetatable({}, {__gc = function() os.exit(3) end}) collectgarbage() collectgarbage() eio.sleep(1) print('after')",
])
def test_os_exit_anywhere(lua, place):
    result = run(lua, place)
    assert (result.stdout, result.status) == ("", 3), result


@pytest.mark.parametrize("code, status", [
    ("os.exit()", 0), ("os.exit(true)", 0), ("os.exit(false)", 1), ("os.exit(255)", 255), ("os.exit(5, true)", 5)])
def test_status_of_os_exit(lua, code, status):
    assert run(lua, code).status == status


def test_os_exit_with_a_wrong_argument(lua):
    assert "bad argument #1 to" in message_of(lua, "os.exit('x')")


# Many tasks and messages.


def test_ten_thousand_tasks_that_fail(lua):
    result = run(lua, """
        eio.on("error", function() end)
        for n = 1, 10000 do eio.start_background_task(function() eio.sleep(0.01); error("no " .. n) end) end
        eio.sleep(0.5)
        print("end")
    """)
    assert (result.lines, result.status, result.stderr) == (["end"], 1, "")


def test_ten_thousand_messages_before_disconnect(lua, way, echo):
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    before = echo.stats()["msgs"]
    result = run(lua, f"""
        eio.connect(arg[1], {{transports = {transports}}})
        for n = 1, 10000 do eio.send("m" .. n) end
        print(eio.disconnect())
    """, echo.url)
    assert result.lines == ["true"]
    assert echo.stats()["msgs"] - before == 10000


# The outputs and the files.


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_closed_stream(lua, stream):
    script = lua.write("for n = 1, 1000 do print(n) end; eio.log.error('x'); eio.sleep(0); io.write('x')")
    done = subprocess.run(
        f"exec {PROGRAM} {script} {'1' if stream == 'stdout' else '2'}>&-", shell=True, capture_output=True, timeout=20)
    # An error that a script can see, never a signal.
    assert done.returncode == (1 if stream == "stdout" else 0), done
    if stream == "stdout":
        assert b"standard output" in done.stderr and b"script.lua:1:" in done.stderr


def test_full_disk(lua):
    script = lua.write("for n = 1, 10000 do print(n) end")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, script], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert done.returncode == 1 and b"No space left" in done.stderr


def test_reader_that_went_away(lua):
    script = lua.write("while true do print(('x'):rep(1000)) end")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([PROGRAM, script], stdout=writing, stderr=subprocess.PIPE, timeout=20)
    finally:
        os.close(writing)
    assert done.returncode == 1 and b"standard output" in done.stderr, done


def test_missing_script(lua):
    result = lua.command("missing.lua").finish()
    assert result.status == 1
    assert "missing.lua" in result.stderr and "No such file" in result.stderr


def test_folder_as_a_script(lua):
    (lua.folder / "folder").mkdir()
    result = lua.command("folder").finish()
    assert result.status == 1
    assert "folder" in result.stderr and "directory" in result.stderr


def test_unreadable_kinds_of_script(lua):
    (lua.folder / "compiled.lua").write_bytes(b"\x1bLua\x54\0\x19\x93")
    result = lua.command("compiled.lua").finish()
    assert result.status == 1 and "compiled.lua" in result.stderr


def test_invalid_utf8_on_the_command_line(lua):
    script = lua.write("print(arg[1] == 'a\\xff', eio.bytes(arg[1]):byte(-1))")
    done = subprocess.run([PROGRAM, str(script), b"a\xff"], capture_output=True, timeout=20)
    assert done.stdout == b"true\t255\n", done


def test_missing_module(lua):
    result = run(lua, "\nrequire 'no.such.module'")
    assert result.status == 1
    assert "script.lua:2: module 'no.such.module' not found" in result.stderr


def test_module_with_a_syntax_error(lua):
    lua.write("local = 1", "broken.lua")
    result = run(lua, "require 'broken'")
    assert result.status == 1 and "broken.lua:1:" in result.stderr


def test_missing_certificate_file(lua):
    result = run(lua, """
        local ok, err = pcall(function()
            local c = require("engineio").Client{ca_file = "missing.pem"}
            c.connect("https://127.0.0.1:1")
        end)
        print(ok, err)
    """)
    assert result.stdout.startswith("false\t") and "missing.pem" in result.stdout, result
