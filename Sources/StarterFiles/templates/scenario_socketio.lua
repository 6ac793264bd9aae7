-- A load test for a server of Socket.IO: each user sends an event and waits for its ack, once a second.
--   eio-lua serve --socketio                                 a server to try it with
--   eio-lua load [-u USERS] [-d TIME] scenario.lua [-- URL]

local loadtest = require("loadtest")

local url = arg[1] or "http://localhost:5000"

options = {
  vus = 10,
  duration = "10s",
  thresholds = {
    -- In milliseconds; measured without a line in the script.
    ["sio_ack{event:hello}"] = { "p(95)<200" },
    checks = { "rate>0.99" },
  },
}

-- Events that the script does not need.
sio.on("*", function() end)

-- Each iteration of each user; the connection stays from one to the next.
function default()
  if not sio.connected then
    sio.connect(url, { auth = { token = "secret" } })
  end
  local answer = sio.call("hello", loadtest.vu.id)
  loadtest.check(answer, { ["is an echo"] = function(id) return id == loadtest.vu.id end })
  loadtest.pace(1)
end
