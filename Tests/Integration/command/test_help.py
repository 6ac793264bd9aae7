"""The help of each command: its options are those of the documentation, with the same defaults."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
ALWAYS = {"--help", "--version", "-h"}
COMMANDS = ["run", "connect", "load", "inspect", "worker", "locustfile", "report", "serve", "init"]
OPTION = r"(?<![\w-])--?[a-zA-Z][\w-]*"


def helped(lua, *command):
    """The options of a command, each with its line of help."""
    text = lua.command(*command, "--help").finish()
    assert text.status == 0 and text.stderr == "", text
    options, names = {}, []
    for line in text.stdout.splitlines():
        if re.match(r"  -", line):
            head = re.split(r" {2,}", line.strip())[0]
            names = re.findall(OPTION, head)
            options |= {name: line.strip()[len(head):] for name in names}
        elif re.match(r" {10,}", line):
            for name in names:
                options[name] += " " + line.strip()
        else:
            names = []
    return options


def documented(page, heading):
    """The options in a section's tables, each with its row."""
    section = re.split(rf"(?m)^## {heading}$", (DOCS / page).read_text())[1]
    options = {}
    for row in re.findall(r"(?m)^\|.*\|$", re.split(r"(?m)^##+ ", section)[0]):
        names = [re.match(OPTION, code) for code in re.findall(r"`([^`]*)`", row.split("|")[1])]
        options |= {name[0]: row for name in names if name}
        # An option that belongs to another one, as `--size N` to `--mode flood`.
        options |= {name: row for name in re.findall(r"`(--[\w-]+) [A-Z]+`", row)}
    return options


def number(text):
    """The default in a line of help or a row of a table: a number, or an address."""
    found = re.search(r"default:? ([\d.]+)", text)
    if not found:
        return None
    value = found[1].rstrip(".")
    return value if value.count(".") == 3 else float(value)


@pytest.mark.parametrize("command, page, heading", [("load", "load-testing.md", "Options"), ("serve", "command.md", "serve"), ("init", "command.md", "init"), ("connect", "command.md", "connect")])
def test_documented_options_are_the_declared_ones(lua, command, page, heading):
    options, rows = helped(lua, command), documented(page, heading)
    assert set(options) - ALWAYS == set(rows) - ALWAYS
    # The default in the rows of --mode is that of --size.
    defaults = {name: number(row) for name, row in rows.items() if name != "--mode" and number(row) is not None}
    assert len(defaults) >= 2 or command in ("init", "connect")
    for name, value in defaults.items():
        assert number(options[name]) == value, name


@pytest.mark.parametrize("command", [*COMMANDS, "report merge", ""])
def test_help_has_at_most_eighty_columns(lua, command):
    text = lua.command(*command.split(), "--help").finish().stdout
    assert text and [line for line in text.splitlines() if len(line) > 80] == []


def test_inspect_has_the_options_of_load(lua):
    assert set(helped(lua, "inspect")) == set(helped(lua, "load")) | {"--json"}


def test_documented_options_of_run_are_those_of_its_help(lua):
    assert set(documented("command.md", "run")) - {"-l"} == set(helped(lua)) - {"-l"}


@pytest.mark.parametrize("command", [["load"], ["inspect"], ["serve"], ["connect"], ["locustfile"], ["report", "merge"]])
def test_each_default_is_shown_once(lua, command):
    for name, text in helped(lua, *command).items():
        assert text.count("default") <= 1, (name, text)


def test_main_options_come_first(lua):
    names = list(helped(lua, "load"))
    assert names[:6] == ["-u", "--vus", "-d", "--duration", "-i", "--iterations"]
    assert names.index("--report") < names.index("--mix") < names.index("--memory-limit")


@pytest.mark.parametrize("arguments", [["--help"], ["help"]])
def test_help_shows_every_command(lua, arguments):
    text = lua.command(*arguments).finish().stdout
    assert [command for command in COMMANDS if not re.search(rf"\b{command}\b", text)] == []


@pytest.mark.parametrize("arguments, meant", [
    (["load", "--html", "page.html", "script.lua"], "--report"),
    (["load", "--durration", "1s", "script.lua"], "--duration"),
    (["load", "--users=3", "script.lua"], "--vus"),
    (["report", "merge", "--html", "page.html", "a.json"], "--report"),
    (["--ulr", "http://localhost", "script.lua"], "--url"),
])
def test_unknown_option_names_the_one_that_was_meant(lua, arguments, meant):
    result = lua.command(*arguments).finish()
    assert result.status == 64
    assert f"id you mean '{meant}'?" in result.stderr


def test_unknown_command_names_the_one_that_was_meant(lua):
    result = lua.command("repot").finish()
    assert result.status == 1
    assert "did you mean 'report'?" in result.stderr


def test_file_that_is_named_like_a_command_is_a_script(lua):
    lua.write("print('a script')", "lod")
    result = lua.command("lod").finish()
    assert (result.stdout, result.stderr, result.status) == ("a script\n", "", 0)


@pytest.mark.parametrize("url", [
    "http://localhost:5000", "HTTPS://user:secret@example.org/?token=secret", "ws://x", "wss://x", "localhost:5000",
    "127.0.0.1:80/a",
])
def test_url_is_not_a_script(lua, url):
    result = lua.command(url).finish()
    assert (result.status, result.stdout) == (64, "")
    assert result.stderr == "eio-lua: a URL is not a script; did you mean 'eio-lua connect URL'?\n"


def test_file_that_is_named_like_a_url_is_a_script(lua):
    (lua.folder / "http:").mkdir()
    lua.write("print('a script')", "http:/x")
    result = lua.command("http://x").finish()
    assert (result.stdout, result.stderr, result.status) == ("a script\n", "", 0)


def test_mistyped_command(lua):
    result = lua.command("laod", "script.lua").finish()
    assert result.status == 1
    assert result.stderr.startswith("eio-lua: 'laod' is not a command; did you mean 'load'?\n")
