"""connect() from wherever a script calls it."""

from harness.talk import complete, converse


def test_connect_twice(lua, echo):
    result = complete(lua, """
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
    result = complete(lua, """
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


def test_connect_again_after_a_cancelled_one(lua):
    async def conversation(server):
        await server.get()
        session = await server.open("websocket")
        assert await session.receive() == "4second"

    assert converse(lua, conversation, """
        local task = eio.start_background_task(function() eio.connect(arg[1], {transports = "polling"}) end)
        eio.sleep(0.2)
        task:cancel()
        local ok, err = task:join()
        print(ok, err == eio.cancelled, eio.state)
        eio.connect(arg[1], {transports = "websocket"})
        eio.send("second")
        eio.disconnect()
    """).lines == ["false\ttrue\tdisconnected"]


def test_connect_cancelled_in_the_upgrade(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        assert await session.receive() == "1"
        await server.gone()

    assert converse(lua, conversation, """
        eio.on("disconnect", function(reason) print(reason, eio.state) end)
        local task = eio.start_background_task(function() eio.connect(arg[1]) end)
        eio.sleep(0.2)
        print(eio.state)
        task:cancel()
        local ok, err = task:join()
        print(ok, err == eio.cancelled, eio.state)
        eio.sleep(0.2)
    """).lines == ["connected", "client disconnect\tdisconnecting", "false\ttrue\tdisconnected"]


def test_connect_cancelled_by_its_handler(lua, echo, transport):
    result = complete(lua, """
        local task
        eio.on("connect", function() print("connect"); task:cancel() end)
        eio.on("disconnect", print)
        task = eio.start_background_task(function() eio.connect(arg[1], {transports = arg[2]}) end)
        local ok, err = task:join()
        print(ok, err == eio.cancelled, eio.state)
    """, echo.url, transport)
    assert result.lines[0] == "connect" and result.lines[1].startswith("client disconnect\ttable")
    assert result.lines[2:] == ["false\ttrue\tdisconnected"]
    result = complete(lua, """
        local task
        eio.on("connect", function() task:cancel(); error("no") end)
        eio.on("disconnect", print)
        task = eio.start_background_task(function() eio.connect(arg[1], {transports = arg[2]}) end)
        local ok, err = task:join()
        print(ok, err == eio.cancelled, eio.state)
        eio.on("connect", print)
        eio.connect(arg[1], {transports = arg[2]}); eio.send("x"); print(eio.receive(5))
        eio.on("disconnect", function() end); eio.disconnect()
    """, echo.url, transport)
    assert result.lines == ["false\ttrue\tdisconnected", "", "x"]


def test_session_that_ends_in_the_upgrade(lua):
    async def conversation(server):
        session, socket = await server.open_upgrade()
        await session.send("1")

    assert converse(lua, conversation, """
        local ok, err = pcall(eio.connect, arg[1])
        print(ok, err.type, err.phase, err.cause, err.message:match("^[^(]+%(%)[^(]+"))
    """).lines == [
        "false\tConnectionError\tprobe\tserver_close\tClosed before connect() returned: server disconnect "]


def test_session_that_its_handler_ends(lua, echo):
    assert complete(lua, """
        eio.on("connect", function() eio.disconnect() end)
        print(eio.connect(arg[1]), eio.state)
    """, echo.url).lines == ["true\tdisconnected"]


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
    assert complete(lua, """
        local other = require("engineio").Client()
        other.on("message", function(m) print("other", m); other.disconnect() end)
        other.on("disconnect", function() eio.disconnect() end)
        eio.on("message", function(m) other.connect(arg[1]); other.send(m .. "!") end)
        eio.on("connect", function() eio.send("hello") end)
        eio.connect(arg[1])
    """, echo.url).lines == ["other\thello!"]


def test_connect_in_its_own_connect_handler_is_refused(lua, echo):
    assert complete(lua, """
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
    assert complete(lua, f"""
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
    assert complete(lua, """
        local answers = 0
        for n = 1, 100 do
            local c = require("engineio").Client()
            c.on("message", function(m)
                assert(m == "client " .. n)
                answers = answers + 1
                c.disconnect()
            end)
            eio.start_background_task(function()
                c.connect(arg[1], {transports = "websocket"})
                c.send("client " .. n)
            end)
        end
        eio.start_background_task(function() repeat eio.sleep(0.01) until answers == 100; print(answers) end)
    """, echo.url).lines == ["100"]


def test_no_valid_transports(lua):
    assert complete(lua, """
        for _, transports in ipairs{{}, {"webtransport"}, "flash", {"Polling"}} do
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {transports = transports})
            print(ok, err.type, err.message)
        end
    """).lines == ["false\tValueError\tNo valid transports provided"] * 4


def test_try_all_transports(lua):
    async def conversation(server):
        for _ in range(2):
            await (await server.get()).answer("no polling here", status=400)
        await server.open("websocket")
        await (await server.upgrade()).answer("no websocket here", status=400)
        await (await server.open("polling")).send("1")

    result = converse(lua, conversation, """
        local function try(...)
            local ok, err = pcall(eio.connect, arg[1], {transports = {...}, try_all_transports = select("#", ...) > 1})
            print(ok, ok and eio.transport() or err.body)
            eio.disconnect{abort = true}
        end
        try("polling")
        try("polling", "websocket")
        try("websocket", "polling")
    """)
    assert result.lines == ["false\tno polling here", "true\twebsocket", "true\tpolling"], result


def test_options_of_the_caller_are_left_alone(lua, echo):
    assert complete(lua, """
        local options = {headers = {Cookie = "a=b", X = 5}, transports = {"polling", "websocket"}}
        for _ = 1, 2 do eio.connect(arg[1], options); eio.disconnect() end
        print(options.headers.Cookie, options.headers.X, #options.transports)
    """, echo.url).lines == ["a=b\t5\t2"]


def test_url_in_front_of_options_may_be_left_out(lua, echo):
    lua.write("eio.connect({transports = 'websocket'}); print(eio.transport()); eio.disconnect()")
    result = lua.command("--url", echo.url, "script.lua").finish()
    assert result.lines == ["websocket"], result


def test_connection_error(lua):
    assert complete(lua, """
        local ok, err = pcall(eio.connect, "http://127.0.0.1:1")
        print(ok, type(err), err.type, err.phase, err.status, err.code, err.body)
        print(err.message); print(err); print("failed: " .. err)
    """).lines == [
        "false\ttable\tConnectionError\ttcp\tnil\tnil\tnil",
        *[prefix + "cannot connect to 127.0.0.1:1: Connection refused (http://127.0.0.1:1/engine.io/)"
          for prefix in ("", "", "failed: ")],
    ]


def test_uncaught_connection_error_has_its_place(lua):
    result = complete(lua, "\neio.connect('http://127.0.0.1:1')", status=1)
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
