-- The calls of each function of the host that hostile.lua makes: with arguments that a finalizer may change, with wrong
-- arguments, and so that each path through the function is taken. `call` calls it under attack.
local engineio, lt = require "engineio", require "loadtest"

return function(hostile)
local victim, cases = hostile.victim, {}
local nothing = function() end
local noisy = setmetatable({}, {__tostring = function() return ("text"):rep(20) end})

local function headers(count)
    local result = {}
    for n = 1, count do result["h" .. n] = n % 2 == 0 and n / 7 or "v" .. n end
    return victim(result)
end

local function deep(levels)
    local result = victim {a = {1, 2, {x = "ä\n"}}, b = ("y"):rep(30), c = eio.null, d = {}, [("k"):rep(20)] = 2.5}
    for n = 1, 12 do result["m" .. n] = {n, n / 3, victim {tostring(n)}} end
    if levels > 0 then result.more = deep(levels - 1) end
    return result
end

local function connect(url)
    hostile.calm()
    pcall(eio.connect, url)
end

local text = '{"a":[1,2.5,-3e7,true,false,null,"' .. ("\\u00e4\\n"):rep(200) .. '"],"b":{"c":{"d":[[[]]]}}'
for n = 1, 34 do text = text .. (',"k%d":[%d,{"x":"%s"}]'):format(n, n, ("z"):rep(n * 20)) end
text = text .. "}"

-- ---- the client ----

cases["eio.on"] = function(call)
    call("message", nothing) call("message") call("message", victim {ordered = true}) call("connect", nothing)
    call("error", nothing) call("disconnect", setmetatable({}, {__call = nothing})) call("bogus", nothing)
    call("message", nothing, victim {ordered = true}) call("message", nothing, victim {nonsense = 1}) call(1, 2) call()
end
cases["eio.on()"] = function(_, _, call)
    call(eio.on("message"), nothing) call(eio.on("error"), nothing) call(eio.on("connect"), victim {})
end
cases["eio.connect"] = function(call, round)
    for _, url in ipairs {"refuse", "fail", "early", "drop", "echo"} do
        hostile.calm()
        call(url, victim {
            headers = headers(30 * round), transports = victim {"polling", "websocket"},
            engineio_path = "path" .. math.random(1 << 30), try_all_transports = true})
    end
    hostile.calm()
    call("echo", victim {headers = victim {["a b"] = "1"}}) call("echo", victim {headers = victim {a = "\1"}})
    call("echo", victim {headers = victim {a = {}}}) call("echo", victim {headers = victim {"x"}})
    call("echo", victim {transports = victim {"carrier pigeon"}}) call("echo", victim {nonsense = 1}) call({}) call(eio, "echo")
    call("echo")
end
cases["eio.wait"] = function(call) connect("drop") call() call() end
cases["eio.disconnect"] = function(call)
    connect("echo") call(victim {timeout = 1, abort = true}) call()
    connect("echo") call(victim {timeout = "x"}) call(victim {nonsense = 1}) call()
end
cases["eio.send"] = function(call, round, call_other)
    call("not connected")
    connect("echo")
    call("x") call(("ä"):rep(100)) call(deep(2)) call(victim {1, 2, 3}) call(eio.bytes("\0\1")) call(1.5) call(true) call()
    call(victim {bad = print}) call(victim {[1] = 1, x = 2}) call(victim {[3] = 1}) call(victim {a = "\255"})
    call(eio.array(victim {1, 2})) call(eio.object(victim {1, b = 2}))
    for _ = 1, 12 do call(deep(0)) end
    local own = engineio.Client {json = {encode = function() return '{"own":1}' end, decode = function() return {} end}}
    if round > 1 then own.on("message", nothing) end
    own.connect("echo")
    for _ = 1, 3 do call_other(own.send, victim {}) end
    own.receive(0.01)
    own.disconnect()
