-- Requests to a Socket.IO server that answers by acks, with a demand on the time of each kind of request.
--   eio-lua serve --socketio
--   eio-lua load socketio_requests.lua [-u N] [-d TIME] [-- URL]
-- The server is expected to acknowledge `search` and `order` with what they have found and ordered.

local loadtest = require("loadtest")

local url = arg[1] or "http://localhost:5000"

options = {
  vus = 20,
  duration = "30s",
  thresholds = {
    -- Measured without a line in the script, from `call` to the ack.
    ["sio_ack{event:search}"] = { "p(95)<200", "p(99)<500" },
    ["sio_ack{event:order}"] = { "p(95)<400" },
    ["sio_acks{result:timeout}"] = { "count<10" },
    -- A server that answers nothing any more is not worth waiting for.
    checks = { { threshold = "rate>0.99", abortOnFail = true, delayAbortEval = "10s" } },
  },
}

sio.on("*", function() end)

-- The ack of a request, or nil without one.
local function request(event, question)
  local is_answered, answer = pcall(sio.call, { event, question, timeout = 5 })
  return is_answered and answer or nil
end

function default()
  if not sio.connected then
    sio.connect(url, { transports = { "websocket" } })
  end
  local found = request("search", { words = "green tea" })
  loadtest.check(found, { ["has found what it looked for"] = found and found.words == "green tea" })
  eio.sleep(0.2)
  local ordered = request("order", { item = "tea-17", count = 2 })
  loadtest.check(ordered, { ["is the right item"] = ordered and ordered.item == "tea-17" })
  loadtest.pace(1)
end
