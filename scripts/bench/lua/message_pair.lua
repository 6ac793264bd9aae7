-- Ping-pong with pairs of messages that are as long as those of binary_event.lua.
--     eio-lua message_pair.lua --url URL --clients N --window N --size BYTES --seconds S

local bench = require("bench")

local options = bench.options()
local text = string.rep("x", #'451-["echo",{"_placeholder":true,"num":0}]' - 1)
local binary = eio.bytes(string.rep("x", options.size))
local running = true
local messages = 0

local clients = bench.open_clients(function(client)
    client.on("message", function(data)
        if running then
            messages = messages + 1
            client.send(data)
        end
    end)
end)

for _, client in ipairs(clients) do
    for _ = 1, options.window do
        client.send(text)
        client.send(binary)
    end
end
local measured = bench.measure()
running = false
bench.report(measured, messages)
bench.close(clients)
