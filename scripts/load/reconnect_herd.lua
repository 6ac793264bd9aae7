-- A herd that comes back: every now and then all users lose their connection in the same second, as when a proxy
-- restarts, and all of them connect again, with the growing, random pauses that a good client makes.
--   eio-lua serve
--   eio-lua load reconnect_herd.lua [-u N] [-d TIME] [-e CUT=SECONDS] [-- URL]
-- Users who lose their connection otherwise come back in the same way: kill the server and start it again.

local loadtest = require("loadtest")
local attempts = loadtest.Counter("attempts")

local url = arg[1] or "http://localhost:5000"
local cut = tonumber(__ENV.CUT) or 20
local shortest, longest = 0.5, 10

options = {
  vus = 200,
  duration = "2m",
  thresholds = {
    -- Time until a user is back, all its attempts and pauses together.
    ["eio_time{name:back}"] = { "p(95)<5000" },
  },
}

local function connect()
  local pause = shortest
  while true do
    attempts:add(1)
    if pcall(eio.connect, url) then
      return
    end
    eio.sleep(pause * (0.5 + math.random() / 2))
    pause = math.min(pause * 2, longest)
  end
end

-- An iteration is one connection, from its beginning to its end.
function default()
  loadtest.time(__ITER == 0 and "first" or "back", connect)
  -- The clock of the day says when: it is the same for all users, also on other machines.
  local herd = eio.start_background_task(function()
    eio.sleep(cut - os.time() % cut)
    eio.disconnect({ abort = true })
  end)
  eio.wait()
  herd:cancel()
end
