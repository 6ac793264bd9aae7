"""Bad addresses, headers, outputs and files: a clear error, and nothing lost that was not the error's own."""

import os
import subprocess

import pytest

from harness.program import PROGRAM
from harness.scripted import ScriptedServer
from harness.talk import message_of, run


# Addresses.

URLS = {
    "foo": '"foo" has no scheme',
    "localhost:5000": '"localhost:5000" has no scheme',
    "//localhost": '"//localhost" has no scheme',
    "ftp://localhost": '"ftp"',
    "file:///etc/passwd": '"file"',
    "": "empty",
    "http://": '"http://" has no host',
    "http://:80": "has no host",
    "http://localhost:0": "bad port",
    "http://localhost:65536": "bad port",
    "http://localhost:abc": "bad port",
    "http://localhost:-1": "bad port",
    "http://a b/": "space",
    "http://[::1": "[ without a ]",
    "http://localhost/\\r\\nX: y": "control character",
    "http://localhost/\\0": "control character",
}


@pytest.mark.parametrize("url", URLS)
def test_bad_url(lua, url):
    message = message_of(lua, f'eio.connect("{url}")')
    assert URLS[url] in message and "\r" not in message


@pytest.mark.parametrize("url", ["foo", "ftp://localhost", ""])
def test_bad_url_leaves_the_client_usable(lua, echo, url):
    assert run(lua, f"""
        pcall(eio.connect, "{url}")
        eio.connect(arg[1]); eio.send("x"); print(eio.receive(5)); eio.disconnect()
    """, echo.url).lines == ["x"]


def test_bad_url_on_the_command_line(lua):
    lua.write("eio.connect()")
    result = lua.command("--url", "ftp://x", "script.lua").finish()
    assert result.status == 1 and '"ftp"' in result.stderr


@pytest.mark.parametrize("seconds", ["-1", "nan"])
def test_limit_of_computing_is_not_negative(lua, seconds):
    lua.write("")
    result = lua.command("load", "-i", "1", f"--max-block={seconds}", "script.lua").finish()
    assert result.status == 64 and "--max-block must be a number of seconds, or 0" in result.stderr


def test_host_that_does_not_exist(lua):
    result = run(lua, """
        local ok, err = pcall(eio.connect, "http://does-not-exist.invalid")
        print(ok, err.type, err.phase, err.message)
    """)
    assert result.stdout.startswith("false\tConnectionError\tdns\t") and "does-not-exist.invalid" in result.stdout


# Headers.

HEADERS = {
    r'{["X-A\r\nX-B"] = "c"}': "control character",
    r'{["X-A\n"] = "c"}': "control character",
    r'{["X A"] = "c"}': "'X A'",
    r'{["X:"] = "c"}': "'X:'",
    r'{[""] = "c"}': "''",
    r'{["X-Ü"] = "c"}': "'X-Ü'",
    r'{["X-A"] = "c\r\nX-B: d"}': "'X-A'",
    r'{["X-A"] = "c\n"}': "'X-A'",
    r'{["X-A"] = "c\0"}': "'X-A'",
    r'{["X-A"] = {}}': "'X-A'",
    r'{["X-A"] = true}': "'X-A'",
    r'{"X-A: b"}': "keys",
}


@pytest.mark.parametrize("headers", HEADERS)
def test_bad_header(lua, headers):
    message = message_of(lua, f'eio.connect("http://127.0.0.1:1", {{headers = {headers}}})')
    assert message.startswith("bad argument #2 to 'connect'") and "'headers'" in message
    assert HEADERS[headers] in message
    assert "\r" not in message and "\n" not in message


def test_line_ends_in_the_path_reach_no_server(lua):
    """The path is text for one request line, whatever it contains."""
    with ScriptedServer() as server:
        result = run(lua, r"""
            local c = require("engineio").Client{request_timeout = 0.3}
            print(pcall(c.connect, arg[1], {engineio_path = "a HTTP/1.1\r\nX-Evil: b\r\n"}))
        """, server.url)
    assert result.stdout.startswith("false")
    for request in server.requests:
        assert "X-Evil" not in dict(request.headers) and "\r" not in request.target


# Many tasks and messages.


def test_ten_thousand_tasks_that_fail(lua):
    result = run(lua, """
        eio.on("error", function() end)
        for n = 1, 10000 do eio.start_background_task(function() eio.sleep(0.01); error("no " .. n) end) end
        eio.sleep(0.5)
        print("end")
    """)
    assert (result.lines, result.status, result.stderr) == (["end"], 1, "")


