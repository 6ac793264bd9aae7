"""Warnings of a bot's run: a lost connection that no handler reported, tasks that it waits for, and each of them once."""

import pytest

from harness.talk import complete, converse, run


async def losing(server):
    session = await server.open("websocket")
    await session.vanish()


def test_lost_connection_without_a_handler(lua):
    result = converse(lua, losing, "eio.connect(arg[1], {transports = 'websocket'})", status=1)
    assert result.stderr == (
        "warning: the connection was lost (Connection reset by peer), and there was no \"disconnect\" handler to notify\n")


@pytest.mark.parametrize("ending", [
    "eio.on('disconnect', function() end); eio.connect(arg[1], {transports = 'websocket'}); eio.wait()",
    "eio.connect(arg[1], {transports = 'websocket'}); eio.wait(); os.exit(0)",
])
def test_lost_connection_with_a_handler(lua, ending):
    assert converse(lua, losing, ending).stderr == ""


@pytest.mark.parametrize("last", ["1", None])
def test_only_the_last_connection_counts(lua, last):
    async def conversation(server):
        await losing(server)
        session = await server.open("websocket")
        if last:
            await session.send(last)

    result = converse(lua, conversation, """
        eio.connect(arg[1], {transports = "websocket"}); eio.wait()
        eio.connect(arg[1], {transports = "websocket"})
        if arg[2] then eio.wait() else eio.disconnect() end
    """, *([last] if last else []))
    assert result.stderr == ""


def test_lost_connections_of_many_clients_are_one_line(lua):
    async def conversation(server):
        for session in [await server.open("websocket") for _ in range(3)]:
            await session.vanish()

    result = converse(lua, conversation, """
        for _ = 1, 3 do require("engineio").Client().connect(arg[1], {transports = "websocket"}) end
    """, status=1)
    assert result.stderr.startswith("warning: 3 connections were lost (") and result.stderr.count("\n") == 1


def test_fifty_clients_that_report_the_same(lua):
    result = run(lua, """
        for number = 1, 50 do
            eio.start_background_task(function()
                local c = require("engineio").Client()
                c.send("x")
                c.connect("http://127.0.0.1:1")
            end)
        end
    """)
    assert result.status == 1
    lines = result.stderr.splitlines()
    dropped = "is not connected: send() dropped its message"
    refused = "cannot connect to 127.0.0.1:1: Connection refused"
    assert [line for line in lines if dropped in line] == [
        f"warning: script.lua:5: client 2 {dropped}", f"warning: script.lua:5: client … {dropped} (49 more times)"]
    errors = [line for line in lines if refused in line]
    assert len(errors) == 2 and errors[1] == errors[0] + " (49 more times)"
    assert sum("stack traceback" in line for line in lines) == 1


def test_lines_of_the_script_are_its_own(lua):
    result = complete(lua, "for _ = 1, 50 do eio.log.warning('again') end")
    assert result.stderr == "warning: again\n" * 50


def test_counts_come_while_the_program_runs(lua):
    running = lua.command(lua.write("""
        for _ = 1, 3 do eio.start_background_task(function() error("again", 0) end) end
        io.read()
    """).name, stdin=None)
    running.wait_for("again (2 more times)", stream="stderr")
    running.send_line("")
    assert running.finish().status == 1


def test_tasks_that_the_program_waits_for_after_a_disconnect(lua, echo):
    lua.write("""
        local function ticker() while true do eio.sleep(0.1) end end
        eio.start_background_task(ticker)
        eio.start_background_task(function() io.read() end)
        eio.connect(arg[1])
        eio.disconnect()
    """)
    running = lua.command("script.lua", echo.url, stdin=None)
    running.wait_for("\n", stream="stderr")
    assert running.stderr == (
        "warning: every client is disconnected, and the program still waits for a task (started at script.lua:4), task 'ticker'"
        " (started at script.lua:3): task:cancel() or os.exit() ends it\n")
