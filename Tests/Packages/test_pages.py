"""The man pages and the completions."""

import re

import pytest

COMMANDS = ["init", "run", "load", "inspect", "connect", "worker", "locustfile", "report", "report merge",
            "report compare", "serve"]
OPTION = r"(?<![\w-])--?[a-zA-Z][\w-]*"


def page(release, command):
    return release.prefix / "share/man/man1" / ("-".join(["eio-lua", *command.split()]) + ".1")


def test_each_command_has_a_page(installed):
    folder = installed.prefix / "share/man/man1"
    assert set(folder.iterdir()) == {page(installed, command) for command in ["", *COMMANDS]}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_page_is_without_a_warning_and_has_all_of_the_help(installed, command):
    file = page(installed, command)
    # -z prints nothing but warnings.
    result = installed.run("groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", file)
    assert (result.stdout, result.stderr) == ("", "")
    shown = installed.run("man", "--nh", "--nj", "-l", file).stdout
    arguments = [*command.split(), "--help"] if command else ["help"]
    text = installed.run("eio-lua", *arguments).stdout
    assert set(re.findall(OPTION, text)) <= set(re.findall(OPTION, shown)) != set()
    # Each word of the help, without the places where lines are broken.
    words = set(re.findall(r"\w{4,}", text)) - {"OVERVIEW", "USAGE", "detailed", "subcommand"}
    assert words - set(re.findall(r"\w{4,}", shown)) == set()


LINES = [
    ("eio-lua lo", {"load", "locustfile"}),
    ("eio-lua --trace", {"--trace", "--trace-format", "--trace-file"}),
    ("eio-lua run --trace-format ", {"text", "json"}),
    ("eio-lua --log-level d", {"debug"}),
    ("eio-lua --globals ", {"strict"}),
    ("eio-lua load --rep", {"--report"}),
    ("eio-lua load --log-level=de", {"debug"}),
    ("eio-lua inspect --js", {"--json"}),
    ("eio-lua worker --master-", {"--master-host", "--master-port"}),
    ("eio-lua report ", {"merge", "compare"}),
    ("eio-lua report merge --no-", {"--no-color"}),
    ("eio-lua report compare --th", {"--threshold"}),
    ("eio-lua serve --mode ", {"echo", "sink", "flood", "broadcast", "chat"}),
]

COMPLETE = """\
compopt() { :; }
source "$1"
words=${2//=/ = }
read -r -a COMP_WORDS <<<"${words//:/ : }"
[[ $2 != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_eio_lua
printf '%s\\n' "${COMPREPLY[@]}"
"""


def bash(installed, line):
    file = installed.prefix / "share/bash-completion/completions/eio-lua"
    result = installed.run("bash", "-u", "-c", COMPLETE, "bash", file, line)
    assert result.stderr == ""
    return set(result.stdout.split())


@pytest.mark.parametrize("line, offered", LINES)
def test_bash_completes(installed, line, offered):
    assert bash(installed, line) == offered


@pytest.mark.parametrize("line, offered", [
    ("eio-lua scripts/", {"scripts/bot.lua", "scripts/below"}),
    ("eio-lua load scripts/", {"scripts/bot.lua", "scripts/below"}),
    ("eio-lua report merge scripts/", {"scripts/export.json", "scripts/below"}),
    # The script's own arguments, for which bash itself completes names of files.
    ("eio-lua scripts/bot.lua --trace", set()),
    ("eio-lua load scripts/bot.lua -- --rep", set()),
    ("eio-lua --url http://localhost:5000 scripts/bot.lua --trace", set()),
    ("eio-lua --url=http://localhost --log-level off --trace-f", {"--trace-format", "--trace-file"}),
    ("eio-lua load scripts/bot.lua --rep", {"--report"}),
])
def test_bash_completes_scripts(installed, line, offered):
    installed.run("mkdir", "-p", "scripts/below")
    installed.run("touch", "scripts/bot.lua", "scripts/export.json", "scripts/page.html")
    assert bash(installed, line) == offered


@pytest.mark.parametrize("line, offered", LINES)
def test_fish_completes(installed, line, offered):
    file = installed.prefix / "share/fish/vendor_completions.d/eio-lua.fish"
    result = installed.run("fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', file, line)
    found = {text.split("\t")[0].removeprefix("--log-level=") for text in result.stdout.splitlines()}
    assert (found, result.stderr) == (offered, "")


ZSH = """\
_arguments() { print -rl -- "$@"; }
file=$1
shift
words=("$@")
CURRENT=$#words
source $file
"""


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "report"])
def test_bash_and_zsh_offer_the_options_of_the_help(installed, command):
    text = installed.run("eio-lua", *command.split(), "--help").stdout
    heads = [re.split(r" {2,}|> ", line.strip())[0] for line in text.splitlines() if line.startswith("  -")]
    options = {name for head in heads for name in re.findall(OPTION, head)}
    assert bash(installed, f"eio-lua {command} -") == options != set()
    file = installed.prefix / "share/zsh/site-functions/_eio-lua"
    result = installed.run("zsh", "-f", "-c", ZSH, "zsh", file, "eio-lua", *command.split(), "-")
    assert (set(re.findall(r"(?m)^\*(--?[\w-]+)\[", result.stdout)), result.stderr) == (options, "")
