"""Arguments that send() and the other functions refuse: the error has the exact place in the script and the value."""

import pytest

from harness.scripted import ScriptedServer
from harness.talk import message_of, run


# Arguments that send() refuses.

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


@pytest.mark.parametrize("code", [code for code in UNSENDABLE if "{" in code or "\\x" in code], ids=lambda code: code[-30:])
def test_send_refuses_without_a_connection(lua, code):
    message = message_of(lua, code)
    assert message.startswith("bad argument #1 to 'send' (")
    for part in UNSENDABLE[code]:
        assert part in message


UNENCODABLE = [code for code in UNSENDABLE if "{" in code or "print" in code]


@pytest.mark.parametrize("code", UNENCODABLE, ids=lambda code: code[-30:])
def test_encode_refuses(lua, code):
    message = message_of(lua, code.replace("eio.send", "eio.json.encode"))
    assert message.startswith("bad argument #1 to 'encode' (")
    for part in UNSENDABLE[code][1:]:
        assert part in message


TEXT, TABLES = "268435456 bytes of text", "10000000 tables"
ENDLESS = [
    ("local t = {} for _ = 1, 30 do t = {t, t} end", TABLES),
    ("local t = 'x' for _ = 1, 30 do t = {a = t, b = t} end", TABLES),
    ("local t = ('x'):rep(1000) for _ = 1, 60 do t = {a = t, b = t} end", TEXT),
    ("local s, t = ('x'):rep(1 << 20), {} for n = 1, 1000 do t[n] = s end", TEXT),
    ("local t = ('\\0'):rep(50 << 20)", TEXT),
]


@pytest.mark.parametrize("code, limit", ENDLESS)
def test_encode_has_a_limit(lua, code, limit):
    """A table may be in many places of a value: its text can be longer than any memory."""
    result = run(lua, f"""
        {code}
        local ok, message = pcall(eio.json.encode, t)
        print(ok, message)
        for line in io.lines("/proc/self/status") do if line:find("VmRSS") then print(line:match("%d+") + 0) end end
    """, timeout=20)
    assert result.lines[0].startswith(
        f"false\tbad argument #1 to 'encode' (cannot encode more than {limit} at $"), result
    # The memory of the attempt is freed; some values need memory themselves.
    assert int(result.lines[1]) < 150_000


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
    message = message_of(lua, f"eio.json.decode({text})")
    assert UNDECODABLE[text] in message and message.count(" at byte ") == 1


# Arguments of a wrong type: the error has the argument's number, its name and the function's.

CLIENT = "require('engineio').Client"
QUEUE, EVENT, TASK = "eio.create_queue()", "eio.create_event()", "eio.start_background_task(function() end)"
ARGUMENTS = [
    ("eio.sleep('x')", 1, "sleep", "seconds"),
    ("eio.sleep({})", 1, "sleep", "seconds"),
    ("eio.sleep(-1)", 1, "sleep", "seconds"),
    ("eio.sleep(-math.huge)", 1, "sleep", "seconds"),
    ("eio.sleep(0/0)", 1, "sleep", "got nan"),
    ("eio:sleep(-1)", 1, "sleep", "seconds"),
    ("eio.receive('x')", 1, "receive", "seconds"),
    ("eio.receive(-1)", 1, "receive", "seconds"),
    ("eio.receive(0/0)", 1, "receive", "seconds"),
    ("eio.drain('x')", 1, "drain", "seconds"),
    ("eio.drain(-1)", 1, "drain", "seconds"),
    ("eio.connect()", 1, "connect", "url"),
    ("eio.connect(5)", 1, "connect", "url"),
    ("eio.connect(print)", 1, "connect", "url"),
    ("eio.connect{transports = 'websocket'}", 1, "connect", "got table"),
    ("eio.connect('http://127.0.0.1:1', 5)", 2, "connect", "options"),
    ("eio.connect('http://127.0.0.1:1', {header = {}})", 2, "connect", "'headers'"),
    ("eio.connect('http://127.0.0.1:1', {headers = 'x'})", 2, "connect", "'headers'"),
    ("eio.connect('http://127.0.0.1:1', {transports = 5})", 2, "connect", "'transports'"),
    ("eio.connect('http://127.0.0.1:1', {transports = {'polling', 5}})", 2, "connect",
     "'transports': its item 2 must be a string, got number"),
    ("eio.connect('http://127.0.0.1:1', {engineio_path = 5})", 2, "connect", "'engineio_path'"),
    ("eio.connect('http://127.0.0.1:1', {try_all_transports = 1})", 2, "connect", "'try_all_transports'"),
    ("eio.disconnect(5)", 1, "disconnect", "options"),
    ("eio.disconnect{timeout = -1}", 1, "disconnect", "'timeout'"),
    ("eio.disconnect{timeout = 0/0}", 1, "disconnect", "'timeout': number >= 0 expected, got nan"),
    ("eio.disconnect{timeout = 'x'}", 1, "disconnect", "'timeout': number >= 0 expected, got string"),
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
    ("eio.create_queue(1.5)", 1, "create_queue", "size: integer expected, got 1.5"),
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
    (f"{QUEUE}:get{{timeout = -1}}", 1, "get", "'timeout'"),
    (f"{QUEUE}:get{{timeuot = 0.1}}", 1, "get", "'timeuot'"),
    (f"{QUEUE}:get{{block = 1}}", 1, "get", "'block'"),
    (f"{QUEUE}:put(1, {{tiemout = 1}})", 2, "put", "'timeout'"),
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
    (f"{CLIENT}{{logger = 5}}", 1, "Client", "'logger': true, false, 'info' or 'debug' expected, got number"),
    (f"{CLIENT}{{logger = 'x'}}", 1, "Client", "'logger': true, false, 'info' or 'debug' expected, got 'x'"),
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
