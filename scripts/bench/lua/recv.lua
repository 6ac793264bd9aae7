-- Counts, in a handler, the messages that a server floods the clients with.
--     eio-lua recv.lua --url URL --clients N --seconds S

local bench = require("bench")

bench.options()
local received = 0

local clients = bench.open_clients(function(client)
    client.on("message", function()
        received = received + 1
    end)
end)

local received_before = received
local measured = bench.measure()
bench.report(measured, received - received_before)
bench.close(clients)
