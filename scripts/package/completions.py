"""Writes the completions for bash, zsh and fish, from the help of the program.

    completions.py PROGRAM FOLDER

The help is the one place that has the options of all commands: `run` is read as `lua` reads its command line, and
`worker` is another program.
"""

import sys
from pathlib import Path

import help_text
from help_text import Entry, Help

PLACES = {
    "bash": "bash-completion/completions/eio-lua",
    "zsh": "zsh/site-functions/_eio-lua",
    "fish": "fish/vendor_completions.d/eio-lua.fish",
}


def main() -> None:
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    commands = help_text.read_all(program)
    for shell, place in PLACES.items():
        template = Path(__file__).with_name("completions") / shell
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template.read_text().replace("@TABLES@\n", WRITERS[shell](commands)))


def bash(commands: dict[str, Help]) -> str:
    options, values = [], []
    for command, page in own_commands(commands):
        options.append(f"        '{command}') echo '{' '.join(names(page))}' ;;\n")
        for entry in page.options:
            if entry.has_value:
                patterns = "|".join(f"'{command} {name}'" for name in entry.names)
                values.append(f"        {patterns}) echo '{' '.join(entry.choices) or '@file'}' ;;\n")
    return (
        f"_eio_lua_commands='{first_words(commands)}'\n\n"
        "# The options of a command.\n"
        f"_eio_lua_options() {{\n    case $1 in\n{''.join(options)}    esac\n}}\n\n"
        "# The values of an option, or @file; nothing if it has no value.\n"
        f"_eio_lua_values() {{\n    case $1 in\n{''.join(values)}    esac\n}}\n")


def zsh(commands: dict[str, Help]) -> str:
    described = [f"        {quoted(f'{name}:{text}')}\n" for name, text in commands[""].subcommands.items()]
    cases = []
    for command, page in own_commands(commands):
        specs = [f"                {quoted(spec)}\n" for entry in page.options for spec in zsh_specs(entry)]
        cases.append(f"        {quoted(command)})\n            options=(\n{''.join(specs)}            )\n            ;;\n")
    return (
        f"_eio_lua_commands=({first_words(commands)})\n\n"
        f"_eio_lua_describe() {{\n    local -a commands=(\n{''.join(described)}    )\n"
        "    _describe command commands\n}\n\n"
        f"_eio_lua_options() {{\n    case $1 in\n{''.join(cases)}    esac\n}}\n")


def zsh_specs(entry: Entry) -> list[str]:
    text = entry.text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    value = ""
    if entry.has_value:
        value = f":value:({' '.join(entry.choices)})" if entry.choices else ":value:_files"
    return [f"*{name}[{text}]{value}" for name in entry.names]


def fish(commands: dict[str, Help]) -> str:
    lines = [f"set -g __eio_lua_commands {first_words(commands)}\n\n"]
    lines += [
        f"complete -c eio-lua -n __eio_lua_is_first -f -a {name} -d {quoted(text)}\n"
        for name, text in commands[""].subcommands.items()]
    for command, page in own_commands(commands):
        for entry in page.options:
            flags = [fish_flag(name) for name in entry.names]
            if entry.has_value:
                flags.append(f"-x -a {quoted(' '.join(entry.choices))}" if entry.choices else "-r")
            lines.append(
                f"complete -c eio-lua -n {quoted(f'__eio_lua_is {command}')} {' '.join(flags)} -d {quoted(entry.text)}\n")
    return "".join(lines)


def fish_flag(name: str) -> str:
    return f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"


def first_words(commands: dict[str, Help]) -> str:
    return " ".join([*commands[""].subcommands, "help"])


def own_commands(commands: dict[str, Help]) -> list[tuple[str, Help]]:
    """Those with options; a command that only has commands below it offers their names."""
    return [(command, page) for command, page in commands.items() if command]


def names(page: Help) -> list[str]:
    return [name for entry in page.options for name in entry.names]


def quoted(text: str) -> str:
    """As one word of any of the shells; an apostrophe becomes the typographic one, which needs no escape."""
    return "'" + text.replace("'", "’") + "'"


WRITERS = {"bash": bash, "zsh": zsh, "fish": fish}

if __name__ == "__main__":
    main()
