-- Connects, asks once and disconnects, again and again, sixteen at a time.
--   eio-lua churn.lua URL COUNT
local Client = require("engineio").Client
local totals = require("totals")

local url, left = arg[1], tonumber(arg[2])
local WORKERS = 16

local ways = { { "websocket" }, { "websocket" }, { "polling" }, { "polling", "websocket" } }

-- Half of the sessions are those of one client, half have a client of their own.
local function work(name)
  local lasting = Client()
  totals.watch(lasting, name)
  while left > 0 do
    local number = left
    left = left - 1
    local client = lasting
    if number % 2 == 0 then
      client = Client()
      totals.watch(client, name .. "'s client " .. number)
    end
    client.connect(url, { transports = ways[number % #ways + 1] })
    client.send(number)
    local answer, why = client.receive(10)
    if answer ~= tostring(number) then
      totals.fault(("%s: %s instead of %d"):format(name, answer or why, number))
    end
    totals.messages = totals.messages + 1
    -- One in eight disconnects without a close packet.
    if number % 8 == 0 then
      client.disconnect { abort = true }
    elseif not client.disconnect() then
      totals.fault(name .. ": not everything was written")
    end
  end
end

local tasks = {}
for number = 1, WORKERS do
  tasks[number] = eio.start_background_task(work, "worker " .. number)
end
for _, task in ipairs(tasks) do
  local ok, err = task:join()
  if not ok then
    totals.fault(tostring(err))
  end
end
totals.print()
