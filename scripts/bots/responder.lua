-- An automated responder: looks for words in what people write and answers by rules.
--   eio-lua responder.lua [URL]
-- It takes text, and tables such as {"from":"ann","text":"hello"}, and answers in kind.

local url = arg[1] or "http://localhost:5000"

-- Each rule is a Lua pattern and an answer: a text, or a function of what the pattern captured.
local rules = {
  { "^%s*help%s*$", "I know: time, add A B, remind SECONDS TEXT" },
  { "%f[%w]time%f[%W]", function() return "it is " .. os.date("%H:%M") end },
  { "^add%s+(%-?%d+)%s+(%-?%d+)$", function(a, b) return a .. " + " .. b .. " = " .. (a + b) end },
  {
    "^remind%s+(%d+)%s+(.+)$",
    function(seconds, what)
      -- Only this answer waits: other messages are handled meanwhile.
      eio.sleep(tonumber(seconds))
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

eio.on("message", function(data)
  if type(data) == "table" and type(data.text) == "string" then
    eio.send({ to = data.from, text = answer(data.text) })
  elseif type(data) == "string" then
    eio.send(answer(data))
  end
end)

eio.on("disconnect", function(reason)
  eio.log.warning("disconnected: " .. reason)
end)

eio.connect(url)
print("answering at " .. url)
