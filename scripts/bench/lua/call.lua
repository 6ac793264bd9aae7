-- Each client has `--window` tasks that wait in `call`; the arguments of each call are `--size` bytes as JSON.
--     eio-lua call.lua --url URL --clients N --window N --size BYTES --seconds S --protocol socketio

local bench = require("bench")

local options = bench.options()
local payload = string.rep("x", options.size - #'["echo",""]')
local running = true
local round_trips = 0

local clients = bench.open_clients()
local tasks = {}
for _, client in ipairs(clients) do
    for _ = 1, options.window do
        tasks[#tasks + 1] = eio.start_background_task(function()
            while running do
                client.call("echo", payload)
                round_trips = round_trips + 1
            end
        end)
    end
end
local measured = bench.measure()
running = false
for _, task in ipairs(tasks) do
    local finished, err = task:join()
    if not finished then
        error(err, 0)
    end
end
bench.report(measured, round_trips)
bench.close(clients)
