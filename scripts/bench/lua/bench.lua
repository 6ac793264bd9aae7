-- Shared code of the benchmark's scripts: the command line, opening all the clients, and the line of JSON at the end.

local bench = {}

local OPENERS <const> = 64

local options <const> =
    { clients = 1, window = 1, size = 32, seconds = 3, transport = "websocket", protocol = "engineio" }

-- Reads `--name value` pairs; numbers come back as numbers.
function bench.options()
    for i = 1, #arg, 2 do
        local name = arg[i]:match("^%-%-(%a+)$")
        local value = arg[i + 1]
        if not name or not value then
            error("expected --name value, got " .. arg[i], 0)
        end
        options[name] = tonumber(value) or value
    end
    return options
end

-- An object of 200 bytes as compact JSON, the same as in peers/common.py.
function bench.object()
    return {
        id = 1234567890,
        kind = "chat",
        room = "general",
        sender = { name = "Ada Lovelace", role = "moderator" },
        text = "The engine weaves patterns.",
        tags = eio.array { "history", "looms", "notes" },
        score = 4.5,
        reply_to = eio.null,
    }
end

-- VmRSS of this process in KiB, with Lua's own garbage collected first.
function bench.resident_kib()
    collectgarbage()
    for line in io.lines("/proc/self/status") do
        local kib = line:match("^VmRSS:%s+(%d+)")
        if kib then
            return tonumber(kib)
        end
    end
end

-- Seconds since the machine started; Lua has no other clock finer than a second that runs while the process waits.
local function uptime()
    local file = assert(io.open("/proc/uptime"))
    local seconds = file:read("n")
    file:close()
    return seconds
end

-- Connects one client and returns it.
function bench.connect(client)
    client.connect(options.url, { transports = { options.transport } })
    return client
end

-- Opens `options.clients` clients, OPENERS at a time. `prepare(client)` registers the handlers.
-- Returns the clients and the resident memory in KiB before and after.
function bench.open_clients(prepare)
    local clients = {}
    local next_client = 0
    local new_client = require(options.protocol).Client
    local function open_some()
        while next_client < options.clients do
            next_client = next_client + 1
            local i = next_client
            local client = new_client()
            if prepare then
                prepare(client)
            end
            clients[i] = bench.connect(client)
        end
    end

    local before = bench.resident_kib()
    local openers = {}
    for i = 1, math.min(OPENERS, options.clients) do
        openers[i] = eio.start_background_task(open_some)
    end
    for _, opener in ipairs(openers) do
        local opened, err = opener:join()
        if not opened then
            error(err, 0)
        end
    end
    return clients, before, bench.resident_kib()
end

-- Sleeps for the measured time. Returns a table with the seconds that really passed and the CPU seconds used.
function bench.measure()
    local cpu_before, since = os.clock(), uptime()
    eio.sleep(options.seconds)
    return { seconds = uptime() - since, cpu_seconds = os.clock() - cpu_before }
end

function bench.close(clients)
    for _, client in ipairs(clients) do
        client.disconnect { abort = true }
    end
end

-- Prints the result; `operations` is what the script counted in the measured time.
function bench.report(measured, operations, more)
    local result = {
        clients = options.clients,
        seconds = measured.seconds,
        cpu_seconds = measured.cpu_seconds,
        operations = operations,
        rate = operations / measured.seconds,
    }
    for key, value in pairs(more or {}) do
        result[key] = value
    end
    print(eio.json.encode(result))
end

return bench
