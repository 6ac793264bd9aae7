"""Runs `eio-lua load` with a script, and reads what it counted."""

import json
import time
import urllib.request


def load(lua, script, *options, args=(), timeout=60):
    """The result has the metrics of the exported summary, and the counts of the counters as `totals`."""
    lua.write(script)
    export = lua.folder / "summary.json"
    result = lua.command(
        "load", *options, "--summary-export", str(export), "script.lua", "--", *args).finish(timeout)
    result.metrics = json.loads(export.read_text())["metrics"] if export.exists() else {}
    result.totals = counts(result.metrics)
    return result


def totals(export):
    """The counts of the counters in an exported summary."""
    return counts(json.loads(export.read_text())["metrics"])


def counts(metrics):
    return {name: metric["count"] for name, metric in metrics.items() if "count" in metric}


def scrape(url, timeout=10):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.headers, answer.read().decode()


def scrape_until(url, text):
    """Reads the page of metrics, which is written once a second, until the text is in it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        page = scrape(url)[1]
        if text in page:
            return page
    raise AssertionError(f"no {text!r} in\n{page}")
