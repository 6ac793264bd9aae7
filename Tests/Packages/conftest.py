"""The release of `dist/`, unpacked and installed by an ordinary user in a home of its own."""

import pytest

from release import Release


@pytest.fixture(scope="session")
def release():
    """The tarball, unpacked."""
    with Release() as unpacked:
        yield unpacked


@pytest.fixture(scope="session")
def installed(release):
    """The same, installed where an ordinary user has it without options: in ~/.local."""
    release.run(release.folder / "install.sh")
    return release


@pytest.fixture
def server(installed):
    """The address of an embedded server, which the installed program runs."""
    process = installed.start("eio-lua", "serve", "--port", "0")
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait(30)
    process.stdout.close()
