-- People who arrive at a steady rate, however slow the server is: each connects as somebody of people.csv, says
-- something, waits for the answer, and leaves.
--   eio-lua serve
--   eio-lua load arrivals.lua [-e RATE=N] [-e TIME=30s] [-- URL]
-- When the server slows down, more users are there at once; when maxVUs is not enough, dropped_iterations counts.

local loadtest = require("loadtest")
local people = loadtest.data("people.csv")

local url = arg[1] or "http://localhost:5000"

options = {
  scenarios = {
    visits = {
      executor = "constant-arrival-rate",
      rate = tonumber(__ENV.RATE) or 20,
      timeUnit = "1s",
      duration = __ENV.TIME or "30s",
      preAllocatedVUs = 20,
      maxVUs = 500,
      gracefulStop = "10s",
    },
  },
  thresholds = {
    dropped_iterations = { "count<1" },
    iteration_duration = { "p(95)<1000" },
    checks = { "rate>0.99" },
  },
}

function default()
  -- Each iteration takes the next row, whichever user runs it.
  local person = people:iteration()
  eio.connect(url .. "?room=" .. person.room, { headers = { ["X-Name"] = person.name } })
  eio.send(person.says)
  local answer = eio.receive(5)
  loadtest.check(answer, { ["is the sent text"] = answer == person.says })
  eio.disconnect()
end
