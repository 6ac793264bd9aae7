-- Ping-pong with an object of 200 bytes as JSON: it arrives as a table and is sent back as one.
--     eio-lua json_echo.lua --url URL --clients N --window N --seconds S

local bench = require("bench")

local options = bench.options()
local object = bench.object()
local running = true
local round_trips = 0

local clients = bench.open_clients(function(client)
    client.on("message", function(data)
        if running then
            round_trips = round_trips + 1
            client.send(data)
        end
    end)
end)

for _, client in ipairs(clients) do
    for _ = 1, options.window do
        client.send(object)
    end
end
local measured = bench.measure()
running = false
bench.report(measured, round_trips)
bench.close(clients)
