"""The definitions for editors have the names, arguments, results and defaults of the program and of its documents."""

import json
import re

import pytest

from harness.definitions import FILES, Definitions
from harness.embedded import EmbeddedServer
from harness.program import ROOT, Lua
from lua.test_documented_options import declared, documented

DEFINITIONS = Definitions()
DOCS = {name: (ROOT / "docs" / name).read_text() for name in
        ("lua-api.md", "socketio.md", "loadtest-api.md", "load-testing.md")}
API, SOCKETIO, LOADTEST = DOCS["lua-api.md"], DOCS["socketio.md"], DOCS["loadtest-api.md"]
# Types of options in the declarations.
OPTION_TYPES = {
    "BOOLEAN": "boolean", "NUMBER": "number", "TEXT": "string", "LOGGER": 'boolean|"info"|"debug"',
    "JSON": "boolean|engineio.JSONFunctions", "HEADERS": "table<string, string|number>",
    "TRANSPORTS": "eio.Transport|eio.Transport[]", "SERIALIZER": '"default"|"msgpack"',
}


def functions():
    for owner, each in DEFINITIONS.classes.items():
        for name, function in each.functions.items():
            yield f"{owner}.{name}", function


# ---- the program ----


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The members and results that definitions_objects.lua finds in the program."""
    lua = Lua(tmp_path_factory.mktemp("program"))
    names = {name for name, _ in functions()} | {name for each in DEFINITIONS.classes.values() for name in each.fields}
    names = {name.rsplit(".", 1)[-1].strip("[]") for name in names}
    for file in (ROOT / "Sources" / "CLuaHost").rglob("*.c"):
        names |= set(re.findall(r'"([A-Za-z_]\w*)"', file.read_text()))
    script = f"NAMES = {{{', '.join(json.dumps(name) for name in sorted(names))}}}\n"
    script += (ROOT / "Tests" / "Integration" / "lua" / "definitions_objects.lua").read_text()
    try:
        servers = EmbeddedServer(lua), EmbeddedServer(lua, "--socketio")
        result = lua.run(script, *(server.url for server in servers))
        assert result.status == 0, result
        yield json.loads(result.stdout)
    finally:
        lua.stop_all()


def test_every_object_has_the_members_of_its_class(program):
    for name, found in program["found"].items():
        fields, methods = DEFINITIONS.members(name)
        assert set(found) == set(fields) - {"[integer]"} | set(methods), name
        for member, kind in found.items():
            wanted = {"function"} if member in methods else DEFINITIONS.lua_types(fields[member].type)
            assert kind in wanted, (name, member)


def test_every_function_returns_the_declared_types(program):
    called = {f"{owner}.{name}": types for owner, each in program["returned"].items() for name, types in each.items()}
    assert set(called) == {name for name, _ in functions()} - {"loadtest.abort"}
    for name, function in functions():
        types, returns = called.get(name, []), list(function.returns)
        rest = returns.pop() if returns and returns[-1].endswith("...") else None
        assert len(types) <= len(returns) or rest, (name, types)
        returns += [rest.removesuffix("...")] * (len(types) - len(returns)) if rest else []
        for index, wanted in enumerate(returns):
            kind = types[index] if index < len(types) else "nil"
            assert kind in DEFINITIONS.lua_types(wanted), (name, types)


def test_globals_are_those_of_the_program(lua):
    script = "".join(f'print("{name}", type({name}))\n' for name in DEFINITIONS.globals)
    result = lua.run(script)
    assert set(DEFINITIONS.globals) == {"eio", "sio", "__VU", "__ITER", "__ENV"}
    for line in result.lines:
        name, kind = line.split("\t")
        assert kind in DEFINITIONS.lua_types(DEFINITIONS.globals[name])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_definitions_are_lua(lua, file):
    result = lua.run("assert(loadfile(arg[1])) print((require(arg[2])))", file, file.stem)
    assert result.status == 0, result
    assert file.read_text().startswith(f"---@meta {file.stem}\n")


# ---- the declarations of options ----


@pytest.mark.parametrize("file, name", [
    ("client_options.def", "engineio.ClientOptions"), ("connect_options.def", "engineio.ConnectOptions"),
    ("socketio_options.def", "socketio.ClientOptions")])
def test_options_are_the_declared_ones(file, name):
    options = dict(DEFINITIONS.classes[name].fields)
    if name == "socketio.ClientOptions":
        options.pop("json")
    assert {option: each.default for option, each in options.items()} == declared(file)
    text = (ROOT / "Sources" / "CLuaHost" / "include" / file).read_text()
    types = dict(re.findall(r"LUAHOST_OPTION\((\w+), ([A-Z]+),", text))
    assert {option: each.type for option, each in options.items()} == {
        option: OPTION_TYPES[kind] for option, kind in types.items()}


# ---- the documents ----


@pytest.mark.parametrize("section, guide, name", [
    ("Clients", API, "engineio.ClientOptions"), ("connect", API, "engineio.ConnectOptions"),
    ("disconnect and wait", API, "engineio.DisconnectOptions"), ("Clients", SOCKETIO, "socketio.ClientOptions"),
    ("Connect", SOCKETIO, "socketio.ConnectOptions")])
def test_options_are_the_documented_ones(section, guide, name):
    options = dict(DEFINITIONS.classes[name].fields)
    if guide is SOCKETIO:
        options.pop("json", None)
    assert {option: each.default for option, each in options.items()} == documented(section, guide)


def test_options_of_a_simple_client_are_the_documented_ones():
    names = re.search(r"^\| `connect\(url, options\)` \| as `sio.connect`, with the options (.*?); raises", SOCKETIO, re.MULTILINE)[1]
    assert set(re.findall(r"`(\w+)`", names)) == set(DEFINITIONS.classes["socketio.SimpleConnectOptions"].fields)


def test_options_of_load_are_the_documented_ones():
    table = DOCS["load-testing.md"].split("| command line | `options` | meaning |\n")[1].split("\n\n")[0]
    names = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`(?! of)", row.split("|")[2])}
    assert names == set(DEFINITIONS.classes["loadtest.Options"].fields)


@pytest.mark.parametrize("head, guide, name", [
    ("| field of `detail` | meaning |", API, "eio.DisconnectDetail"),
    ("| field | meaning |", API, "eio.ConnectionError"),
    ("| attribute | value in a session | outside a session |", API, "engineio.Client"),
    ("| attribute | value |", SOCKETIO, "socketio.Client"),
    ("| `eio.reason.` | value | when |", API, "eio.Reasons"),
    ("| field | global | meaning |", LOADTEST, "loadtest.User"),
])
def test_fields_are_the_documented_ones(head, guide, name):
    rows = re.search(rf"^{re.escape(head)}\n\|[-|]+\|\n((?:\|.*\n)+)", guide, re.MULTILINE)[1].splitlines()
    shown = {code.removeprefix("c.").removeprefix("vu.") for row in rows for code in re.findall(r"`([^`(]+)`", row.split("|")[1])}
    fields, _ = DEFINITIONS.members(name)
    own = set(DEFINITIONS.classes[name].fields)
    if name == "eio.ConnectionError":
        own = set(fields)
    if name == "loadtest.User":
        shown.remove("env")
    # Described in other places.
    others = {"engineio.Client": set(), "socketio.Client": {"event"}}.get(name, set())
    assert shown - {"reason"} == own - others


def test_events_are_the_documented_ones():
    rows = re.search(r"^\| event \| arguments \| when \|\n\|[-|]+\|\n((?:\|.*\n)+)", API, re.MULTILINE)[1].splitlines()
    documented_events = {}
    for row in rows:
        _, name, arguments, *_ = row.split("|")
        names = [each for part in re.findall(r"`([^`]+)`", arguments.split(":")[0]) for each in part.split(", ")]
        documented_events[name.strip(' `"')] = names
    on = DEFINITIONS.classes["engineio.Client"].functions["on"]
    events = {on.types["event"].strip('"'): []}
    for overload in on.overloads:
        if found := re.match(r'fun\(event: "(\w+)", f: fun\((.*?)\)', overload):
            events[found[1]] = re.findall(r"(\w+): ", found[2])
    assert events == documented_events


SIGNATURE = re.compile(r"`(?:[\w\"()]+[.:])*(\w+)\(([^`]*?)\)`")


def signatures(text):
    """The names of the arguments in each call that the text shows in code, by the name of the function."""
    found = {}
    for name, arguments in SIGNATURE.findall(text):
        names = re.sub(r"[\[\] ]", "", arguments).replace("…", "...").split(",")
        found.setdefault(name, []).append([each for each in names if each])
    return found


def test_arguments_are_the_documented_ones():
    guides = {"eio": API, "engineio": API, "socketio": API + SOCKETIO, "loadtest": LOADTEST}
    missing = []
    for name, function in functions():
        shown = signatures(guides[name.split(".")[0]]).get(name.rsplit(".", 1)[1], [])
        if function.params not in shown:
            missing.append((name, function.params, shown))
    assert missing == []


def test_documented_functions_are_defined():
    defined = {}
    for name, function in functions():
        defined.setdefault(name.rsplit(".", 1)[1], []).append(function.params)
    count = 0
    for guide in (API, SOCKETIO, LOADTEST):
        for table in re.findall(r"^\| (?:function|operation) \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", guide, re.MULTILINE):
            for row in table.splitlines():
                for name, shown in signatures(row.split("|")[1]).items():
                    if name == "tostring":
                        continue
                    count += 1
                    assert name in defined and all(each in defined[name] for each in shown), (name, shown)
    assert count > 40


def test_links_lead_to_headings():
    for file in FILES:
        links = re.findall(r"(docs/[\w-]+\.md)(?:#([\w-]+))?", file.read_text())
        assert links
        for page, anchor in links:
            headings = re.findall(r"^#+ (.*)$", (ROOT / page).read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert not anchor or anchor in slugs, (file.name, page, anchor)


def test_every_class_is_described_with_a_link():
    for name, each in DEFINITIONS.classes.items():
        links = each.text + " ".join(function.text for function in each.functions.values())
        assert each.text, name
        assert not each.functions or "docs/" in links, name
