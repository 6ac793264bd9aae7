"""For each event of Socket.IO, the emits that want an ack are the acks, the timeouts, the disconnected ones, and those
that were open when their user was stopped; through losses, each end of a run, and a merge."""

import json

import pytest

from harness.real_servers import RealServer

USERS = 3
# The server acknowledges `ack`, and knows no `mixed`. It drops each session twice.
SCRIPT = """
local loadtest = require("loadtest")
local wanted = loadtest.Counter("wanted")
local client = require("socketio").Client{reconnection_delay = 0.01}
local again = eio.create_event()
client.on("connect", function() again:set() end)
client.on("hello", function() end)
options = {scenarios = {all = {executor = "per-vu-iterations", vus = 3, iterations = 1, gracefulStop = "0s"}}}

local function count(event) wanted:add(1, {event = event}) end

local function each_end()
  count("ack") client.call("ack")
  local is_answered = eio.create_event()
  count("ack") client.emit("ack", function() is_answered:set() end)
  is_answered:wait()
  count("mixed") pcall(client.call, {"mixed", timeout = 0.01})
  is_answered:clear()
  count("mixed") client.emit{"mixed", timeout = 0.01, callback = function() is_answered:set() end}
  is_answered:wait()
  local waiting = eio.start_background_task(function() pcall(client.call, "mixed") end)
  count("mixed")
  eio.sleep(0)
  count("mixed") client.emit("mixed", function() end)
  count("mixed") client.emit{"mixed", timeout = 60, callback = function() end}
  again:clear()
  client.emit("drop")
  again:wait()
  waiting:join()
end

function default()
  client.connect(arg[1], {transports = "websocket"})
  each_end()
  each_end()
  count("mixed") client.emit("mixed", function() end)
  print("open")
  if __ENV.END == "call" then count("mixed") client.call("mixed") end
end
"""


@pytest.fixture
def server(tmp_path):
    server = RealServer("socketio", tmp_path)
    yield server
    server.kill()


def sums(export, metric, *keys, of="sum"):
    """The sums of a metric in an export by these tags; `of`: the field of a series that is summed."""
    found = {}
    for each in json.loads(export.read_text())["eio_lua"]["series"]:
        for part in each["series"] if each["metric"] == metric else []:
            tags = tuple(part["tags"].get(key) for key in keys)
            found[tags] = found.get(tags, 0) + part["value"][of]
    return found


def check(export, ends, still_open):
    """`ends`: how often each user has gone through all of the ends."""
    wanted = sums(export, "wanted", "event")
    assert wanted == {("ack",): 2 * ends, ("mixed",): 5 * ends + still_open}
    assert sums(export, "sio_acks", "event", "result") == {
        ("ack", "ok"): 2 * ends, ("mixed", "timeout"): 2 * ends, ("mixed", "disconnected"): 3 * ends}
    open_now = sums(export, "sio_acks_open", "event", of="value")
    assert open_now == {("ack",): 0, ("mixed",): still_open}
    # The sum that a reader of the export makes.
    ended = sums(export, "sio_acks", "event")
    assert {event: ended[event] + open_now[event] for event in wanted} == wanted
    sent = sums(export, "sio_events_sent", "event")
    assert {event: sent[event] for event in wanted} == wanted
    assert sums(export, "sio_reconnects", "result") == {("ok",): ends}


def test_emits_are_the_sum_of_their_ends(lua, server):
    lua.write(SCRIPT)
    interrupted, returned, whole = (lua.folder / name for name in ("interrupted.json", "returned.json", "whole.json"))

    # Users that return, with one ack open each.
    result = lua.command("load", "--summary-export", returned, "script.lua", "--", server.url).finish()
    assert result.status == 0, result
    check(returned, 2 * USERS, USERS)

    # Users that are stopped in the middle of a call, by Ctrl-C.
    running = lua.command("load", "-e", "END=call", "--summary-export", interrupted, "script.lua", "--", server.url)
    running.wait_for("open", count=USERS)
    running.signal()
    assert running.finish().status == 105
    check(interrupted, 2 * USERS, 2 * USERS)

    merged = lua.command("report", "merge", returned, interrupted, "--summary-export", whole).finish()
    assert "sio_acks" in merged.stdout, merged
    check(whole, 4 * USERS, 3 * USERS)
