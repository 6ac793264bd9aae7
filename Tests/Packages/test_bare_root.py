"""Each form of the release in a bare Debian: installed, used by an ordinary user, and removed.

The tests of a form share its root, and the last one removes the form from it.
"""

import re
import shutil

import pytest

from bare_root import BASE, BareRoot
from c_modules import C_MODULES, PACKAGES
from forms import FORMS


class Installed:
    def __init__(self, name: str):
        self.root = BareRoot(BASE.with_name(f"root-{name}"))
        self.form = FORMS[name]()
        if self.form.tools:
            self.root.apt("install", *self.form.tools)
        self.before = self.root.files()
        self.form.install(self.root)

    def run(self, *command, **how):
        return self.root.run(*command, path=self.form.path, **how)

    def start(self, *command):
        return self.root.start(*command, path=self.form.path)


@pytest.fixture(scope="module", params=FORMS)
def installed(request):
    folder = BASE.with_name(f"root-{request.param}")
    shutil.rmtree(folder, ignore_errors=True)
    yield Installed(request.param)
    shutil.rmtree(folder)


def test_version(installed):
    for tool in ("cc", "swift", "lua5.4"):
        installed.run("sh", "-c", f"command -v {tool}", status=127)
    text = installed.run("eio-lua", "--version").stdout
    assert re.fullmatch(r"eio-lua \d+\.\d+\.\d+ \(Lua 5\.4\.\d+, Engine\.IO 4, Socket\.IO 5\)\n", text)


def test_bot_against_the_embedded_server(installed, server):
    bot = f"{installed.form.examples}/bots/echo.lua"
    assert "hello" in installed.run("eio-lua", bot, server, "--say", "hello").stdout


def test_load_run_with_a_report(installed, server):
    script = f"{installed.form.examples}/load/request_reply.lua"
    installed.run("eio-lua", "load", "-u", "3", "-i", "6", "-q", "--report", "report.html", script, "--", server)
    assert "<html" in installed.run("cat", "report.html").stdout
    installed.run("rm", "report.html")


@pytest.mark.parametrize("page, heading", [("eio-lua", "EIO-LUA(1)"), ("eio-lua-load", "EIO-LUA-LOAD(1)")])
def test_man(installed, page, heading):
    assert heading in installed.run("man", page).stdout


COMPLETE = """
export XDG_DATA_DIRS=$1
source /usr/share/bash-completion/bash_completion
_completion_loader eio-lua
function=$(complete -p eio-lua | sed -E 's/.* -F ([^ ]+) .*/\\1/')
COMP_WORDS=(eio-lua lo) COMP_CWORD=1
$function
echo "${COMPREPLY[@]}"
"""


def test_bash_loads_the_completions(installed):
    assert installed.run("bash", "-c", COMPLETE, "bash", installed.form.data).stdout == "load locustfile\n"


def test_worker_starts_or_advises_what_to_install(installed):
    libraries = installed.form.worker_needs
    if libraries:
        installed.root.apt("purge", "--autoremove", *libraries)
        refused = installed.run("eio-lua", "worker", "--version", status=69).stderr
        assert "error while loading shared libraries: " in refused
        advice = re.search(r"apt install (.*)\n$", refused)[1].split()
        assert advice == libraries
        installed.root.apt("install", *advice)
    version = installed.run("eio-lua", "--version").stdout
    assert installed.run("eio-lua", "worker", "--version").stdout == version


@pytest.mark.parametrize("script, printed", C_MODULES)
def test_c_module_loads(installed, script, printed):
    installed.root.apt("install", *PACKAGES)
    assert installed.run("eio-lua", "-e", script).stdout == printed + "\n"


def test_removal_leaves_nothing(installed):
    used = installed.root.files()
    installed.form.remove(installed.root)
    installed.root.apt("purge", "--autoremove", *PACKAGES, *installed.form.worker_needs)
    assert installed.root.files() ^ installed.before == set() != used ^ installed.before
