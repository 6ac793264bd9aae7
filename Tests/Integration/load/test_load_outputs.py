"""Outputs of `eio-lua load` during the run: --metrics-addr, --out, --csv."""

import csv
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from harness.loads import scrape, scrape_until

STEADY = """
    local loadtest = require "loadtest"
    local rtt = loadtest.Trend("rtt", true)
    local jobs = loadtest.Counter("jobs")
    local good = loadtest.Rate("good")
    local depth = loadtest.Gauge("depth")
    options = {vus = 2, duration = "60s"}
    function default()
        loadtest.group("work", function()
            rtt:add(0.05, {room = "blue"})
            loadtest.check(1, {["is one"] = function(value) return value == 1 end})
        end)
        jobs:add(3) good:add(true) depth:add(7)
        loadtest.time("pause", function() eio.sleep(0.05) end)
    end
"""


def start_with_endpoint(lua, address=":0"):
    lua.write(STEADY)
    running = lua.command("load", "--metrics-addr", address, "script.lua")
    running.wait_for("/metrics", stream="stderr")
    return running, re.search(r"http://\S+/metrics", running.stderr).group()


def test_page_is_prometheus_text(lua):
    running, url = start_with_endpoint(lua)
    page = scrape_until(url, "eio_script_rtt_seconds_count")
    checked = subprocess.run(["promtool", "check", "metrics"], input=page, text=True, capture_output=True, timeout=30)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert re.search(r'^eio_script_jobs_total\{scenario="default"\} \d+$', page, re.MULTILINE)
    assert re.search(r'^eio_script_rtt_seconds\{group="::work",.*quantile="0.95"\} 0\.05$', page, re.MULTILINE)
    assert re.search(r'^eio_time_seconds_count\{name="pause",.*\} [1-9]\d*$', page, re.MULTILINE)
    assert scrape(url)[0]["content-type"].startswith("text/plain; version=0.0.4")
    running.signal()
    assert running.finish().status == 105


def test_endpoint_is_on_loopback_by_default(lua):
    running, url = start_with_endpoint(lua)
    assert url.startswith("http://127.0.0.1:")
    running.kill()
    running, url = start_with_endpoint(lua, "0.0.0.0:0")
    assert url.startswith("http://0.0.0.0:")


@pytest.mark.parametrize("path, method, status", [("/", "GET", 404), ("/metrics", "POST", 405)])
def test_other_requests_are_refused(lua, path, method, status):
    _, url = start_with_endpoint(lua)
    request = urllib.request.Request(url.replace("/metrics", path), method=method)
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=10)
    assert error.value.code == status


def test_scrapes_that_hang_keep_nobody_out(lua):
    running, url = start_with_endpoint(lua)
    port = int(url.rsplit(":", 1)[1].split("/")[0])
    hanging = []
    # Silent ones, ones in the middle of a head, garbage, and ones that never read their answer.
    for beginning in (b"", b"GET /metrics HTTP/1.1\r\nHost:", b"\x00\xff\x16\x03garbage\r\n\r\n",
                      b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50):
        for _ in range(20):
            hanging.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            try:
                hanging[-1].sendall(beginning)
            except OSError:
                pass
    assert "eio_vus" in scrape_until(url, "eio_vus")
    running.signal()
    assert running.finish().status == 105
    for connection in hanging:
        connection.close()


@pytest.mark.parametrize("option", ["--metrics-addr", "--web"])
@pytest.mark.parametrize("address", ["9100", "::1:9100", ":70000", "x:"])
def test_bad_addresses(lua, option, address):
    lua.write("")
    result = lua.command("load", option, address, "script.lua").finish()
    assert result.status == 64
    assert option in result.stderr


@pytest.mark.parametrize("option", ["--metrics-addr", "--web"])
def test_address_that_is_taken_is_an_error_before_the_start(lua, option):
    lua.write("function setup() print('started') end function default() end")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = lua.command("load", option, f":{taken.getsockname()[1]}", "script.lua").finish()
    assert result.status == 104, result
    assert "Address already in use" in result.stderr
    assert "started" not in result.stdout


LOCUST = """
    local loadtest = require "loadtest"
    options = {vus = 2, iterations = 40}
    function default()
        if eio.state == "disconnected" then eio.connect(arg[1], {transports = {"websocket"}}) end
        loadtest.time("echo", function() eio.send("x") eio.receive(5) end)
        loadtest.time("sometimes", function() if __VU == 1 and __ITER == 3 then error("no \\"luck\\"", 0) end end)
        eio.sleep(0.1)
        if __VU == 1 and __ITER == 5 then error("lost the thread", 0) end
    end
"""


def read_rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_four_files_of_locust(lua, echo):
    lua.write(LOCUST)
    prefix = lua.folder / "run"
    result = lua.command("load", "--csv", prefix, "script.lua", "--", echo.url).finish(40)
    assert result.status == 0, result
    rows = {(row["Type"], row["Name"]): row for row in read_rows(lua.folder / "run_stats.csv")}
    assert rows["EIO", "connect"]["Request Count"] == "2"
    assert (rows["EIO", "echo"]["Request Count"], rows["EIO", "echo"]["Failure Count"]) == ("40", "0")
    assert (rows["EIO", "sometimes"]["Request Count"], rows["EIO", "sometimes"]["Failure Count"]) == ("40", "1")
    assert rows["", "Aggregated"]["Request Count"] == "82"
    history = read_rows(lua.folder / "run_stats_history.csv")
    assert len(history) >= 2
    assert history[-1]["Total Request Count"] == "82" and history[-1]["Total Failure Count"] == "1"
    assert [int(row["Total Request Count"]) for row in history] == sorted(
        int(row["Total Request Count"]) for row in history)
    [failure] = read_rows(lua.folder / "run_failures.csv")
    assert (failure["Name"], failure["Occurrences"]) == ("sometimes", "1")
    assert 'no "luck"' in failure["Error"]
    # An error in a timed function goes on and fails the iteration too.
    exceptions = {row["Message"]: row["Count"] for row in read_rows(lua.folder / "run_exceptions.csv")}
    assert exceptions == {"lost the thread": "1", 'no "luck"': "1"}
    assert sorted(path.name for path in lua.folder.glob("run_*")) == [
        "run_exceptions.csv", "run_failures.csv", "run_stats.csv", "run_stats_history.csv"]


def test_folder_of_the_csv_files_that_goes_is_reported_once(lua):
    lua.write(STEADY)
    folder = lua.folder / "gone"
    folder.mkdir()
    running = lua.command("load", "-d", "60s", "-u", "1", "--csv", folder / "run", "script.lua")
    running.wait_for("scenarios:")
    shutil.rmtree(folder)
    running.wait_for("the run goes on without --csv", stream="stderr")
    running.signal()
    result = running.finish()
    assert result.status == 105
    assert result.stderr.count("run_stats.csv.part: No such file or directory") == 1


def test_csv_prefix_that_cannot_be_written(lua):
    lua.write("function setup() print('started') end function default() end")
    result = lua.command("load", "--csv", "nowhere/run", "script.lua").finish()
    assert result.status == 104, result
    assert "nowhere/run_stats_history.csv: No such file or directory" in result.stderr
    assert "started" not in result.stdout
