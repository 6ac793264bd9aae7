-- Rooms of a Socket.IO server: how long does it take until the others in a room receive a sentence?
--   eio-lua serve --socketio
--   eio-lua load socketio_room.lua [-s 30s:100 …] [-e MEMBERS=10] [-- URL]
-- Each user is two members of a room: one of them speaks, and the other listens, so that one clock measures the push.

local loadtest = require("loadtest")
local socketio = require("socketio")
local received = loadtest.Counter("received")

local url = arg[1] or "http://localhost:5000"
local members = tonumber(__ENV.MEMBERS) or 10

options = {
  stages = {
    { duration = "20s", target = 50 },
    { duration = "40s", target = 50 },
    { duration = "10s", target = 0 },
  },
  thresholds = {
    ["eio_time{name:push}"] = { "p(95)<500", "p(99)<1000" },
    checks = { "rate>0.99" },
  },
}

-- After a loss, the next iteration connects and joins again.
local speaker, listener = socketio.Client({ reconnection = false }), socketio.Client({ reconnection = false })
local room = "room " .. __VU // members
local said = 0
local has_arrived = eio.create_event()

listener.on("said", function(_, from, text)
  received:add(1)
  if from == speaker.sid and text == "sentence " .. said then
    has_arrived:set()
  end
end)

for _, client in ipairs({ speaker, listener }) do
  -- Other events need a handler, too; the speaker gets the sentences of the others.
  client.on("*", function() end)
end

function default()
  for _, client in ipairs({ speaker, listener }) do
    if not client.connected then
      client.connect(url)
      client.call("join", room)
    end
  end
  said = said + 1
  has_arrived:clear()
  loadtest.time("push", function()
    speaker.emit("say", room, "sentence " .. said)
    local is_in_time = has_arrived:wait(5)
    loadtest.check(is_in_time, { ["arrives"] = is_in_time })
  end)
  -- People think for one to three seconds before they say something again.
  eio.sleep(1 + 2 * math.random())
end
