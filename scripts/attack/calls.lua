-- Calls every function of the API with arguments that are wrong, strange or hostile, in tasks that are cancelled.
--   eio-lua calls.lua URL COUNT SEED SECONDS
-- Finalizers run in the midst of it and do the same. Nothing may crash; an error is what is expected.
local engineio = require "engineio"
local lt = require "loadtest"

local url, count, seed, seconds = arg[1], tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4])
local BATCH = 64
math.randomseed(seed)
local random = math.random
collectgarbage("incremental", 50, 1000)

local queue, event = eio.create_queue(2), eio.create_event()
local client = engineio.Client { request_timeout = 0.2, connect_timeout = 0.3 }
local task = eio.start_background_task(function() eio.sleep(3600) end)
local objects = {
  eio, engineio, client, lt, eio.json, eio.log, coroutine, eio.bytes("abc"), queue, event, task,
  lt.Counter("attack_counter"), lt.Gauge("attack_gauge"), lt.Rate("attack_rate"), lt.Trend("attack_trend"),
}

-- Functions that would end the script, stop the watch over it, or write to any file.
local left_out = { [os.exit] = true, [lt.abort] = true }

local names = {}
local functions = {}
local function add(name, f, self)
  if not left_out[f] and not names[name] then
    names[name] = true
    functions[#functions + 1] = { name = name, call = f, self = self }
  end
end
for n, object in ipairs(objects) do
  local class = type(object) == "userdata" and (getmetatable(object) or {}).__index or object
  if type(class) == "table" then
    -- Functions that are made at their first use are found by name only.
    for _, name in ipairs { "connect", "send", "on", "receive", "disconnect", "drain", "buffered", "transport", "sleep", "array",
      "object", "bytes", "create_queue", "create_event", "start_background_task", "check", "group", "time", "pace", "data", "fail" } do
      local _ = class[name]
    end
    for name, f in pairs(class) do
      if type(f) == "function" then
        add(n .. "." .. tostring(name), f, object)
      end
    end
  end
  for name, f in pairs(type(object) == "userdata" and getmetatable(object) or {}) do
    if type(f) == "function" and name ~= "__gc" and name ~= "__close" then
      add(n .. "." .. tostring(name), f, object)
    end
  end
end
for name, f in pairs { ["io.read"] = io.read, ["io.lines"] = io.lines, print = function() io.stdout:write("") end,
  require = require, warn = warn, tostring = tostring, ["os.getenv"] = os.getenv, ["io.stdin:read"] = io.stdin.read } do
  add(name, f, io.stdin)
end

local cycle = {}
cycle.cycle = cycle
local deep = {}
for _ = 1, 300 do deep = { deep } end
local raising = setmetatable({}, {
  __index = function() error("index") end, __tostring = function() return 7 end, __len = function() error("len") end,
  __pairs = function() error("pairs") end, __call = function() error("call") end, __name = "\0name",
})
local waiting = setmetatable({}, { __index = function() eio.sleep(0.001) end, __call = function() eio.sleep(0.01) end })
local options = { "headers", "transports", "engineio_path", "timeout", "abort", "ordered", "json", "block", "logger", "ca_file" }

local value
local makers = {
  function() return nil end, function() return random() < 0.5 end, function() return random(-3, 3) end,
  function() return random(0) end, function() return random() * 10 ^ random(-300, 300) end, function() return 0 / 0 end,
  function() return random() < 0.5 and 1 / 0 or -1 / 0 end, function() return math.mininteger end,
  function() return "" end, function() return ("x"):rep(random(5000)) end, function() return "\0\xff\u{1e}\r\n" end,
  function() return "message" end, function() return "connect" end, function() return "disconnect" end,
  function() return ("%c%c%c"):format(random(0, 255), random(0, 255), random(0, 255)) end,
  function() return url .. "/?n=" .. random(100000) end, function() return '{"a":[1,2,{"b":null}]}' end,
  function() return "[" .. ("["):rep(random(200)) end, function() return cycle end, function() return deep end,
  function() return raising end, function() return waiting end, function() return {} end,
  function() return { value(), value(), value() } end, function() return { [value() or 1] = value() } end,
  function() return { [options[random(#options)]] = value(), [options[random(#options)]] = value() } end,
  function() return print end, function() return function() eio.sleep(0.001) end end,
  function() return function() error(raising) end end, function() return function(...) return ... end end,
  function() return coroutine.create(function() coroutine.yield() eio.sleep(1) end) end, function() return coroutine.running() end,
  function() return objects[random(#objects)] end, function() return io.stdin end, function() return eio.null end,
  function() return eio.cancelled end, function() return eio.bytes(("\xAA"):rep(random(300))) end,
  function() return eio.array { 1, 2 } end, function() return getmetatable(eio) end,
}
local depth = 0
function value()
  if depth > 3 then
    return nil
  end
  depth = depth + 1
  local made = makers[random(#makers)]()
  depth = depth - 1
  -- NaN and nil are not valid keys.
  if made ~= made then made = 1 end
  return made
end

local calls, raised, faults = 0, 0, {}
local function attack()
  local f = functions[random(#functions)]
  local arguments = table.pack(value(), value(), value(), value())
  calls = calls + 1
  local n = random(0, 4)
  local ok
  if random() < 0.5 and f.self then
    ok = pcall(f.call, f.self, table.unpack(arguments, 1, n))
  else
    ok = pcall(f.call, table.unpack(arguments, 1, n))
  end
  if not ok then
    raised = raised + 1
  end
end

-- Garbage that attacks while it is collected, and leaves more of the kind behind.
local depth_of_finalizers = 0
local mt = {}
mt.__gc = function()
  if depth_of_finalizers < 2 and calls < count then
    depth_of_finalizers = depth_of_finalizers + 1
    attack()
    depth_of_finalizers = depth_of_finalizers - 1
    setmetatable({}, mt)
  end
end

local started = os.time()
while calls < count and os.time() - started < seconds do
  local tasks = {}
  for n = 1, BATCH do
    if n % 16 == 0 then
      setmetatable({}, mt)
    end
    tasks[n] = eio.start_background_task(attack)
  end
  eio.sleep(0.005)
  for _, each in ipairs(tasks) do
    each:cancel()
  end
  -- Clients that were connected by chance.
  pcall(client.disconnect, { abort = true })
  pcall(eio.disconnect, { abort = true })
  eio.sleep(0)
end
print(eio.json.encode { calls = calls, raised = raised, functions = #functions, faults = eio.array(faults) })
os.exit(0)
