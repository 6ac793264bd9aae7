"""How each program is started."""

import os
import shutil
import sys
from pathlib import Path

import cells

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build-bench"
DEBIAN_NODE_MODULES = "/usr/share/nodejs"
LUA_SCRIPTS = {
    "pingpong": "pingpong.lua",
    "json": "json_echo.lua",
    "recv": "recv.lua",
    "idle": "idle.lua",
    "connect": "connect.lua",
    "users": "users.lua",
    "latency": "latency.lua",
    "event": "event_echo.lua",
    "call": "call.lua",
    "pair": "message_pair.lua",
    "binary-event": "binary_event.lua",
}
# Added to the measured seconds of a load test: its users connect, a thousand a second, or later on a busy machine.
LOAD_SPARE_SECONDS = 3
USERS_PER_SECOND = 1000


def binary(program):
    """The path of a program that is not a Python script, or None if this machine does not have it."""
    if program in (cells.EIO_LUA, cells.EIO_LOAD):
        path = os.environ.get("EIO_LUA") or str(ROOT / ".build" / "release" / "eio-lua")
    elif program == cells.RAW_C:
        path = str(BUILD / "raw_client")
    elif program == cells.K6:
        path = os.environ.get("K6") or "k6"
    elif program == cells.JS_SOCKETIO:
        path = "node"
    else:
        path = program
    return shutil.which(path)


def available(program):
    return program.startswith(("python-", "locust-")) or binary(program) is not None


def server_command(cell):
    if cell.server == cells.EIO_LUA:
        return [binary(cells.EIO_LUA), "serve", "--port", "0", "--ping-interval", "25"]
    command = [str(BUILD / "echo_server"), "--port", "0", "--mode", cell.server, "--size", str(cell.size)]
    command += ["--flood-rate", str(cell.flood_rate), "--delay", str(cell.delay_ms)]
    return [*command, "--ping-interval", str(cell.ping_interval_ms), "--ping-timeout", str(cell.ping_interval_ms)]


def client_command(program, cell, url, seconds, export):
    """`export` is the file for the summary of a load test."""
    if program == cells.EIO_LOAD:
        return _load_command(cell, url, seconds, export)
    options = ["--url", url, "--clients", cell.clients, "--window", cell.window, "--size", cell.size]
    options += ["--seconds", seconds, "--transport", cell.transport]
    options = [str(option) for option in options]
    if program == cells.EIO_LUA:
        return [binary(program), str(HERE / "lua" / LUA_SCRIPTS[cell.mode]), *options, *_protocol(cell)]
    options += ["--mode", "pingpong" if cell.mode == "latency" else cell.mode]
    if program == cells.RAW_C:
        return [binary(program), *options]
    if program == cells.K6:
        return _k6_command(cell, url, seconds)
    if program == cells.JS_SOCKETIO:
        return _javascript("socketio.js", *options)
    if program in (cells.LOCUST_WEBSOCKET, cells.LOCUST_ENGINEIO):
        return _python("locust_users.py", *options, "--library", program.removeprefix("locust-"))
    return _python(program.replace("-", "_") + ".py", *options)


def _load_command(cell, url, seconds, export):
    seconds += LOAD_SPARE_SECONDS + 1.5 * cell.clients / USERS_PER_SECOND
    command = [binary(cells.EIO_LOAD), "load", "--vus", cell.clients, "--duration", f"{seconds:g}s", "--quiet"]
    command += ["--summary-export", export, "--spawn-rate", USERS_PER_SECOND]
    if cell.mode != "users":
        command += ["--threads", 1]
    if cell.is_watched:
        command += ["--web", ":0"]
    # As long as the load test goes on: it ends the script.
    options = ["--url", url, "--window", cell.window, "--size", cell.size, "--seconds", 3600]
    command += [HERE / "lua" / LUA_SCRIPTS[cell.mode], "--", *options, "--transport", cell.transport]
    return [str(part) for part in [*command, *_protocol(cell)]]


def _protocol(cell):
    return ["--protocol", cell.protocol]


def startup_command(program):
    return [binary(program), "-e", ""]


def _python(script, *options):
    return [sys.executable, str(HERE / "peers" / script), *options]


def _javascript(script, *options):
    settings = [f"SOCKETIO_CLIENT={BUILD / 'socket.io.min.js'}", f"NODE_PATH={DEBIAN_NODE_MODULES}"]
    return ["env", *settings, binary(cells.JS_SOCKETIO), str(HERE / "peers" / script), *options]


def _k6_command(cell, url, seconds):
    settings = {
        "URL": url,
        "MODE": cell.mode,
        "CLIENTS": cell.clients,
        "WINDOW": cell.window,
        "SIZE": cell.size,
        "SECONDS": seconds,
    }
    command = [binary(cells.K6), "run", "--quiet", "--no-usage-report", "--address", ""]
    for name, value in settings.items():
        command += ["-e", f"{name}={value}"]
    return [*command, str(HERE / "peers" / "k6.js")]
