"""Events of the server and their handlers, lines S30 to S34 and S37 to S49 of the wire cases."""

import json

import pytest

from harness.socketio import END, accept, connect, join, nothing_before_pong, talk


def sent(lua, transport, *packets, **script):
    """The events of a script that gets these packets."""
    async def conversation(server):
        session = await join(server, transport)
        await session.send(*packets, END)

    return talk(lua, conversation, transport, **script)


def test_s30_31_32_arguments_of_events(lua, transport):
    setup = 'c.on("marks", function(a, b) show("marks", eio.json.encode(a), eio.json.encode(b)) end)'
    result = sent(
        lua, transport, '42["a"]', '42["a",1,"2",{"3":[true]},null]', '42["a",[]]', '42["a",{}]',
        '42 [ "a" ] ', '42 ["blank"]', '42["n",1.5,-0.25,1e3]', '42["marks",[],{}]', setup=setup)
    assert result.events == [
        ["/", "a"], ["/", "a", 1, "2", {"3": [True]}, None], ["/", "a", []], ["/", "a", {}], ["/", "a"],
        ["/", "blank"], ["/", "n", 1.5, -0.25, 1000.0]]
    assert result.of("marks") == [["[]", "{}"]]


def test_s33_34_every_text_is_a_plain_name(lua, transport):
    names = ["*", "", "with blanks ", 'a "quote"', "ü 𐀀", "__proto__", "message", "error", "a\\b\n"]
    packets = ["42" + json.dumps([name, 1]) for name in names] + ["42[1,2]", "42[1.5]", "42[-3]"]
    result = sent(lua, transport, *packets)
    assert result.events == [["/", name, 1] for name in names] + [["/", "1", 2], ["/", "1.5"], ["/", "-3"]]


def test_s37_events_of_other_namespaces_are_dropped(lua, transport):
    result = sent(
        lua, transport, '42/a,["x"]', '42/a,7["asks"]', '42/a["no comma"]', '42//,["x"]', '42/A,["x"]',
        '42/?x=1,["mine"]', program=["--log-level", "debug"])
    # A query behind a namespace is not a part of its name.
    assert result.events == [["/", "mine"]]
    assert "Ignored a packet event for the namespace /a" in result.result.stderr


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_s38_a_thousand_events_at_once(lua, transport):
    packets = [f'42["n",{number}]' for number in range(1000)]
    assert sent(lua, transport, *packets).events == [["/", "n", number] for number in range(1000)]


