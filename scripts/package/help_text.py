"""The help of every command of the program, read into its parts."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

OPTION = r"(?<![\w-])--?[a-zA-Z][\w-]*"
# Where the descriptions begin.
RIGHT_COLUMN = 26
# "text (the default) or json, one JSON object a line."
CHOICES = r"((?:[a-z]+(?: \(the default\))?, )*[a-z]+(?: \(the default\))? or [a-z]+)[.,]"


@dataclass
class Entry:
    """An option, an argument or a command: the text in the left column, and that in the right one."""

    head: str
    text: str

    @property
    def names(self) -> list[str]:
        """Without duplicates: `-l MOD, -l N=MOD` is one option."""
        return list(dict.fromkeys(re.findall(OPTION, self.head)))

    @property
    def has_value(self) -> bool:
        return bool(re.search(r"-[\w-]+ [A-Za-z<]", self.head))

    @property
    def choices(self) -> list[str]:
        """The values that the option accepts, if the help lists all of them."""
        if found := re.search(r"\(values: ([^)]*)\)", self.text):
            return found[1].split(", ")
        if found := re.search(r"<([a-z]+(?:\|[a-z]+)+)>", self.head):
            return found[1].split("|")
        if found := re.fullmatch(r"--[\w-]+ ([a-z]+)", self.head):
            return [found[1]]
        if self.has_value and (found := re.match(CHOICES, self.text)):
            return re.split(r", | or ", found[1].replace(" (the default)", ""))
        return []


@dataclass
class Help:
    command: str
    overview: list[str] = field(default_factory=list)
    usage: list[str] = field(default_factory=list)
    sections: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def options(self) -> list[Entry]:
        return [entry for entries in self.sections.values() for entry in entries if entry.names]

    @property
    def subcommands(self) -> dict[str, str]:
        """The names, each with its description."""
        return {entry.head.split()[0]: entry.text for entry in self.sections.get("SUBCOMMANDS", [])}


def parse(command: str, text: str) -> Help:
    result = Help(command)
    for block in re.split(r"\n\s*\n", text.strip()):
        title, rest = re.match(r"(?:([A-Z][A-Z .]*):)?(.*)", block, re.DOTALL).groups()
        if title == "USAGE":
            result.usage = [line.strip() for line in rest.strip().splitlines()]
        elif title == "OVERVIEW" or (title is None and not result.usage):
            result.overview.append(" ".join(rest.split()))
        elif title is not None:
            result.sections[title] = entries(rest.strip("\n"))
    return result


def entries(text: str) -> list[Entry]:
    """Lines of two columns; a line that begins below the right column continues it."""
    found: list[Entry] = []
    for line in text.splitlines():
        if re.match(r"  \S", line):
            found.append(Entry(*columns(line)))
        else:
            found[-1].text = f"{found[-1].text} {line.strip()}".strip()
    return found


def columns(line: str) -> tuple[str, str]:
    """The two columns, with two blanks between them, or one where the left column is full."""
    left, right = line[:RIGHT_COLUMN].strip(), line[RIGHT_COLUMN:]
    if "  " not in left and line[RIGHT_COLUMN - 1 : RIGHT_COLUMN] == " ":
        return left, right
    head, _, rest = line.strip().partition("  ")
    return head, rest.strip()


def read_all(program: Path) -> dict[str, Help]:
    """The help of the program itself with the key "", and that of each command and of the commands below it."""
    found = {"": parse("", output(program, "help"))}
    waiting = list(found[""].subcommands)
    while waiting:
        command = waiting.pop(0)
        found[command] = parse(command, output(program, *command.split(), "--help"))
        waiting += [f"{command} {name}" for name in found[command].subcommands]
    return found


def output(program: Path, *arguments: str) -> str:
    result = subprocess.run([program, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return result.stdout
