-- Opens the clients and holds them: what does an idle client cost in memory?
--     eio-lua idle.lua --url URL --clients N --seconds S [--protocol socketio]

local bench = require("bench")

bench.options()
local clients, rss_before, rss_open = bench.open_clients()
local measured = bench.measure()
bench.report(measured, 0, { rss_before_kib = rss_before, rss_open_kib = rss_open })
bench.close(clients)
