-- Reports what a client goes through, one line an event: "@event" and then its fields, each in hexadecimal so that any
-- bytes survive the way to the test.
-- Tests name the client to observe by an expression.
engineio = require("engineio")

local observe = {}

local function hex(text)
    return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

function observe.report(event, ...)
    local fields = table.pack(...)
    for i = 1, fields.n do
        fields[i] = hex(tostring(fields[i]))
    end
    print("@" .. event .. " " .. table.concat(fields, " "))
end

function observe.message(message)
    if type(message) == "string" then
        observe.report("message", "text", message)
    elseif type(message) == "table" then
        observe.report("message", "json", eio.json.encode(message))
    else
        observe.report("message", "bytes", message)
    end
end

local function report_fields(event, first, record, names)
    local pairs_of_fields = {first}
    for _, name in ipairs(names) do
        local value = record[name]
        if type(value) == "table" and name == "body" then
            value = eio.json.encode(value)
        end
        if value ~= nil then
            pairs_of_fields[#pairs_of_fields + 1] = name .. "=" .. tostring(value)
        end
    end
    observe.report(event, table.unpack(pairs_of_fields))
end

function observe.failed(err)
    if type(err) ~= "table" then
        observe.report("failed", tostring(err))
    else
        report_fields("failed", tostring(err), err, {"type", "message", "status", "code", "body", "phase", "cause"})
    end
end

function observe.watch(client, on_connect, on_message, on_disconnect)
    client.on("connect", function()
        observe.report("connect", client.sid, client.transport())
        if on_connect then on_connect() end
    end)
    client.on("message", function(message)
        observe.message(message)
        if on_message then on_message(message) end
    end)
    client.on("disconnect", function(reason, detail)
        report_fields("disconnect", reason, detail or {},
            {"cause", "status", "code", "message", "ws_code", "ws_reason", "transport", "since_last_ping"})
        if on_disconnect then on_disconnect(reason, detail) end
    end)
end

function observe.connect(client, url, options)
    local ok, err = pcall(client.connect, url, options)
    if ok then
        observe.report("connected", client.transport())
    else
        observe.failed(err)
    end
    observe.report("state", client.state)
    return ok
end

return observe
