"""The end of a run that looks for faults."""

import sys


def end(name, wrong, hint=""):
    """Prints the faults and the verdict, and exits with the status for it."""
    for each in wrong:
        print(f"WRONG: {each}", file=sys.stderr)
    print(f"{name}: " + (f"{len(wrong)} things are wrong{hint}" if wrong else "all is well"))
    sys.exit(1 if wrong else 0)
