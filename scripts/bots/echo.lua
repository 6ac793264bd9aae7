-- Sends back whatever the server sends.
--   eio-lua echo.lua [URL] [--say TEXT]     with --say: sends TEXT, waits for the answer, and ends

local url, flag, text = arg[1] or "http://localhost:5000", arg[2], arg[3]

eio.on("connect", function()
  print("connected, my sid is " .. eio.sid)
end)

eio.on("disconnect", function(reason)
  print("disconnected: " .. reason)
end)

if flag == "--say" then
  eio.connect(url)
  eio.send(text)
  print("the server answers: " .. tostring(eio.receive(5)))
  eio.disconnect()
else
  eio.on("message", function(data)
    eio.send(data)
  end)
  eio.connect(url)
end
