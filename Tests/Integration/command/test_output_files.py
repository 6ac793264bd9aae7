"""Files that are written: known to be possible before the start, each one's own, and never lost without a word."""

import json
import os
import pty
import re
import stat
import subprocess

import pytest

from harness.program import PROGRAM

SCRIPT = "options = {iterations = 1} function setup() io.stderr:write('started\\n') end function default() end"


def load(lua, *options, script=SCRIPT):
    lua.write(script)
    return lua.command("load", "-q", *options, "script.lua").finish()


@pytest.mark.parametrize("options, name", [
    (["--report", "none/r.html"], "--report"), (["--summary-export", "none/s.json"], "--summary-export"),
    (["-o", "json=none/o.json"], "--out"), (["--csv", "none/run"], "--csv"), (["--report", "."], "--report"),
    (["--report", "script.lua/r"], "--report"), (["--summary-export", "new/"], "--summary-export"),
])
def test_what_cannot_be_had_is_an_error_before_the_start(lua, options, name):
    result = load(lua, *options)
    assert result.status == 104, result
    assert f"{name}: cannot write " in result.stderr
    assert "started" not in result.stderr


def test_merge_looks_for_its_folders_first(lua):
    for option in ("--report", "--summary-export"):
        result = lua.command("report", "merge", option, "none/x", "export.json").finish()
        assert result.status == 104 and f"{option}: cannot write none/x: No such file or directory" in result.stderr


def links(folder):
    (folder / "sub").mkdir()
    (folder / "a").write_text("kept")
    os.link(folder / "a", folder / "hard")
    os.symlink("a", folder / "soft")
    os.symlink("new", folder / "dangling")
    os.symlink(".", folder / "here")


@pytest.mark.parametrize("one, other", [
    (["--report", "a"], ["--summary-export", "a"]), (["--report", "a"], ["--summary-export", "./sub/../a"]),
    (["--report", "a"], ["-o", "json=hard"]), (["-o", "csv=soft"], ["-o", "json=a"]),
    (["--report", "new"], ["--summary-export", "dangling"]), (["--report", "new"], ["--summary-export", "here/new"]),
    (["-o", "json=-"], ["-o", "csv=-"]), (["--summary-export", "-"], ["--report", "-"]),
    (["--csv", "run"], ["--report", "run_stats.csv"]), (["--trace-file", "a"], ["--report", "hard"]),
    (["--report", "script.lua"], []), (["--trace-file", "script.lua"], []),
])
def test_two_outputs_in_one_file_are_refused(lua, one, other):
    links(lua.folder)
    result = load(lua, *one, *other)
    assert result.status == 104, result
    assert "is taken by" in result.stderr and "started" not in result.stderr
    assert (lua.folder / "a").read_text() == "kept"
    assert (lua.folder / "script.lua").read_text() == SCRIPT


def test_where_the_shell_led_the_output_is_no_place_for_another(lua):
    lua.write(SCRIPT)
    with (lua.folder / "out.txt").open("w") as out:
        done = subprocess.run(
            [PROGRAM, "load", "--report", "out.txt", "script.lua"], cwd=lua.folder, stdout=out, stderr=subprocess.PIPE,
            timeout=30)
    assert done.returncode == 104 and b"is taken by the standard output" in done.stderr


def test_devices_take_any_number(lua):
    assert load(lua, "--report", "/dev/null", "--summary-export", "/dev/null").status == 0


def test_trace_is_for_its_owner_also_where_the_file_was_there(lua, echo):
    path = lua.folder / "trace"
    path.write_text("old")
    path.chmod(0o644)
    script = 'eio.connect(arg[1]) eio.disconnect()'
    assert lua.run(script, echo.url, options=["--trace-file", path]).status == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "open" in path.read_text() and "old" not in path.read_text()


@pytest.mark.parametrize("command, status", [("run", 1), ("load", 103)])
def test_trace_on_a_full_disk_is_reported_once(lua, echo, command, status):
    text = "eio.connect(arg[1]) eio.send('x') eio.receive(5) eio.disconnect()"
    if command == "load":
        text = f"options = {{iterations = 1}} function default() {text} end"
    lua.write(text)
    between = ["--"] if command == "load" else []
    result = lua.command(command, "--trace-file", "/dev/full", "script.lua", *between, echo.url).finish()
    assert result.status == status, result
    assert result.stderr.count("cannot write the trace to /dev/full: No space left on device") == 1


@pytest.mark.parametrize("command", ["load script.lua", "load -q script.lua", "report merge s.json", "inspect script.lua"])
def test_what_a_full_standard_output_loses_is_no_success(lua, command):
    lua.write("function default() end")
    if "merge" in command:
        assert lua.command("load", "-q", "--summary-export", "s.json", "script.lua").finish().status == 0
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, *command.split()], cwd=lua.folder, stdout=full, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode == 103, done
    assert b"cannot write to the standard output: No space left on device" in done.stderr


