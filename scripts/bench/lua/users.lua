-- A virtual user that does nothing but answer pings.
--     eio-lua load -u N users.lua -- --url URL [--protocol socketio]

local bench = require("bench")

local options = bench.options()
local client = options.protocol == "socketio" and sio or eio
bench.connect(client)
client.wait()
