"""receive(): who gets a message, and what becomes of those that nobody asks for."""

import pytest

from harness.talk import complete, converse, ending, sending


def test_receive_serves_the_longest_waiting_first(lua, transport):
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
    assert complete(lua, """
        eio.connect(arg[1])
        print(eio.receive(0)); print(eio.receive(0.05))
        eio.send("x")
        print(eio.receive(5))
        eio.disconnect()
    """, echo.url).lines == ["nil\ttimeout", "nil\ttimeout", "x"]


def test_message_after_a_timeout_is_kept(lua, echo):
    assert complete(lua, """
        eio.connect(arg[1])
        eio.send("x")
        repeat local m, why = eio.receive(0); eio.sleep(0) until m or why ~= "timeout"
        eio.send("y")
        eio.sleep(0.1)
        print(eio.receive(0))
        eio.disconnect()
    """, echo.url).lines == ["y"]


def test_message_for_a_cancelled_receive_is_kept(lua, echo):
    assert complete(lua, """
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
    """, transport, status=1 if reason == "transport error" else 0)
    assert result.lines == [f"nil\t{reason}"] * 3


def test_receive_ends_with_own_disconnect(lua, echo):
    assert complete(lua, """
        eio.connect(arg[1])
        eio.start_background_task(function() eio.sleep(0.02); eio.disconnect() end)
        print(eio.receive())
    """, echo.url).lines == ["nil\tclient disconnect"]


def test_receive_without_a_connection(lua):
    assert complete(lua, "print(eio.receive()); print(eio.receive(1))").lines == ["nil\tnot connected"] * 2


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
