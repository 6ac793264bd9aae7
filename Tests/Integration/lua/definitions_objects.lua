-- The program itself: the names and types of the fields of each object, and the types of what each function returns.
-- The arguments are the urls of an Engine.IO and a Socket.IO server; `NAMES` has all names that there may be.
local engineio, socketio, loadtest = require "engineio", require "socketio", require "loadtest"

eio.connect(arg[1])
sio.on("*", function() end)
sio.connect(arg[2], {auth = {}})
local simple = socketio.SimpleClient()
simple.connect(arg[2])
local namespace = sio.of("/")
local rows = io.open("rows.csv", "w")
rows:write("name\nAnn\nBob\n")
rows:close()
local data, counter = loadtest.data("rows.csv"), loadtest.Counter("counter")
local queue, flag = eio.create_queue(), eio.create_event()
local function nothing() end
-- The results of `client.connect(url)`, after it is disconnected.
local function connect(client, url)
  local function pass(...)
    client.disconnect()
    return ...
  end
  return pass(client.connect(url))
end
local task = eio.start_background_task(nothing)

local objects = {
  ["engineio.Client"] = eio, engineio = engineio, ["socketio.Client"] = sio, socketio = socketio,
  ["socketio.SimpleClient"] = simple, ["socketio.Namespace"] = namespace, ["socketio.Engine"] = sio.eio,
  loadtest = loadtest, ["loadtest.User"] = loadtest.vu, ["loadtest.Metric"] = counter, ["loadtest.Data"] = data,
  ["eio.JSON"] = eio.json, ["eio.Log"] = eio.log, ["eio.Reasons"] = eio.reason, ["eio.Task"] = task,
  ["eio.Queue"] = queue, ["eio.Event"] = flag, ["eio.Bytes"] = eio.bytes("bytes"),
}

local found = {}
for class, object in pairs(objects) do
  local fields = {}
  for _, name in ipairs(NAMES) do
    local is_there, value = pcall(function() return object[name] end)
    if is_there and value ~= nil then fields[name] = type(value) end
  end
  if type(object) == "table" then
    for name, value in next, object do
      if type(name) == "string" then fields[name] = type(value) end
    end
  end
  found[class] = fields
end

local function full(items)
  local own = eio.create_queue()
  for n = 1, items do own:put(n) end
  return own
end

