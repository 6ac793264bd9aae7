-- Counters of the bots of the long run. Faults must never happen.
local totals = {
  sessions = 0,
  disconnects = 0,
  messages = 0,
  refused = 0,
  reasons = eio.object {},
  faults = eio.array {},
}

function totals.fault(text)
  if #totals.faults < 20 then
    totals.faults[#totals.faults + 1] = text
  end
end

-- Counts a client's sessions: each begins with one `connect` and ends with one `disconnect`.
function totals.watch(client, name, on_connect)
  local is_open = false
  client.on("connect", function()
    if is_open then
      totals.fault(name .. ": connect before the former session's disconnect")
    end
    is_open = true
    totals.sessions = totals.sessions + 1
    if on_connect then
      on_connect()
    end
  end)
  client.on("disconnect", function(reason)
    if not is_open then
      totals.fault(name .. ": a second disconnect, " .. reason)
    end
    is_open = false
    totals.disconnects = totals.disconnects + 1
    totals.reasons[reason] = (totals.reasons[reason] or 0) + 1
  end)
end

function totals.print()
  collectgarbage()
  totals.fault, totals.watch, totals.print = nil, nil, nil
  totals.lua_bytes = math.floor(collectgarbage("count") * 1024)
  print(eio.json.encode(totals))
end

return totals
