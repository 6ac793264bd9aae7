"""install.sh and uninstall.sh: the installed files, and nothing left of them."""

from pathlib import Path

import pytest

from release import ROOT

FOLDERS = {"bots": "scripts/bots", "load": "scripts/load", "definitions": "Sources/StarterFiles/definitions"}


def test_checksum(release):
    release.run("sha256sum", "--check", release.tarball.name + ".sha256")


def test_examples_and_definitions_are_those_of_the_project(release):
    for name, source in FOLDERS.items():
        shipped = {path.name: path.read_bytes() for path in (release.folder / "share/eio-lua" / name).iterdir()}
        assert shipped == {path.name: path.read_bytes() for path in (ROOT / source).iterdir()} != {}
    assert (release.folder / "share/eio-lua/.luacheckrc").read_bytes() == (ROOT / ".luacheckrc").read_bytes()
    assert (release.folder / "share/doc/eio-lua/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_everything_is_installed(installed):
    shipped = {path.relative_to(installed.folder): path for top in ("bin", "share")
               for path in (installed.folder / top).rglob("*") if path.is_file()}
    assert len(shipped) > 30
    for name, path in shipped.items():
        copy = installed.prefix / name
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mode & 0o777 == (0o755 if path.stat().st_mode & 0o100 else 0o644)


@pytest.fixture
def prefix(release):
    """A folder with a file and an empty folder that are not ours."""
    folder = release.home / "a place" / "below"
    release.run("mkdir", "-p", folder / "bin", folder / "share/empty")
    release.run("touch", folder / "bin/other")
    yield folder
    release.run("rm", "-r", release.home / "a place")


def test_uninstalling_leaves_what_was_there(release, prefix):
    before = release.files()
    release.run(release.folder / "install.sh", "--prefix", prefix)
    assert (prefix / "bin/eio-lua").exists()
    release.run(release.folder / "uninstall.sh", "--prefix", prefix)
    assert release.files() == before


def test_installed_copy_uninstalls_its_own_prefix(release, prefix):
    before = release.files()
    release.run(release.folder / "install.sh", f"--prefix={prefix}/new/deep")
    release.run(prefix / "new/deep/share/eio-lua/uninstall.sh")
    assert release.files() == before


def test_second_installation_replaces_the_first(release, prefix):
    before = release.files()
    release.run(release.folder / "install.sh", "--prefix", prefix)
    once = release.files()
    # A file of another version.
    old = prefix / "share/eio-lua/bots/old.lua"
    release.run("touch", old)
    listed = prefix / "share/eio-lua/installed-files"
    release.run("sh", "-c", f"echo 'file {old}' >>'{listed}'")
    release.run(release.folder / "install.sh", "--prefix", prefix)
    assert release.files() == once
    release.run(release.folder / "uninstall.sh", "--prefix", prefix)
    assert release.files() == before


def test_file_of_another_origin_is_not_overwritten(release, prefix):
    release.run("touch", prefix / "bin/eio-lua")
    before = release.files()
    result = release.run(release.folder / "install.sh", "--prefix", prefix, status=1)
    assert "install.sh did not put it there" in result.stderr
    assert release.files() == before


def test_relative_prefix_is_below_the_current_folder(release, prefix):
    before = release.files()
    release.run(release.folder / "install.sh", "--prefix", Path("a place/below"))
    assert (prefix / "bin/eio-lua").exists()
    release.run(prefix / "share/eio-lua/uninstall.sh")
    assert release.files() == before


def test_uninstalling_without_an_installation_fails(release, prefix):
    result = release.run(release.folder / "uninstall.sh", "--prefix", prefix, status=1)
    assert "eio-lua is not installed in" in result.stderr
