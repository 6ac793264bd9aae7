"""The tarball of `dist/` in the hands of an ordinary user: unpacked, installed, run."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


class Release:
    """Everything happens in a temporary home, as the user nobody if the tests run as root."""

    def __init__(self):
        [self.tarball] = (ROOT / "dist").glob("eio-lua-*.tar.gz")
        self.user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="eio-lua-home-"))
        if self.user:
            os.chown(self.home, NOBODY, NOBODY)
        for file in (self.tarball, self.tarball.with_name(self.tarball.name + ".sha256")):
            shutil.copy(file, self.home)
        self.run("tar", "xf", self.tarball.name)
        self.folder = self.home / self.tarball.name.removesuffix(".tar.gz")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    @property
    def prefix(self):
        return self.home / ".local"

    @property
    def environment(self):
        return {"HOME": str(self.home), "PATH": f"{self.prefix}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def run(self, *command, status=0, **how):
        """Runs a command in the home, to its end."""
        result = subprocess.run(
            list(map(str, command)), cwd=self.home, env=self.environment, capture_output=True, text=True, timeout=60,
            check=False, **self.user, **how)
        assert result.returncode == status, (command, result.stdout, result.stderr)
        return result

    def start(self, *command):
        """Starts a command in the home, whose output can be read."""
        return subprocess.Popen(
            list(map(str, command)), cwd=self.home, env=self.environment, stdout=subprocess.PIPE, text=True, **self.user)

    def files(self, folder=None):
        """Every file and folder below the home, with its bytes."""
        return {path: path.read_bytes() if path.is_file() else None for path in (folder or self.home).rglob("*")}
