"""Arguments that the functions of Socket.IO refuse: the error has the place in the script, the function and the argument."""

import re

import pytest

from harness.program import ROOT

URL = "'http://127.0.0.1:1'"
CLIENT, SIMPLE, OF = "socketio.Client", "simple", "sio.of('/x')"


def of_events(client, options):
    """Cases of emit and call, which take events in the same way."""
    for function in ("emit", "call"):
        name = f"{client}.{function}"
        yield f"{name}()", 1, function, "event: string expected, got no value"
        yield f"{name}(5)", 1, function, "event: string expected, got number"
        yield f"{name}({{}})", 1, function, "event: string expected, got nil"
        yield f"{name}('connect')", 1, function, "'connect' is reserved"
        yield f"{name}('a', nil, 1)", 2, function, "nil between arguments"
        yield f"{name}('a', 1, print, 2)", 3, function, "cannot encode a function at $"
        yield f"{name}('a', {{f = {{print}}}}, 2)", 2, function, "cannot encode a function at $.f[1]"
        yield f"{name}('a', '\\xff', 2)", 2, function, "byte 1 of the string is not UTF-8"
        yield f"{name}('a', 0/0)", 2, function, "cannot encode"
        yield f"{name}('a', {{_placeholder = true}}, eio.bytes('x'))", 2, function, "reads like an attachment"
        yield f"{name}{{'a', 1, print, 2}}", 1, function, "item 3: cannot encode a function"
        yield f"{name}{{'a', {options[0][:-1]} = 1}}", 1, function, f"unknown option '{options[0][:-1]}'"
        yield f"{name}{{5}}", 1, function, "event: string expected, got number"
        yield f"{name}{{'a', [1.5] = 1}}", 1, function, "unknown option '1.5'"


def of_receive(client):
    name = f"{client}.receive"
    yield f"{name}('x')", 1, "receive", "seconds must be a number >= 0, got string"
    yield f"{name}(-1)", 1, "receive", "seconds must be a number >= 0, got -1"
    yield f"{name}{{timeout = 'x'}}", 1, "receive", "'timeout': number >= 0 expected"
    yield f"{name}{{timeuot = 1}}", 1, "receive", "'timeuot'; the nearest one is 'timeout'"


def of_disconnect(client, function="disconnect"):
    name = f"{client}.{function}"
    yield f"{name}(5)", 1, "disconnect", "options expected, got number"
    yield f"{name}{{timeout = -1}}", 1, "disconnect", "'timeout': number >= 0 expected, got -1"
    yield f"{name}{{abrot = true}}", 1, "disconnect", "the nearest one is 'abort'"


def of_namespace(client):
    """Cases of functions that the client and its namespaces have."""
    yield from of_events(client, ["namespace"])
    yield from of_receive(client)
    yield f"{client}.emit{{'a', namspace = '/x'}}", 1, "emit", "the nearest one is 'namespace'"
    yield f"{client}.emit{{'a', namespace = 'x'}}", 1, "emit", "namespace 'x' is not valid"
    yield f"{client}.emit{{'a', namespace = 5}}", 1, "emit", "namespace: string expected, got number"
    yield f"{client}.emit{{'a', callback = 5}}", 1, "emit", "'callback': function expected, got number"
    yield f"{client}.emit{{'a', timeout = 1}}", 1, "emit", "option 'timeout': there is no callback"
    yield f"{client}.emit{{'a', print, timeout = 'x'}}", 1, "emit", "'timeout': number >= 0 expected, got string"
    yield f"{client}.call('a', print)", 2, "call", "emit() has callbacks"
    yield f"{client}.call{{'a', timeout = 'x'}}", 1, "call", "'timeout': number >= 0 expected, got string"
    yield f"{client}.call{{'a', timeout = -1}}", 1, "call", "'timeout': number >= 0 expected, got -1"
    yield f"{client}.call{{'a', callback = print}}", 1, "call", "unknown option 'callback'"
    yield f"{client}.send(print, 1)", 1, "send", "cannot encode a function at $"
    yield f"{client}.send(1, nil, 2)", 2, "send", "nil between arguments"
    yield f"{client}.emit{{'a', namespace = '*'}}", 1, "emit", "namespace '*' is for handlers and receive() alone"
    yield f"{client}.call{{'a', namespace = '*'}}", 1, "call", "namespace '*' is for handlers and receive() alone"
    yield f"{client}.receive{{event = 5}}", 1, "receive", "'event': string expected, got number"
    yield f"{client}.receive{{namespace = 5}}", 1, "receive", "namespace: string expected, got number"
    yield f"{client}.receive{{namespace = 'x'}}", 1, "receive", "namespace 'x' is not valid"
    yield f"{client}.on()", 1, "on", "event: string expected, got no value"
    yield f"{client}.on(5, print)", 1, "on", "event: string expected, got number"
    yield f"{client}.on('a', 5)", 2, "on", "handler: function expected, got number"
    yield f"{client}.on('a', print, 5)", 3, "on", "options expected, got number"
    yield f"{client}.on('a', print, 'x')", 3, "on", "namespace 'x' is not valid"
    yield f"{client}.on('a', print, {{namspace = '/x'}})", 3, "on", "the nearest one is 'namespace'"
    yield f"{client}.on('a', print, {{namespace = 5}})", 3, "on", "namespace: string expected, got number"
    yield f"{client}.on('a', print, {{ordered = 1}})", 3, "on", "'ordered': boolean expected, got number"
    yield f"{client}.on('connect', print, {{ordered = true}})", 3, "on", "'ordered' is for the server's events"
    yield f"{client}.on('a', {{ordred = true}})", 2, "on", "the nearest one is 'ordered'"
    yield f"{client}.on('a')(5)", 1, "on(event)", "handler: function expected, got number"


