"""Tasks that are always ready leave the sockets, the messages and one another their turns."""

import pytest

from harness.embedded import EmbeddedServer
from harness.talk import complete

# Each is a body of an endless task; `compute` takes up the processor for some milliseconds.
GREEDY = {
    "idle": "eio.sleep(0)",
    "short": "compute(1); eio.sleep(0)",
    "turn": "compute(40); eio.sleep(0)",
    "more than a turn": "compute(120); eio.sleep(0)",
    "queue": "there:put(back:get())",
}
SCRIPT = """
    local function compute(milliseconds)
        local stop = os.clock() + milliseconds / 1000
        while os.clock() < stop do end
    end
    local queues = {eio.create_queue(), eio.create_queue()}
    local slices = {0, 0, 0, 0}
    local function greedy(number)
        local there, back = queues[1 + number % 2], queues[2 - number % 2]
        while true do BODY; slices[number] = slices[number] + 1 end
    end
    eio.connect(arg[1], {transports = arg[2]})
    for number = 1, #slices do eio.start_background_task(greedy, number) end
    queues[1]:put("a"); queues[2]:put("b")
    local echoes = 0
    eio.on("message", function() echoes = echoes + 1; eio.send("x") end)
    eio.send("x")
    eio.sleep(2)
    print(echoes >= 3, math.min(table.unpack(slices)) >= 1, eio.state)
    print(echoes, table.unpack(slices))
    os.exit(0)
"""


@pytest.mark.parametrize("body", GREEDY)
def test_greedy_tasks_delay_neither_messages_nor_pongs(lua, transport, body):
    server = EmbeddedServer(lua, "--ping-interval", "0.2", "--ping-timeout", "0.6")
    result = complete(lua, SCRIPT.replace("BODY", GREEDY[body]), server.url, transport)
    assert result.lines[0] == "true\ttrue\tconnected", result


def test_greedy_handlers_do_not_delay_tasks(lua, echo):
    """A backlog of messages whose handlers compute leaves a task its turns, and the other way round."""
    result = complete(lua, """
        local function compute(milliseconds)
            local stop = os.clock() + milliseconds / 1000
            while os.clock() < stop do end
        end
        eio.connect(arg[1])
        local handled, slept = 0, 0
        eio.on("message", function() handled = handled + 1; compute(20) end)
        for _ = 1, 200 do eio.send("x") end
        local task = eio.start_background_task(function()
            while true do eio.sleep(0); slept = slept + 1; compute(20) end
        end)
        eio.sleep(1.5)
        print(handled >= 5, slept >= 5)
        print(handled, slept)
        os.exit(0)
    """, echo.url)
    assert result.lines[0] == "true\ttrue", result
