-- Stays connected: connects again after a loss, with a growing, random pause, and greets the server each time.
--   eio-lua reconnecting.lua [URL] [ATTEMPTS]     gives up after ATTEMPTS failures in a row (default: never)

local url, attempts = arg[1] or "http://localhost:5000", tonumber(arg[2]) or math.huge
local shortest, longest = 0.5, 30

local function connect()
  local pause = shortest
  for failures = 1, math.huge do
    local ok, err = pcall(eio.connect, url)
    if ok then
      return
    end
    print("cannot connect: " .. tostring(err))
    if failures >= attempts then
      error("giving up after " .. failures .. " failures", 0)
    end
    -- A random part keeps a crowd of bots from coming back all at once.
    eio.sleep(pause * (0.5 + math.random() / 2))
    pause = math.min(pause * 2, longest)
  end
end

eio.on("connect", function()
  print("connected by " .. eio.transport())
  eio.send("hello")
end)

eio.on("message", function(data)
  print("received " .. tostring(data))
end)

eio.on("disconnect", function(reason, detail)
  print("disconnected: " .. reason .. (detail.message and ", " .. detail.message or ""))
  if reason ~= eio.reason.CLIENT_DISCONNECT then
    connect()
  end
end)

connect()
