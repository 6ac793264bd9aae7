"""Runs `eio-lua load` with a script, and reads what it counted."""

import json


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
