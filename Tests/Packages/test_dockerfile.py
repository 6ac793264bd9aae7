"""The Dockerfile, without Docker: its rules, and the steps that install the release."""

import fnmatch
import re
import subprocess

from release import ROOT

FILE = ROOT / "scripts/package/Dockerfile"
DOCKERFILE = FILE.read_text()


def test_rules_of_hadolint():
    subprocess.run([ROOT / ".venv-packages/bin/hadolint", FILE], check=True, timeout=60)


def test_context_is_the_release_and_nothing_else(release):
    everything, *kept = FILE.with_name("Dockerfile.dockerignore").read_text().split()
    assert everything == "*" and {line[:1] for line in kept} == {"!"}
    [copied] = re.findall(r"(?m)^COPY (dist.*) \./$", DOCKERFILE)
    assert copied.split() == [line[1:] for line in kept]
    for name in (release.tarball.name, release.tarball.name + ".sha256"):
        assert any(fnmatch.fnmatch(f"dist/{name}", pattern) for pattern in copied.split())


def test_steps_install_the_release(release):
    [steps] = re.findall(r"(?m)^RUN (sha256sum .*)$", DOCKERFILE)
    assert steps.endswith(" --prefix /usr/local")
    folder = release.home / "image"
    release.run("mkdir", folder)
    release.run("cp", release.tarball.name, release.tarball.name + ".sha256", folder)
    release.run("sh", "-c", f"cd image && {steps.replace('/usr/local', '../installed')}")
    [entry] = re.findall(r'(?m)^ENTRYPOINT \["(.*)"\]$', DOCKERFILE)
    assert release.run(release.home / "installed/bin" / entry, "--version").stdout.startswith("eio-lua ")
    release.run("rm", "-r", folder, "installed")


def test_programs_do_not_run_as_root():
    last = DOCKERFILE.split("\nFROM ")[-1]
    [user] = re.findall(r"(?m)^USER (\d+)$", last)
    assert f"useradd --create-home --uid {user} " in last and user != "0"
