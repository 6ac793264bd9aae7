"""luacheck has no warning for any script that users start from, nor for the Lua in the documents."""

import re
import subprocess

import pytest

from harness.definitions import FILES
from harness.program import ROOT

SCRIPTS = [*(ROOT / "scripts" / "bots").glob("*.lua"), *(ROOT / "scripts" / "load").glob("*.lua")]
PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]


def luacheck(*arguments, **how):
    command = ["luacheck", "--config", ROOT / ".luacheckrc", "--no-color", "--codes", "-q", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **how)


def test_scripts_have_no_warnings():
    assert len(SCRIPTS) >= 15
    result = luacheck(*SCRIPTS)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lua_of_a_page_has_no_warnings(page):
    for block in re.finditer(r"```lua\n(.*?)```", page.read_text(), re.DOTALL):
        line = page.read_text()[:block.start()].count("\n") + 2
        result = luacheck("--filename", f"{page.name}, line {line}", "-", input=block[1])
        assert result.returncode == 0, result.stdout


def test_definitions_are_lua_for_it():
    # Their functions do nothing with their arguments; the globals are theirs.
    result = luacheck("--ignore", "1", "2", "--", *FILES)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("script, code", [
    ("pirnt(1)", "W113"), ("function Default() end", "W111"), ("eio = 1", "W121"), ("local unused = 1", "W211")])
def test_mistakes_are_warnings(script, code):
    result = luacheck("-", input=script)
    assert code in result.stdout, result


def test_handlers_and_scenarios_are_no_mistakes():
    result = luacheck("-", input="options = {}\nfunction default() end\nfunction sio.event.news() end\nsio.event('/a').b = print")
    assert result.returncode == 0, result.stdout
