-- Each client keeps `--window` messages in flight: a handler sends back each message that comes.
--     eio-lua pingpong.lua --url URL --clients N --window N --size BYTES --seconds S --transport websocket|polling

local bench = require("bench")

local options = bench.options()
local payload = string.rep("x", options.size)
local running = true
local round_trips = 0

local clients, rss_before, rss_open = bench.open_clients(function(client)
    client.on("message", function(data)
        if running then
            round_trips = round_trips + 1
            client.send(data)
        end
    end)
end)

for _, client in ipairs(clients) do
    for _ = 1, options.window do
        client.send(payload)
    end
end
local measured = bench.measure()
running = false
bench.report(measured, round_trips, { rss_before_kib = rss_before, rss_open_kib = rss_open })
bench.close(clients)
