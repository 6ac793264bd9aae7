"""The program on a network that fails at chosen moments: see network_faults.c."""

import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("network_faults.c")


def build(folder):
    """Compiles the library; returns the environment that loads it."""
    library = Path(folder) / "network_faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", library, SOURCE, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}
