-- An automated responder for a Socket.IO server: answers what people say in a room, and what the server asks.
--   eio-lua serve --socketio
--   eio-lua socketio_responder.lua [URL] [ROOM]
-- People in the room talk to it with "bot, help". The script of one of them, which shows every event:
--   sio.on("*", print)
--   sio.connect("http://localhost:5000") sio.call("join", "lobby") sio.emit("say", "lobby", "bot, help")

local url, room = arg[1] or "http://localhost:5000", arg[2] or "lobby"

-- Each rule is a Lua pattern and an answer: a text, or a function of what the pattern captured.
local rules = {
  { "^help$", "I know: time, add A B, remind SECONDS TEXT" },
  { "^time$", function() return "it is " .. os.date("%H:%M") end },
  { "^add%s+(%-?%d+)%s+(%-?%d+)$", function(a, b) return a .. " + " .. b .. " = " .. (a + b) end },
  {
    "^remind%s+(%d+)%s+(.+)$",
    function(seconds, what)
      -- Only this answer waits: other events are handled meanwhile.
      sio.sleep(tonumber(seconds))
      return "reminder: " .. what
    end,
  },
}

local function answer(text)
  for _, rule in ipairs(rules) do
    local captures = { text:lower():match(rule[1]) }
    if #captures > 0 then
      local reply = rule[2]
      return type(reply) == "function" and reply(table.unpack(captures)) or reply
    end
  end
  return "I do not understand: " .. text
end

-- Two bots in a room must not answer each other for hours, so that only what is meant for a bot has an answer.
sio.on("said", function(place, _, text)
  local question = type(text) == "string" and text:match("^bot,%s*(.+)$")
  if question then
    sio.emit("say", place, answer(question))
  end
end)

-- The returned value is the ack.
sio.on("question", function(text)
  return answer(tostring(text))
end)

-- Called again after each loss: the members of a room are connections.
sio.on("connect", function()
  print("in " .. room .. " with " .. sio.call("join", room) - 1 .. " others")
end)

sio.on("disconnect", function(reason)
  print("disconnected: " .. reason)
end)

-- Some servers send this at first; the bot has no use for it.
sio.on("auth", function() end)

sio.connect(url)
sio.wait()