@pytest.mark.parametrize("command", [
    "--help", "--version", "-v", "help load", "load --help", "report merge --version", "connect --help",
    "worker --help", "worker --version", "run --help", "init there", "locustfile script.lua",
])
@pytest.mark.parametrize("output, status", [("/dev/full", 103), ("/dev/null", 0)])
def test_results_that_a_full_disk_loses_are_no_success(lua, command, output, status):
    lua.write("function default() end")
    with open(output, "w") as file:
        done = subprocess.run(
            [PROGRAM, *command.split()], cwd=lua.folder, stdout=file, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode == status, done
    message = b"eio-lua: cannot write to the standard output: No space left on device\n"
    assert done.stderr == (message if status else b"")


@pytest.mark.parametrize("command", ["--help", "--version", "inspect script.lua"])
def test_a_reader_that_has_seen_enough_of_a_result_is_no_failure(lua, command):
    lua.write("function default() end")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [PROGRAM, *command.split()], cwd=lua.folder, stdout=writing, stderr=subprocess.PIPE, timeout=30)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_serve_on_a_full_standard_output_goes_on_with_a_warning(lua):
    with open("/dev/full", "w") as full:
        server = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0"], cwd=lua.folder, stdout=full, stderr=subprocess.PIPE)
    with server:
        line = server.stderr.readline()
        server.terminate()
        assert server.wait(20) == 143
    assert line == b"warning: cannot write to the standard output: No space left on device\n"


def test_export_on_the_standard_output(lua):
    result = load(lua, "--summary-export=-")
    assert result.status == 0, result
    assert json.loads(result.stdout)["metrics"]["iterations"]["count"] == 1
    assert "TOTAL RESULTS" in result.stderr
    assert not (lua.folder / "-").exists()
    (lua.folder / "s.json").write_text(result.stdout)
    merged = lua.command("report", "merge", "--summary-export", "-", "s.json").finish()
    assert json.loads(merged.stdout)["eio_lua"]["run"] == json.loads(result.stdout)["eio_lua"]["run"]


@pytest.mark.parametrize("files, message", [
    ('["none/a.txt"] = "x"', "handleSummary: cannot write none/a.txt: No such file or directory"),
    ('["a.txt"] = "x", ["./a.txt"] = "y"', "is taken by handleSummary"),
    ('["s.json"] = "x"', "handleSummary: s.json is taken by --summary-export"),
    ('["script.lua"] = "x"', "handleSummary: script.lua is taken by the script"),
    ('["."] = "x"', "handleSummary: cannot write .: Is a directory"),
])
def test_files_of_the_scripts_own_summary(lua, files, message):
    script = SCRIPT + f" function handleSummary() return {{stdout = 'shown', {files}}} end"
    result = load(lua, "--summary-export", "s.json", script=script)
    assert result.status == 103, result
    assert message in result.stderr and "shown" in result.stdout
    assert json.loads((lua.folder / "s.json").read_text())
    assert (lua.folder / "script.lua").read_text() == script


@pytest.mark.parametrize("command", ["load", "inspect"])
def test_names_that_are_not_text(lua, command):
    folder = os.fsencode(lua.folder)
    with open(os.path.join(folder, b"sc\xffript.lua"), "w") as script:
        script.write(
            "options = {iterations = 1}\n"
            "local function shown(c) return ('<%02x>'):format(c:byte()) end\n"
            "function setup() for _, text in ipairs(arg) do print((text:gsub('[^ -~]', shown))) end end\n"
            "function default() end")
    options = [b"-q", b"--report", b"r\xfe.html", b"--summary-export=s\xfd.json", b"--csv", b"l\xfc"] if command == "load" else []
    done = subprocess.run(
        [os.fsencode(PROGRAM), command.encode(), *options, b"sc\xffript.lua", b"--", b"a\xfb"], cwd=folder,
        capture_output=True, timeout=30)
    assert done.returncode == 0, done
    if command == "load":
        assert b"a<fb>" in done.stdout
        names = set(os.listdir(folder))
        assert names >= {b"r\xfe.html", b"s\xfd.json", b"l\xfc_stats.csv", b"l\xfc_stats_history.csv"}


@pytest.mark.parametrize("env, options", [({"TERM": "dumb"}, []), ({"NO_COLOR": "1", "TERM": "xterm"}, []),
                                          ({"TERM": "xterm"}, ["--no-color"])])
@pytest.mark.parametrize("command", ["load", "merge"])
def test_no_colours_for_a_terminal_that_has_none(lua, env, options, command):
    lua.write(SCRIPT)
    arguments = ["load", *options, "script.lua"]
    if command == "merge":
        assert lua.command("load", "-q", "--summary-export", "s.json", "script.lua").finish().status == 0
        arguments = ["report", "merge", *options, "s.json"]
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *arguments], cwd=lua.folder, stdin=subprocess.DEVNULL, stdout=child, stderr=subprocess.DEVNULL,
        env={**os.environ, **env})
    os.close(child)
    text = b""
    try:
        while part := os.read(parent, 65536):
            text += part
    except OSError:
        pass
    assert process.wait(30) == 0
    os.close(parent)
    assert b"TOTAL RESULTS" in text
    # The view moves the cursor where the terminal can; what is coloured ends with m.
    assert not re.search(rb"\x1b\[\d*m", text)
