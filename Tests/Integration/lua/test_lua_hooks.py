"""Hooks of debug.sethook, such as those of a tool that measures coverage, beside those of the watchdog."""

from harness.talk import complete, converse

# As luacov does it: a module that is required first sets a hook for lines.
COVER = """
    local seen = {}
    debug.sethook(function(_, line)
        local source = debug.getinfo(2, "S").short_src
        if source == "script.lua" then seen[line] = true end
    end, "l")
    return function()
        local lines = {}
        for line in pairs(seen) do lines[#lines + 1] = line end
        table.sort(lines)
        return table.concat(lines, " ")
    end
"""


def test_coverage_of_handlers_and_tasks(lua):
    async def conversation(server):
        session = await server.open("websocket")
        await session.send("4one", "4two", "1")

    lua.write(COVER, "cover.lua")
    result = converse(lua, conversation, """\
        local cover = require "cover"
        eio.on("connect", function()
            local here
        end)
        eio.on("message", function(m)
            if m == "two" then
                local also_here
            end
        end)
        eio.on("disconnect", function()
            eio.start_background_task(function()
                local in_a_task
            end):join()
            print(cover())
        end)
        eio.connect(arg[1], {transports = "websocket"})
    """)
    assert result.lines == ["2 3 4 5 6 7 9 10 11 12 13 14 15 16"], result


def test_watchdog_reports_a_slice_with_a_hook(lua):
    result = complete(lua, """
        local count = 0
        debug.sethook(function() count = count + 1 end, "", 1000)
        local start = os.clock()
        while os.clock() - start < 1.5 do end
        local before = count
        eio.start_background_task(function() for _ = 1, 1e5 do end end):join()
        print(before > 0, count > before)
    """)
    assert result.lines == ["true\ttrue"]
    assert "warning: script.lua:5: Lua has computed for" in result.stderr