end
cases["eio.receive"] = function(call)
    call(0)
    connect("echo")
    for n = 1, 5 do eio.send(n % 2 == 0 and {n, {n}} or eio.bytes("b")) end
    call(0.01) call(0.01) eio.sleep(0.01) call(0.01) call(0) call("x") call(-1)
    hostile.calm()
    call(0.01) call()
end
cases["eio.buffered"] = function(call) connect("echo") eio.send("x") call() call(eio) end
cases["eio.drain"] = function(call) connect("echo") for _ = 1, 5 do eio.send("x") end call(1) call(0) call("x") hostile.calm() call() end
cases["eio.transport"] = function(call) call() connect("echo") call() end
cases["engineio.Client"] = function(call)
    for _ = 1, 3 do
        call(victim {
            logger = "debug", json = victim {encode = nothing, decode = nothing}, ca_file = "file" .. math.random(1 << 30),
            request_timeout = 1, connect_timeout = 2.5, ssl_verify = false, timestamp_requests = false, handle_sigint = false,
            max_message_size = 1e6, max_buffered = 5})
    end
    call(victim {json = false}) call(victim {json = victim {}}) call(victim {logger = "x"}) call(victim {nonsense = 1})
    call(setmetatable(victim {json = setmetatable({}, {__index = function() return nothing end})}, nil)) call(5) call()
end
-- Messages, opens and ends that come from outside of any slice.
cases["handlers"] = function(_, _, call)
    local client = engineio.Client()
    client.on("message", function(message) victim(message) if math.random(3) == 1 then error(noisy) end end)
    client.on("connect", function() client.send(deep(0)) end)
    client.on("disconnect", function(_, detail) victim(detail) setmetatable(detail, {__index = error}) end)
    client.on("error", function() eio.sleep(0) error("again") end)
    for _, url in ipairs {"echo", "early", "drop", "fail"} do
        call(function()
            pcall(client.connect, url, {})
            for n = 1, 4 do pcall(client.send, n % 2 == 0 and eio.bytes("b") or deep(0)) end
            pcall(client.drain, 0.5)
            eio.sleep(0.01)
            pcall(client.disconnect)
        end)
    end
end

-- ---- what clients share ----

cases["eio.sleep"] = function(call) call(0) call(0.001) call(eio, 0) call(-1) call("x") call() end
cases["eio.start_background_task"] = function(call)
    call(nothing, 1, 2, 3) call(setmetatable({}, {__call = nothing})) call(eio, nothing) call({}) call()
    call(function() error(noisy) end) call(function() eio.sleep(0) return deep(0) end)
end
cases["eio.create_queue"] = function(call) call() call(2) call(eio, 1) call("x") call(0 / 0) end
cases["eio.create_event"] = function(call) call() call(eio) end
cases["eio.bytes"] = function(call) call("abc") call(eio, "abc") call(eio.bytes("abc")) call("") call(1) call() end
cases["eio.is_bytes"] = function(call) call(eio.bytes("x")) call(eio, eio.bytes("x")) call(victim {}) call() end
cases["eio.inspect"] = function(call)
    local cyclic = deep(1)
    cyclic.self = cyclic
    call(deep(2)) call(cyclic) call(victim {eio.bytes("b"), nothing, eio, eio.create_queue(), [victim {}] = io.stdout})
    call(eio, 1.5) call(eio) call(("\255ä"):rep(200)) call()
end
cases["eio.time"] = function(call) call() call(eio) end
cases["eio.monotonic"] = function(call) call() end
cases["eio.array"] = function(call) call() call(victim {1}) call(eio, victim {}) call(setmetatable({}, {})) call(1) end
cases["eio.object"] = function(call) call() call(victim {1}) call(eio, victim {}) call(setmetatable({}, {})) call(1) end
cases["eio.get_queue_empty_exception"] = function(call) call() end
cases["eio.json.encode"] = function(call)
    call(deep(4)) call(eio.json, deep(1)) call(victim {[2] = 1}) call(victim {1, nil, 3}) call(print) call(0 / 0) call() call("\255")