def test_ten_thousand_messages_before_disconnect(lua, way, echo):
    transports = {"polling": "'polling'", "websocket": "'websocket'", "upgrade": "nil"}[way]
    before = echo.stats()["msgs"]
    result = run(lua, f"""
        eio.connect(arg[1], {{transports = {transports}}})
        for n = 1, 10000 do eio.send("m" .. n) end
        print(eio.disconnect())
    """, echo.url)
    assert result.lines == ["true"]
    assert echo.stats()["msgs"] - before == 10000


# The outputs and the files.


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_closed_stream(lua, stream):
    script = lua.write("for n = 1, 1000 do print(n) end; eio.log.error('x'); eio.sleep(0); io.write('x')")
    done = subprocess.run(
        f"exec {PROGRAM} {script} {'1' if stream == 'stdout' else '2'}>&-", shell=True, capture_output=True, timeout=20)
    # An error that a script can see, never a signal.
    assert done.returncode == (1 if stream == "stdout" else 0), done
    if stream == "stdout":
        assert b"standard output: Bad file descriptor" in done.stderr and b"script.lua:1:" in done.stderr


def test_full_disk(lua):
    script = lua.write("for n = 1, 10000 do print(n) end")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, script], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert done.returncode == 1 and b"No space left" in done.stderr


def test_reader_that_went_away(lua):
    script = lua.write("while true do print(('x'):rep(1000)) end")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([PROGRAM, script], stdout=writing, stderr=subprocess.PIPE, timeout=20)
    finally:
        os.close(writing)
    assert done.returncode == 1 and b"standard output" in done.stderr, done


def test_missing_script(lua):
    result = lua.command("missing.lua").finish()
    assert result.status == 1
    assert "missing.lua" in result.stderr and "No such file" in result.stderr


def test_folder_as_a_script(lua):
    (lua.folder / "folder").mkdir()
    result = lua.command("folder").finish()
    assert result.status == 1
    assert "folder" in result.stderr and "directory" in result.stderr


def test_unreadable_kinds_of_script(lua):
    (lua.folder / "compiled.lua").write_bytes(b"\x1bLua\x54\0\x19\x93")
    result = lua.command("compiled.lua").finish()
    assert result.status == 1 and "compiled.lua" in result.stderr


def test_invalid_utf8_on_the_command_line(lua):
    script = lua.write("print(arg[1] == 'a\\xff', eio.bytes(arg[1]):byte(-1))")
    done = subprocess.run([PROGRAM, str(script), b"a\xff"], capture_output=True, timeout=20)
    assert done.stdout == b"true\t255\n", done


@pytest.mark.parametrize("arguments", [
    [b"load", b"--vus", b"x" * 100_000], [b"load", b"--" + b"y" * 100_000], [b"serve", b"\xff\x1b[2J" * 10_000],
    [b"report", b"merge", b"-\xff"], [b"init", b"--\xff=" + b"z" * 100_000], [b"help", b"\x1b" * 100_000],
])
def test_words_of_any_bytes_and_length_have_a_short_error(arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (64, b"")
    assert done.stderr.startswith(b"Error: ") and len(done.stderr) < 2500 and b"\x1b" not in done.stderr
    done.stderr.decode()


def test_invalid_utf8_in_code_and_in_the_name_of_a_script(lua):
    script = os.fsencode(lua.folder) + b"/\xff.lua"
    with open(script, "w") as file:
        file.write("io.write(x, arg[0], ...)")
    done = subprocess.run([PROGRAM, "run", b"-ex = '\xfe'", script, b"\xfd"], capture_output=True, timeout=20)
    assert done.stdout == b"\xfe" + script + b"\xfd", done


def test_missing_module(lua):
    result = run(lua, "\nrequire 'no.such.module'")
    assert result.status == 1
    assert "script.lua:2: module 'no.such.module' not found" in result.stderr


def test_module_with_a_syntax_error(lua):
    lua.write("local = 1", "broken.lua")
    result = run(lua, "require 'broken'")
    assert result.status == 1 and "broken.lua:1:" in result.stderr


AUTHORITIES = {
    None: "No such file or directory",
    "": "it is empty",
    "text": "it has no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
    "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n": "a certificate in it is damaged",
}


@pytest.mark.parametrize("content", AUTHORITIES)
def test_certificate_file_that_cannot_be_used(lua, content):
    if content is not None:
        lua.write(content, "ca.pem")
    result = run(lua, """
        local client = require("engineio").Client{ca_file = "ca.pem"}
        local ok, err = pcall(client.connect, "https://127.0.0.1:1")
        print(ok, err.type, err.phase, err.cause)
        print(err)
    """)
    assert result.lines[0] == f"false\tConnectionError\ttls\t{AUTHORITIES[content]}", result
    assert f"cannot read the certificates in ca.pem: {AUTHORITIES[content]}" in result.lines[1]