def test_s39_handlers_that_wait_let_the_next_event_start(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        await session.send('42["waits",1]', '42["waits",2]', '42["go"]', '42["in order",1]', '42["in order",2]')
        assert await session.receive() == '42["done"]'
        await session.send(END)

    setup = """
        local go, left = eio.create_event(), 4
        local function handler(name, wait)
          return function(n)
            show("begin", name, n)
            wait()
            show("end", name, n)
            left = left - 1
            if left == 0 then c.emit("done") end
          end
        end
        c.on("waits", handler("waits", function() go:wait() end))
        c.on("in order", handler("in order", function() eio.sleep(0.01) end), {ordered = true})
        c.on("go", function() go:set() end)
    """
    result = talk(lua, conversation, setup=setup)
    waiting = [line[:1] + line[2:] for line in result.shown if line[1:2] == ["waits"]]
    assert waiting == [["begin", 1], ["begin", 2], ["end", 1], ["end", 2]]
    in_order = [line[:1] + line[2:] for line in result.shown if line[1:2] == ["in order"]]
    assert in_order == [["begin", 1], ["end", 1], ["begin", 2], ["end", 2]]


def test_s40_an_error_of_a_handler_does_not_stop_the_others(lua, transport):
    setup = """
        c.on("fails", function() error("broken") end)
        c.on("error", function(err) show("error", tostring(err)) end)
    """
    result = sent(lua, transport, '42["fails"]', '42["works"]', setup=setup, status=1)
    assert "broken" in result.of("error")[0][0]
    assert result.events == [["/", "works"]]


def test_s41_42_43_handlers_for_all_events_and_namespaces(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        await session.send('42["x",1]', '42["y",2]', '42/a,["x",3]', '42/a,["y",4]', END)

    setup = """
        c.on("*", function(event, ...) show("any event", event, ...) end)
        c.on("x", function(ns, ...) show("any namespace", ns, ...) end, "*")
    """
    result = talk(lua, conversation, setup=setup, connect='namespaces = {"/", "/a"}')
    assert result.of("any event") == [["x", 1], ["y", 2]]
    assert result.of("any namespace") == [["/a", 3]]
    assert result.events == [["/a", "y", 4]]
    # connect and disconnect are not events for "*".
    assert result.of("connect") == [["/"], ["/a"]]


def test_s44_the_order_of_lookup(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/a")
        await session.send('42/a,["own"]', '42/a,["method"]', '42/a,["other"]', END)

    setup = """
        c = require("socketio").Client{reconnection = false}
        c.on("own", function() show("1") end, "/a")
        c.on("other", function(ns) show("3", ns) end, "*")
        c.register_namespace("/a", {
          on_own = function() show("never") end,
          on_method = function(self) show("5") end,
        })
    """
    result = talk(lua, conversation, setup=setup, connect='namespaces = {"/a"}')
    assert [line for line in result.shown if line[0].isdigit()] == [["1"], ["5"], ["3", "/a"]]


def test_an_event_without_a_method_stays_with_the_object_of_its_namespace(lua):
    async def conversation(server):
        session = await join(server, "websocket", "/", "/a")
        await session.send('42/a,1["unknown"]', '42/a,["known"]', '422["unknown"]')
        assert await session.receive() == "43/a,1[]"
        assert await session.receive() == '432["of any"]'
        await session.send('42["go"]')
        assert await session.receive() == '42["done"]'
        await session.send(END)

    setup = """
        c = require("socketio").Client{reconnection = false}
        c.register_namespace("/a", {on_known = function(self, ...) show("known", ...) end})
        c.register_namespace("*", {on_unknown = function(self, ns) show("any", ns) return "of any" end})
    """
    main = 'c.receive{event = "go"} show("kept", c.receive{event = "unknown", timeout = 0}) c.emit("done")'
    result = talk(lua, conversation, setup=setup, connect='namespaces = {"/", "/a"}', main=main)
    assert sorted(line for line in result.shown if line[0] in ("known", "any", "kept")) == [
        ["any", "/"], ["kept", None, "timeout"], ["known"]]


def test_s45_events_that_came_before_their_handler(lua):
    async def conversation(server):
        session = await join(server, "websocket")
        assert await session.receive() == '42["ready"]'
        await session.send('42["first"]', '42["early",1]')
        assert await session.receive() == '42["registered"]'
        await session.send(END)

    setup = """
        c = require("socketio").Client{reconnection = false}
        c.on("disconnect", function() end)
    """
    main = """
        c.emit("ready")
        show("received", c.receive{event = "first", timeout = 5})
        eio.sleep(0)
        c.on("early", function(...) show("early", ...) c.emit("registered") end)
        c.wait()
    """
    result = talk(lua, conversation, setup=setup, main=main)
    assert result.of("received") == [["first"]]
    assert result.of("early") == [[1]]


def test_s46_47_deep_values_and_lone_surrogates(lua, transport):
    deep = "[" * 100 + "]" * 100
    setup = 'c.on("deep", function(value) show("deep", eio.json.encode(value)) end)'
    result = sent(lua, transport, f'42["deep",{deep}]', '42["half","a\\ud800b","\\udc00"]', setup=setup)
    assert result.of("deep") == [[deep]]
    assert result.events == [["/", "half", "a\ufffdb", "\ufffd"]]


def test_s46_too_deep_a_value_is_illegal(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        await session.send(f'42["deep",{"[" * 100_000}{"]" * 100_000}]', '42["late"]')

    result = talk(lua, conversation, transport)
    assert result.of("disconnect")[0][1:3] == ["transport error", "parse"]
    assert not result.events


def test_s48_events_of_a_megabyte(lua, transport):
    text = "ü" * 500_000

    async def conversation(server):
        session = await join(server, transport, max_payload=2_000_000)
        await session.send(f'42["long","{text}"]')
        assert await session.receive() == f'42["back","{text}"]'
        await session.send(END)

    talk(lua, conversation, transport, setup='c.on("long", function(text) c.emit("back", text) end)')


def test_s49_the_separator_of_polling_can_be_sent(lua, transport):
    async def conversation(server):
        session = await join(server, transport)
        assert await session.receive() == '42["a\\u001eb","\\u001e"]'
        await session.send('42["x","\\u001e"]', END)

    main = 'c.emit("a\\u{1e}b", "\\u{1e}")'
    assert talk(lua, conversation, transport, main=main).events == [["/", "x", "\x1e"]]


def test_events_before_the_answer_of_a_refused_namespace_are_forgotten(lua):
    async def conversation(server):
        session = await server.open("websocket")
        assert [await session.receive(), await session.receive()] == [connect(), connect("/a")]
        await session.send(accept(), '42/a,["early"]', '44/a,{"message":"no"}', '42/a,["late"]')
        await nothing_before_pong(session)
        await session.send(END)

    result = talk(lua, conversation, connect='namespaces = {"/", "/a"}, wait = false')
    assert result.of("connect_error") == [["/a", {"message": "no"}]]
    assert not result.events
