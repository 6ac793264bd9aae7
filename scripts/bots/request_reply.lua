-- Asks, waits for the answer, asks again: no handlers, one line after the other.
--   eio-lua request_reply.lua [URL] [COUNT]
-- The server is expected to answer each request with a message that has the request's id.

local url, count = arg[1] or "http://localhost:5000", tonumber(arg[2]) or 3

-- Sends one request and returns its answer; what belongs to no request is passed over.
local function request(id, question, timeout)
  eio.send({ id = id, question = question })
  while true do
    local message, why = eio.receive(timeout)
    if message == nil then
      error("no answer to request " .. id .. ": " .. why)
    end
    if type(message) == "table" and message.id == id then
      return message
    end
  end
end

eio.connect(url)
for id = 1, count do
  local reply = request(id, "what is " .. id .. " squared?", 5)
  print("request " .. id .. ": " .. eio.json.encode(reply))
end
if not eio.disconnect() then
  error("not everything was written")
end
