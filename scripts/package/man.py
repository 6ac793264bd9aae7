"""Writes a man page for the program and for each command, from their help.

    man.py PROGRAM FOLDER
"""

import re
import sys
from pathlib import Path

import help_text


def main() -> None:
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    version = help_text.output(program, "--version").split()[1]
    commands = help_text.read_all(program)
    for page in commands.values():
        (folder / f"{name(page.command)}.1").write_text(man_page(page, version, commands))


def name(command: str) -> str:
    return "-".join(["eio-lua", *command.split()])


def man_page(page: help_text.Help, version: str, commands: dict[str, help_text.Help]) -> str:
    own = name(page.command)
    lines = [f'.TH {own.upper()} 1 "" "eio-lua {version}" "eio-lua"', ".SH NAME"]
    lines += [rf"{escaped(own)} \- {escaped(summary(page, commands))}", ".SH SYNOPSIS", ".nf"]
    lines += [rf"\fB{escaped(line)}\fR" for line in page.usage] + [".fi"]
    # The name has the summary already; the help of `worker` begins with another sentence.
    described = [text for text in page.overview if text.removesuffix(".") != summary(page, commands)]
    if described:
        lines.append(".SH DESCRIPTION")
        lines += [line for paragraph in described for line in (".PP", text_line(paragraph))]
    for title, entries in page.sections.items():
        lines.append(f'.SH "{title}"')
        lines += [line for entry in entries for line in (".TP", head_line(entry.head), text_line(entry.text))]
    others = sorted(f".BR {escaped(name(other))} (1)" for other in commands if other != page.command)
    return "\n".join([*lines, ".SH SEE ALSO", ",\n".join(others)]) + "\n"


def summary(page: help_text.Help, commands: dict[str, help_text.Help]) -> str:
    """The text beside the name of this command in the help of the command above."""
    above, _, last = page.command.rpartition(" ")
    text = commands[above].subcommands[last] if page.command else page.overview[0]
    return text.removesuffix(".")


def head_line(head: str) -> str:
    """The left column, with the names of options in bold."""
    text = re.sub(help_text.OPTION, lambda found: rf"\fB{found[0]}\fR", head)
    return text_line(text, keeps_fonts=True)


def text_line(text: str, keeps_fonts: bool = False) -> str:
    line = escaped(text, keeps_fonts)
    return r"\&" + line if line[:1] in (".", "'") else line


def escaped(text: str, keeps_fonts: bool = False) -> str:
    if not keeps_fonts:
        text = text.replace("\\", r"\e")
    for plain, roff in (("-", r"\-"), ("'", r"\(aq"), ("`", r"\(ga"), ("^", r"\(ha"), ("~", r"\(ti")):
        text = text.replace(plain, roff)
    return text


if __name__ == "__main__":
    main()
