"""Runs `eio-lua load` with a script, and reads what it counted."""

import json
import time
import urllib.request


def load(lua, script, *options, args=(), timeout=40):
    lua.write(script)
    export = lua.folder / "summary.json"
    result = lua.command(
        "load", *options, "--summary-export", str(export), "script.lua", "--", *args).finish(timeout)
    result.totals = totals(export) if export.exists() else {}
    return result


def totals(export):
    """The counts of the counters."""
    metrics = json.loads(export.read_text())["metrics"]
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
