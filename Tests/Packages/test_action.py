"""The GitHub action: its description, and its script with the variables that a runner sets."""

import functools
import hashlib
import http.server
import re
import shutil
import subprocess
import threading

import pytest

from release import ROOT

ACTION = ROOT / ".github/actions/eio-lua"
SCRIPT = """\
if arg[2] == "fail" then options = {thresholds = {iterations = {"count>100"}}} end
print("::warning::from the script")
eio.connect(arg[1])
eio.send(arg[2])
print("received " .. eio.receive(5))
eio.disconnect()
"""


@pytest.fixture(scope="module")
def described():
    """The lines of action.yml that name variables and inputs."""
    text = (ACTION / "action.yml").read_text()
    return text, dict(re.findall(r"(INPUT_\w+): \$\{\{ inputs\.([\w-]+) \}\}", text))


class Job:
    """A job of the runner, in the home of the release's user."""

    def __init__(self, release, defaults):
        self.release = release
        self.folder = release.home / "job"
        release.run("mkdir", "-p", self.folder / "temp")
        (self.folder / "load.lua").write_text(SCRIPT)
        shutil.copy(ACTION / "load.sh", self.folder / "temp")
        self.variables = {
            **defaults, "INPUT_SCRIPT": "load.lua", "INPUT_TARBALL": str(release.home / release.tarball.name),
            "RUNNER_TEMP": str(self.folder / "temp"), "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"), "GITHUB_SERVER_URL": "http://127.0.0.1:1",
            "GITHUB_REPOSITORY": "owner/tests", "GITHUB_ACTION_REPOSITORY": "owner/eio-lua"}

    def run(self, status=0, **variables):
        values = [f"{name}={value}" for name, value in {**self.variables, **variables}.items()]
        return self.release.run(
            "env", "--chdir", self.folder, *values, "bash", "temp/load.sh", status=status).stdout

    @property
    def outputs(self):
        return dict(line.split("=", 1) for line in (self.folder / "output").read_text().splitlines())

    @property
    def summary(self):
        return (self.folder / "summary").read_text()


@pytest.fixture
def job(release, described):
    text, variables = described
    defaults = {
        variable: (re.search(rf"(?s)\n  {name}:\n.*?default: (\S+)", text) or ["", '""'])[1].strip('"')
        for variable, name in variables.items()}
    job = Job(release, defaults)
    yield job
    shutil.rmtree(job.folder)


@pytest.fixture(scope="module")
def server(release):
    process = release.start(release.folder / "bin/eio-lua", "serve", "--port", "0")
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait(30)
    process.stdout.close()


def test_description_is_valid_and_puts_no_input_into_a_command(described):
    text, variables = described
    subprocess.run(
        [ROOT / ".venv-packages/bin/check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION / "action.yml"],
        check=True, timeout=60, stdout=subprocess.DEVNULL)
    inputs = re.findall(r"(?m)^  ([\w-]+):$", text.partition("outputs:")[0])
    assert variables == {f"INPUT_{name.upper()}": name for name in inputs}
    assert text.count("${{ inputs.") == len(inputs)
    assert set(re.findall(r"INPUT_\w+", (ACTION / "load.sh").read_text())) == set(variables)


def test_run_that_passes(job, server):
    shown = job.run(INPUT_OPTIONS="--vus=2\n--iterations\n4\n", INPUT_ARGS=f"{server}\nan argument; with $(blanks)\n")
    assert shown.count("received an argument; with $(blanks)\n") == 4
    assert job.outputs == {
        "status": "0", "report": str(job.folder / "eio-lua-report.html"), "export": str(job.folder / "eio-lua-export.json")}
    assert "<html" in (job.folder / "eio-lua-report.html").read_text()
    assert (job.folder / "eio-lua-export.json").read_text().startswith("{")
    assert job.summary.startswith("### eio-lua load: passed\n\n```") and job.summary.endswith("```\n")
    assert re.search(r"iterations\.+: 4 ", job.summary)
    assert "received an argument" not in job.summary
    # The runner reads no command of the script.
    [token] = re.findall(r"(?m)^::stop-commands::(\w{32})$", shown)
    before, _, after = shown.partition("::warning::from the script\n")
    assert f"::stop-commands::{token}\n" in before and after.endswith(f"::{token}::\n")


def test_run_that_fails(job, server):
    job.run(status=99, INPUT_OPTIONS="--iterations=1", INPUT_ARGS=f"{server}\nfail", INPUT_REPORT="other.html")
    assert job.outputs["status"] == "99" and job.outputs["report"] == str(job.folder / "other.html")
    assert job.summary.startswith("### eio-lua load: failed with exit status 99\n")


def test_output_whose_last_line_has_no_end(job):
    (job.folder / "open.lua").write_text(
        'function default() end function handleSummary() return {stdout = "no end"} end')
    shown = job.run(INPUT_SCRIPT="open.lua", INPUT_OPTIONS="-i=1")
    [token] = re.findall(r"(?m)^::stop-commands::(\w{32})$", shown)
    assert shown.endswith(f"no end\n::{token}::\n")


def test_checksum_is_verified(job, server):
    copy = job.folder / job.release.tarball.name
    shutil.copy(job.release.tarball, copy)
    run = functools.partial(job.run, INPUT_TARBALL=str(copy), INPUT_OPTIONS="-i=1", INPUT_ARGS=f"{server}\nx")
    assert "::error::the release file has no checksum" in run(status=1)
    right = hashlib.sha256(copy.read_bytes()).hexdigest()
    assert "received x" in run(INPUT_SHA256=right.upper())
    wrong = "0" * 64
    assert f"::error::the SHA-256 of {copy} is {right}, expected {wrong}" in run(status=1, INPUT_SHA256=wrong)
    copy.with_name(copy.name + ".sha256").write_text(f"{wrong}  {copy.name}\n")
    assert f"expected {wrong}" in run(status=1)


def test_release_is_downloaded(job, server):
    version = job.release.tarball.name.split("-")[2]
    place = job.folder / "owner/eio-lua/releases/download" / f"v{version}"
    place.mkdir(parents=True)
    for name in (job.release.tarball.name, job.release.tarball.name + ".sha256"):
        shutil.copy(job.release.tarball.with_name(name), place)

    class Files(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=job.folder)) as files:
        threading.Thread(target=files.serve_forever).start()
        run = functools.partial(
            job.run, INPUT_TARBALL="", INPUT_OPTIONS="-i=1", INPUT_ARGS=f"{server}\nx",
            GITHUB_SERVER_URL=f"http://127.0.0.1:{files.server_port}")
        try:
            assert "received x" in run(INPUT_VERSION=version)
            assert "v9.9.9/eio-lua-9.9.9-linux-x86_64.tar.gz cannot be downloaded" in run(status=1, INPUT_VERSION="9.9.9")
        finally:
            files.shutdown()


@pytest.mark.parametrize("variables, message", [
    ({"INPUT_TARBALL": ""}, "'' is not a valid version"),
    ({"INPUT_TARBALL": "", "INPUT_VERSION": "../1"}, "'../1' is not a valid version"),
    ({"INPUT_TARBALL": "no.tar.gz"}, "the release file 'no.tar.gz' does not exist"),
    ({"INPUT_SCRIPT": "no.lua\n::warning::x"}, "the script 'no.lua ::warning::x' does not exist"),
    ({"INPUT_REPORT": "a\nstatus=0"}, "must be one line"),
])
def test_invalid_input(job, variables, message):
    [line] = job.run(status=1, **variables).splitlines()
    assert line.startswith("::error::") and message in line
