-- The calls of hostile_cases.lua for clients of Socket.IO.
local socketio = require "socketio"

return function(hostile, cases)
local victim = hostile.victim
local nothing = function() end

local function connect(url)
    pcall(sio.disconnect, {abort = true})
    pcall(sio.connect, url or "any", {auth = {token = "x"}, namespaces = {"/", "/c"}})
end

local function rich() return victim {a = {1, eio.bytes("ab"), {x = "ä"}}, b = ("y"):rep(30), c = eio.null, d = victim {}} end

cases["socketio.Client"] = function(call)
    call() call(victim {reconnection = false, reconnection_attempts = 3, serializer = "default", max_attachments = 5})
    call(victim {serializer = "msgpack"}) call(victim {nonsense = 1}) call(victim {json = {}}) call(5)
    call(socketio, victim {recovery = true})
end
cases["sio.on"] = function(call)
    call("a", nothing) call("*", nothing, "*") call("a", nothing, victim {namespace = "/c", ordered = true})
    call("connect", nothing) call("error", nothing) call("connect", nothing, victim {ordered = true}) call("b")
    call("b", victim {namespace = "/c"}) call(1, nothing) call("a", 5) call("a", nothing, "bad") call()
    call("c", setmetatable({}, {__call = nothing}))
end
cases["sio.register_namespace"] = function(call)
    call("/c", victim {on_a = nothing}) call(victim {namespace = "/d", trigger_event = nothing}) call("x", {}) call("/c") call()
    call("/c", setmetatable({}, {__index = function(_, key) if key == "on_b" then return nothing end end}))
end
cases["event.__newindex"] = function(call) call({}, "x", nothing) call({}, 1, nothing) call({}, "x", 1) call({}, "error", nothing) end
cases["event.__call"] = function(call) call({}, "/c") call({}, "bad") call({}, 1) call() end
cases["sio.connect"] = function(call, round)
    sio.on("connect", function() sio.emit("x", rich()) end)
    for _, url in ipairs {"any", "refuse", "fail", "rubbish"} do
        pcall(sio.disconnect, {abort = true})
        call(url, victim {
            auth = victim {token = ("t"):rep(round * 50)}, headers = victim {a = "b", c = 1}, retry = true,
            namespaces = victim {"/", "/c", "/c"}, transports = victim {"polling"}, socketio_path = "p" .. round,
            wait_timeout = 2})
    end
    pcall(sio.disconnect, {abort = true})
    call(function() return "any" end, victim {
        headers = function() return victim {x = "y"} end, auth = function() return rich() end})
    pcall(sio.disconnect, {abort = true})
    call("any", victim {auth = victim {1}}) call("any", victim {auth = "x"}) call("any", victim {namespaces = victim {"bad"}})
    call("any", victim {namespaces = "/c"}) call("any", victim {nonsense = 1}) call({}) call()
end
cases["sio.emit"] = function(call)
    call("x", 1)
    connect()
    sio.on("x", function(...) return ... end)
    sio.on("ask", function(...) return ... end)
    call("x", rich(), rich()) call("ask", rich()) call("x", 1, function(...) return ... end) call(victim {"x", rich(), namespace = "/c"})
    call(victim {"x", callback = nothing}) call(victim {"x", callback = nothing, timeout = 0.001}) call(victim {"x", nonsense = 1}) call("x", nil, 1) call("x", print, 1) call(5) call("connect")
    call("x", victim {_placeholder = true, b = eio.bytes("x")}) call("bad") call("lose") call("x", nil)
    eio.sleep(0.001)
    call("x") call("end") call("x")
end
-- A client whose JSON the script reads and writes.
local own = socketio.Client {json = {
    encode = function(value) return eio.json.encode(value) end, decode = function(text) return eio.json.decode(text) end}}
local function connect_own()
    pcall(own.disconnect, {abort = true})
    pcall(own.connect, "any", {auth = {token = "x"}, namespaces = {"/", "/c"}})
end
cases["socketio.SimpleClient"] = function(call, round, call_other)
    call() call(victim {reconnection = false}) call(victim {nonsense = 1}) call(5)
    connect_own()
    own.on("x", function(...) return ... end)
    own.on("ask", function(...) return ... end)
    call_other(own.emit, "x", rich()) call_other(own.emit, "ask", rich(), rich()) call_other(own.call, "x", rich())
    call_other(own.emit, "x", victim {_placeholder = true}, eio.bytes("y")) call_other(own.emit, "x", {print})
    own.emit("y", rich())
    call_other(own.receive, 0.01) call_other(own.emit, "x", 1, function(...) return ... end)
    pcall(own.disconnect, {abort = true})
    call_other(own.connect, "any", victim {auth = victim {a = rich().a[3]}}) call_other(own.connect, "refuse")
    pcall(own.disconnect, {abort = true})
