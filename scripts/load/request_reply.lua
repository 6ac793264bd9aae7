-- Requests and their answers over one connection for each user, with a demand on the time of each kind of request.
--   eio-lua serve
--   eio-lua load request_reply.lua [-u N] [-d TIME] [-- URL]
-- The server is expected to answer each request with a message that has the request's id.

local loadtest = require("loadtest")

local url = arg[1] or "http://localhost:5000"

options = {
  vus = 20,
  duration = "30s",
  thresholds = {
    ["eio_time{name:search}"] = { "p(95)<200", "p(99)<500" },
    ["eio_time{name:order}"] = { "p(95)<400" },
    -- A server that answers nothing any more is not worth waiting for.
    checks = { { threshold = "rate>0.99", abortOnFail = true, delayAbortEval = "10s" } },
    ["eio_errors{kind:time}"] = { "count<10" },
  },
}

local last = 0

-- Sends one request and returns its answer; what belongs to no request is passed over.
local function request(question)
  last = last + 1
  question.id = last
  eio.send(question)
  while true do
    local message, why = eio.receive(5)
    if message == nil then
      error("no answer: " .. why, 0)
    end
    if type(message) == "table" and message.id == last then
      return message
    end
  end
end

function default()
  if eio.state == "disconnected" then
    eio.connect(url, { transports = { "websocket" } })
  end
  local found = loadtest.time("search", request, { op = "search", words = "green tea" })
  loadtest.check(found, { ["has found what it looked for"] = found.words == "green tea" })
  eio.sleep(0.2)
  local ordered = loadtest.time("order", request, { op = "order", item = "tea-17", count = 2 })
  loadtest.check(ordered, { ["is the right item"] = ordered.item == "tea-17" })
  loadtest.pace(1)
end
