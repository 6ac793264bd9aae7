-- A herd that comes back to a Socket.IO server: every now and then all users lose their connection in the same second,
-- as when a proxy restarts. All of them connect and authenticate again, after the client's own growing, random pauses.
--   eio-lua serve --socketio --auth-token secret
--   eio-lua load socketio_herd.lua [-u N] [-d TIME] [-e TOKEN=secret] [-e CUT=SECONDS] [-- URL]
-- Users who lose their connection otherwise come back in the same way: kill the server and start it again.

local loadtest = require("loadtest")
local logins = loadtest.Counter("logins")

local url = arg[1] or "http://localhost:5000"
local cut, token = tonumber(__ENV.CUT) or 20, __ENV.TOKEN or "secret"

options = {
  vus = 200,
  duration = "2m",
  thresholds = {
    -- Time until a user is back, all its attempts and pauses together.
    ["eio_time{name:back}"] = { "p(95)<5000" },
    -- From sending the token to the answer.
    sio_connect = { "p(95)<1000" },
  },
}

local client = require("socketio").Client({ reconnection_delay = 0.5, reconnection_delay_max = 10 })
local again = client.create_event()
client.on("*", function() end)

client.on("connect", function() again:set() end)

-- A loss that is not the script's: the client comes back by itself.
client.on("disconnect", function(_, detail)
  if detail.will_reconnect then
    again:clear()
    loadtest.time("back", again.wait, again)
  end
end)

-- Called by each attempt, as a token may have expired since the last one.
local function auth()
  logins:add(1)
  return { token = token, user = __VU }
end

-- An iteration is a connection from its beginning to the cut, however often it was lost and made again in between.
function default()
  loadtest.time(__ITER == 0 and "first" or "back", client.connect, url, { auth = auth, retry = true })
  -- The clock of the day says when: it is the same for all users, also on other machines.
  local herd = eio.start_background_task(function()
    eio.sleep(cut - os.time() % cut)
    client.disconnect({ abort = true })
  end)
  client.wait()
  herd:cancel()
end
