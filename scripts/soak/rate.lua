-- Forty clients at full rate for some seconds, each connecting again whenever its connection is lost.
--   eio-lua rate.lua URL RESETTING_URL SECONDS
-- Each client numbers its messages from 1 in each session and has sixteen of them in flight; the server echoes.
local Client = require("engineio").Client
local totals = require("totals")

local url, resetting_url, seconds = arg[1], arg[2], tonumber(arg[3])
local WINDOW = 16

local kinds = {
  { count = 24, url = url, transports = { "websocket" } },
  { count = 4, url = url, transports = { "polling" } },
  { count = 4, url = url, transports = { "polling", "websocket" } },
  { count = 4, url = resetting_url, transports = { "websocket" } },
  { count = 2, url = resetting_url, transports = { "polling" } },
  { count = 2, url = resetting_url, transports = { "polling", "websocket" } },
}

local is_over = false
local clients, tasks = {}, {}

local function bot(client, name, kind)
  local sent, received = 0, 0
  totals.watch(client, name, function()
    sent, received = WINDOW, 0
    for number = 1, WINDOW do
      client.send(number)
    end
  end)
  client.on("message", function(message)
    received = received + 1
    if message ~= tostring(received) then
      totals.fault(("%s: message %s instead of %d"):format(name, message, received))
    end
    totals.messages = totals.messages + 1
    if not is_over then
      sent = sent + 1
      client.send(sent)
    end
  end)
  while not is_over do
    if pcall(client.connect, kind.url, { transports = kind.transports }) then
      client.wait()
    else
      totals.refused = totals.refused + 1
      eio.sleep(0.05 + math.random() * 0.1)
    end
  end
end

for _, kind in ipairs(kinds) do
  for _ = 1, kind.count do
    local client = Client { request_timeout = 2 }
    clients[#clients + 1] = client
    tasks[#tasks + 1] = eio.start_background_task(bot, client, "client " .. #clients, kind)
  end
end

eio.sleep(seconds)
is_over = true
for _, client in ipairs(clients) do
  eio.start_background_task(client.disconnect, { timeout = 5 })
end
for _, task in ipairs(tasks) do
  task:join()
end
totals.print()
