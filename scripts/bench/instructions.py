"""Counts the instructions that programs need for one round trip, by callgrind.

Each program runs each cell for a short and for a longer time. The difference of the two runs is what the round trips
between them cost: starting and connecting are in both. Rounds are interleaved; a figure is the median of the rounds."""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import cells
import measure
import programs

CELLS = ("1x64", "100x1", "100x16", "JSON")
SHORT_SECONDS, LONG_SECONDS = 2, 6


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh --instructions", description=__doc__)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", help="a build of eio-lua; ratios are to the first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cells", default=",".join(CELLS), help="names, joined by commas")
    return parser.parse_args()


def stripped(program, folder, number):
    """A copy without symbols: callgrind reads those of a whole program for seconds."""
    copy = str(Path(folder) / f"eio-lua-{number}")
    shutil.copy(program, copy)
    subprocess.run(["strip", copy], check=True)
    return copy


def count(program, cell, seconds, folder):
    """The instructions of a run, and its round trips."""
    with measure.Server(cell) as server:
        command = programs.client_command(cells.EIO_LUA, cell, server.url, seconds, None)
        out = Path(folder) / "callgrind.out"
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, *command[1:]],
            capture_output=True, text=True, timeout=300)
    report = next((line for line in run.stdout.splitlines() if line.startswith("{")), None)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or report is None or counted is None:
        raise measure.BenchError(f"{program} failed in {cell.name}: {run.stdout}{run.stderr}")
    return int(counted.group(1)), json.loads(report)["operations"]


def per_round_trip(program, cell, folder):
    instructions, operations = zip(*(count(program, cell, seconds, folder) for seconds in (SHORT_SECONDS, LONG_SECONDS)))
    return (instructions[1] - instructions[0]) / (operations[1] - operations[0])


def main():
    arguments = parse_arguments()
    wanted = arguments.cells.split(",")
    with tempfile.TemporaryDirectory() as folder:
        copies = [stripped(program, folder, number) for number, program in enumerate(arguments.programs)]
        # For the commands, of which each run replaces the program.
        os.environ["EIO_LUA"] = copies[0]
        for cell in [cell for cell in cells.CELLS if cell.name in wanted]:
            figures = [[per_round_trip(copy, cell, folder) for copy in copies] for _ in range(arguments.rounds)]
            medians = [statistics.median(column) for column in zip(*figures)]
            ratios = [f"{median:8.0f} ({median / medians[0]:.3f})" for median in medians]
            print(f"{cell.name:8}" + "".join(ratios), flush=True)


if __name__ == "__main__":
    main()