end
cases["eio.json.decode"] = function(call)
    call(text) call(eio.json, text) call(eio.bytes(text)) call("[" .. text .. "," .. text .. "]") call("{") call("\255") call(1)
    call(("["):rep(127) .. ("]"):rep(127)) call(("["):rep(500))
end
for _, level in ipairs {"debug", "info", "warning", "error"} do
    cases["eio.log." .. level] = function(call) call("a", noisy, 1.5, nil, victim {}) call(eio.log, noisy, ("x"):rep(3000)) call() end
end

cases["queue.put"] = function(call)
    local queue = eio.create_queue(2)
    call(queue, 1, true, 0) call(queue, 2, victim {timeout = 0}) call(queue, 3, victim {block = false}) call(queue, 3, true, 0.001)
    eio.start_background_task(function() for _ = 1, 3 do pcall(queue.get, queue, true, 0.1) end end)
    call(queue, 4, true, 0.01) call(queue, nil) call({}, 1) call(eio.create_event(), 1) call()
end
cases["queue.put_nowait"] = function(call)
    local queue = eio.create_queue(1)
    eio.start_background_task(function() pcall(queue.get, queue, true, 0.1) end)
    eio.sleep(0)
    call(queue, victim {}) call(queue, 1) call(queue, 1) call(queue) call(1)
end
cases["queue.get"] = function(call)
    local queue = eio.create_queue()
    for n = 1, 3 do queue:put(n) end
    call(queue, false) call(queue, victim {timeout = 0.01}) call(queue, false) call(queue, false) call(queue, true, 0)
    eio.start_background_task(function() queue:put(victim {}) end)
    call(queue, true, 0.01) call(queue, "x") call(noisy)
end
cases["queue.get_nowait"] = function(call) local queue = eio.create_queue() queue:put(1) call(queue) call(queue) call() end
for _, name in ipairs {"qsize", "empty", "full"} do
    cases["queue." .. name] = function(call) call(eio.create_queue(1)) call(eio.create_event()) call(eio) end
end
cases["queue.task_done"] = function(call)
    local queue = eio.create_queue()
    queue:put(1)
    eio.start_background_task(function() queue:join() end)
    eio.sleep(0)
    call(queue) call(queue) call(1)
end
cases["queue.join"] = function(call)
    local queue = eio.create_queue()
    call(queue) queue:put(1)
    eio.start_background_task(function() while not pcall(queue.task_done, queue) do eio.sleep(0) end end)
    call(queue) call(nil)
end
cases["occurrence.set"] = function(call)
    local event = eio.create_event()
    for _ = 1, 3 do eio.start_background_task(function() event:wait() end) end
    eio.sleep(0)
    call(event) call(event) call(eio.create_queue())
end
cases["occurrence.clear"] = function(call) call(eio.create_event()) call(eio.bytes("x")) end
cases["occurrence.is_set"] = function(call) call(eio.create_event()) call("x") end
cases["occurrence.wait"] = function(call)
    local event = eio.create_event()
    call(event, 0) call(event, 0.001) call(event, "x")
    eio.start_background_task(function() event:set() end)
    call(event, 0.01) call(event, 0.01) call({})
end
cases["task.join"] = function(call)
    call(eio.start_background_task(function() return 1, deep(0) end)) call(eio.start_background_task(error, noisy))
    call(eio.start_background_task(function() eio.sleep(0.01) return 1 end)) call(eio.start_background_task(eio.sleep, 5), 0.001)
    call(eio.start_background_task(nothing), "x") call(eio.create_event())
end
cases["task.cancel"] = function(call)
    local waits = eio.start_background_task(eio.sleep, 60)
    call(eio.start_background_task(nothing)) eio.sleep(0) call(waits) call(waits) call(1)
    local connecting = eio.start_background_task(function() engineio.Client().connect("silent") end)
    eio.sleep(0)
    call(connecting)
