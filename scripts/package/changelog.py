"""Writes the changelog of a Debian package from CHANGELOG.md.

    changelog.py CHANGELOG.md VERSION MAINTAINER SECONDS >changelog

Text that is not released yet is that of VERSION, and of the time SECONDS since 1970.
"""

import re
import sys
import textwrap
from datetime import date, datetime, timezone
from email.utils import format_datetime
from pathlib import Path

HEADING = re.compile(r"^## \[([^]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def main() -> None:
    text, version, maintainer = Path(sys.argv[1]).read_text(), sys.argv[2], sys.argv[3]
    today = datetime.fromtimestamp(int(sys.argv[4]), timezone.utc)
    _, *parts = HEADING.split(text)
    for name, day, body in zip(parts[0::3], parts[1::3], parts[2::3]):
        when = datetime.combine(date.fromisoformat(day), datetime.min.time(), timezone.utc) if day else today
        print(entry(version if name == "Unreleased" else name, changes(body), maintainer, when))


def changes(body: str) -> list[str]:
    """The bullets below the headings, each with the lines that continue it."""
    return [" ".join(found.split()) for found in re.findall(r"^- ((?:.+\n)(?:  .+\n)*)", body, re.MULTILINE)]


def entry(version: str, lines: list[str], maintainer: str, when: datetime) -> str:
    wrapped = [textwrap.fill(line, 79, initial_indent="  * ", subsequent_indent="    ", break_on_hyphens=False)
               for line in lines]
    return "\n".join([
        f"eio-lua ({version}) unstable; urgency=medium", "", *wrapped, "",
        f" -- {maintainer}  {format_datetime(when)}", ""])


if __name__ == "__main__":
    main()
