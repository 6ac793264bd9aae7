-- A load test for a server of Engine.IO: each user sends a message and waits for the answer, once a second.
--   eio-lua serve                                            a server to try it with
--   eio-lua load [-u USERS] [-d TIME] scenario.lua [-- URL]

local loadtest = require("loadtest")

local url = arg[1] or "http://localhost:5000"

options = {
  vus = 10,
  duration = "10s",
  thresholds = {
    -- In milliseconds.
    ["eio_time{name:hello}"] = { "p(95)<200" },
    checks = { "rate>0.99" },
  },
}

-- Each iteration of each user; the connection stays from one to the next.
function default()
  if eio.state == "disconnected" then
    eio.connect(url)
  end
  eio.send("hello")
  local answer = loadtest.time("hello", eio.receive, 5)
  loadtest.check(answer, { ["is an echo"] = function(text) return text == "hello" end })
  loadtest.pace(1)
end