def of_options(constructor):
    """Cases of the options of both kinds of clients."""
    for code, part in [
        ("5", "options expected, got number"), ("{reconection = true}", "the nearest one is 'reconnection'"),
        ("{request_timeot = 1}", "the nearest one is 'request_timeout'"), ("{[5] = 5}", "unknown option '5'"),
        ("{reconnection = 1}", "'reconnection': boolean expected"),
        ("{reconnection_attempts = -1}", "'reconnection_attempts': number >= 0 expected, got -1"),
        ("{reconnection_attempts = 0.5}", "'reconnection_attempts': whole number expected, got 0.5"),
        ("{max_attachments = 1.5}", "'max_attachments': whole number expected, got 1.5"),
        ("{reconnection_delay = 'x'}", "'reconnection_delay': number >= 0 expected, got string"),
        ("{reconnection_delay_max = {}}", "'reconnection_delay_max': number >= 0 expected, got table"),
        ("{randomization_factor = 0/0}", "'randomization_factor': number >= 0 expected, got nan"),
        ("{serializer = 'pickle'}", "'serializer': 'default' or 'msgpack' expected, got 'pickle'"),
        ("{serializer = 5}", "'serializer': string expected, got number"),
        ("{max_attachments = -5}", "'max_attachments': number >= 0 expected"),
        ("{recovery = 1}", "'recovery': boolean expected, got number"),
        ("{engineio_logger = 'x'}", "'engineio_logger': true, false, 'info' or 'debug' expected, got 'x'"),
        ("{logger = 5}", "'logger': true, false, 'info' or 'debug' expected, got number"),
        ("{json = false}", "'json': true or {encode=, decode=} expected: the packets of Socket.IO are JSON"),
        ("{json = 5}", "'json': true, false or {encode=, decode=} expected, got number"),
        ("{json = {encode = print}}", "'json': its field 'decode' must be a function, got nil"),
        ("{serializer = 'msgpack', json = {encode = print, decode = print}}", "'json': the packets are not JSON"),
    ]:
        yield f"{constructor}({code})", 1, "Client", part


def of_connect(client):
    name = f"{client}.connect"
    yield f"{name}()", 1, "connect", "url"
    yield f"{name}(5)", 1, "connect", "url: string or function expected, got number"
    yield f"{name}({{}}, {{}})", 1, "connect", "url: string or function expected, got table"
    for code, part in [
        ("5", "options expected, got number"), ("{headrs = {}}", "the nearest one is 'headers'"),
        ("{headers = 'x'}", "'headers': table or function expected, got string"), ("{transports = 5}", "'transports': "),
        ("{auth = 'secret'}", "'auth': table or function expected, got string"),
        ("{auth = eio.bytes('x')}", "'auth': table or function expected, got bytes"),
        ("{auth = eio.null}", "'auth': table or function expected, got null"),
        ("{wait_timeout = eio.bytes('x')}", "'wait_timeout': number >= 0 expected, got bytes"),
        ("{auth = {1}}", "auth: a table with names expected, got a list"),
        ("{auth = {a = print}}", "auth: cannot encode a function at $.a"),
        ("{auth = {a = eio.bytes('x')}}", "auth: cannot encode bytes"),
        ("{socketio_path = 5}", "'socketio_path': string expected, got number"),
        ("{wait_timeout = -1}", "'wait_timeout': number >= 0 expected, got -1"),
    ]:
        yield f"{name}({URL}, {code})", 2, "connect", part


