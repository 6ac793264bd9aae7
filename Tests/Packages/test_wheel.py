"""The wheel of `dist/`, installed by pip beside Locust, used and uninstalled."""

import base64
import calendar
import csv
import hashlib
import io
import os
import socket
import subprocess
import sys
import zipfile

import pytest

from release import ROOT

TOOLS = ROOT / ".venv-packages/bin"
# The master of the integration tests.
[LOCUST] = [line for line in (ROOT / "Tests/Integration/requirements.txt").read_text().split() if "locust==" in line]


class Environment:
    """A new virtual environment in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", self.folder], check=True, timeout=60)
        self.pip("install", LOCUST)

    def pip(self, *arguments):
        self.run("python", "-m", "pip", "--disable-pip-version-check", "-q", *arguments)

    def command(self, program, *arguments):
        return [str(self.folder / "bin" / program), *map(str, arguments)]

    def run(self, program, *arguments):
        result = subprocess.run(
            self.command(program, *arguments), cwd=self.folder, capture_output=True, text=True, timeout=80, check=False)
        assert result.returncode == 0, (program, arguments, result.stdout, result.stderr)
        return result

    def start(self, program, *arguments, **how):
        # Proxies of the machine are not for loopback.
        return subprocess.Popen(
            self.command(program, *arguments), cwd=self.folder, text=True, env={**os.environ, "NO_PROXY": "127.0.0.1"}, **how)

    def files(self):
        """Every file, apart from those that Python compiled when it ran; pip leaves folders that are empty."""
        return {path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def wheel():
    [file] = (ROOT / "dist").glob("*.whl")
    return file


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(environment, wheel):
    """The environment with the wheel, which is uninstalled at the end, with all of its files."""
    before = environment.files()
    environment.pip("install", "--no-index", "--find-links", wheel.parent, "eio-lua")
    environment.added = environment.files() - before
    yield environment
    environment.pip("uninstall", "--yes", "eio-lua")
    assert environment.files() == before


def test_tag_is_what_the_programs_need(wheel):
    [tag] = [line.split()[1] for line in read(wheel, "WHEEL").splitlines() if line.startswith("Tag: ")]
    assert wheel.name.endswith(f"-{tag}.whl")
    shown = subprocess.run([TOOLS / "auditwheel", "show", wheel], capture_output=True, text=True, check=True, timeout=60)
    assert f'platform tag: "{tag.split("-")[2]}"' in shown.stdout


def read(wheel, name):
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(wheel.name.removesuffix(".whl").split("-py3")[0] + f".dist-info/{name}").decode()


def test_record_has_each_file_with_its_digest(wheel):
    rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(read(wheel, "RECORD")))}
    with zipfile.ZipFile(wheel) as archive:
        assert set(rows) == set(archive.namelist())
        for name, (digest, size) in rows.items():
            if not name.endswith("/RECORD"):
                data = archive.read(name)
                found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                assert (digest, size) == (f"sha256={found}", str(len(data)))
    assert rows[wheel.name.split("-py3")[0] + ".dist-info/RECORD"] == ("", "")


def test_metadata(wheel):
    subprocess.run([TOOLS / "twine", "check", "--strict", wheel], check=True, timeout=60, stdout=subprocess.DEVNULL)
    metadata, _, readme = read(wheel, "METADATA").partition("\n\n")
    assert "Summary: Runs Socket.IO and Engine.IO clients that you script in Lua 5.4\n" in metadata
    assert readme.startswith("# eio-lua\n") and "docs/load-testing.md" in readme
    assert "](docs/" not in readme and "](https://www.swift.org" in readme


def test_same_folder_gives_the_same_wheel(release, wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        [date] = {entry.date_time for entry in archive.infolist()}
    script, seconds = ROOT / "scripts/package/wheel.py", str(calendar.timegm(date))
    subprocess.run([sys.executable, script, release.folder, "2.35", seconds, tmp_path], check=True, timeout=60)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_installed_files_are_those_of_the_tarball(installed, release):
    shipped = {path.relative_to(release.folder): path for top in ("bin", "share")
               for path in (release.folder / top).rglob("*") if path.is_file() and path.name != "uninstall.sh"}
    added = {path.relative_to(installed.folder): path for path in installed.added if "site-packages" not in path.parts}
    assert added.keys() == shipped.keys()
    for name, path in added.items():
        assert path.read_bytes() == shipped[name].read_bytes()
        assert bool(path.stat().st_mode & 0o111) == (name.parts[0] == "bin")


@pytest.fixture
def server(installed):
    process = installed.start("eio-lua", "serve", "--port", "0", stdout=subprocess.PIPE)
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait(30)
    process.stdout.close()


def test_bot_against_the_embedded_server(installed, server):
    bot = installed.folder / "share/eio-lua/bots/echo.lua"
    assert "hello" in installed.run("eio-lua", bot, server, "--say", "hello").stdout


def test_c_modules_load(installed):
    script = 'for _, name in ipairs{"cjson", "lpeg", "socket"} do io.write(type(require(name)), " ") end'
    assert installed.run("eio-lua", "-e", script).stdout == "table table table "


SCENARIO = """\
eio.connect(arg[1])
while true do
  eio.send("hello")
  assert(eio.receive(5) == "hello")
  eio.sleep(0.1)
end
"""


def test_worker_under_a_locust_master(installed, server):
    folder = installed.folder
    (folder / "scenario.lua").write_text(SCENARIO)
    (folder / "locustfile.py").write_text(installed.run("eio-lua", "locustfile", "scenario.lua", "--", server).stdout)
    port = free_port()
    with (folder / "master.log").open("w") as log:
        master = installed.start(
            "locust", "-f", "locustfile.py", "--master", "--headless", "--expect-workers", 1, "--master-bind-host",
            "127.0.0.1", "--master-bind-port", port, "-u", 3, "-r", 3, "-t", "3s", "--csv", "run", stdout=log, stderr=log)
        worker = installed.start(
            "eio-lua", "worker", "--master-host", "127.0.0.1", "--master-port", port, "scenario.lua", "--", server,
            stdout=log, stderr=log)
        try:
            assert (master.wait(60), worker.wait(30)) == (0, 0), (folder / "master.log").read_text()
        finally:
            master.kill()
            worker.kill()
    with (folder / "run_stats.csv").open() as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    assert (rows["connect"]["Request Count"], rows["connect"]["Failure Count"]) == ("3", "0")
    for name in ("scenario.lua", "locustfile.py", "master.log", *(path.name for path in folder.glob("run_*.csv"))):
        (folder / name).unlink()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