local calls = {
  ["eio.Shared"] = {
    sleep = function() return eio.sleep(0) end,
    start_background_task = function() return eio.start_background_task(nothing) end,
    create_queue = function() return eio.create_queue(1) end,
    create_event = function() return eio.create_event() end,
    get_queue_empty_exception = function() return eio.get_queue_empty_exception() end,
    bytes = function() return eio.bytes("x") end,
    is_bytes = function() return eio.is_bytes("x") end,
    array = function() return eio.array() end,
    object = function() return eio.object {} end,
    inspect = function() return eio.inspect(nil) end,
    time = function() return eio.time() end,
    monotonic = function() return eio.monotonic() end,
  },
  ["eio.JSON"] = {
    encode = function() return eio.json.encode {} end,
    decode = function() return eio.json.decode("[]") end,
  },
  ["eio.Log"] = {
    debug = function() return eio.log.debug("x") end, info = function() return eio.log.info("x") end,
    warning = function() return eio.log.warning("x") end, error = function() return eio.log.error("x") end,
  },
  ["eio.Task"] = {
    join = function() return task:join(5) end, cancel = function() return task:cancel() end,
    done = function() return task:done() end,
  },
  ["eio.Queue"] = {
    put = function() return full(0):put(1, true, 1) end, get = function() return full(1):get(true, 1) end,
    put_nowait = function() return full(0):put_nowait(1) end, get_nowait = function() return full(1):get_nowait() end,
    qsize = function() return queue:qsize() end, empty = function() return queue:empty() end,
    full = function() return queue:full() end, join = function() return full(0):join() end,
    task_done = function() return full(1):task_done() end,
  },
  ["eio.Event"] = {
    set = function() return flag:set() end, clear = function() return flag:clear() end,
    is_set = function() return flag:is_set() end, wait = function() return flag:wait(0) end,
  },
  ["eio.Bytes"] = {
    len = function() return eio.bytes("x"):len() end, sub = function() return eio.bytes("x"):sub(1, 1) end,
    byte = function() return eio.bytes("xy"):byte(1, 2) end,
    unpack = function() return eio.bytes("xy"):unpack("B") end,
  },
  engineio = { Client = function() return engineio.Client {} end },
  ["engineio.Client"] = {
    on = function() return eio.on("connect", nothing) end,
    connect = function() return connect(engineio.Client(), arg[1]) end,
    send = function() return eio.send("x") end, buffered = function() return eio.buffered() end,
    drain = function() return eio.drain(5) end,
    receive = function()
      eio.send("x")
      return eio.receive(5)
    end,
    disconnect = function() return engineio.Client().disconnect() end, wait = function() return engineio.Client().wait() end,
    transport = function() return eio.transport() end,
  },
  socketio = {
    Client = function() return socketio.Client {} end, SimpleClient = function() return socketio.SimpleClient {} end,
  },
  ["socketio.Client"] = {
    connect = function()
      local client = socketio.Client()
      client.on("*", nothing)
      return connect(client, arg[2])
    end,
    on = function() return sio.on("news", nothing) end,
    register_namespace = function() return sio.register_namespace("/other", {}) end,
    emit = function() return sio.emit("news", 1) end, send = function() return sio.send(1) end,
    call = function() return sio.call("news", 1, "x") end, receive = function() return sio.receive(0) end,
    of = function() return sio.of("/") end, get_sid = function() return sio.get_sid() end,
    disconnect = function() return socketio.Client().disconnect() end,
    shutdown = function() return socketio.Client().shutdown() end, wait = function() return socketio.Client().wait() end,
    transport = function() return sio.transport() end, buffered = function() return sio.buffered() end,
    drain = function() return sio.drain(5) end,
  },
  ["socketio.Engine"] = {
    buffered = function() return sio.eio.buffered() end, drain = function() return sio.eio.drain(5) end,
    transport = function() return sio.eio.transport() end,
  },
  ["socketio.Namespace"] = {
    connect = function() return sio.of("/custom").connect() end,
    disconnect = function() return sio.of("/custom").disconnect() end,
    on = function() return namespace.on("news", nothing) end, emit = function() return namespace.emit("news") end,
    send = function() return namespace.send("x") end, call = function() return namespace.call("news") end,
    receive = function() return namespace.receive(0) end,
  },
  ["socketio.SimpleClient"] = {
    connect = function() return connect(socketio.SimpleClient(), arg[2]) end,
    emit = function() return simple.emit("news") end, call = function() return simple.call("news", 1) end,
    receive = function()
      simple.emit("message")
      return simple.receive(5)
    end,
    disconnect = function()
      local client = socketio.SimpleClient()
      client.connect(arg[2])
      return client.disconnect()
    end,
  },
  loadtest = {
    check = function() return loadtest.check(1, {}) end, group = function() return loadtest.group("g", nothing) end,
    time = function() return loadtest.time("t", nothing) end, pace = function() return loadtest.pace(0.001) end,
    Counter = function() return loadtest.Counter("a") end, Gauge = function() return loadtest.Gauge("b") end,
    Rate = function() return loadtest.Rate("c") end, Trend = function() return loadtest.Trend("d", true) end,
    data = function() return loadtest.data("rows.csv") end, fail = function() pcall(loadtest.fail, "x") end,
  },
  ["loadtest.Metric"] = { add = function() return counter:add(1) end },
  ["loadtest.Data"] = { user = function() return data:user() end, iteration = function() return data:iteration() end },
}

local function types(...)
  local list = eio.array {}
  for n = 1, select("#", ...) do list[n] = type((select(n, ...))) end
  return list
end

local returned = {}
for class, functions in pairs(calls) do
  returned[class] = eio.object {}
  for name, call in pairs(functions) do returned[class][name] = types(call()) end
end

print(eio.json.encode {found = found, returned = returned})
simple.disconnect()
sio.disconnect()
eio.disconnect()
