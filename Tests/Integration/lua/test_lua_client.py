"""The client as scripts see it: the module, its options, its attributes."""

import pytest

from harness.talk import complete, converse, ending, sending


# The module and its clients.


def test_ready_client_and_module(lua):
    assert complete(lua, """
        local engineio = require "engineio"
        print(require "eio" == eio, engineio.Client ~= nil)
        local c, d = engineio.Client(), engineio:Client{}
        print(c ~= eio and c ~= d, c.state, d.state)
        print(eio, c, d)
    """).lines == [
        "true\ttrue", "true\tdisconnected\tdisconnected",
        "engineio.Client 1 (disconnected)\tengineio.Client 2 (disconnected)\tengineio.Client 3 (disconnected)"]


def test_all_options_are_taken(lua):
    assert complete(lua, """
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
    result = complete(lua, f"require('engineio').Client{{{unknown} = 1}}", status=1)
    assert "script.lua:1:" in result.stderr
    assert f"'{unknown}'" in result.stderr and f"'{UNKNOWN_OPTIONS[unknown]}'" in result.stderr


def test_every_function_as_a_method_too(lua, echo):
    assert complete(lua, """
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
    assert complete(lua, """
        local on, connect, send, receive, disconnect = eio.on, eio.connect, eio.send, eio.receive, eio.disconnect
        on("disconnect", print)
        connect(arg[1]); send("x"); print(receive(5)); disconnect()
    """, echo.url).lines[0] == "x"


# Client options at work.


@pytest.mark.parametrize("options", ["request_timeout = 0.3", "request_timeout = 60, connect_timeout = 0.3"])
def test_timeouts_of_connect(lua, options):
    async def conversation(server):
        await server.get()

    result = converse(lua, conversation, f"""
        local c = require("engineio").Client{{{options}}}
        local ok, err = pcall(c.connect, arg[1])
        print(ok, err.type, c.state)
    """)
    assert result.lines == ["false\tConnectionError\tdisconnected"]
    assert 0.3 <= result.duration < 3


def test_max_message_size(lua, transport):
    async def conversation(server):
        session = await server.open(transport)
        await session.send("4" + "x" * 1000)
        await session.send("4" + "x" * 1001)

    result = converse(lua, conversation, """
        local c = require("engineio").Client{max_message_size = 1000}
        c.on("message", function(m) print("message", #m) end)
        c.on("disconnect", function(reason, detail) print(reason, detail.message) end)
        c.connect(arg[1], {transports = arg[2]})
    """, transport)
    assert result.lines[0] == "message\t1000"
    assert result.lines[1].startswith("transport error\ta message of 1001 bytes is over the limit of 1000 bytes")


@pytest.mark.parametrize("stamped", ["true", "false"])
def test_timestamp_requests(lua, transport, stamped):
    result = converse(lua, sending(transport), f"""
        local c = require("engineio").Client{{timestamp_requests = {stamped}}}
        c.connect(arg[1], {{transports = arg[2]}})
    """, transport)
    handshake = result.requests[0].target
    assert ("&t=" in handshake or "?t=" in handshake) == (stamped == "true"), handshake


def test_logger(lua, echo):
    quiet, loud = (complete(lua, f"""
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
    assert complete(lua, script).stderr == "warning: w\tx\nerror: e\nerror: method\n"


# Attributes.


def test_attributes_before_connecting(lua):
    assert complete(lua, """
        print(eio.state, eio.sid, eio.upgrades, eio.ping_interval, eio.ping_timeout, eio.base_url, eio.transport())
        print(eio.reason.CLIENT_DISCONNECT, eio.reason.SERVER_DISCONNECT, eio.reason.TRANSPORT_ERROR)
    """).lines == [
        "disconnected" + "\tnil" * 6, "client disconnect\tserver disconnect\ttransport error"]


def test_attributes_of_a_session(lua, echo):
    lines = complete(lua, """
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
