"""`eio-lua init` writes scripts that run at once, and the files that an editor and luacheck need for them."""

import json
import os
import subprocess

import pytest

from harness.definitions import FILES
from harness.embedded import EmbeddedServer
from harness.program import ROOT

TEMPLATES = ROOT / "Sources" / "StarterFiles" / "templates"
OTHERS = {".luarc.json", ".luacheckrc", *(f"definitions/{file.name}" for file in FILES)}


def init(lua, *arguments):
    result = lua.command("init", *arguments).finish()
    assert (result.status, result.stderr) == (0, ""), result
    return result


def written(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=[[], ["--socketio"]], ids=["engine.io", "socket.io"])
def kind(request):
    return request.param


@pytest.mark.parametrize("named", [False, True], ids=["argument", "url"])
def test_bot_runs_against_the_embedded_server(lua, kind, named):
    server = EmbeddedServer(lua, *kind)
    init(lua, "bots", *kind, *(["--url", server.url] if named else []))
    result = lua.command("bots/bot.lua", *([] if named else [server.url])).finish()
    assert (result.status, result.stderr) == (0, ""), result
    assert result.lines[0].startswith("connected, my sid is ") and result.lines[-1] == "disconnected: client disconnect"
    assert ("the ack is 42" if kind else 'the server answers "hello"') in result.lines


def test_scenario_runs_against_the_embedded_server(lua, kind):
    server = EmbeddedServer(lua, *kind)
    init(lua, "--load", *kind, "--url", server.url)
    result = lua.command("load", "scenario.lua", "-u", 2, "-i", 2, "-q").finish(60)
    assert (result.status, result.stderr) == (0, ""), result
    assert "100.00%" in result.stdout


def test_files_are_those_of_the_repository(lua):
    result = init(lua, "new/bots/")
    folder = lua.folder / "new" / "bots"
    assert written(folder) == {"bot.lua"} | OTHERS
    assert [line for line in result.lines if line.startswith("wrote ")][0] == "wrote new/bots/bot.lua"
    for file in FILES:
        assert (folder / "definitions" / file.name).read_text() == file.read_text()
    assert (folder / "bot.lua").read_text() == (TEMPLATES / "bot_engineio.lua").read_text()
    assert (folder / ".luacheckrc").read_text() == (ROOT / ".luacheckrc").read_text()
    settings = json.loads((folder / ".luarc.json").read_text())
    assert all((folder / library).is_dir() for library in settings["workspace.library"])


def test_luacheck_has_no_warnings(lua, kind):
    for more in ([], ["--load"]):
        init(lua, ".", *kind, *more)
    os.remove(lua.folder / "observe.lua")
    result = subprocess.run(["luacheck", "."], cwd=lua.folder, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and "in 2 files" in result.stdout, result


@pytest.mark.parametrize("name", ["bot.lua", ".luarc.json", ".luacheckrc", "definitions/socketio.lua"])
def test_file_in_the_way_is_named_and_stays(lua, name):
    folder = lua.folder / "bots"
    (folder / "definitions").mkdir(parents=True)
    (folder / name).write_text("mine")
    result = lua.command("init", "bots").finish()
    assert result.status == 1 and f"bots/{name} is there already, and is not overwritten" in result.stderr
    assert written(folder) == {name} and (folder / name).read_text() == "mine"


def test_links_and_folders_are_in_the_way(lua):
    os.symlink("nowhere", lua.folder / "bot.lua")
    result = lua.command("init").finish()
    assert result.status == 1 and "bot.lua is there already" in result.stderr
    assert not (lua.folder / "nowhere").exists()
    os.remove(lua.folder / "bot.lua")
    (lua.folder / "bot.lua").mkdir()
    assert lua.command("init").finish().status == 1


def test_second_script_joins_the_first(lua):
    init(lua)
    result = init(lua, "--load")
    assert [line for line in result.lines if line.startswith("wrote ")] == ["wrote scenario.lua"]
    assert written(lua.folder) >= {"bot.lua", "scenario.lua"} | OTHERS
    assert init(lua, "--load").stdout.count("wrote") == 0


def test_folder_that_cannot_be_made_is_named(lua):
    lua.write("", "file")
    result = lua.command("init", "file/bots").finish()
    assert result.status == 1 and "file/bots" in result.stderr


@pytest.mark.parametrize("url, message", [("localhost:5000", "has no scheme"), ("ftp://x", "unsupported scheme"), ("http://a b", "has a space")])
def test_url_is_checked(lua, url, message):
    result = lua.command("init", "--url", url).finish()
    assert result.status == 64 and message in result.stderr
    assert written(lua.folder) == {"observe.lua"}


def test_url_is_a_string_of_lua(lua):
    url = 'http://localhost:5000/?a="\\'
    init(lua, "--url", url)
    result = lua.command("-e", 'eio.connect = function(url) print(url) os.exit(0) end', "bot.lua").finish()
    assert result.lines == [url], result
