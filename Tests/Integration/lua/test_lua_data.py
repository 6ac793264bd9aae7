"""Text, bytes and tables on their way out and in."""

import pytest

from harness.talk import complete, converse, sending


# Bytes.


def test_bytes(lua):
    assert complete(lua, r"""
        local b = eio.bytes("a\0\xff")
        print(#b, b:len(), b:byte(), b:byte(-1), b:byte(1, 3))
        local same = eio.bytes("a\0\xff")
        print(tostring(b) == "a\0\xff", b == same, b == "a\0\xff", b ~= eio.bytes("a"), eio.bytes(b) == b)
        print(#(b .. b), #(b .. "x"), #("x" .. b), b:sub(2, 2) == eio.bytes("\0"), b:sub(-1) == eio.bytes("\xff"))
        print(b:unpack("<I2B")); print(b:unpack("B", 3))
        local empty, x, y = eio.bytes(""), eio.bytes("x"), eio.bytes("y")
        print(#empty, empty == eio.bytes(""), x < y, y <= x)
        print(eio.bytes("abc"):sub(2), eio.bytes("abc"):sub(5), type(b), b:byte(9))
    """).lines == [
        "3\t3\t97\t255\t97\t0\t255", "true\ttrue\tfalse\ttrue\ttrue", "6\t4\t4\ttrue\ttrue", "97\t255\t4", "255\t4",
        "0\ttrue\ttrue\tfalse", "bc\t\tuserdata"]


def test_bytes_are_immutable(lua):
    result = complete(lua, "print(pcall(function() eio.bytes('a').x = 1 end))")
    assert result.stdout.startswith("false\tscript.lua:1:")


def test_text_and_bytes_keep_their_types(lua, way, echo):
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    assert complete(lua, f"""
        eio.connect(arg[1], {{transports = {transports}}})
        for _, data in ipairs{{"text", eio.bytes("bytes"), eio.bytes(""), "", "\\0"}} do
            eio.send(data)
            local got = eio.receive(5)
            print(got == data, type(got))
        end
        eio.disconnect()
    """, echo.url).lines == [
        "true\tstring", "true\tuserdata", "true\tuserdata", "true\tstring", "true\tstring"]


# Sent text, and the text that arrives as a table.


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
    text = (r'{"i":9007199254740993,"big":9223372036854775807,"f":1.0,"e":[],"o":{},"n":null,'
            r'"u":"\u00fc\ud83d\ude00","d":1,"d":2}')
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
    assert complete(lua, r"""
        local encode = eio.json.encode
        print(encode("a"), encode(1), encode(1.0), encode(false), encode(eio.null))
        print(eio.json.decode("1"), eio.json.decode("1.0"), eio.json.decode('"a"'), eio.json.decode("null") == eio.null)
        print(eio.json.decode('{"a":[1,{"b":null}]}').a[2].b, eio.null, #eio.json.decode("[1,2,3]"))
        local deep = ("["):rep(100) .. ("]"):rep(100)
        print(eio.json.encode(eio.json.decode(deep)) == deep)
        print(eio.json.encode(eio.array{1, 2}), eio.json.encode(eio.array()), eio.json.encode(eio.object()))
    """).lines == ['"a"\t1\t1.0\tfalse\tnull', "1\t1.0\ta\ttrue", "null\tnull\t3", "true", "[1,2]\t[]\t{}"]
