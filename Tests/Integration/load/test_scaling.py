"""docs/scaling.md: its manifests, and what they run, as several processes on this machine."""

import datetime
import json
import os
import re
import subprocess

import pytest
import yaml

from harness.embedded import EmbeddedServer
from harness.program import PROGRAM, ROOT

SCALING = ROOT / "docs" / "scaling"
SCENARIO = """
    local loadtest = require "loadtest"
    local said = loadtest.Counter("said")
    options = {
        scenarios = {
            each = {executor = "per-vu-iterations", vus = 7, iterations = 3},
            together = {executor = "shared-iterations", vus = 6, iterations = 50, exec = "once"},
        },
        thresholds = {said = {"count==71"}},
    }
    function default()
        if eio.state == "disconnected" then eio.connect(arg[1], {transports = {"websocket"}}) end
        loadtest.time("say", function()
            eio.send("hello")
            loadtest.check(eio.receive(5), {["is an echo"] = function(text) return text == "hello" end})
        end)
        said:add(1)
    end
    -- How many of the users get one of the iterations that they share depends on the machine.
    function once()
        default()
        eio.disconnect()
    end
"""
EXACT = ["iterations", "iterations_started", "eio_connects", "eio_connects_started", "eio_messages_sent",
         "eio_messages_received", "eio_disconnects", "said"]


def documents(name):
    return list(yaml.safe_load_all((SCALING / name).read_text()))


def container_of(workload):
    return workload["spec"]["template"]["spec"]["containers"][0]


def variables(container):
    return {each["name"]: each["value"] for each in container["env"]}


def counts(export):
    metrics = json.loads(export.read_text())["metrics"]
    return {name: metrics[name]["count"] for name in EXACT}


@pytest.fixture
def server(lua):
    return EmbeddedServer(lua)


@pytest.fixture
def whole(lua, server):
    """The counts of one process that does everything."""
    export = lua.folder / "whole.json"
    lua.write(SCENARIO, "scenario.lua")
    result = lua.command("load", "--summary-export", export, "scenario.lua", "--", server.url).finish()
    assert result.status == 0, result
    return counts(export)


def test_one_run_does_what_the_scenario_says(whole):
    assert whole["iterations"] == whole["said"] == whole["eio_messages_sent"] == 7 * 3 + 50
    assert whole["eio_connects"] == whole["eio_disconnects"] == 7 + 50


@pytest.mark.parametrize("parts", [2, 3, 4])
def test_segments_do_together_what_one_run_does(lua, server, whole, parts):
    sums = dict.fromkeys(EXACT, 0)
    running = []
    for index in range(parts):
        export = lua.folder / f"{index}.json"
        segment = f"{index}/{parts}:{index + 1}/{parts}"
        running.append((export, lua.command(
            "load", "--execution-segment", segment, "--no-thresholds", "--summary-export", export, "scenario.lua",
            "--", server.url)))
    for export, process in running:
        result = process.finish()
        assert result.status == 0, result
        for name, count in counts(export).items():
            sums[name] += count
    assert sums == whole


def test_job_is_consistent():
    (job,) = documents("job.yaml")
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    spec = job["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == spec["parallelism"] == int(variables(container_of(job))["JOB_COMPLETIONS"]) > 1
    # A Job's pods need one of the two policies that it may have.
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    labels = spec["template"]["metadata"]["labels"]
    for constraint in spec["template"]["spec"]["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == labels
    volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in container_of(job)["volumeMounts"]} == volumes
    (claim,) = documents("results.yaml")
    assert {"name": "results", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}} in (
        spec["template"]["spec"]["volumes"])
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_job_runs_and_merges_to_one_run(lua, server, whole):
    """The container's own command line, once for each index, as Kubernetes would start it."""
    (job,) = documents("job.yaml")
    container = container_of(job)
    results, programs = lua.folder / "results", lua.folder / "bin"
    results.mkdir()
    programs.mkdir()
    (programs / "eio-lua").symlink_to(PROGRAM)
    start = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(seconds=3)
    command = [
        part.replace("START_AT", start.isoformat().replace("+00:00", "Z")).replace("/results/", f"{results}/")
        for part in container["command"]]
    parts = [
        subprocess.Popen(command, cwd=lua.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={
            **os.environ, **variables(container), "TARGET": server.url, "JOB_COMPLETION_INDEX": str(index),
            "PATH": f"{programs}:{os.environ['PATH']}"})
        for index in range(job["spec"]["completions"])]
    for part in parts:
        output, _ = part.communicate(timeout=60)
        assert part.returncode == 0, output.decode()
    exports = sorted(results.glob("*.json"))
    assert len(exports) == len(parts)
    # None began before the time that all were given.
    for export in exports:
        assert json.loads(export.read_text())["eio_lua"]["run"]["start"] >= start.timestamp() - 0.05
    merged, page = lua.folder / "merged.json", lua.folder / "merged.html"
    result = lua.command(
        "report", "merge", *exports, "--summary-export", merged, "--report", page).finish()
    assert result.status == 0, result
    assert counts(merged) == whole
    # Each part by itself has fewer than the threshold demands; the whole has them.
    assert "✓ 'count==71' count=71" in result.stdout
    assert re.search(r'<p class="verdict">.*passed: ', page.read_text()), page.read_text()[:2000]


def test_segment_by_number_is_the_fraction(lua, server, whole):
    exports = []
    for option, segment in (("--segment", "1/4"), ("--execution-segment", "1/4:2/4")):
        exports.append(lua.folder / f"{option}.json")
        result = lua.command(
            "load", option, segment, "--no-thresholds", "--summary-export", exports[-1], "scenario.lua", "--",
            server.url).finish()
        assert result.status == 0, result
    assert counts(exports[0]) == counts(exports[1]) != whole


def test_locust_manifest_is_consistent():
    service, master, workers = documents("locust.yaml")
    assert [each["kind"] for each in (service, master, workers)] == ["Service", "Deployment", "Deployment"]
    for deployment in (master, workers):
        spec = deployment["spec"]
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
        assert {mount["name"] for mount in container_of(deployment)["volumeMounts"]} == volumes
    assert service["spec"]["selector"] == master["spec"]["selector"]["matchLabels"]
    ports = {port["name"]: port["port"] for port in service["spec"]["ports"]}
    opened = {port["containerPort"] for port in container_of(master)["ports"]}
    assert set(ports.values()) == opened
    assert variables(container_of(workers)) == {
        "LOCUST_MASTER_NODE_HOST": service["metadata"]["name"], "LOCUST_MASTER_NODE_PORT": str(ports["workers"])}
    assert container_of(workers)["command"][:2] == ["eio-lua", "worker"]


def test_guide_names_all_manifests():
    guide = (ROOT / "docs" / "scaling.md").read_text()
    assert {path.name for path in SCALING.iterdir()} == {"job.yaml", "locust.yaml", "results.yaml"}
    for path in SCALING.iterdir():
        assert f"](scaling/{path.name})" in guide
