-- A chat bot in two namespaces: it welcomes who speaks in a room of the first one, and reports bad language to the
-- moderators in the second. It needs a token, and comes back by itself when the connection is lost.
--   eio-lua serve --socketio --namespace /chat --namespace /moderators --auth-token secret
--   CHAT_TOKEN=secret eio-lua socketio_chat.lua [URL] [ATTEMPTS]
-- After ATTEMPTS failures in a row it gives up (default: never).

local socketio = require("socketio")
local url, attempts = arg[1] or "http://localhost:5000", tonumber(arg[2]) or 0

local bot = socketio.Client({ reconnection_attempts = attempts, reconnection_delay = 0.5, reconnection_delay_max = 30 })
local chat, moderators = bot.of("/chat"), bot.of("/moderators")
local bad_words = { "darn", "heck" }
local known = {}

chat.on("said", function(room, who, text)
  if not known[who] then
    known[who] = true
    chat.emit("say", room, "welcome!")
  end
  for _, word in ipairs(bad_words) do
    if tostring(text):lower():find("%f[%w]" .. word .. "%f[%W]") then
      local receivers = moderators.call("say", "reports", { room = room, who = who, text = text })
      print("reported to " .. receivers .. " moderators")
    end
  end
end)

-- Called again after each loss: the members of a room are connections. People have other ids then, too.
chat.on("connect", function()
  known = {}
  print("in the lobby with " .. chat.call("join", "lobby") - 1 .. " others")
end)

bot.on("connect_error", function(problem)
  print("not connected: " .. (type(problem) == "table" and problem.message or tostring(problem)))
end, "/chat")

bot.on("disconnect", function(reason, detail)
  print("disconnected: " .. reason .. (detail.will_reconnect and ", connecting again" or ""))
end, "/chat")

-- Servers may send what this bot does not need.
bot.on("*", function() end, "*")

bot.connect(url, {
  namespaces = { "/chat", "/moderators" },
  -- Called for each attempt: a token may have expired since the last one.
  auth = function() return { token = os.getenv("CHAT_TOKEN"), name = "bot" } end,
})
local is_over, why = bot.wait()
if not is_over then
  error("giving up: " .. why, 0)
end