end
cases["task.done"] = function(call) call(eio.start_background_task(nothing)) call() end
cases["task.__tostring"] = function(call)
    local task = eio.start_background_task(nothing)
    call(task) task:join() call(task) call(eio.start_background_task(function() eio.sleep(0) end)) call({})
end
cases["task.__gc"] = function(call)
    local task = eio.start_background_task(nothing)
    local waits = eio.start_background_task(eio.sleep, 0.01)
    eio.sleep(0)
    call(waits) call(waits) call(task) call(eio.create_queue()) call()
end

local bytes = eio.bytes("abcdef")
cases["bytes.len"] = function(call) call(bytes) call("x") end
cases["bytes.sub"] = function(call) call(bytes, 2, 4) call(bytes, -3) call(bytes, math.mininteger, math.maxinteger) call(bytes, "x") call(1) end
cases["bytes.byte"] = function(call)
    call(bytes) call(bytes, 1, -1) call(eio.bytes(("x"):rep(2000)), 1, -1) call(eio.bytes(("x"):rep(200000)), 1, -1) call()
end
cases["bytes.unpack"] = function(call)
    call(bytes, "<i2i2") call(bytes, "z") call(bytes, ">I4", 3) call(bytes, "i2", 99) call(bytes, 5) call(eio.bytes(("x"):rep(3000)), ("B"):rep(3000))
end
for _, name in ipairs {"__eq", "__lt", "__le", "__concat"} do
    cases["bytes." .. name] = function(call) call(bytes, eio.bytes("b")) call(bytes, 1.5) call(bytes, {}) call(noisy, bytes) call() end
