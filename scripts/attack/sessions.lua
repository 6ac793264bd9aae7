-- Connects to a hostile server, one session after the other, thirty-two at a time.
--   eio-lua sessions.lua URL COUNT SEED SECONDS
-- The server sends what it likes. The script checks that connect() returns or raises, that each session that was opened
-- ends with one disconnect, and how long the loop was busy with one thing.
package.path = arg[0]:match("^(.*/)") .. "../soak/?.lua;" .. package.path
local Client = require("engineio").Client
local totals = require("totals")

local url, count, seed, seconds = arg[1], tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4])
local WORKERS = 32
math.randomseed(seed)

local ways = { { "polling" }, { "websocket" }, { "polling", "websocket" } }
local limits = { 1 << 16, 1 << 20, 1 << 24 }
local next_number = 0
local is_over = false
totals.attempts, totals.longest_pause = 0, 0

-- os.clock counts the CPU time of the process, so that a busy machine is not counted as a fault.
local watch = eio.start_background_task(function()
  local before = os.clock()
  while true do
    eio.sleep(0.001)
    local now = os.clock()
    totals.longest_pause = math.max(totals.longest_pause, now - before)
    before = now
  end
end)

local function talk(client, manner)
  for n = 1, manner % 4 do
    client.send(n % 2 == 0 and "text" or { n = n })
  end
  if manner % 3 == 0 then
    while client.receive(0.02) do
      totals.messages = totals.messages + 1
    end
  elseif manner % 3 == 1 then
    eio.sleep(0.03)
  end
  if manner % 7 == 0 then
    client.disconnect { abort = true }
  else
    client.disconnect { timeout = 0.2 }
  end
end

local function session(number)
  local manner = math.random(1000)
  local client = Client {
    request_timeout = 0.5, connect_timeout = 1, max_message_size = limits[manner % #limits + 1], json = manner % 5 ~= 0,
  }
  totals.watch(client, "session " .. number)
  if manner % 3 ~= 0 then
    client.on("message", function(message)
      totals.messages = totals.messages + 1
      if manner % 11 == 0 then
        eio.sleep(0.001)
      end
      client.send(message)
    end)
  end
  totals.attempts = totals.attempts + 1
  local ok, err = pcall(client.connect, ("%s/?n=%d"):format(url, number), { transports = ways[number % 3 + 1] })
  if ok then
    talk(client, manner)
  else
    totals.refused = totals.refused + 1
    if type(err) ~= "table" or err.type ~= "ConnectionError" and err.type ~= "ValueError" then
      totals.fault("connect raised " .. tostring(err))
    end
  end
  client.wait()
end

local tasks = {}
for n = 1, WORKERS do
  tasks[n] = eio.start_background_task(function()
    while next_number < count and not is_over do
      next_number = next_number + 1
      session(next_number)
    end
  end)
end
eio.start_background_task(function()
  eio.sleep(seconds)
  is_over = true
end)
for n, task in ipairs(tasks) do
  local ok, err = task:join()
  if not ok then
    totals.fault(("worker %d: %s"):format(n, tostring(err)))
  end
end
watch:cancel()
totals.print()
os.exit(0)
