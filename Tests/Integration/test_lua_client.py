"""The client as scripts see it: options, handlers, receive, attributes, connecting and disconnecting."""

import asyncio

import pytest

from harness.embedded import EmbeddedServer
from harness.scripted import ScriptedServer


@pytest.fixture
def echo(lua):
    return EmbeddedServer(lua)


def run(lua, text, *args, status=0):
    """Runs a script by its name alone, as messages then show it."""
    result = lua.command(lua.write(text).name, *args).finish()
    assert result.status == status, result
    return result


def converse(lua, conversation, text, *args, status=0):
    """Runs a script against a conversation; the script's first argument is the url."""
    with ScriptedServer(conversation) as server:
        result = run(lua, text, server.url, *args, status=status)
    result.requests = server.requests
    return result


def sending(transport, *packets):
    """A conversation that opens a session, sends these packets and ends the session."""
    async def conversation(server):
        session = await server.open(transport)
        await session.send(*packets, "1")

    return conversation


def ending(transport, reason):
    """A conversation that ends for this reason once the script has sent something."""
    async def conversation(server):
        session = await server.open(transport)
        await session.receive()
        if reason == "server disconnect":
            await session.send("1")
        elif reason == "transport error" and transport == "polling":
            await (await server.get()).answer("", status=500)
        elif reason == "transport error":
            await session.vanish()

    return conversation


# The module and its clients.


def test_ready_client_and_module(lua):
    assert run(lua, """
        local engineio = require "engineio"
        print(require "eio" == eio, engineio.Client ~= nil)
        local c, d = engineio.Client(), engineio:Client{}
        print(c ~= eio and c ~= d, c.state, d.state)
        print(eio, c, d)
    """).lines == [
        "true\ttrue", "true\tdisconnected\tdisconnected",
        "engineio.Client 1 (disconnected)\tengineio.Client 2 (disconnected)\tengineio.Client 3 (disconnected)"]


def test_all_options_are_taken(lua):
    assert run(lua, """
        local json = {encode = function() return "" end, decode = function() end}
        for _, value in ipairs{true, false, json} do
            require("engineio").Client{logger = false, json = value, request_timeout = 1.5, connect_timeout = 3,
                ssl_verify = false, ca_file = "ca.pem", timestamp_requests = false, handle_sigint = false,
                max_message_size = 1000, max_buffered = 1000}
        end
        print("taken")
    """).lines == ["taken"]


UNKNOWN_OPTIONS = {
    "request_timeot": "request_timeout",
    "conect_timeout": "connect_timeout",
    "sslverify": "ssl_verify",
    "cafile": "ca_file",
    "max_bufered": "max_buffered",
    "Logger": "logger",
    "handle_sigterm": "handle_sigint",
}


@pytest.mark.parametrize("unknown", UNKNOWN_OPTIONS)
def test_unknown_option_names_the_nearest(lua, unknown):
    result = run(lua, f"require('engineio').Client{{{unknown} = 1}}", status=1)
    assert "script.lua:1:" in result.stderr
    assert f"'{unknown}'" in result.stderr and f"'{UNKNOWN_OPTIONS[unknown]}'" in result.stderr


def test_every_function_as_a_method_too(lua, echo):
    assert run(lua, """
        local c = require("engineio").Client()
        c:on("disconnect", function(reason) print(reason) end)
        c:connect(arg[1], {transports = "websocket"})
        print(c:transport(), c.transport(), c:buffered())
        c:send("one"); c.send("two")
        print(c:receive(5)); print(c.receive(5))
        print(c:drain(5), c.drain(5))
        c:sleep(0)
        print(c:start_background_task(function(...) return ... end, 1):join())
        print(c:create_queue(2):full(), c:create_event():is_set(), #c:bytes("abc"), c.json:encode({1}))
        print(c:disconnect(), c:disconnect{timeout = 1})
        c:wait()
    """, echo.url).lines == [
        "websocket\twebsocket\t0", "one", "two", "true\ttrue", "true\t1", "false\tfalse\t3\t[1]",
        "client disconnect", "true\ttrue"]


def test_functions_can_be_kept_in_locals(lua, echo):
    assert run(lua, """
        local on, connect, send, receive, disconnect = eio.on, eio.connect, eio.send, eio.receive, eio.disconnect
        on("disconnect", print)
        connect(arg[1]); send("x"); print(receive(5)); disconnect()
    """, echo.url).lines[0] == "x"


# on().


def test_decorator_returns_the_handler(lua):
    assert run(lua, """
        local f = function() end
        for _, event in ipairs{"connect", "message", "disconnect", "error"} do
            print(eio.on(event)(f) == f, select("#", eio.on(event, f)))
        end
        print(select("#", eio:on("message", f)), eio:on("message")(f) == f)
    """).lines == ["true\t0"] * 4 + ["0\ttrue"]


@pytest.mark.parametrize("event", ["'open'", "'Message'", "''", "nil", "5", "{}"])
@pytest.mark.parametrize("call", ["eio.on({})", "eio.on({}, print)"])
def test_invalid_event(lua, call, event):
    result = run(lua, f"print(pcall(function() {call.format(event)} end))")
    assert result.stdout == "false\tscript.lua:1: Invalid event\n"


