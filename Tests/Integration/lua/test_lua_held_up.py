"""receive() with a timeout while Lua computes: a message that came in time is not reported as a timeout."""

import asyncio

import pytest

from harness.scripted import ScriptedServer
from harness.talk import complete

COMPUTE = "local started = os.clock() while os.clock() - started < 0.8 do end"


async def talk(asking, computing):
    """The message comes while the other one's handler computes, which goes on until the timeout has passed."""
    assert await computing.receive() == "4compute?"
    assert await asking.receive() == "4ask"
    await computing.send("4compute")
    await asyncio.sleep(0.2)
    await asking.send("4in time")


def test_handler_of_the_same_script_computes(lua, transport):
    async def conversation(server):
        computing = await server.open("websocket")
        await talk(await server.open(transport), computing)

    with ScriptedServer(conversation) as server:
        result = complete(lua, f"""
            local other = require("engineio").Client()
            other.on("message", function() {COMPUTE} end)
            other.connect(arg[1], {{transports = "websocket"}})
            eio.connect(arg[1], {{transports = arg[2]}})
            other.send("compute?")
            eio.send("ask")
            print(eio.receive(0.5))
            eio.disconnect{{abort = true}}
            other.disconnect{{abort = true}}
        """, server.url, transport)
    assert result.lines == ["in time"]


def test_another_user_of_a_load_test_computes(lua, transport):
    async def conversation(server):
        computing = await server.open("websocket")
        await talk(await server.open(transport), computing)

    lua.write(f"""
        local function at(seconds, exec)
            return {{executor = "per-vu-iterations", vus = 1, iterations = 1, maxDuration = "20s", exec = exec,
                startTime = seconds}}
        end
        options = {{scenarios = {{computes = at("0s", "computes"), asks = at("500ms", "asks")}}}}
        function computes()
            local isDone = eio.create_event()
            eio.on("message", function()
                {COMPUTE}
                isDone:set()
            end)
            eio.connect(arg[1], {{transports = "websocket"}})
            eio.send("compute?")
            isDone:wait()
        end
        function asks()
            eio.connect(arg[1], {{transports = arg[2]}})
            eio.send("ask")
            print(eio.receive(0.5))
        end
    """)
    with ScriptedServer(conversation) as server:
        result = lua.command("load", "--threads", 1, "script.lua", "--", server.url, transport).finish(30)
    assert result.status == 0, result
    assert "in time" in result.lines


def test_silence_is_still_reported(lua, echo):
    assert complete(lua, f"""
        local other = require("engineio").Client()
        other.on("message", function() {COMPUTE} other.disconnect() end)
        other.connect(arg[1])
        eio.connect(arg[1])
        other.send("compute")
        print(eio.receive(0.3))
        print(eio.receive(0.05))
        eio.disconnect()
    """, echo.url).lines == ["nil\ttimeout"] * 2
