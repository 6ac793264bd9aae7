-- A virtual user that measures how long each message takes to come back.
--     eio-lua load -u N latency.lua -- --url URL

local bench = require("bench")
local loadtest = require("loadtest")

options = { summaryTrendStats = { "med", "p(99)" } }

local arguments = bench.options()
local payload = string.rep("x", arguments.size)
bench.connect(eio)
while true do
    loadtest.time("echo", function()
        eio.send(payload)
        assert(eio.receive())
    end)
end