def test_registering_again_replaces(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("message", function() print("first") end)
        eio.on("message", function() print("second") end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["second"]


def test_callable_table_as_a_handler(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("message", setmetatable({}, {__call = function(_, m) print("called", m) end}))
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["called\ta"]


def test_handler_replaced_by_itself_while_messages_come(lua, transport):
    result = converse(lua, sending(transport, "41", "42", "43"), """
        eio.on("message", function(m)
            print("old", m)
            eio.on("message", function(n) print("new", n) end)
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["old\t1", "new\t2", "new\t3"]


# The order of handlers.


def test_handlers_start_in_order_and_overlap_when_they_wait(lua, transport):
    result = converse(lua, sending(transport, "41", "42", "43"), """
        eio.on("message", function(m)
            print("start", m)
            if m == "1" then eio.sleep(0.1) end
            print("end", m)
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["start\t1", "start\t2", "end\t2", "start\t3", "end\t3", "end\t1"]


@pytest.mark.parametrize("how", ["eio.on('message', f, {ordered = true})", "eio.on('message', {ordered = true})(f)"])
def test_ordered_handlers_wait_for_each_other(lua, transport, how):
    result = converse(lua, sending(transport, "41", "42", "43"), f"""
        local function f(m)
            print("start", m)
            eio.sleep(0.03)
            print("end", m)
        end
        {how}
        eio.connect(arg[1], {{transports = arg[2]}})
    """, transport)
    assert result.lines == [f"{what}\t{number}" for number in "123" for what in ("start", "end")]


def test_ordered_goes_on_after_an_error(lua, transport):
    result = converse(lua, sending(transport, "41", "42"), """
        eio.on("message", function(m) eio.sleep(0.01); print(m); error("oh") end, {ordered = true})
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == ["1", "2"]


def test_connect_handler_runs_before_messages(lua, transport):
    result = converse(lua, sending(transport, "4early"), """
        eio.on("connect", function() print("connect", eio.state, eio.sid) end)
        eio.on("message", function(m) print("message", m) end)
        eio.on("disconnect", function(...) print("disconnect", (...)) end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print("end")
    """, transport)
    assert result.lines == ["connect\tconnected\tsid-1", "message\tearly", "disconnect\tserver disconnect", "end"]


def test_connect_returns_when_its_handler_waits(lua, transport):
    result = converse(lua, sending(transport), """
        eio.on("connect", function() print("handler"); eio.sleep(0.1); print("handler ends") end)
        eio.connect(arg[1], {transports = arg[2]})
        print("connected")
    """, transport)
    assert result.lines == ["handler", "connected", "handler ends"]


def test_return_values_of_handlers_mean_nothing(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        for _, event in ipairs{"connect", "message", "disconnect"} do
            eio.on(event, function() print(event); return false end)
        end
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["connect", "message", "disconnect"]


# receive().


def test_receive_serves_whoever_waits_longest(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == "4ready"
        await session.send("4a", "4b", "4c", "4d", "1")

    result = converse(lua, conversation, """
        eio.on("message", function(m) print("handler", m) end)
        eio.connect(arg[1], {transports = arg[2]})
        for n = 1, 2 do eio.start_background_task(function() print("receive " .. n, eio.receive()) end) end
        eio.sleep(0)
        eio.send("ready")
    """, transport)
    assert sorted(result.lines) == ["handler\tc", "handler\td", "receive 1\ta", "receive 2\tb"]


def test_receive_takes_from_the_queue_first(lua, transport):
    result = converse(lua, sending(transport, "4a", "4b"), """
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print(eio.receive()); print(eio.receive(1)); print(eio.receive())
    """, transport)
    assert result.lines == ["a", "b", "nil\tserver disconnect"]


def test_receive_with_a_timeout(lua, echo):
    assert run(lua, """
        eio.connect(arg[1])
        print(eio.receive(0)); print(eio.receive(0.05))
        eio.send("x")
        print(eio.receive(5))
        eio.disconnect()
    """, echo.url).lines == ["nil\ttimeout", "nil\ttimeout", "x"]


def test_message_after_a_timeout_is_kept(lua, echo):
    assert run(lua, """
        eio.connect(arg[1])
        eio.send("x")
        repeat local m, why = eio.receive(0); eio.sleep(0) until m or why ~= "timeout"
        eio.send("y")
        eio.sleep(0.1)
        print(eio.receive(0))
        eio.disconnect()
    """, echo.url).lines == ["y"]


def test_message_for_a_cancelled_receive_is_kept(lua, echo):
    assert run(lua, """
        eio.connect(arg[1])
        local task = eio.start_background_task(function() eio.receive() end)
        eio.sleep(0)
        task:cancel()
        eio.send("x")
        print(eio.receive(5))
        eio.disconnect()
    """, echo.url).lines == ["x"]


@pytest.mark.parametrize("reason", ["server disconnect", "transport error"])
def test_receive_ends_with_the_reason(lua, transport, reason):
    result = converse(lua, ending(transport, reason), """
        eio.connect(arg[1], {transports = arg[2]})
        eio.send("ready")
        print(eio.receive()); print(eio.receive(1)); print(eio.receive(0))
    """, transport)
    assert result.lines == [f"nil\t{reason}"] * 3


def test_receive_ends_with_own_disconnect(lua, echo):
    assert run(lua, """
        eio.connect(arg[1])
        eio.start_background_task(function() eio.sleep(0.02); eio.disconnect() end)
        print(eio.receive())
    """, echo.url).lines == ["nil\tclient disconnect"]


def test_receive_without_a_connection(lua):
    assert run(lua, "print(eio.receive()); print(eio.receive(1))").lines == ["nil\tnot connected"] * 2


def test_oldest_messages_are_dropped_when_nobody_asks(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        for start in range(0, 3000, 10):
            await session.send(*(f"4{number}" for number in range(start, start + 10)))
        await session.send("1")

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        local first, count, last = nil, 0, nil
        for m in eio.receive do first = first or m; count = count + 1; last = m end
        print(first, count, last)
    """, transport)
    first, count, last = map(int, result.stdout.split())
    assert last == 2999 and first == 3000 - count and 500 <= count <= 1024
    assert len(result.stderr.splitlines()) == 1 and "drop" in result.stderr


def test_nothing_is_dropped_when_receive_was_called(lua):
    async def conversation(server):
        session = await server.open("websocket")
        for start in range(0, 5000, 100):
            await session.send(*(f"4{number}" for number in range(start, start + 100)))
        await session.send("1")

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = "websocket"})
        eio.receive(0)
        eio.sleep(0.2)
        local count, expected = 0, nil
        for m in eio.receive do
            expected = expected or tonumber(m)
            assert(tonumber(m) == expected)
            expected = expected + 1
            count = count + 1
        end
        print(expected, count >= 4999)
    """)
    assert result.lines == ["5000\ttrue"]


# Errors in handlers.


def test_error_handler_replaces_printing_but_not_the_status(lua, transport):
    result = converse(lua, sending(transport, "4a"), """
        eio.on("error", function(err, traceback, where)
            print(err); print(where); print(traceback:match("stack traceback:") ~= nil, traceback:match("script.lua:%d+"))
        end)
        eio.on("message", function(m) error("bad " .. m) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == [
        "script.lua:5: bad a", "'message' handler (registered at script.lua:5)", "true\tscript.lua:5"]
    assert result.stderr == ""


def test_error_handler_gets_the_very_value(lua, transport):
    result = converse(lua, sending(transport), """
        local value = {}
        eio.on("error", function(err) print(err == value) end)
        eio.on("disconnect", function() error(value) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert (result.lines, result.stderr) == (["true"], "")


def test_error_handler_sees_tasks_and_the_main_chunk(lua):
    result = run(lua, """
        eio.on("error", function(err, _, where) print(err, where) end)
        local function work() error("in the task", 0) end
        eio.start_background_task(work)
        eio.sleep(0)
        error("in the main chunk", 0)
    """, status=1)
    assert result.lines == [
        "in the task\ttask 'work' (started at script.lua:4)", "in the main chunk\tmain chunk"]
    assert result.stderr == ""


def test_error_in_the_error_handler_is_printed(lua):
    result = run(lua, """
        eio.on("error", function() error("worse") end)
        eio.start_background_task(function() error("bad") end)
    """, status=1)
    assert "worse" in result.stderr and "'error' handler" in result.stderr


def test_error_handler_of_the_client_at_fault(lua, echo):
    result = run(lua, """
        local a, b = require("engineio").Client(), require("engineio").Client()
        a.on("error", function(err, _, where) print("a", err, where) end)
        b.on("error", function(err, _, where) print("b", err, where) end)
        for _, c in ipairs{a, b} do
            c.on("message", function(m) c.disconnect(); error(m, 0) end)
            c.connect(arg[1])
        end
        a.send("one"); a.wait(); b.send("two")
    """, echo.url, status=1)
    assert result.lines == [
        "a\tone\t'message' handler (client 2, registered at script.lua:6)",
        "b\ttwo\t'message' handler (client 3, registered at script.lua:6)"]


def test_error_in_one_handler_leaves_the_others_and_the_connection(lua, transport):
    result = converse(lua, sending(transport, "41", "42"), """
        eio.on("message", function(m) print(m); error("oh") end)
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport, status=1)
    assert result.lines == ["1", "2", "server disconnect"]


def test_error_in_the_connect_handler_is_raised_by_connect(lua, transport):
    async def conversation(server):
        await server.open(transport)
        await server.gone()

    result = converse(lua, conversation, """
        eio.on("connect", function() error("no thanks", 0) end)
        local ok, err = pcall(eio.connect, arg[1], {transports = arg[2]})
        print(ok, err.type, tostring(err):match("no thanks"), eio.state, eio.sid)
    """, transport)
    assert result.lines == ["false\tConnectionError\tno thanks\tdisconnected\tnil"]


def test_error_in_the_connect_handler_after_it_waited_is_reported(lua, transport):
    result = converse(lua, sending(transport), """
        eio.on("connect", function() eio.sleep(0); error("too late") end)
        eio.connect(arg[1], {transports = arg[2]})
        print("connected")
    """, transport, status=1)
    assert result.lines == ["connected"]
    assert "too late" in result.stderr and "'connect' handler" in result.stderr


# Bytes.


def test_bytes(lua):
    assert run(lua, r"""
        local b = eio.bytes("a\0\xff")
        print(#b, b:len(), b:byte(), b:byte(-1), b:byte(1, 3))
        print(tostring(b) == "a\0\xff", b == eio.bytes("a\0\xff"), b == "a\0\xff", b ~= eio.bytes("a"), eio.bytes(b) == b)
        print(#(b .. b), #(b .. "x"), #("x" .. b), b:sub(2, 2) == eio.bytes("\0"), b:sub(-1) == eio.bytes("\xff"))
        print(b:unpack("<I2B")); print(b:unpack("B", 3))
        print(#eio.bytes(""), eio.bytes("") == eio.bytes(""), eio.bytes("a") < eio.bytes("b"), eio.bytes("b") <= eio.bytes("a"))
        print(eio.bytes("abc"):sub(2), eio.bytes("abc"):sub(5), type(b), b:byte(9))
    """).lines == [
        "3\t3\t97\t255\t97\t0\t255", "true\ttrue\tfalse\ttrue\ttrue", "6\t4\t4\ttrue\ttrue", "97\t255\t4", "255\t4",
        "0\ttrue\ttrue\tfalse", "bc\t\tuserdata"]


def test_bytes_are_immutable(lua):
    result = run(lua, "print(pcall(function() eio.bytes('a').x = 1 end))")
    assert result.stdout.startswith("false\tscript.lua:1:")


def test_text_and_bytes_keep_their_types(lua, way, echo):
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    assert run(lua, f"""
        eio.connect(arg[1], {{transports = {transports}}})
        for _, data in ipairs{{"text", eio.bytes("bytes"), eio.bytes(""), "", "\\0"}} do
            eio.send(data)
            local got = eio.receive(5)
            print(got == data, type(got))
        end
        eio.disconnect()
    """, echo.url).lines == [
        "true\tstring", "true\tuserdata", "true\tuserdata", "true\tstring", "true\tstring"]


# What is sent, and what arrives as a table.


SENT = {
    "'text'": "4text",
    "''": "4",
    "12": "412",
    "1.5": "41.5",
    "-0.0": "4-0.0",
    "2^53": "49.007199254741e+15",
    "math.maxinteger": "49223372036854775807",
    "{}": "4{}",
    "eio.array{}": "4[]",
    "eio.object{}": "4{}",
    "{1, 'a', true, eio.null}": '4[1,"a",true,null]',
    "{a = {b = {1.5}}}": '4{"a":{"b":[1.5]}}',
    "eio.object{[1] = 'a'}": '4{"1":"a"}',
    "{1e15, 9007199254740993, 0.1}": "4[1e+15,9007199254740993,0.1]",
    "{'ü\\n\"\\\\'}": '4["ü\\n\\"\\\\"]',
    "eio.bytes('\\1\\2')": b"\x01\x02",
}


@pytest.mark.parametrize("value", SENT)
def test_what_is_sent(lua, transport, value):
    received = []

    async def conversation(server):
        session = await server.open(transport)
        received.append(await session.receive())
        await session.send("1")

    result = converse(lua, conversation, f"""
        eio.connect(arg[1], {{transports = arg[2]}})
        print(eio.send({value}))
    """, transport)
    assert result.lines == ["true"]
    expected = SENT[value]
    if expected == "4[1e+15,9007199254740993,0.1]":
        # Which of the texts for a float is chosen is free, as long as it stays a float.
        assert received[0] in (expected, "4[1e15,9007199254740993,0.1]", "4[1000000000000000.0,9007199254740993,0.1]")
    else:
        assert received == [expected]


# As it comes from the server, and whether it becomes a table.
ARRIVING = {
    '{"a":1}': "table", "[]": "table", "{}": "table", " [1]": "table", "[1] ": "table", "\n{}": "table",
    "[1]x": "string", "[1": "string", "{'a':1}": "string", "[1,]": "string", "[NaN]": "string",
    "1": "string", "-5": "string", "1.5": "string", "true": "string", "null": "string", '"abc"': "string",
    "NaN": "string", "": "string", " 5": "string", "text": "string", "[" * 100_000: "string",
}


@pytest.mark.parametrize("text", ARRIVING, ids=lambda text: repr(text[:10]))
def test_what_arrives_as_a_table(lua, transport, text):
    result = converse(lua, sending(transport, "4" + text), """
        eio.on("message", function(m)
            print(type(m))
            if type(m) == "string" then io.stderr:write(m) end
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == [ARRIVING[text]]
    assert result.stderr == ("" if ARRIVING[text] == "table" else text)


def test_json_keeps_what_python_would(lua, transport):
    text = r'{"i":9007199254740993,"big":9223372036854775807,"f":1.0,"e":[],"o":{},"n":null,"u":"\u00fc\ud83d\ude00","d":1,"d":2}'
    result = converse(lua, sending(transport, "4" + text), """
        eio.on("message", function(m)
            print(m.i, m.big, m.f, m.n == eio.null, m.u, m.d, math.type(m.i), math.type(m.f))
            print(eio.json.encode(m.e), eio.json.encode(m.o))
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["9007199254740993\t9223372036854775807\t1.0\ttrue\tü😀\t2\tinteger\tfloat", "[]\t{}"]


def test_json_false_gives_the_text(lua, transport):
    result = converse(lua, sending(transport, '4{"a": 1}'), """
        local c = require("engineio").Client{json = false}
        c.on("message", function(m) print(type(m), m) end)
        c.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ['string\t{"a": 1}']


def test_json_of_the_scripts_own(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == "4<table>"
        assert await session.receive() == "4plain"
        await session.send('4{"a": 1}', "4{bad", "45", "1")

    result = converse(lua, conversation, """
        local c = require("engineio").Client{json = {
            encode = function(value) eio.sleep(0.01); return "<" .. type(value) .. ">" end,
            decode = function(text) if text:match("bad") then error("no") end; return "decoded " .. text end,
        }}
        c.on("message", print)
        c.connect(arg[1], {transports = arg[2]})
        c.send({1}); c.send("plain")
    """, transport)
    assert result.lines == ['decoded {"a": 1}', "{bad", "5"]


def test_json_functions(lua):
    assert run(lua, r"""
        print(eio.json.encode("a"), eio.json.encode(1), eio.json.encode(1.0), eio.json.encode(false), eio.json.encode(eio.null))
        print(eio.json.decode("1"), eio.json.decode("1.0"), eio.json.decode('"a"'), eio.json.decode("null") == eio.null)
        print(eio.json.decode('{"a":[1,{"b":null}]}').a[2].b, eio.null, #eio.json.decode("[1,2,3]"))
        local deep = ("["):rep(100) .. ("]"):rep(100)
        print(eio.json.encode(eio.json.decode(deep)) == deep)
        print(eio.json.encode(eio.array{1, 2}), eio.json.encode(eio.array()), eio.json.encode(eio.object()))
    """).lines == ['"a"\t1\t1.0\tfalse\tnull', "1\t1.0\ta\ttrue", "null\tnull\t3", "true", "[1,2]\t[]\t{}"]


# Attributes.


def test_attributes_before_connecting(lua):
    assert run(lua, """
        print(eio.state, eio.sid, eio.upgrades, eio.ping_interval, eio.ping_timeout, eio.base_url, eio.transport())
        print(eio.reason.CLIENT_DISCONNECT, eio.reason.SERVER_DISCONNECT, eio.reason.TRANSPORT_ERROR)
    """).lines == [
        "disconnected" + "\tnil" * 6, "client disconnect\tserver disconnect\ttransport error"]


def test_attributes_of_a_session(lua, echo):
    lines = run(lua, """
        local sid
        eio.on("connect", function() sid = eio.sid; print(eio.state, #sid > 0, eio.transport()) end)
        eio.connect(arg[1])
        print(eio.state, eio.sid == sid, eio.transport(), eio.ping_interval, eio.ping_timeout, eio.upgrades[1], eio)
        print(eio.base_url)
        eio.disconnect()
        print(eio.state, eio.sid, eio.transport())
    """, echo.url).lines
    assert lines[0] == "connected\ttrue\tpolling"
    assert lines[1] == "connected\ttrue\twebsocket\t25.0\t20.0\twebsocket\tengineio.Client 1 (connected)"
    assert lines[2].startswith(f"{echo.url}/engine.io/")
    assert lines[3] == "disconnected\tnil\twebsocket"


STATES = {"client disconnect": "disconnecting", "server disconnect": "disconnecting", "transport error": "connected"}


@pytest.mark.parametrize("reason", STATES)
def test_attributes_in_the_disconnect_handler(lua, transport, reason):
    result = converse(lua, ending(transport, reason), """
        eio.on("disconnect", function(reason, detail)
            print(reason, eio.state, eio.sid, eio.transport(), detail.transport)
        end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.send("ready")
        if arg[3] == "client disconnect" then eio.disconnect() else eio.wait() end
        print(eio.state, eio.sid, eio.transport())
    """, transport, reason)
    assert result.lines == [
        f"{reason}\t{STATES[reason]}\tsid-1\t{transport}\t{transport}", f"disconnected\tnil\t{transport}"]


# connect().


def test_connect_twice(lua, echo):
    result = run(lua, """
        eio.connect(arg[1])
        local ok, err = pcall(eio.connect, arg[1])
        print(ok, err, err.type)
        eio.send("still there"); print(eio.receive(5))
        eio.disconnect()
    """, echo.url)
    assert result.lines == [
        "false\tClient is not in a disconnected state\tValueError", "still there"] or result.lines == [
        "false\tscript.lua:3: Client is not in a disconnected state\tValueError", "still there"]


def test_two_connects_at_once(lua, echo):
    result = run(lua, """
        local first = eio.start_background_task(eio.connect, arg[1])
        local second = eio.start_background_task(function() print(select(2, pcall(eio.connect, arg[1])).message) end)
        print(first:join())
        eio.disconnect()
    """, echo.url)
    assert result.lines == ["Client is not in a disconnected state", "true\ttrue"]
    assert echo.stats()["handshakes"] == 1


def test_cancelled_connect_leaves_nothing(lua):
    async def conversation(server):
        await server.get()
        await server.gone()

    result = converse(lua, conversation, """
        eio.on("connect", print); eio.on("disconnect", print)
        local task = eio.start_background_task(function() eio.connect(arg[1]) end)
        eio.sleep(0.2)
        task:cancel(); print((task:join(1)))
        eio.sleep(0.05)
        print(eio.state)
    """)
    assert result.lines == ["false", "disconnected"]


def test_reconnecting_in_the_disconnect_handler(lua, transport):
    async def conversation(server):
        for number in range(3):
            session = await server.open(transport, sid=f"sid-{number}")
            assert await session.receive() == f"4hello {number}"
            await session.send("1")

    result = converse(lua, conversation, """
        local sessions = 0
        eio.on("connect", function() eio.send("hello " .. sessions); sessions = sessions + 1 end)
        eio.on("disconnect", function(reason)
            print(reason, eio.sid)
            if sessions < 3 then eio.connect(arg[1], {transports = arg[2]}) end
        end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == [f"server disconnect\tsid-{number}" for number in range(3)]


def test_connecting_another_client_in_handlers(lua, echo):
    assert run(lua, """
        local other = require("engineio").Client()
        other.on("message", function(m) print("other", m); other.disconnect() end)
        other.on("disconnect", function() eio.disconnect() end)
        eio.on("message", function(m) other.connect(arg[1]); other.send(m .. "!") end)
        eio.on("connect", function() eio.send("hello") end)
        eio.connect(arg[1])
    """, echo.url).lines == ["other\thello!"]


def test_connect_in_its_own_connect_handler_is_refused(lua, echo):
    assert run(lua, """
        eio.on("connect", function() print(select(2, pcall(eio.connect, arg[1])).message) end)
        eio.connect(arg[1])
        eio.disconnect()
    """, echo.url).lines == ["Client is not in a disconnected state"]


def test_disconnect_in_the_connect_handler(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        assert await session.receive() == "4bye"
        assert await session.receive() == "1"

    result = converse(lua, conversation, """
        eio.on("connect", function() eio.send("bye"); eio.disconnect() end)
        eio.on("disconnect", function(reason) print(reason) end)
        local ok, err = pcall(eio.connect, arg[1], {transports = arg[2]})
        print(ok, eio.state)
        eio.wait()
    """, transport)
    assert result.lines[0] == "client disconnect"
    assert result.lines[1].endswith("\tdisconnected")


def test_client_can_connect_again_and_again(lua, way, echo):
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    assert run(lua, f"""
        local connects, disconnects = 0, 0
        eio.on("connect", function() connects = connects + 1 end)
        eio.on("disconnect", function() disconnects = disconnects + 1 end)
        for n = 1, 20 do
            eio.connect(arg[1], {{transports = {transports}}})
            eio.send("m" .. n)
            assert(eio.receive(5) == "m" .. n)
            assert(eio.disconnect())
        end
        print(connects, disconnects)
    """, echo.url).lines == ["20\t20"]
    assert (echo.stats()["handshakes"], echo.stats()["open"]) == (20, 0)


def test_messages_of_a_former_session_are_gone(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4old", "1")
        session = await server.open("websocket")
        await session.send("4new", "1")

    result = converse(lua, conversation, """
        for _ = 1, 2 do eio.connect(arg[1], {transports = "websocket"}); eio.wait() end
        print(eio.receive(1)); print(eio.receive(1))
    """)
    assert result.lines == ["new", "nil\tserver disconnect"]


def test_hundred_clients_in_one_script(lua, echo):
    assert run(lua, """
        local answers = 0
        for n = 1, 100 do
            local c = require("engineio").Client()
            c.on("message", function(m)
                assert(m == "client " .. n)
                answers = answers + 1
                c.disconnect()
            end)
            eio.start_background_task(function() c.connect(arg[1], {transports = "websocket"}); c.send("client " .. n) end)
        end
        eio.start_background_task(function() repeat eio.sleep(0.01) until answers == 100; print(answers) end)
    """, echo.url).lines == ["100"]


def test_no_valid_transports(lua):
    assert run(lua, """
        for _, transports in ipairs{{}, {"webtransport"}, "flash", {"Polling"}} do
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {transports = transports})
            print(ok, err.type, err.message)
        end
    """).lines == ["false\tValueError\tNo valid transports provided"] * 4


def test_options_of_the_caller_are_left_alone(lua, echo):
    assert run(lua, """
        local options = {headers = {Cookie = "a=b", X = 5}, transports = {"polling", "websocket"}}
        for _ = 1, 2 do eio.connect(arg[1], options); eio.disconnect() end
        print(options.headers.Cookie, options.headers.X, #options.transports)
    """, echo.url).lines == ["a=b\t5\t2"]


def test_url_in_front_of_options_may_be_left_out(lua, echo):
    lua.write("eio.connect({transports = 'websocket'}); print(eio.transport()); eio.disconnect()")
    result = lua.command("--url", echo.url, "script.lua").finish()
    assert result.lines == ["websocket"], result


def test_connection_error(lua):
    assert run(lua, """
        local ok, err = pcall(eio.connect, "http://127.0.0.1:1")
        print(ok, type(err), err.type, err.phase, err.status, err.code, err.body)
        print(err.message); print(err); print("failed: " .. err)
    """).lines == [
        "false\ttable\tConnectionError\ttcp\tnil\tnil\tnil",
        "cannot connect to 127.0.0.1:1: Connection refused",
        *[prefix + "cannot connect to 127.0.0.1:1: Connection refused" for prefix in ("", "failed: ")],
    ]


def test_uncaught_connection_error_has_its_place(lua):
    result = run(lua, "\neio.connect('http://127.0.0.1:1')", status=1)
    assert "script.lua:2: cannot connect to 127.0.0.1:1: Connection refused" in result.stderr


def test_connection_error_with_what_the_server_said(lua, transport):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer('{"code":5,"message":"Unsupported protocol version"}', status=400)

    result = converse(lua, conversation, """
        local ok, err = pcall(eio.connect, arg[1], {transports = arg[2]})
        print(ok, err.type, err.status, err.code, err.phase, err.message:match("400"), type(err.body))
    """, transport)
    assert result.lines[0].startswith("false\tConnectionError\t400\t5\thttp\t400"), result


# Client options at work.


def test_request_timeout(lua):
    async def conversation(server):
        await server.get()

    result = converse(lua, conversation, """
        local c = require("engineio").Client{request_timeout = 0.3}
        local ok, err = pcall(c.connect, arg[1])
        print(ok, err.type, c.state)
    """)
    assert result.lines == ["false\tConnectionError\tdisconnected"]
    assert 0.3 <= result.duration < 3


def test_connect_timeout(lua):
    async def conversation(server):
        await server.get()

    result = converse(lua, conversation, """
        local c = require("engineio").Client{request_timeout = 60, connect_timeout = 0.3}
        local ok, err = pcall(c.connect, arg[1])
        print(ok, err.type, c.state)
    """)
    assert result.lines == ["false\tConnectionError\tdisconnected"]
    assert 0.3 <= result.duration < 3


def test_max_message_size(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4" + "x" * 100, "4" + "x" * 5000)

    result = converse(lua, conversation, """
        local c = require("engineio").Client{max_message_size = 1000}
        c.on("message", function(m) print("message", #m) end)
        c.on("disconnect", function(reason, detail) print(reason, detail.message) end)
        c.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert "transport error" in result.lines[-1]
    assert "message\t5000" not in result.lines


@pytest.mark.parametrize("stamped", ["true", "false"])
def test_timestamp_requests(lua, transport, stamped):
    result = converse(lua, sending(transport), f"""
        local c = require("engineio").Client{{timestamp_requests = {stamped}}}
        c.connect(arg[1], {{transports = arg[2]}})
    """, transport)
    handshake = result.requests[0].target
    assert ("&t=" in handshake or "?t=" in handshake) == (stamped == "true"), handshake


def test_logger(lua, echo):
    quiet, loud = (run(lua, f"""
        local c = require("engineio").Client{{logger = {value}}}
        c.connect(arg[1]); c.send("x"); c.receive(5); c.disconnect()
    """, echo.url).stderr for value in ("false", "true"))
    assert quiet == "" and loud


def test_log(lua):
    script = """
        eio.log.debug("d", 1); eio.log.info("i", nil); eio.log.warning("w", {1} and "x"); eio.log.error("e")
        eio.log:error("method")
    """
    lua.write(script)
    shown = {}
    for level in ("debug", "info", "warning", "error", "off"):
        result = lua.command("--log-level", level, "script.lua").finish()
        assert result.stdout == ""
        shown[level] = len(result.stderr.splitlines())
    assert shown == {"debug": 5, "info": 4, "warning": 3, "error": 2, "off": 0}
    assert run(lua, script).stderr == "warning: w\tx\nerror: e\nerror: method\n"


# send(), buffered(), drain() and disconnect().


def test_send_without_a_connection(lua):
    result = run(lua, """
        for _ = 1, 3 do print(eio.send("x")) end
        print(eio.buffered()); print(eio.drain())
    """)
    assert result.lines == ["false\tnot connected"] * 3 + ["0", "false\tnot connected"]
    assert len(result.stderr.splitlines()) == 1 and "not connected" in result.stderr


def test_send_after_the_end_of_a_session(lua, transport):
    result = converse(lua, sending(transport), """
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print(eio.send("x"))
    """, transport)
    assert result.lines == ["false\tnot connected"]


def test_buffered_and_drain(lua):
    size = 8 << 20

    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        await server.get()
        session.socket.connection.writer.transport.resume_reading()
        assert await session.receive() == "4" + "x" * size
        assert await session.receive() == "1"

    result = converse(lua, conversation, f"""
        local c = require("engineio").Client{{max_buffered = 2 * {size}}}
        c.connect(arg[1], {{transports = "websocket"}})
        print(c.buffered(), c.drain(0))
        c.send(("x"):rep({size}))
        print(c.buffered() > 0, c.drain(0.1))
        -- Its request is the sign for the server to read on.
        local other = require("engineio").Client{{request_timeout = 0.2}}
        pcall(other.connect, arg[1], {{transports = "polling"}})
        print(c.drain(10), c.buffered())
        c.disconnect()
    """)
    assert result.lines == ["0\ttrue", "true\tnil\ttimeout", "true\t0"]


def test_disconnect_says_how_much_was_not_written(lua):
    size = 32 << 20

    async def conversation(server):
        session = await server.open("websocket")
        session.socket.connection.writer.transport.pause_reading()
        await asyncio.to_thread(running.finish)

    with ScriptedServer(conversation) as server:
        lua.write(f"""
            local c = require("engineio").Client{{max_buffered = 2 * {size}}}
            c.on("disconnect", function(reason) print(reason) end)
            c.connect(arg[1], {{transports = "websocket"}})
            c.send(("x"):rep({size}))
            local all, left = c.disconnect{{timeout = 0.2}}
            print(all, math.type(left), left > 0 and left <= {size} + 100)
        """)
        running = lua.command("script.lua", server.url)
        result = running.finish()
    assert result.lines == ["client disconnect", "false\tinteger\ttrue"], result
    assert result.duration < 3


def test_disconnect_says_whether_all_was_written(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        for number in range(100):
            assert await session.receive() == f"4{number}"
        assert await session.receive() == "1"

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = arg[2]})
        for n = 0, 99 do eio.send(n) end
        print(select("#", eio.disconnect()), eio.disconnect())
    """, transport)
    assert result.lines == ["1\ttrue"]


def test_disconnect_without_a_connection(lua):
    assert run(lua, """
        eio.on("disconnect", function() print("event") end)
        print(eio.disconnect(), eio.disconnect{abort = true, timeout = 0})
    """).lines == ["true\ttrue"]


def test_aborting_does_not_wait(lua, transport):
    async def conversation(server):
        await server.open(transport)

    result = converse(lua, conversation, """
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.disconnect{abort = true}
        print(eio.state)
    """, transport)
    assert result.lines == ["client disconnect", "disconnected"]
    assert result.duration < 2


def test_disconnect_in_every_handler(lua, echo):
    assert run(lua, """
        local function session(event)
            local c = require("engineio").Client()
            c.on("connect", function() if event == "connect" then c.disconnect() end end)
            c.on("message", function() if event == "message" then print(c.disconnect()) end end)
            c.on("disconnect", function(reason) print(event, reason, c.disconnect()) end)
            pcall(c.connect, arg[1])
            if event == "message" then c.send("x") elseif event == "disconnect" then c.disconnect() end
            c.wait()
        end
        session("connect"); session("message"); session("disconnect")
    """, echo.url).lines == [
        "connect\tclient disconnect\ttrue", "message\tclient disconnect\ttrue", "true",
        "disconnect\tclient disconnect\ttrue"]


def test_two_disconnects_at_once_make_one_event(lua, echo):
    assert run(lua, """
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1])
        for n = 1, 3 do eio.start_background_task(function() print(n, eio.disconnect()) end) end
    """, echo.url).lines == ["client disconnect", "1\ttrue", "2\ttrue", "3\ttrue"]


def test_wait_returns_when_disconnected(lua, transport):
    result = converse(lua, sending(transport), """
        print(select("#", eio.wait()))
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait()
        print(eio.state)
        eio.wait()
    """, transport)
    assert result.lines == ["0", "disconnected"]


def test_program_ends_with_the_last_connection(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4a")
        await session.send("1")

    result = converse(lua, conversation, """
        eio.on("message", function(m) eio.sleep(0.2); print(m) end)
        eio.connect(arg[1], {transports = arg[2]})
        print("main ends")
    """, transport)
    assert result.lines == ["main ends", "a"]


def test_collected_client_that_is_connected_goes_on(lua, echo):
    assert run(lua, """
        do
            local c = require("engineio").Client()
            c.on("message", function(m) print(m); c.disconnect() end)
            c.connect(arg[1])
            eio.start_background_task(function() eio.sleep(0.1); c.send("x") end)
        end
        collectgarbage(); collectgarbage()
    """, echo.url).lines == ["x"]


# Python's ways with packets.


def test_nothing_is_delivered_after_a_close_packet(lua, transport):
    result = converse(lua, sending(transport, "4a", "1", "4b"), """
        eio.on("message", print)
        eio.on("disconnect", function(reason) print(reason) end)
        eio.connect(arg[1], {transports = arg[2]})
        eio.wait(); eio.sleep(0.05)
    """, transport)
    assert result.lines == ["a", "server disconnect"]


def test_second_open_and_unknown_packets_change_nothing(lua, transport):
    second = '0{"sid":"other","upgrades":[],"pingInterval":1000,"pingTimeout":1000}'
    result = converse(lua, sending(transport, second, "7x", "9", "4a"), """
        eio.on("connect", function() print("connect") end)
        eio.on("message", function(m) print(m, eio.sid) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["connect", "a\tsid-1"]


def test_ping_times_as_text(lua, transport):
    async def conversation(server):
        session = await server.open(transport, ping_interval="25000", ping_timeout="5000")
        await session.send("1")

    result = converse(lua, conversation, """
        eio.on("connect", function() print(eio.ping_interval, eio.ping_timeout) end)
        eio.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines == ["25.0\t5.0"]


def test_separator_in_text_is_refused_on_polling(lua):
    async def conversation(server):
        session = await server.open("polling")
        assert await session.receive() == "4ok"
        await session.send("1")

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = "polling"})
        print(pcall(eio.send, "a" .. string.char(0x1e) .. "b"))
        eio.send("ok")
    """)
    assert result.lines[0].startswith("false\t") and "byte 2" in result.lines[0] and "eio.bytes" in result.lines[0]
