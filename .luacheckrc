-- The rules of luacheck for scripts of eio-lua.
std = "lua54"
-- The clients, and the user of a load test. `function sio.event.name() end` registers a handler.
read_globals = {
  "eio", "__VU", "__ITER", "__ENV",
  sio = { other_fields = true, fields = { event = { read_only = false, other_fields = true } } },
}
-- The functions and options of a scenario.
globals = { "options", "setup", "default", "teardown", "handleSummary" }
