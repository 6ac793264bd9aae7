"""Writes the wheel, for `pip install`, from the folder of the tarball.

    wheel.py FOLDER GLIBC SECONDS DIST

GLIBC is the version that the programs need, such as 2.35, and SECONDS the date of every file, in seconds since 1970. The
programs are the wheel's scripts, so that the installed file is the program itself; man pages, completions and examples
are its data, which pip installs below the environment's `share`.
"""

import base64
import hashlib
import platform
import re
import sys
import time
import zipfile
from pathlib import Path

import help_text

ROOT = Path(__file__).resolve().parents[2]
METADATA = """\
Metadata-Version: 2.4
Name: eio-lua
Version: {version}
Summary: {summary}
License-Expression: Apache-2.0
License-File: LICENSE
Keywords: socket.io,engine.io,websocket,lua,load testing,locust
Classifier: Environment :: Console
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: Software Development :: Testing :: Traffic Generation
Requires-Python: >=3.8
Description-Content-Type: text/markdown

{readme}"""
WHEEL = "Wheel-Version: 1.0\nGenerator: eio-lua ({version})\nRoot-Is-Purelib: false\nTag: {tag}\n"


def main() -> None:
    folder, glibc, seconds, dist = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    version = help_text.output(folder / "bin/eio-lua", "--version").split()[1]
    tag = f"py3-none-manylinux_{glibc.replace('.', '_')}_{platform.machine()}"
    files = contents(folder, f"eio_lua-{version}", version, tag)
    write(dist / f"eio_lua-{version}-{tag}.whl", files, f"eio_lua-{version}.dist-info/RECORD", seconds)


def contents(folder: Path, name: str, version: str, tag: str) -> dict[str, bytes]:
    """The files of the wheel; pip wants the metadata last."""
    files = {f"{name}.data/scripts/{path.name}": path.read_bytes() for path in sorted((folder / "bin").iterdir())}
    for path in sorted((folder / "share").rglob("*")):
        # pip uninstalls.
        if path.is_file() and path.name != "uninstall.sh":
            files[f"{name}.data/data/{path.relative_to(folder)}"] = path.read_bytes()
    metadata = METADATA.format(version=version, summary=summary(), readme=readme())
    files[f"{name}.dist-info/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{name}.dist-info/METADATA"] = metadata.encode()
    files[f"{name}.dist-info/WHEEL"] = WHEEL.format(version=version, tag=tag).encode()
    return files


def summary() -> str:
    """The first sentence of the README, without the program's name."""
    sentence = (ROOT / "README.md").read_text().split("\n\n")[1].split(":")[0]
    return re.sub(r"^`eio-lua` r", "R", " ".join(sentence.split()))


def readme() -> str:
    """The README without images and without links into the repository, which lead nowhere from a package index."""
    text = re.sub(r"(?m)^\[!\[.*\n", "", (ROOT / "README.md").read_text())
    return re.sub(r"\[([^\]]*)\]\((?!https?://|#)[^)]*\)", r"\1", text)


def write(wheel: Path, files: dict[str, bytes], record: str, seconds: int) -> None:
    lines = [f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if ".data/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, data, compresslevel=9)


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


if __name__ == "__main__":
    main()