CASES = [
    *of_namespace("sio"), *of_namespace(OF), *of_events(SIMPLE, ["timeout"]), *of_receive(SIMPLE),
    *of_options(CLIENT), *of_options("socketio.SimpleClient"), *of_connect("sio"), *of_connect(SIMPLE),
    *of_disconnect("sio"), *of_disconnect("sio", "shutdown"), *of_disconnect(SIMPLE),
    (f"sio.connect({URL}, {{namespaces = 5}})", 2, "connect", "'namespaces': string or list of strings expected"),
    (f"sio.connect({URL}, {{namespaces = {{5}}}})", 2, "connect", "namespace: string expected, got number"),
    (f"sio.connect({URL}, {{namespaces = 'x'}})", 2, "connect", "namespace 'x' is not valid"),
    (f"sio.connect({URL}, {{namespaces = {{'/a,b'}}}})", 2, "connect", "namespace '/a,b' is not valid"),
    (f"sio.connect({URL}, {{wait = 1}})", 2, "connect", "'wait': boolean expected, got number"),
    (f"sio.connect({URL}, {{retry = 1}})", 2, "connect", "'retry': boolean expected, got number"),
    (f"simple.connect({URL}, {{namespace = 'x'}})", 2, "connect", "namespace 'x' is not valid"),
    (f"simple.connect({URL}, {{namespaces = '/x'}})", 2, "connect", "the nearest one is 'namespace'"),
    (f"simple.connect({URL}, {{wait = true}})", 2, "connect", "unknown option 'wait'"),
    ("simple.emit('a', print)", 2, "emit", "a function"),
    ("simple.emit{'a', namespace = '/x'}", 1, "emit", "unknown option 'namespace'"),
    ("simple.call('a', print)", 2, "call", "a function"),
    ("sio.event.x = 5", 2, "event", "handler: function expected, got number"),
    ("sio.event('/x').x = 5", 2, "event", "handler: function expected, got number"),
    ("sio.event[5] = print", 1, "event", "event: string expected, got number"),
    ("sio.event('x')", 1, "event", "namespace 'x' is not valid"),
    ("sio.register_namespace('x', {})", 1, "register_namespace", "namespace 'x' is not valid"),
    ("sio.register_namespace({namespace = 5})", 1, "register_namespace", "namespace: string expected, got number"),
    ("sio.register_namespace('/x')", 2, "register_namespace", "table with functions on_… expected, got nil"),
    ("sio.get_sid({})", 1, "get_sid", "namespace: string expected, got table"),
    ("sio:get_sid('x')", 1, "get_sid", "namespace 'x' is not valid"),
    ("sio.get_sid('*')", 1, "get_sid", "namespace '*' is for handlers and receive() alone"),
    ("sio.of('*')", 1, "of", "namespace '*' is for handlers and receive() alone"),
    (f"sio.connect({URL}, {{namespaces = '*'}})", 2, "connect", "namespace '*' is for handlers and receive() alone"),
    ("sio.of()", 1, "of", "namespace: string expected, got"),
    ("sio:of('x')", 1, "of", "namespace 'x' is not valid"),
    ("sio.of('/\\xff')", 1, "of", "namespace: the name is not UTF-8"),
    (f"sio.connect({URL}, {{namespaces = {{'/a', '/\\xff'}}}})", 2, "connect", "namespace: the name is not UTF-8"),
    ("sio.of('/a?b')", 1, "of", "namespace '/a?b' is not valid"),
    (f"{OF}.connect(5)", 1, "connect", "auth: table expected, got number"),
    (f"{OF}.connect(eio.bytes('x'))", 1, "connect", "auth: table expected, got bytes"),
    (f"{OF}:connect({{1}})", 1, "connect", "auth: a table with names expected, got a list"),
    ("sio.drain('x')", 1, "drain", "seconds must be a number >= 0, got string"),
    ("sio.eio.drain(-1)", 1, "drain", "seconds must be a number >= 0, got -1"),
]


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    """The message of each case, all from one run."""
    from harness.program import Lua

    script = "local socketio = require 'socketio' local simple = socketio.SimpleClient()\n"
    for code, *_ in CASES:
        # The place of the error is that of the code.
        script += f"print(select(2, pcall(function() {code} end)))\n"
    result = Lua(tmp_path_factory.mktemp("cases")).start(script).finish()
    assert result.status == 0 and len(result.lines) == len(CASES), result
    return dict(zip((code for code, *_ in CASES), enumerate(result.lines, start=2), strict=True))


@pytest.mark.parametrize("code, number, function, part", CASES, ids=[case[0] for case in CASES])
def test_argument_error(messages, code, number, function, part):
    line, message = messages[code]
    assert re.match(rf"(.*/)?script\.lua:{line}: bad argument #{number} to '{re.escape(function)}' \(", message), message
    assert part in message, message


def test_all_functions_have_a_case():
    """Those without an argument left out."""
    sources = ROOT / "Sources" / "CLuaHost" / "socketio"
    for file, client in [("class.c", "sio"), ("namespace.c", OF), ("simple.c", SIMPLE)]:
        table = re.search(r"static const luaL_Reg methods\[\d*\] = \{\n(.*?)\n\};", (sources / file).read_text(), re.DOTALL)
        names = set(re.findall(r'\{"(\w+)", ', table[1]))
        names -= {"wait", "transport", "buffered"} | ({"disconnect"} if client == OF else set())
        missing = {name for name in names if not any(re.match(rf"{re.escape(client)}[.:]{name}\W", case[0]) for case in CASES)}
        assert names and not missing