end
cases["bytes.__len"] = function(call) call(bytes) call(1) end
cases["bytes.__tostring"] = function(call) call(bytes) call(eio.create_event()) end
cases["# and .."] = function(_, _, call)
    call(function() return #bytes, bytes .. 1.25, bytes == eio.bytes("x"), bytes < bytes, tostring(eio), eio.state, eio.upgrades end)
    call(function() return tostring(noisy) .. tostring(eio.cancelled) .. tostring(eio.null) end)
    call(function() return eio.nonsense, engineio.Client().sid, select(2, pcall(eio.json.decode, "{")) .. noisy end)
end
cases["error.__tostring"] = function(call) call(victim {message = noisy, where = "x"}) call({}) call(1) end
cases["error.__concat"] = function(call) call(select(2, pcall(eio.json.decode, "{")), noisy) call() end
cases["cancelled.__tostring"] = function(call) call(eio.cancelled) call() end
cases["null.__tostring"] = function(call) call(eio.null) call(bytes) call() end

-- ---- loadtest ----

local function tags() return victim {room = "r" .. math.random(1 << 30), kind = ("k"):rep(30)} end
cases["loadtest.abort"] = function(call) call("enough") end
cases["loadtest.fail"] = function(call) call("no") call() call({}) end
for _, name in ipairs {"Counter", "Gauge", "Rate", "Trend"} do
    cases["loadtest." .. name] = function(call) call("m_" .. name) call("m" .. math.random(1 << 30), true) call("1") call("c") call({}) call() end
end
cases["counter.add"] = function(call)
    local rate = lt.Rate("some_rate")
    call(lt.Counter("c"), 1, tags()) call(rate, true, tags()) call(rate, 1) call(rate, "x") call(rate, 0 / 0)
    call(rate, 1, victim {[1] = "x"}) call(rate, 1, victim {x = 1}) call(rate, 1, 5) call(eio.create_queue(), 1)
end
cases["loadtest.check"] = function(call)
    for _ = 1, 5 do
        call(victim {}, victim {["is " .. math.random(1 << 30)] = true, two = function() return false end,
            three = function() eio.sleep(0) return noisy end}, tags())
    end
    call(1, victim {bad = error}, tags()) call(1, victim {true}, tags()) call(1, 2) call(1, victim {a = 1}, 5) call()
end
cases["loadtest.group"] = function(call)
    call("g" .. math.random(1 << 30), function(...) return lt.group("inner", nothing, ...) end, 1, 2) call("w", eio.sleep, 0)
    call("e", error) call("a::b", nothing) call("x") call()
end
cases["loadtest.time"] = function(call)
    call("t" .. math.random(1 << 30), nothing, 1, 2) call("w", eio.sleep, 0) call("e", error, noisy) call("", nothing) call("x") call()
end
cases["loadtest.pace"] = function(call) call(0.001) call(0.001) call(0) call("x") end
cases["loadtest.data"] = function(call) call("rows.csv") call("no such file") call(1) end
local data = lt.data("rows.csv")
cases["data.user"] = function(call) call(data) call(bytes) end
cases["data.iteration"] = function(call) call(data) call(1) end
cases["data.__index"] = function(call) call(data, 1) call(data, 99) call(data, "user") call(data, 1.5) call(victim {}, 1) call() end
cases["data.__len"] = function(call) call(data) call({}) end
cases["package.searchers.first"] = function(call) call("loadtest") call("socketio") call("other") call() call(victim {}) end
cases["env.__index"] = function(call) call(__ENV, "HOME") call(__ENV, 1) call() end

-- ---- Lua's own libraries ----

cases["_G.print"] = function(call) call(1, noisy, victim {}, nil, 2.5) call() end
cases["_G.require"] = function(call)
    local file = io.open("attacked.lua", "w")
    file:write("local t = {} for n = 1, 30 do t[n] = {n .. ''} end eio.sleep(0) return t")
    file:close()
    package.loaded.attacked = nil
    call("attacked") call("attacked") call("no.such.module") call({})
    package.loaded.attacked = nil
    eio.start_background_task(require, "attacked")
    call("attacked")
end
cases["warn()"] = function(_, _, call) call(warn, "@on") call(warn, "a", "b", ("c"):rep(5000)) call(warn, "@off") end

local function steps(...) for n = 1, 3 do coroutine.yield(n, victim {}, ...) end error(noisy) end
cases["coroutine.resume"] = function(call)
    local co = coroutine.create(steps)
    for _ = 1, 6 do call(co, 1, 2) end
    call(coroutine.create(function() eio.sleep(0) return deep(0) end)) call(coroutine.running()) call(1)
end
cases["coroutine.wrap"] = function(call) call(steps) call(1) end
cases["coroutine.wrap()"] = function(_, _, call)
    local f = coroutine.wrap(steps)
    for _ = 1, 6 do call(f, 1, 2) end
    call(coroutine.wrap(function() eio.sleep(0) return 1 end))
    call(coroutine.wrap(function() local c <close> = setmetatable({}, {__close = error}) error(noisy) end))
end
cases["coroutine.yield"] = function(call) call(1) coroutine.wrap(function() call(1, victim {}) end)() end
cases["coroutine.running"] = function(call) call() coroutine.wrap(call)() end
cases["coroutine.status"] = function(call) call(coroutine.create(steps)) call(coroutine.running()) call(1) end
cases["coroutine.isyieldable"] = function(call) call() call(coroutine.create(steps)) coroutine.wrap(call)() end
cases["coroutine.close"] = function(call)
    local co = coroutine.create(function() local c <close> = setmetatable({}, {__close = error}) coroutine.yield() end)
    coroutine.resume(co)
    call(co) call(co) call(coroutine.create(steps)) call(coroutine.running()) call(1)
end

cases["debug.sethook"] = function(call)
    local co = coroutine.create(steps)
    call(nothing, "crl", 1) eio.sleep(0) call(co, nothing, "l") coroutine.resume(co) call(co) call("x") call()
    debug.sethook()
end
cases["debug.gethook"] = function(call) call() call(coroutine.create(steps)) call(1) end

cases["io.read"] = function(call)
    for _ = 1, 8 do call("l") end
    call() call("L", "n", 3, 0) call("n") call(70000) call("x") call(-1) call({})
end
cases["io.lines"] = function(call) call() call(nil, "L") call("lines") call("no such file") end
cases["io.lines()"] = function(_, _, call) for _ = 1, 3 do call(io.lines(nil, "l", 5)) call(io.stdin:lines("n")) end end
cases["file.read"] = function(call)
    for _ = 1, 8 do call(io.stdin, "l") end
    call(io.stdin, "n", "L") call(io.open("rows.csv"), "a") call(1)
end
cases["file.lines"] = function(call) call(io.stdin) call(io.open("rows.csv"), "l") call(noisy) end
cases["io.open"] = function(call) call("rows.csv") call("rows.csv", "q") call("no such file") call({}) end
cases["io.popen"] = function(call) call("exit 3") call("true", "w") call("true", "x") call() end
cases["os.execute"] = function(call) call("exit 3") call() call({}) end

-- ---- what a finalizer does ----

local kept, queue, event, own = {}, eio.create_queue(5), eio.create_event(), engineio.Client {json = false}
local counter = lt.Counter("of_finalizers")
hostile.actions = {
    function() io.read("l") end, function() io.read(0) io.read(7, "L") end, function() io.lines()() end,
    function() eio.send("from a finalizer") end, function() eio.send {n = 1, t = {2}} end, function() eio.receive(0) end,
    function() eio.connect("echo", {headers = {a = "b"}}) end, function() own.connect("fail") end,
    function() eio.disconnect {abort = true} end, function() eio.on("message", function() end) end,
    function() eio.on("error")(nothing) end, function() kept[math.random(5)] = engineio.Client() end,
    function() eio.json.encode {deep = {1, 2, {x = "y"}}} end, function() eio.json.decode(text) end,
    function() kept[math.random(5)] = eio.start_background_task(eio.sleep, 0.001) end,
    function() for _, one in pairs(kept) do one:cancel() end end,
    function() for _, one in pairs(kept) do getmetatable(one).__gc(one) end end,
    function() queue:put_nowait({}) end, function() queue:get_nowait() end, function() event:set() end,
    function() event:clear() event:wait(0) end, function() counter:add(1, {a = "b" .. math.random(1 << 30)}) end,
    function() lt.check(1, {["c" .. math.random(1 << 30)] = function() return false end}, {x = "y"}) end,
    function() lt.group("g" .. math.random(1 << 30), nothing) end, function() lt.time("t", error, noisy) end,
    function() lt.pace(0.001) end, function() return #data, data[1].name, data:user() end,
    function() warn("a", "b") eio.log.debug(noisy, {}) end, function() print(noisy, 1.5) end,
    function() collectgarbage() collectgarbage("step") end, function() for _ = 1, 200 do kept[1] = {{}} end end,
    function() local f = coroutine.wrap(steps) f() f() end, function() coroutine.close(coroutine.running()) end,
    function() coroutine.resume(coroutine.running()) end, function() coroutine.yield() end, function() eio.sleep(0) end,
    function() package.loaded.attacked = nil require "attacked" end, function() error(noisy) end,
    -- Two operands: Lua 5.4.4 loses its place on the stack where one of three has a metamethod.
    function() return tostring(eio) .. eio.bytes("x"), eio.bytes("x") .. tostring(kept[1]) end,
    -- The hidden key of a client.
    function()
        local key = next(engineio.Client {})
        for _, wrong in pairs {eio.bytes(("x"):rep(999)), rawget(eio, key), own, 5} do
            local client = engineio.Client {}
            rawset(client, key, wrong)
            pcall(tostring, client)
            for _, name in ipairs {"state", "sid", "upgrades", "ping_interval", "send"} do
                pcall(function() return client[name]("x") end)
            end
        end
    end,
}

-- These end the VM: they are called in runs of their own.
return cases, {["os.exit"] = true}
end
