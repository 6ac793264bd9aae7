-- A connection storm: a thousand users who connect as fast as the run starts them, stay, and leave in order.
--   eio-lua serve
--   eio-lua load connection_storm.lua [-e USERS=N] [-e STAY=SECONDS] [--spawn-rate N] [-- URL]
-- --spawn-rate 0 starts all of them at once; the default is 1000 in a second.

local loadtest = require("loadtest")

local url = arg[1] or "http://localhost:5000"
local users = tonumber(__ENV.USERS) or 1000
local stay = tonumber(__ENV.STAY) or 10

options = {
  scenarios = {
    storm = { executor = "per-vu-iterations", vus = users, iterations = 1, maxDuration = "5m" },
  },
  thresholds = {
    ["eio_connect{phase:total}"] = { "p(95)<1000", "p(99)<3000" },
    -- A share of failed connects shows in the checks; a server that drops who is connected shows in their number.
    checks = { "rate>0.999" },
    ["eio_disconnects{reason:transport error}"] = { "count<1" },
  },
}

function default()
  local connected, problem = pcall(eio.connect, url)
  loadtest.check(connected, { ["is connected"] = connected })
  if not connected then
    error(problem, 0)
  end
  eio.sleep(stay)
  eio.disconnect()
end
