-- A bot for a server of Engine.IO.
--   eio-lua serve                  a server to try it with
--   eio-lua bot.lua [URL]

local url = arg[1] or "http://localhost:5000"

eio.on("connect", function()
  print("connected, my sid is " .. eio.sid)
end)

eio.on("disconnect", function(reason)
  print("disconnected: " .. reason)
end)

eio.connect(url)
eio.send("hello")

local answer, why = eio.receive(5)
if answer then
  print("the server answers " .. eio.inspect(answer))
else
  print("no answer: " .. why)
end

-- Without this line the bot stays connected; messages go to a handler: eio.on("message", function(data) … end)
eio.disconnect()