end
local simple
local function connect_simple()
    simple = simple or socketio.SimpleClient {}
    pcall(simple.disconnect, {abort = true})
    pcall(simple.connect, "any", {namespace = "/c"})
end
-- The object that was found is another one, which is not connected.
cases["simple.connect"] = function(call)
    call("fail", victim {namespace = "/c", auth = victim {a = 1}}) call("any", victim {namespaces = "/c"}) call({}) call()
    call("any", victim {headers = victim {a = "b"}, wait_timeout = 1}) call("any")
end
cases["simple.emit"] = function(call, round, call_other)
    call("x") call(victim {"x", rich()}) call("x", nothing) call(5) call()
    connect_simple()
    call_other(simple.emit, "x", rich()) call_other(simple.emit, victim {"ask", rich()}) call_other(simple.emit, "lose")
    eio.sleep(0.001)
    call_other(simple.emit, "x", rich())
end
cases["simple.call"] = function(call, round, call_other)
    call("x") call(victim {"x", timeout = 1})
    connect_simple()
    call_other(simple.call, "x", rich()) call_other(simple.call, victim {"silence", rich(), timeout = 0.001})
    call_other(simple.emit, "lose")
    call_other(simple.call, "x", rich())
end
cases["simple.receive"] = function(call, round, call_other)
    call(0) call("x") call(victim {timeout = 0})
    connect_simple()
    for n = 1, 3 do simple.emit(n % 2 == 0 and "q" or "ask", {n}, eio.bytes("b")) end
    call_other(simple.receive, 0.01) call_other(simple.receive) call_other(simple.receive, victim {timeout = 0.01})
    call_other(simple.receive, 0)
end
cases["simple.disconnect"] = function(call, round, call_other)
    call()
    connect_simple()
    call_other(simple.disconnect, victim {timeout = 1})
end
cases["simple.__index"] = function(call) for _, name in ipairs {"sid", "transport", "client", "x"} do call({}, name) end call() end
cases["sio.send"] = function(call) connect() call(rich()) call("x", nothing) call(print, 1) call() end
cases["sio.call"] = function(call)
    connect()
    call("x", rich(), 1) call(victim {"silence", timeout = 0.001}) call(victim {"x", namespace = "/c", timeout = 1})
    call("x", nothing) call({}) call()
    connect()
    eio.start_background_task(function() eio.sleep(0.01) sio.disconnect() end)
    call("silence", rich())
end
cases["sio.receive"] = function(call)
    call(0)
    connect()
    for n = 1, 5 do sio.emit(n % 2 == 0 and "q" or "ask", {n}, eio.bytes("b")) end
    call(0.01) call(victim {timeout = 0.01, event = "q"}) call(victim {event = "none", timeout = 0}) call(0.01) call(0.01)
    call(victim {namespace = "/c", timeout = 0}) call("x") call(victim {nonsense = 1})
end
cases["sio.disconnect"] = function(call) connect() call(victim {timeout = 1}) call() connect() call(victim {abort = 1}) end
cases["sio.shutdown"] = function(call) connect() call() call() end
cases["sio.wait"] = function(call)
    call()
    connect()
    eio.start_background_task(function() eio.sleep(0.005) pcall(sio.disconnect) end)
    call()
end
cases["sio.get_sid"] = function(call) connect() call() call("/c") call("/none") call({}) end
cases["sio.transport"] = function(call) call() connect() call() end
cases["sio.buffered"] = function(call) call() connect() call() end
cases["sio.drain"] = function(call) call() connect() call() call(0) call("x") end
cases["sio.of"] = function(call) call("/c") call("bad") call({}) call() end
for _, name in ipairs {"on", "emit", "send", "call", "receive"} do
    cases["namespace." .. name] = function(call)
        connect()
        call("x", victim {1}) call(victim {"x"}) call("x", nothing) call(0.001) call()
    end
end
cases["namespace.connect"] = function(call) call() connect() call(victim {a = 1}) call(5) call() end
cases["namespace.disconnect"] = function(call) connect() call() call() end
cases["namespace.__index"] = function(call) connect() call({}, "sid") call({}, "x") call() end
cases["engine.__index"] = function(call)
    connect()
    for _, name in ipairs {"sid", "state", "transport", "buffered", "drain", "sleep", "create_queue"} do call({}, name) end
    call({}, {}) call()
end
for _, name in ipairs {"transport", "buffered", "drain"} do
    cases["engine." .. name] = function(call) connect() call() end
end
-- The same functions as those of eio.
local shared = {}
for name, case in pairs(cases) do
    local key = name:match "^eio%.([%w_]+)$"
    if key and rawequal(eio[key], sio[key]) then shared[key] = case end
end
for key, case in pairs(shared) do
    cases["sio." .. key] = cases["sio." .. key] or case
    cases["engine." .. key] = cases["engine." .. key] or case
end
end
