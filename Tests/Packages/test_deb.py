"""The package for Debian: its fields, its files, and what `lintian` reports."""

import gzip
import re
import subprocess

import pytest

from forms import DebianPackage

PROGRAMS = ["eio-lua", "eio-lua-worker"]
# Where Debian has other places than the tarball, beside the copyright and the changelog.
MOVED = {
    "share/eio-lua/bots": "share/doc/eio-lua/examples/bots",
    "share/eio-lua/load": "share/doc/eio-lua/examples/load",
    "share/zsh/site-functions": "share/zsh/vendor-completions",
}


def output(*command):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def deb():
    return DebianPackage().file


@pytest.fixture(scope="module")
def tree(deb, tmp_path_factory):
    folder = tmp_path_factory.mktemp("deb")
    output("dpkg-deb", "--raw-extract", deb, folder)
    return folder


def field(deb, name):
    return output("dpkg-deb", "--field", deb, name).strip()


def packages(deb, name):
    return dict(re.findall(r"([\w.+-]+)(?: \(>= (.*?)\))?(?:, |$)", field(deb, name)))


def test_lintian(deb):
    result = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", deb],
        capture_output=True, text=True, timeout=80, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_version(deb, tree):
    version = output(tree / "usr/bin/eio-lua", "--version").split()[1]
    assert field(deb, "Version") == version
    assert deb.name == f"eio-lua_{version}_amd64.deb"
    changelog = gzip.decompress((tree / "usr/share/doc/eio-lua/changelog.gz").read_bytes()).decode()
    assert changelog.startswith(f"eio-lua ({version}) ")
    assert "`scripts/package.sh`" in changelog


def test_only_the_worker_needs_zeromq(deb):
    # README.md names the systems that have these versions: Debian 12 and Ubuntu 22.04, and later ones.
    assert packages(deb, "Depends") == {
        "libc6": "2.35", "libgcc-s1": "3.3", "liblua5.4-0": "5.4.4", "libstdc++6": "11",
        "libedit2": "3.1-20140620-0", "zlib1g": "1:1.1.4"}
    assert set(packages(deb, "Recommends")) == {"libzmq5"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_stripped_and_use_the_library_of_lua(tree, program):
    file = tree / "usr/bin" / program
    assert "[liblua5.4.so.0]" in output("readelf", "-d", file)
    assert ".symtab" not in output("readelf", "-SW", file)
    assert not re.search(r" T ", output("nm", "-D", "--defined-only", file))


def test_files_are_those_of_the_tarball(release, tree):
    def files(folder):
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    def moved(name):
        for old, new in MOVED.items():
            name = name.replace(old, new)
        return re.sub(r"(/man1/.*)", r"\1.gz", name)

    expected = {moved(name) for top in ("bin", "share") for name in files(release.folder) if name.startswith(top)}
    others = {"share/eio-lua/uninstall.sh", "share/doc/eio-lua/LICENSE", "share/doc/eio-lua/CHANGELOG.md"}
    expected = {name for name in expected - others if "/licenses/" not in name} | {
        "share/doc/eio-lua/copyright", "share/doc/eio-lua/changelog.gz"}
    assert files(tree / "usr") == expected


def test_checksums(tree):
    listed = output("sh", "-c", f"cd {tree} && md5sum --check DEBIAN/md5sums").splitlines()
    assert len(listed) == sum(path.is_file() for path in (tree / "usr").rglob("*"))
