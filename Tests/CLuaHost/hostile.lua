-- Calls every function of the host while finalizers do all the harm that they can. test_hostile.c provides `is_ours`,
-- `names`, `mode`, `folder`, `call_with_limit`. The main chunk fails if a function is not called, or can no longer be
-- called after the attack.
local engineio, lt = require "engineio", require "loadtest"
local hostile = {victims = {}, armed = false, finalized = 0}
local gc, pack, unpack = collectgarbage, table.pack, table.unpack

-- As many in one call, which is made so often. Its young collections make the generational mode the slowest.
local FINALIZERS = mode == "generational" and 50 or 200
local ROUNDS = mode == "incremental" and 3 or 1

math.randomseed(#mode)

-- ---- the finalizer ----

local busy = false
local function mess(value)
    if type(value) ~= "table" then return end
    local what = math.random(6)
    if what == 1 then for n = 1, 40 do rawset(value, "k" .. math.random(1 << 20), "v" .. n) end
    elseif what == 2 then for key in pairs(value) do rawset(value, key, nil) end
    elseif what == 3 then for key in next, value do rawset(value, key, "changed" .. math.random(1 << 20)) end
    elseif what == 4 then for n = 1, 40 do rawset(value, n, {n}) end
    elseif what == 5 then setmetatable(value, {__index = error, __newindex = error, __len = error})
    else setmetatable(value, nil) end
end

local function arm() setmetatable({}, {__gc = hostile.finalize}) end

function hostile.finalize()
    hostile.finalized = hostile.finalized + 1
    hostile.armed = hostile.armed and hostile.finalized < hostile.enough
    if hostile.armed then arm() end
    if busy or not hostile.attacks then return end
    busy = true
    for _, victim in ipairs(hostile.victims) do pcall(mess, victim) end
    if hostile.actions then
        pcall(hostile.actions[math.random(#hostile.actions)])
        if math.random(2) == 1 then pcall(hostile.again) end
    end
    busy = false
    if math.random(4) == 1 then error(setmetatable({}, {__tostring = error})) end
end

-- Arguments of a call that a finalizer changes while it runs.
function hostile.victim(value)
    table.insert(hostile.victims, value)
    return value
end

local step
local function attack()
    hostile.attacks, hostile.armed, hostile.enough = true, true, hostile.finalized + FINALIZERS
    arm()
    if mode == "generational" then gc("generational", 1, 1) else gc("incremental", 10, 1000, step) end
    gc()
end

local function rest()
    hostile.attacks, hostile.armed = false, false
    hostile.victims = {}
    gc("incremental", 200, 100, 13)
end

-- ---- what there is to call ----

local found = {}

local function look(name, object)
    local function note(key, value)
        if type(key) == "string" and type(value) == "function" and is_ours(value) then found[name .. "." .. key] = value end
    end
    if type(object) == "table" then for key, value in next, object do note(key, value) end end
    for key in pairs(names) do
        local is, value = pcall(function() return object[key] end)
        if is then note(key, value) end
    end
    local metatable = getmetatable(object)
    if type(metatable) == "table" then for key, value in next, metatable do note(key, value) end end
end

local function make_objects()
    local objects = {
        _G = _G, eio = eio, engineio = engineio, loadtest = lt, ["eio.json"] = eio.json, ["eio.log"] = eio.log,
        ["package.preload"] = package.preload, ["package.searchers"] = {first = package.searchers[1]},
        queue = eio.create_queue(), occurrence = eio.create_event(),
        task = eio.start_background_task(function() end), bytes = eio.bytes("x"), counter = lt.Counter("c"),
        data = lt.data("rows.csv"), error = select(2, pcall(eio.json.decode, "")), cancelled = eio.cancelled, null = eio.null,
        env = __ENV, file = io.stdin, array = eio.array {}, object = eio.object {},
        socketio = require "socketio", sio = sio, namespace = sio.of("/c"), event = sio.event, engine = sio.eio,
        simple = require("socketio").SimpleClient(),
    }
    for name, library in pairs(package.loaded) do objects[name] = objects[name] or library end
    return objects
end

-- ---- the runs ----

local function call_attacked(f, ...)
    local arguments = pack(...)
    -- In the midst of itself, too.
    function hostile.again() f(unpack(arguments, 1, arguments.n)) end
    attack()
    local results = pack(pcall(f, ...))
    rest()
    return unpack(results, 1, results.n)
end

-- Every allocation of the call fails once.
local function call_without_memory(f, ...)
    for bytes = 0, 3000, 150 do
        call_with_limit(bytes, f, ...)
    end
end

function hostile.calm() pcall(eio.disconnect, {abort = true}) end

local function run(name, case)
    local called = false
    local function call_other(f, ...)
        called = true
        if mode == "memory" then return call_without_memory(f, ...) end
        return call_attacked(f, ...)
    end
    local function call(...) return call_other(found[name], ...) end
    -- In a task of its own: what it leaves behind, an end of the task too, is none of the others'.
    local task = eio.start_background_task(function()
        for round = 1, ROUNDS do
            -- First a whole collection wherever Lua may collect, then smaller steps.
            step = round == 1 and 40 or 12 - round
            case(call, round, call_other)
        end
    end)
    local is, err = task:join(1)
    if is == nil then
        -- A finalizer may have taken the timeout out of a table of options.
        task:cancel()
        is, err = task:join(20)
    end
    rest()
    hostile.calm()
    if is == nil then error(name .. " has not returned") end
    if not is and err ~= eio.cancelled then error(name .. ": " .. tostring(err)) end
    if not called then error(name .. " was not called") end
end

local cases, ends = dofile(folder .. "/hostile_cases.lua")(hostile)
dofile(folder .. "/hostile_socketio.lua")(hostile, cases)

for name, object in pairs(make_objects()) do look(name, object) end
found["_G.names"], found["_G.is_ours"], found["_G.call_with_limit"] = nil, nil, nil
-- Functions that cannot be found by a path.
for _, name in ipairs {"eio.on()", "io.lines()", "coroutine.wrap()", "warn()", "# and ..", "handlers"} do found[name] = load end

local order, missing = {}, {}
for name in pairs(found) do
    if not cases[name] and not ends[name] then missing[#missing + 1] = name end
    order[#order + 1] = name
end
if #missing > 0 then error("no call of " .. table.concat(missing, ", ") .. ": add them to hostile_cases.lua") end
for name in pairs(cases) do if not found[name] then error("there is no function " .. name) end end
table.sort(order)
if #order < 90 then error("only " .. #order .. " functions were found") end

if mode == "exit" or mode == "exit at once" then
    function default()
        attack()
        os.exit(3)
    end
    -- Objects that the end of the VM collects call everything, too.
    KEPT = setmetatable({}, {__gc = function()
        for _, name in ipairs(order) do pcall(found[name], "exit 0") pcall(found[name], {}) pcall(found[name]) end
        for _, action in ipairs(hostile.actions) do pcall(action) end
    end})
    if mode == "exit at once" then default() end
    return
end

for _, name in ipairs(order) do
    if cases[name] then run(name, cases[name]) end
end
if mode ~= "memory" and hostile.finalized < 3000 then error("only " .. hostile.finalized .. " finalizers have run") end
