-- A bot for a server of Socket.IO.
--   eio-lua serve --socketio       a server to try it with
--   eio-lua bot.lua [URL]

local url = arg[1] or "http://localhost:5000"

-- Also after a lost connection was made again.
sio.on("connect", function()
  print("connected, my sid is " .. sio.sid)
end)

sio.on("disconnect", function(reason)
  print("disconnected: " .. reason)
end)

-- An event of the server; the values that the handler returns are the ack.
sio.on("message-back", function(...)
  print("the server says", ...)
end)

-- All other events.
sio.on("*", function(event, ...)
  print("event " .. event .. " " .. eio.inspect({ ... }))
end)

sio.connect(url, { auth = { token = "secret" } })
sio.emit("message", "hello", 1)

local is_answered, answer = pcall(sio.call, { "question", 42, timeout = 5 })
if is_answered then
  print("the ack is " .. eio.inspect(answer))
else
  print("no ack: " .. tostring(answer))
end

-- Without this line the bot stays connected: sio.wait()
sio.disconnect()
