"""The tables of options in docs/lua-api.md and docs/socketio.md have the names and defaults of the declarations in CLuaHost."""

import re

import pytest

from harness.program import ROOT

GUIDE = (ROOT / "docs" / "lua-api.md").read_text()
DECLARATIONS = ROOT / "Sources" / "CLuaHost" / "include"


def declared(file):
    """The defaults as the guide shows them, by the names of the options."""
    text = re.sub(r"/\*.*?\*/", "", (DECLARATIONS / file).read_text(), flags=re.DOTALL)
    options = re.findall(r'LUAHOST_OPTION\((\w+), \w+, (?:"[^"]*"|[^,"]*), "((?:[^"\\]|\\.)*)"\)', text)
    return {name: re.sub(r"\\(.)", r"\1", default) for name, default in options}


def documented(section, guide=GUIDE):
    """The first table of a section with options and defaults."""
    table = guide.split(f"\n## {section}\n")[1].split("| option | default | meaning |\n|---|---|---|\n")[1]
    rows = re.match(r"(?:\|.*\n)+", table)[0]
    return {name: default.replace("`", "") for name, default in re.findall(r"^\| `(\w+)` \| (.*?) \|", rows, re.MULTILINE)}


@pytest.mark.parametrize("file, section", [("client_options.def", "Clients"), ("connect_options.def", "connect")])
def test_guide_and_declarations_have_the_same_options(file, section):
    assert documented(section) == declared(file) != {}


SOCKETIO = (ROOT / "docs" / "socketio.md").read_text()


def test_guide_of_socketio_has_the_options_of_its_client():
    assert documented("Clients", SOCKETIO) == declared("socketio_options.def") != {}


def taken_options(lua, function):
    """The names in the guide that a function does not refuse."""
    names = sorted(set(re.findall(r"`(\w+)`", SOCKETIO)) | {"engineio_path", "try_all_transports", "namespace"})
    code = " ".join(f'try("{name}")' for name in names)
    result = lua.start(f"""
        local simple = require("socketio").SimpleClient()
        local function try(name)
            local ok, err = pcall({function}, "http://127.0.0.1:1", {{[name] = setmetatable({{}}, {{}})}})
            if not tostring(err):find("unknown option", 1, true) then print(name) end
        end
        {code}
    """).finish()
    assert result.status == 0, result
    return set(result.lines)


@pytest.mark.parametrize("function", ["sio.connect", "simple.connect"])
def test_guide_of_socketio_has_the_options_of_connect(lua, function):
    if function == "sio.connect":
        names = set(documented("Connect", SOCKETIO))
    else:
        row = re.search(r"^\| `connect\(url, options\)` \| as `sio.connect`, with the options (.*?); raises", SOCKETIO, re.MULTILINE)
        names = set(re.findall(r"`(\w+)`", row[1]))
    assert names and taken_options(lua, function) == names
