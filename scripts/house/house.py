"""Prints the numbers that keep this house in order, each with its limit: see scripts/house.sh."""

import argparse
import signal
import sys
from pathlib import Path

import circle
import code
import english
import properties
import source


def main() -> int:
    parser = argparse.ArgumentParser(prog="house.sh", description=__doc__)
    parser.add_argument("--list", metavar="NAME", action="append", default=[], help="show each place of this number")
    parser.add_argument("--only", metavar="PREFIX", default="", help="with --list: only files that begin with this")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sources = source.all_sources(arguments.root)
    measures = [
        code.transports(sources),
        *properties.measures(sources),
        circle.measure(sources),
        code.long_files(sources),
        code.public(sources),
        english.measure(sources),
        code.misplaced_types(sources),
    ]
    names = [measure.name for measure in measures]
    for name in arguments.list:
        if name not in names:
            parser.error(f"{name} is not a number of the house; the numbers are {', '.join(names)}")
    for measure in measures:
        if measure.name in arguments.list:
            for place in measure.places:
                if place.file.startswith(arguments.only):
                    print(place)
    if not arguments.list:
        print(f"{'name':<12} {'value':>6} {'limit':>6}")
        for measure in measures:
            mark = "" if measure.value <= measure.limit else "  past the limit"
            print(f"{measure.name:<12} {measure.value:>6} {measure.limit:>6}  {measure.title}{mark}")
    return int(any(measure.value > measure.limit for measure in measures))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
