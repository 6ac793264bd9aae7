"""Messages of connect() when it fails, and warnings when it does not: the reason, the address without secrets, the option."""

import pytest

from harness.talk import complete, converse, run

SAY = """
    local ok, err = pcall(eio.connect, arg[1], {transports = arg[2]})
    print(err.message)
"""


def refusing(transport, body, status=401, content_type="text/plain"):
    async def conversation(server):
        request = await (server.get() if transport == "polling" else server.upgrade())
        await request.answer(body, status=status, content_type=content_type)

    return conversation


REASONS = {
    '"not for you: bad token"': "not for you: bad token",
    '{"message": "not for you"}': "not for you",
    '{"error": {"message": "bad\\ntoken"}}': "bad token",
    "not for you:\r\n  bad token\n": "not for you: bad token",
    "\x1b[31mred\x07": "\\u{1B}[31mred\\u{7}",
    "x" * 5000: "x" * 200 + "…",
    "<html><h1>401</h1></html>": "",
    " \n": "",
}


@pytest.mark.parametrize("body", REASONS)
def test_reason_of_a_refusal(lua, transport, body):
    reason = REASONS[body]
    result = converse(lua, refusing(transport, body), SAY, transport)
    scheme = "http" if transport == "polling" else "ws"
    start = "Unexpected status code 401 in server response" + (f": {reason}" if reason else "") + f" ({scheme}://127.0.0.1:"
    assert result.lines[0].startswith(start) and result.lines[0].endswith("/engine.io/)"), result


def test_page_of_html_says_nothing(lua, transport):
    result = converse(lua, refusing(transport, "words", content_type="text/html"), SAY, transport)
    assert result.lines[0].startswith("Unexpected status code 401 in server response ("), result


def test_address_of_an_error_has_no_secrets(lua):
    result = complete(lua, """
        print(select(2, pcall(eio.connect, "http://ann:word@127.0.0.1:1?token=secret&secret&t=secret")))
        print(select(2, pcall(eio.connect, "https://127.0.0.1:1", {engineio_path = "a b", transports = "websocket"})))
    """)
    assert result.lines == [
        "cannot connect to 127.0.0.1:1: Connection refused (http://***@127.0.0.1:1/engine.io/?token=***&***&t=***)",
        "cannot connect to 127.0.0.1:1: Connection refused (wss://127.0.0.1:1/a%20b/)"]


def test_not_found_names_the_option(lua, transport):
    result = converse(lua, refusing(transport, "Nothing here", status=404), SAY, transport)
    assert ("404 in server response: Nothing here; the server has nothing at /engine.io/: the option engineio_path names"
            " another path, such as engineio_path = \"socket.io\" for a Socket.IO server; require \"socketio\" is the client"
            " for its events (") in result.lines[0], result
    result = converse(lua, refusing(transport, "", status=404), """
        print(select(2, pcall(eio.connect, arg[1], {transports = arg[2], engineio_path = "other"})))
    """, transport)
    assert ": the server has nothing at /other/: the option engineio_path names another path (" in result.lines[0]
    assert "socket.io" not in result.lines[0]


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io", "/a/b?x=1"])
def test_path_of_the_url_is_a_warning(lua, echo, path):
    result = complete(lua, """
        for _ = 1, 2 do eio.connect(arg[1]); eio.disconnect() end
    """, echo.url + path)
    path = path.partition("?")[0]
    assert result.stderr == (
        f"warning: the path {path} of the url is not used: write engineio_path = \"{path.strip('/')}\""
        " in the options of connect()\n")


@pytest.mark.parametrize("path", ["", "/", "/engine.io/", "?x=1"])
def test_path_that_means_nothing_else_is_no_warning(lua, echo, path):
    assert complete(lua, "eio.connect(arg[1]); eio.disconnect()", echo.url + path).stderr == ""


def test_connect_without_a_url_names_the_option(lua):
    result = run(lua, "eio.connect()")
    assert result.status == 1
    assert "script.lua:1: bad argument #1 to 'connect' (url: string expected, got no value; the option --url" in result.stderr


# The script itself ends the session before connect() has returned.


ANSWERS = {
    "eio": 'local c = eio',
    "client": 'local c = require("engineio").Client()',
}


@pytest.mark.parametrize("client", ANSWERS)
@pytest.mark.parametrize("option", ["{abort = true}", "{timeout = 0}"])
def test_script_that_disconnects_during_the_upgrade(lua, client, option):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        # The probe is never answered: only the script's disconnect() ends the upgrade.
        await session.send("4hello")

    result = converse(lua, conversation, f"""
        {ANSWERS[client]}
        c.on("message", function(m) print(m, c.state, c.disconnect{option}) end)
        c.on("disconnect", print)
        local task = eio.start_background_task(function() return c.connect(arg[1]) end)
        print(task:join())
        c.wait()
        print(c.state)
    """)
    assert result.lines[-2:] == ["true\ttrue", "disconnected"], result
    assert "client disconnect\ttable" in result.stdout and "hello\tconnected\ttrue" in result.stdout, result


def test_bot_that_answers_a_greeting_and_leaves(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await session.send("4hello")
        assert await session.receive() == "4bye"

    result = converse(lua, conversation, """
        eio.on("message", function() eio.send("bye"); eio.disconnect() end)
        print(eio.connect(arg[1]))
    """)
    assert result.lines == ["true"] and result.stderr == ""


def test_server_that_ends_the_session_first_is_an_error(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await session.send("4hello", "1")

    result = converse(lua, conversation, """
        eio.on("message", print)
        print(select(2, pcall(eio.connect, arg[1])))
    """)
    assert result.lines[0] == "hello"
    assert result.lines[1].startswith("Closed before connect() returned: server disconnect (http://127.0.0.1:"), result


def test_disconnect_before_the_session_is_open_is_an_error(lua):
    async def conversation(server):
        await server.get()
        await server.gone()

    result = converse(lua, conversation, """
        local task = eio.start_background_task(function() return select(2, pcall(eio.connect, arg[1])) end)
        eio.sleep(0.05)
        print(eio.disconnect(), select(2, task:join()).message)
    """)
    assert result.lines[0].startswith("true\tdisconnected while connecting (http://127.0.0.1:"), result


def test_send_before_connect_names_the_line(lua):
    result = complete(lua, """
        print(eio.send("a"))
        string.gsub("x", "x", function() eio.send("b") end)
    """)
    assert result.stderr == "warning: script.lua:2: client 1 is not connected: send() dropped its message\n"
