"""Load tests of Socket.IO servers: what is measured without a line in the script adds up, for each event."""

import csv
import io
import json
import re

import pytest

from harness.haproxy import free_port
from harness.loads import load, scrape_until
from harness.program import Lua
from harness.real_servers import RealServer


@pytest.fixture(scope="module", params=["default", "msgpack"])
def server(request, tmp_path_factory):
    server = RealServer("socketio", tmp_path_factory.mktemp("server"), serializer=request.param)
    server.serializer = request.param
    yield server
    server.kill()


HEAD = """
local client = require("socketio").Client{serializer = arg[2]}
"""
# Each way in which an ack can end, and events without acks. An escape and a character that is not ASCII in a name.
BOT = HEAD + r"""
client.connect(arg[1], {namespaces = {"/", "/chat"}, transports = "websocket"})
client.call("ack", 1)
client.of("/chat").call("ack", 2)
client.emit("echo", "x")
client.receive{event = "echoed", timeout = 30}
client.emit("q\"\u{fc}", 1)
local done = false
client.emit("ack", 3, function() done = true end)
while not done do eio.sleep(0.01) end
pcall(client.call, {"silence", timeout = 0.05})
client.emit("silence", function() end)
client.of("/chat").emit("silence", function() end)
client.call("ack")
client.of("/chat").emit("kick")
while client.namespaces["/chat"] do eio.sleep(0.01) end
client.disconnect()
"""
USERS = 5


@pytest.fixture(scope="module")
def bots(server, tmp_path_factory):
    lua = Lua(tmp_path_factory.mktemp("bots"))
    result = load(
        lua, BOT, "-u", USERS, "-i", USERS, "--out", "json=samples.json", "--csv", "locust", "--report", "report.html",
        args=(server.url, server.serializer))
    assert result.status == 0, result
    result.folder = lua.folder
    return result


def points(result, metric):
    lines = [json.loads(line) for line in (result.folder / "samples.json").read_text().splitlines()]
    return [line["data"] for line in lines if line["type"] == "Point" and line["metric"] == metric]


def by(result, metric, *keys):
    """The sums of a metric's samples by these tags."""
    sums = {}
    for point in points(result, metric):
        tags = tuple(point["tags"][key] for key in keys)
        sums[tags] = sums.get(tags, 0) + point["value"]
    return sums


def test_each_event_that_wants_an_ack_ends_once(bots):
    sent = by(bots, "sio_events_sent", "event")
    assert sent == {
        ("ack",): 4 * USERS, ("echo",): USERS, ('q"\u00fc',): USERS, ("silence",): 3 * USERS, ("kick",): USERS}
    acks = by(bots, "sio_acks", "event", "result")
    assert acks == {
        ("ack", "ok"): 4 * USERS, ("silence", "timeout"): USERS, ("silence", "disconnected"): 2 * USERS}
    assert bots.totals["sio_acks"] == 7 * USERS and bots.totals["sio_events_sent"] == 10 * USERS


def test_received_events_are_counted_by_name(bots):
    assert by(bots, "sio_events_received", "event") == {("hello",): USERS, ("echoed",): USERS}


def test_times_have_a_sample_each(bots):
    acks = points(bots, "sio_ack")
    assert len(acks) == 4 * USERS == len([point for point in acks if point["tags"]["event"] == "ack"])
    assert bots.metrics["sio_ack"]["max"] == max(point["value"] for point in acks) > 0
    connects = points(bots, "sio_connect")
    assert sorted(point["tags"]["namespace"] for point in connects) == ["/"] * USERS + ["/chat"] * USERS
    assert all(point["value"] > 0 for point in connects)


def test_acks_that_do_not_come_are_errors(bots):
    assert bots.totals["eio_errors"] == 3 * USERS
    report = (bots.folder / "report.html").read_text()
    for text in ("no ack in time", "the connection ended before the ack", "Time to an ack", "sio_events_received"):
        assert text in report


def test_the_summary_has_a_section(bots):
    text = "\n".join(bots.lines)
    assert "SOCKET.IO" in text and "{ event:silence }" in text and "{ result:disconnected }" in text
    assert "{ namespace:/chat }" in text


def test_csv_files_have_a_row_for_each_event(bots):
    rows = {
        (row["Type"], row["Name"]): (row["Request Count"], row["Failure Count"])
        for row in csv.DictReader(io.StringIO((bots.folder / "locust_stats.csv").read_text()))}
    assert rows["SIO", "ack"] == (str(4 * USERS), "0")
    assert rows["SIO", "silence"] == (str(3 * USERS), str(3 * USERS))
    assert rows["SIO", "connect"] == (str(2 * USERS), "0")
    assert ("SIO", "echo") not in rows
    failures = list(csv.DictReader(io.StringIO((bots.folder / "locust_failures.csv").read_text())))
    assert {(row["Method"], row["Name"], row["Error"], row["Occurrences"]) for row in failures} == {
        ("SIO", "silence", "no ack in time", str(USERS)),
        ("SIO", "silence", "the connection ended before the ack", str(2 * USERS))}


# An error in each iteration, and one of them caught.
RAISING = HEAD + """
function default()
  if not client.connected then client.connect(arg[1], {transports = "websocket"}) end
  client.call{"silence", timeout = 0.01}
end
"""


def test_an_error_of_call_is_counted_once(server, lua):
    result = load(lua, RAISING, "-u", 1, "-i", 3, args=(server.url, server.serializer))
    assert result.totals["iterations_failed"] == 3 == result.totals["eio_errors"], result
    assert result.totals["sio_acks"] == 3


