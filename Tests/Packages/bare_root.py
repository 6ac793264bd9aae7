"""A bare Debian without our tools: a copy of the root that scripts/lib/bare_root.sh made."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / ".build-packages" / "root"
HOME = "/home/user"
# The mount is gone with the namespace, which is gone with its last process.
ENTER = 'mount --bind /proc "$0/proc" && exec chroot "$@"'


class BareRoot:
    def __init__(self, folder: Path):
        self.folder = folder
        if os.getuid() != 0 or not BASE.is_dir():
            raise RuntimeError("these tests need root's rights and a bare Debian: run scripts/test.sh packages as root")
        subprocess.run(["cp", "--archive", BASE, folder], check=True)

    def path(self, inside: str) -> Path:
        """The place of a path of the root in the tests' own file system."""
        return self.folder / inside.lstrip("/")

    def run(self, *command, user="user", status=0, path="") -> subprocess.CompletedProcess:
        """Runs a command to its end, in the home of the user."""
        result = subprocess.run(
            self._entering(command, user, path), capture_output=True, text=True, timeout=80, check=False)
        assert result.returncode == status, (command, result.stdout, result.stderr)
        return result

    def start(self, *command, user="user", path="", **how) -> subprocess.Popen:
        """Starts a command whose output can be read."""
        return subprocess.Popen(self._entering(command, user, path), stdout=subprocess.PIPE, text=True, **how)

    def apt(self, *arguments, **how) -> subprocess.CompletedProcess:
        return self.run("apt", "-y", *arguments, user="root", **how)

    def bring(self, file: Path, inside: str) -> None:
        shutil.copy(file, self.path(inside))
        self.path(inside).joinpath(file.name).chmod(0o644)

    def files(self) -> set[str]:
        """Every file and folder."""
        return {str(Path(top, name).relative_to(self.folder))
                for top, folders, files in os.walk(self.folder) for name in folders + files}

    def _entering(self, command, user, path):
        home = HOME if user == "user" else "/root"
        system = "/usr/sbin:/usr/bin:/sbin:/bin" if user == "root" else "/usr/local/bin:/usr/bin:/bin"
        environment = [f"HOME={home}", f"PATH={path}{system}", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        return ["unshare", "--mount", "sh", "-c", ENTER, self.folder, f"--userspec={user}:{user}", str(self.folder),
                "env", "--ignore-environment", f"--chdir={home}", *environment, *map(str, command)]
