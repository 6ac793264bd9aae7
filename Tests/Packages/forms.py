"""The forms in which eio-lua is installed, as their users install and remove them.

Each has a `path` before the system's PATH, the value `data` of XDG_DATA_DIRS, the folder of its examples, `tools` that
have to be installed before, and the packages that the worker needs beside the form.
"""

from bare_root import HOME, ROOT, BareRoot


class Tarball:
    """Without root's rights, in ~/.local."""

    path = f"{HOME}/.local/bin:"
    examples = f"{HOME}/.local/share/eio-lua"
    tools = []
    data = ""
    worker_needs = []

    def __init__(self):
        [self.file] = (ROOT / "dist").glob("eio-lua-*.tar.gz")
        self.folder = self.file.name.removesuffix(".tar.gz")

    def install(self, root: BareRoot) -> None:
        root.bring(self.file, "/tmp")
        root.run("tar", "xf", f"/tmp/{self.file.name}")
        root.run(f"{self.folder}/install.sh")

    def remove(self, root: BareRoot) -> None:
        root.run(".local/share/eio-lua/uninstall.sh")
        root.run("rm", "-r", self.folder)
        root.path(f"/tmp/{self.file.name}").unlink()


class Wheel:
    """In a virtual environment of the user."""

    path = f"{HOME}/environment/bin:"
    examples = f"{HOME}/environment/share/eio-lua"
    tools = ["python3-venv"]
    data = f"{HOME}/environment/share:/usr/share"
    worker_needs = []

    def __init__(self):
        [self.file] = (ROOT / "dist").glob("eio_lua-*.whl")

    def install(self, root: BareRoot) -> None:
        root.bring(self.file, "/tmp")
        root.run("python3", "-m", "venv", "environment")
        root.run("environment/bin/pip", "install", "--no-index", f"/tmp/{self.file.name}")

    def remove(self, root: BareRoot) -> None:
        root.run("environment/bin/pip", "uninstall", "--yes", "eio-lua")
        root.run("rm", "-r", "environment")
        root.path(f"/tmp/{self.file.name}").unlink()


class DebianPackage:
    """With the packages that apt installs beside it."""

    path = ""
    examples = "/usr/share/doc/eio-lua/examples"
    tools = []
    data = ""
    worker_needs = ["libzmq5"]

    def __init__(self):
        [self.file] = (ROOT / "dist").glob("eio-lua_*.deb")

    def install(self, root: BareRoot) -> None:
        root.bring(self.file, "/tmp")
        root.apt("install", f"/tmp/{self.file.name}")

    def remove(self, root: BareRoot) -> None:
        root.apt("purge", "--autoremove", "eio-lua")
        root.path(f"/tmp/{self.file.name}").unlink()


FORMS = {"tarball": Tarball, "wheel": Wheel, "deb": DebianPackage}
