"""Runs the benchmark's cells in interleaved rounds and prints what they gave.

Each round visits every cell, and in it every program, so that a machine that changes its speed changes it for all. A
figure is the median of the rounds; a ratio is the median of each round's own ratio. A missed target is not a failure:
the exit status is 1 only if something broke."""

import argparse
import json
import resource
import sys

import cells
import measure
import programs
import report

DESCRIPTORS_NEEDED = 20_000
DISTURBED_CPUS = 0.3
CALM_ATTEMPTS = 3


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("--cells", type=name_list([cell.name for cell in cells.CELLS]), help="names, joined by commas")
    parser.add_argument("--programs", type=name_list(cells.PROGRAMS), help="names, joined by commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="measured seconds of each run")
    parser.add_argument("--quick", action="store_true", help="one round of one second each: only to see that it runs")
    parser.add_argument("--calm", action="store_true", help="repeat a disturbed run, twice at most")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured to FILE")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.seconds < 1:
        parser.error("at least one round and one second are needed")
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 1
    return arguments


def name_list(known):
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(known)}")
        return names

    return parse


def check_programs(wanted):
    """Ends the run if eio-lua is missing; returns the wanted programs that are here."""
    if cells.EIO_LUA in wanted and not programs.available(cells.EIO_LUA):
        sys.exit(
            "bench: there is no eio-lua binary: build it with `swift build -c release --product eio-lua`,\n"
            "set EIO_LUA to its path, or leave it out, for example by --programs raw-c,python-async"
        )
    missing = [program for program in wanted if not programs.available(program)]
    if missing:
        print(f"bench: not on this machine, so not measured: {', '.join(missing)}", file=sys.stderr)
    return [program for program in wanted if program not in missing]


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS_NEEDED:
        print(f"bench: only {hard} descriptors are allowed, the cells with many clients will fail", file=sys.stderr)


def measure_calmly(program, cell, arguments):
    """Returns the result that other processes disturbed least."""
    results = []
    for _ in range(CALM_ATTEMPTS if arguments.calm else 1):
        results.append(measure.run(program, cell, arguments.seconds))
        if results[-1].others_cpu <= DISTURBED_CPUS:
            break
    return min(results, key=lambda result: result.others_cpu)


def run_rounds(arguments, measured_cells, present):
    """Returns one dictionary a round, from (cell, program) to a result, and how many runs broke."""
    rounds = []
    broken = 0
    for number in range(1, arguments.rounds + 1):
        results = {}
        for cell in measured_cells:
            if cell.server == cells.EIO_LUA and not programs.available(cells.EIO_LUA):
                continue
            for program in cell.programs:
                if program not in present:
                    continue
                label = f"round {number}/{arguments.rounds}  {cell.name:<10}  {program:<16}"
                try:
                    result = measure_calmly(program, cell, arguments)
                except measure.BenchError as error:
                    broken += 1
                    print(f"{label}  BROKEN: {error}", file=sys.stderr, flush=True)
                    continue
                results[cell.name, program] = result
                disturbed = ""
                if result.others_cpu > DISTURBED_CPUS:
                    disturbed = f"  (others used {result.others_cpu:.1f} CPUs)"
                print(f"{label}  {result.value:>12,.1f} {cell.unit}{disturbed}", file=sys.stderr, flush=True)
        rounds.append(results)
    return rounds, broken


def main():
    arguments = parse_arguments()
    present = check_programs(arguments.programs or cells.PROGRAMS)
    raise_descriptor_limit()
    measured_cells = [cell for cell in cells.CELLS if not arguments.cells or cell.name in arguments.cells]
    rounds, broken = run_rounds(arguments, measured_cells, present)

    columns = [program for program in cells.PROGRAMS if program in (arguments.programs or cells.PROGRAMS)]
    print(f"\nMedians of {arguments.rounds} round(s) of {arguments.seconds:g} s\n")
    print(report.absolute_table(measured_cells, columns, rounds))
    print("\nDemanded\n")
    print(report.demand_table(measured_cells, rounds))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(report.as_json(rounds), file, indent=1)
    if broken:
        sys.exit(f"bench: {broken} run(s) broke")


if __name__ == "__main__":
    main()
