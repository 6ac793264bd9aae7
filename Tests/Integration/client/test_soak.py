"""The long run in its one-minute form: scripts/soak.sh without an argument takes ten."""

import os
import subprocess

import pytest

from harness.program import PROGRAM, ROOT


@pytest.mark.timeout(180)
def test_minute_of_soak():
    done = subprocess.run(
        [ROOT / "scripts" / "soak.sh", "--seconds", "55", "--connects", "2000"], env={**os.environ, "EIO_LUA": PROGRAM},
        capture_output=True, text=True, timeout=170)
    assert done.returncode == 0 and "all is well" in done.stdout, done.stdout + done.stderr
