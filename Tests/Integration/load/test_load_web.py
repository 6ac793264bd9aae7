"""`eio-lua load --web`: the page during the run and after it, to a plain HTTP client."""

import json
import re
import signal
import socket
from pathlib import Path

import pytest

from harness.watching import Watched

BRIEF = """
    local loadtest = require "loadtest"
    options = {vus = 2, duration = "3s", thresholds = {eio_time = {"p(95)<5000"}}}
    function default() loadtest.time("pause", function() eio.sleep(0.05) end) end
"""
LONG = BRIEF.replace('"3s"', '"60s"')


def verdict(page):
    """The sentence of a report, as its HTML has it."""
    return re.search(r'<p class="verdict">(.*?)</p>', page)[1]


def test_url_is_on_loopback_with_a_token(lua):
    run = Watched(lua, LONG, "-q")
    assert run.host == "127.0.0.1"
    assert re.fullmatch("[0-9a-f]{32}", run.token)
    assert run.token != Watched(lua, LONG, "-q").token


def test_page_and_its_headers(lua):
    answer = Watched(lua, LONG).request("/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "script.lua" in answer.text


def test_only_the_page_with_the_token_can_stop(lua):
    run = Watched(lua, LONG)
    assert run.token in run.request(f"/?token={run.token}").text
    assert run.token not in run.request("/").text
    for token in ("", "x", run.token[:-1], run.token + "0", run.token.upper() + "&token=" + run.token):
        answer = run.request(f"/?token={token}")
        assert (answer.status, run.token in answer.text) == (403, False)
        assert "token" in answer.text


def test_stream_follows_the_run_to_its_verdict(lua):
    run = Watched(lua, BRIEF, "--summary-export", "export.json", "--report", "report.html")
    versions, last = [], ""
    for event in run.events():
        versions.append(event.version)
        last = event.texts
        # The verdict's word is in the report, which is written before the last event.
        report = lua.folder / "report.html"
        if "passed:" in last and report.exists() and verdict(report.read_text()) in last:
            break
    assert versions == sorted(set(versions)) and len(versions) >= 3
    run.wait_until_it_stays()
    page = run.request("/").text
    assert verdict(page) == verdict((lua.folder / "report.html").read_text())
    export = json.loads((lua.folder / "export.json").read_text())
    assert f"{export['metrics']['iterations']['count']}" in page
    run.running.signal()
    assert run.running.finish().status == 0


def test_report_is_the_file(lua):
    run = Watched(lua, BRIEF, "--report", "report.html")
    during = run.request("/report.html")
    assert during.headers["content-disposition"] == 'attachment; filename="script-report.html"'
    assert "script.lua" in during.text
    run.wait_until_it_stays()
    assert run.request("/report.html").text == (lua.folder / "report.html").read_text()


def test_stop_button_ends_the_run_as_a_signal_does(lua):
    run = Watched(lua, LONG, "--summary-export", "export.json")
    next(run.events())
    assert run.stop().status == 202
    run.wait_until_it_stays()
    assert "eio-lua: stopped from the web page: running iterations" in run.running.stderr
    assert json.loads((lua.folder / "export.json").read_text())["eio_lua"]["run"]["exit_reason"] == (
        "stopped from the web page")
    assert run.stop().status == 409
    run.running.signal()
    assert run.running.finish().status == 105


REFUSED = {
    "no token": ({"path": "/stop"}, 403),
    "a wrong token": ({"path": "/stop?token=" + "0" * 32}, 403),
    "an empty token": ({"path": "/stop?token="}, 403),
    "GET": ({"method": "GET"}, 405),
    "no origin": ({"origin": None}, 403),
    "another origin": ({"origin": "http://evil.example"}, 403),
    "another port": ({"origin": "http://127.0.0.1:1"}, 403),
    "the origin of a file": ({"origin": "null"}, 403),
    "another host": ({"host": "evil.example", "origin": "http://evil.example"}, 403),
    "an address that is not this one": ({"host": "192.0.2.1", "origin": "http://192.0.2.1"}, 403),
}


def test_other_requests_to_stop_are_refused(lua):
    run = Watched(lua, LONG)
    for name, (how, status) in REFUSED.items():
        answer = run.stop(**how)
        assert answer.status == status, name
        assert answer.text.endswith(".\n") and run.token not in answer.text, name
    next(run.events())
    assert run.running.process.poll() is None
    assert "stopped" not in run.running.stderr
    assert run.stop().status == 202


@pytest.mark.parametrize("how, status", [
    ({"path": "/nothing"}, 404), ({"path": "/report.html/"}, 404), ({"path": "/", "method": "POST"}, 405),
    ({"path": "/events", "method": "HEAD"}, 405), ({"path": "/events?since=x"}, 400),
    ({"path": "/events?since=-1"}, 400),
    ({"path": "/", "host": "evil.example"}, 403), ({"path": "/events", "host": "evil.example"}, 403),
    ({"path": "/report.html", "host": "evil.example"}, 403), ({"path": "/", "origin": "http://evil.example"}, 403),
    ({"path": "/", "host": "localhost"}, 200), ({"path": "/", "method": "HEAD"}, 200)])
def test_requests(lua, how, status):
    assert Watched(lua, LONG).request(**how).status == status


def test_reconnecting_reader_gets_the_rest(lua):
    run = Watched(lua, LONG)
    stream = run.events()
    first, second = next(stream), next(stream)
    stream.close()
    assert next(run.events(0, **{"Last-Event-ID": str(second.version)})).version > second.version
    assert next(run.events(first.version)).version > first.version
    # An earlier run at this port had more versions.
    assert next(run.events(0, **{"Last-Event-ID": "99999"})).data


def test_run_ends_as_without_the_page(lua):
    script = BRIEF.replace("p(95)<5000", "p(95)<1") + """
        function handleSummary() return {stdout = "own summary\\n"} end
    """
    run = Watched(lua, script)
    run.wait_until_it_stays()
    run.running.signal(signal.SIGTERM)
    result = run.running.finish()
    assert result.status == 99, result
    assert "own summary\n" in result.stdout
    assert "thresholds failed" in result.stderr


def test_page_stays_after_ctrl_c_and_the_next_one_ends(lua):
    run = Watched(lua, LONG)
    next(run.events())
    run.running.signal()
    run.wait_until_it_stays()
    assert "stopped by a signal" in run.event_with("stopped by a signal").texts
    run.running.signal()
    assert run.running.finish().status == 105


@pytest.mark.parametrize("script", [
    "error('broken')", "function setup() error('broken') end function default() end",
])
def test_script_that_fails_before_the_users_ends_at_once(lua, script):
    lua.write(script)
    result = lua.command("load", "--web", ":0", "script.lua").finish()
    assert result.status == 107, result
    assert "the page stays" not in result.stderr


def test_two_outputs_at_one_address_are_an_error_before_the_start(lua):
    lua.write("function setup() print('started') end function default() end")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f":{taken.getsockname()[1]}"
        result = lua.command("load", "--web", address, "--metrics-addr", address, "script.lua").finish()
    assert result.status == 104, result
    assert "a port each" in result.stderr
    assert "started" not in result.stdout


COUNTED = """
    local loadtest = require "loadtest"
    options = {vus = 2, iterations = 40}
    function default() loadtest.time("pause", function() eio.sleep(0.1) end) end
"""


def test_browsers_that_hang_do_not_delay_the_run(lua):
    run = Watched(lua, COUNTED, "--summary-export", "export.json")
    hanging = []
    for beginning in (b"", b"GET / HTTP/1.1\r\nHost:", b"\x00\xff\x16\x03garbage\r\n\r\n",
                      b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /" + b"x" * 100_000):
        for _ in range(8):
            hanging.append(run.connect())
            try:
                hanging[-1].sendall(beginning)
            except OSError:
                pass
    assert run.request("/").status == 200
    run.wait_until_it_stays()
    assert json.loads((lua.folder / "export.json").read_text())["metrics"]["iterations"]["count"] == 40
    assert "passed" in run.event_with("passed").texts
    run.running.signal()
    assert run.running.finish().status == 0
    for connection in hanging:
        connection.close()


def test_connections_that_hang_do_not_end_a_stream(lua):
    run = Watched(lua, LONG)
    stream = run.events()
    next(stream)
    hanging = [run.connect() for _ in range(40)]
    version = next(stream).version
    assert run.request("/").status == 200
    assert next(stream).version > version
    for connection in hanging:
        connection.close()


def test_request_is_bounded(lua):
    run = Watched(lua, LONG)
    for beginning in (b"GET /", b"GET / HTTP/1.1\r\nX: "):
        with run.connect(beginning) as connection, pytest.raises(OSError):
            # The system's buffers take some megabytes of what nobody reads.
            for _ in range(1000):
                connection.sendall(b"x" * 65_536)
    assert run.request("/").status == 200


def test_stopping_while_setup_runs(lua):
    run = Watched(lua, "function setup() print('setting up') eio.sleep(60) end function default() end", "-u", 1)
    run.running.wait_for("setting up")
    assert run.request("/").status == 200
    assert run.stop().status == 202
    run.wait_until_it_stays()
    run.running.signal()
    assert run.running.finish().status == 105


def test_server_at_all_addresses(lua):
    run = Watched(lua, LONG, address="0.0.0.0:0")
    assert run.host == "127.0.0.1"
    run.running.wait_for("warning: other machines can see the run", stream="stderr")
    for host, status in (("192.0.2.7", 200), (socket.gethostname(), 200), ("evil.example", 403)):
        assert run.request("/", host=host).status == status, host


def test_thread_of_the_page_gives_way(lua):
    run = Watched(lua, LONG)
    assert run.request("/").status == 200
    tasks = Path(f"/proc/{run.running.process.pid}/task").glob("*/stat")
    niceness = [int(stat.read_text().rsplit(")", 1)[1].split()[16]) for stat in tasks]
    assert niceness.count(10) == 1


@pytest.mark.parametrize("options, text", [
    (["load", "--web-dashboard", ":0"], "Did you mean '--web'?"),
    (["load", "--web-port", "1"], "Did you mean '--web'?"),
    (["load", "--out", "web-dashboard"], "use --web [HOST]:PORT")])
def test_other_names_for_the_page(lua, options, text):
    lua.write("")
    result = lua.command(*options, "script.lua").finish()
    assert result.status == 64
    assert text in result.stderr


MANY_NAMES = """
    local loadtest = require "loadtest"
    options = {vus = 1, duration = "8s"}
    function default()
        for number = 1, 500 do loadtest.time("name " .. number, function() end) end
        eio.sleep(0.2)
    end
"""


def test_reader_that_does_not_read_skips_versions_and_misses_nothing(lua):
    run = Watched(lua, MANY_NAMES)
    with socket.socket() as slow:
        # Before the connect, so that its window is small.
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((run.host, run.port))
        slow.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        versions = []
        for event in run.events():
            versions.append(event.version)
            if "passed" in event.texts:
                break
        slow.settimeout(30)
        read = b""
        # Each event is a chunk.
        while not re.search(rb"\nid: %d\ndata: [^\n]*\n\n\r\n$" % versions[-1], read):
            part = slow.recv(1 << 20)
            assert part
            read += part
    skipped = [int(version) for version in re.findall(rb"\nid: (\d+)\n", read)]
    assert skipped == sorted(set(skipped))
    assert len(skipped) < len(versions)
    sections = {}
    for change in re.findall(rb"\ndata: ([^\n]*)\n", read):
        sections |= json.loads(change)["sections"]
    fresh = next(run.events()).data
    assert {name: sections[name] for name in fresh["order"]} == fresh["sections"]
    assert "passed" in fresh["title"]
    run.wait_until_it_stays()
