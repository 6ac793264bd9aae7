-- `--clients` tasks open and close sessions as fast as they can.
--     eio-lua connect.lua --url URL --clients N --seconds S

local engineio = require("engineio")
local bench = require("bench")

local options = bench.options()
local running = true
local sessions = 0

local function open_and_close()
    while running do
        local client = bench.connect(engineio.Client())
        sessions = sessions + 1
        client.disconnect { abort = true }
    end
end

local tasks = {}
for i = 1, options.clients do
    tasks[i] = eio.start_background_task(open_and_close)
end
local measured = bench.measure()
bench.report(measured, sessions)
running = false
for _, task in ipairs(tasks) do
    local finished, err = task:join()
    if not finished then
        error(err, 0)
    end
end
