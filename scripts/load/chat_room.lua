-- A chat room: all users receive each message, so that ten times the users are a hundred times the messages.
--   eio-lua serve --mode broadcast
--   eio-lua load chat_room.lua [-s 30s:100 …] [-- URL]
-- It measures the time from sending a message until it comes back from the room, by the sender's own clock.

local loadtest = require("loadtest")
local received = loadtest.Counter("received")

local url = arg[1] or "http://localhost:5000"

options = {
  stages = {
    { duration = "20s", target = 50 },
    { duration = "40s", target = 50 },
    { duration = "10s", target = 0 },
  },
  thresholds = {
    ["eio_time{name:say}"] = { "p(95)<500", "p(99)<1000" },
    checks = { "rate>0.99" },
  },
}

local said = 0
local came_back = eio.create_event()

eio.on("message", function(message)
  received:add(1)
  if message.from == __VU and message.number == said then
    came_back:set()
  end
end)

function default()
  if eio.state == "disconnected" then
    eio.connect(url)
  end
  said = said + 1
  came_back:clear()
  loadtest.time("say", function()
    eio.send({ from = __VU, number = said, text = "Is anybody here?" })
    local is_back = came_back:wait(5)
    loadtest.check(is_back, { ["comes back"] = is_back })
  end)
  -- People think for one to three seconds before they say something again.
  eio.sleep(1 + 2 * math.random())
end
