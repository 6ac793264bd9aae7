-- A virtual user that does nothing but answer pings.
--     eio-lua load -u N users.lua -- --url URL

local bench = require("bench")

bench.options()
bench.connect(eio)
eio.wait()
