"""How each program is started."""

import os
import shutil
import sys
from pathlib import Path

import cells

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build-bench"
LUA_SCRIPTS = {
    "pingpong": "pingpong.lua",
    "json": "json_echo.lua",
    "recv": "recv.lua",
    "idle": "idle.lua",
    "connect": "connect.lua",
}


def binary(program):
    """The path of a program that is no Python script, or None if this machine does not have it."""
    if program == cells.EIO_LUA:
        path = os.environ.get("EIO_LUA") or str(ROOT / ".build" / "release" / "eio-lua")
    elif program == cells.RAW_C:
        path = str(BUILD / "raw_client")
    elif program == cells.K6:
        path = os.environ.get("K6") or "k6"
    else:
        path = program
    return shutil.which(path)


def available(program):
    return program.startswith(("python-", "locust-")) or binary(program) is not None


def server_command(cell):
    if cell.server == cells.EIO_LUA:
        return [binary(cells.EIO_LUA), "serve", "--port", "0", "--ping-interval", "25"]
    command = [str(BUILD / "echo_server"), "--port", "0", "--mode", cell.server, "--size", str(cell.size)]
    return [*command, "--flood-rate", str(cell.flood_rate)]


def client_command(program, cell, url, seconds):
    options = ["--url", url, "--clients", cell.clients, "--window", cell.window, "--size", cell.size]
    options += ["--seconds", seconds, "--transport", cell.transport]
    options = [str(option) for option in options]
    if program == cells.EIO_LUA:
        return [binary(program), str(HERE / "lua" / LUA_SCRIPTS[cell.mode]), *options]
    options += ["--mode", cell.mode]
    if program == cells.RAW_C:
        return [binary(program), *options]
    if program == cells.K6:
        return _k6_command(cell, url, seconds)
    if program.startswith("locust-"):
        return _python("locust_users.py", *options, "--library", program.removeprefix("locust-"))
    return _python(program.replace("-", "_") + ".py", *options)


def startup_command(program):
    return [binary(program), "-e", ""]


def _python(script, *options):
    return [sys.executable, str(HERE / "peers" / script), *options]


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