WAITING = HEAD + """
options = {scenarios = {waiting = {executor = "constant-vus", vus = 3, duration = "1s", gracefulStop = "0s"}}}
function default()
  client.connect(arg[1], {transports = "websocket"})
  client.emit("silence", function() end)
  client.call{"silence", timeout = 60}
end
"""


def test_acks_stay_open_when_users_are_stopped(server, lua):
    result = load(lua, WAITING, args=(server.url, server.serializer))
    assert result.status == 0, result
    assert result.totals["sio_events_sent"] == 6 and "sio_acks" not in result.totals
    assert "eio_errors" not in result.totals


REFUSED = HEAD + """
function default()
  client.connect(arg[1], {namespaces = {"/private"}, transports = "websocket"})
end
"""


def test_a_refused_namespace_is_one_error(server, lua):
    result = load(lua, REFUSED, "-u", 1, "-i", 2, args=(server.url, server.serializer))
    assert result.totals["eio_errors"] == 2 == result.totals["iterations_failed"], result
    assert "sio_connect" not in result.metrics
    assert "not authorized" in "\n".join(result.lines)


THRESHOLDS = HEAD + """
options = {thresholds = {
  ["sio_ack{event:ack}"] = {"p(95)<10000"}, ["sio_acks{event:ack,result:ok}"] = {"count==2"},
  ["sio_acks_open{event:ack}"] = {"value<1"},
  ["sio_ack{event:nothing}"] = {"max<1"}, sio_connect = {"max<10000"},
}}
function default()
  client.connect(arg[1], {transports = "websocket"})
  client.call("ack")
  client.disconnect()
end
"""


def test_thresholds_judge_single_events(server, lua):
    result = load(lua, THRESHOLDS, "-u", 1, "-i", 2, args=(server.url, server.serializer))
    assert result.status == 99, result
    text = "\n".join(result.lines)
    assert "✓ 'p(95)<10000'" in text and "✓ 'count==2'" in text and "✓ 'value<1'" in text and "✗ 'max<1'" in text
    assert "sio_ack{event:ack}" in result.metrics


@pytest.mark.parametrize("metric, message", [
    ("sio_acks{result:opened}", "ok, timeout, disconnected"), ("sio_ack{evnt:x}", 'did you mean "event"?'),
    ("sio_reconnects{result:opened}", "ok, failed, interrupted"),
])
def test_tags_that_never_occur_are_refused(lua, metric, message):
    lua.write(f"options = {{thresholds = {{['{metric}'] = {{'count<1'}}}}}} function default() end".replace(
        "'count<1'", "'max<1'" if metric.startswith("sio_ack{") else "'count<1'"))
    result = lua.command("inspect", "script.lua").finish()
    assert result.status == 104 and message in result.stderr, result


RECONNECTING = """
local client = require("socketio").Client{
  serializer = arg[2], reconnection_delay = 0.01, reconnection_attempts = 3, randomization_factor = 0}
client.connect(arg[1], {transports = "websocket"})
client.call("ack")
client.emit("silence", function() end)
client.emit("drop")
while client.connected do eio.sleep(0.01) end
while not client.connected do eio.sleep(0.01) end
client.call("ack")
client.disconnect()
"""


def test_reconnects_are_counted(server, lua):
    result = load(
        lua, RECONNECTING, "-u", 2, "-i", 2, "--out", "json=samples.json", args=(server.url, server.serializer))
    assert result.status == 0, result
    result.folder = lua.folder
    assert result.totals["sio_reconnects"] == 2 and len(points(result, "sio_connect")) == 4
    text = "\n".join(result.lines)
    assert "{ result:ok }" in text and "{ result:disconnected }" in text
    assert result.totals["sio_acks"] == 6


def test_prometheus_has_them(server, lua):
    lua.write(THRESHOLDS.replace("client.disconnect()", "eio.sleep(60)"))
    running = lua.command(
        "load", "-u", 1, "-i", 1, "--metrics-addr", ":0", "script.lua", "--", server.url, server.serializer)
    running.wait_for("/metrics", stream="stderr")
    url = re.search(r"http://\S+/metrics", running.stderr).group()
    page = scrape_until(url, "sio_ack_seconds_count")
    assert 'sio_events_sent_total{event="ack"' in page and 'sio_connect_seconds{namespace="/"' in page
    assert re.search(r'^eio_sio_acks_open\{event="ack".*\} 0$', page, re.M)
    running.signal()
    running.finish()


def test_a_run_without_socketio_shows_nothing_of_it(lua):
    result = load(lua, "function default() end", "-u", 1, "-i", 1, "--report", "report.html")
    assert result.status == 0
    assert not [name for name in result.metrics if name.startswith("sio_")]
    assert "sio_" not in (lua.folder / "report.html").read_text() and "SOCKET" not in "\n".join(result.lines)


HERD = """
options = {scenarios = {each = {executor = "per-vu-iterations", vus = 20, iterations = 1}}}
local client = require("socketio").Client{
  logger = true, reconnection_attempts = 2, reconnection_delay = 0.05, randomization_factor = 0.9}
function default() pcall(client.connect, arg[1], {retry = true}) end
"""


def pauses(lua, port, seed):
    lua.write(HERD)
    result = lua.command(
        "load", "--seed", seed, "--threads", 2, "script.lua", "--", f"http://127.0.0.1:{port}"
    ).finish()
    return sorted(re.findall(r"new attempt in ([\d.]+) s", result.stderr))


def test_a_herd_spreads_by_the_seed(lua):
    port = free_port()
    first = pauses(lua, port, 5)
    assert len(first) == 40 and len(set(first)) > 25
    assert pauses(lua, port, 5) == first != pauses(lua, port, 6)
