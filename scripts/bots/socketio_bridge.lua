-- A bridge between an Engine.IO server and a room of a Socket.IO server: a message of one side goes to the other.
--   eio-lua serve --mode broadcast
--   eio-lua serve --socketio --port 5001
--   eio-lua socketio_bridge.lua [ENGINE.IO URL] [SOCKET.IO URL] [ROOM]
-- The Socket.IO side comes back by itself after a loss. When the Engine.IO side is gone, the bridge ends.

local engine_url, socket_url = arg[1] or "http://localhost:5000", arg[2] or "http://localhost:5001"
local room = arg[3] or "lobby"

-- Texts, tables and bytes are messages of Engine.IO and arguments of Socket.IO alike.
eio.on("message", function(data)
  if sio.connected then
    sio.emit("say", room, data)
  else
    print("lost, since Socket.IO is not connected")
  end
end, { ordered = true })

sio.on("said", function(_, _, data)
  if data == nil or data == eio.null then
    return
  end
  if type(data) == "number" or type(data) == "boolean" then
    data = tostring(data)
  end
  eio.send(data)
end, { ordered = true })

sio.on("connect", function()
  sio.call("join", room)
  print("the bridge is open")
end)

sio.on("disconnect", function(reason, detail)
  print("Socket.IO disconnected: " .. reason .. (detail.will_reconnect and ", connecting again" or ""))
end)

sio.on("auth", function() end)

eio.on("disconnect", function(reason)
  print("Engine.IO disconnected: " .. reason)
  sio.disconnect()
end)

eio.connect(engine_url)
sio.connect(socket_url)
