-- Ping-pong with an event whose argument is `--size` bytes: a text message and a binary one each way.
--     eio-lua binary_event.lua --url URL --clients N --window N --size BYTES --seconds S --protocol socketio

local bench = require("bench")

local options = bench.options()
local payload = eio.bytes(string.rep("x", options.size))
local running = true
local round_trips = 0

local clients = bench.open_clients(function(client)
    client.on("echo", function(data)
        if running then
            round_trips = round_trips + 1
            client.emit("echo", data)
        end
    end)
end)

for _, client in ipairs(clients) do
    for _ = 1, options.window do
        client.emit("echo", payload)
    end
end
local measured = bench.measure()
running = false
bench.report(measured, round_trips)
bench.close(clients)
