"""`eio-lua connect` as a process."""

import json


def connect(lua, url, *options, stdin=""):
    """Starts the command; a `stdin` of None leaves its input open."""
    return lua.command("connect", url, *options, stdin=stdin)


def connected(lua, url, *options, stdin="", timeout=30):
    """The result of the command."""
    return connect(lua, url, *options, stdin=stdin).finish(timeout)


def reports(result, *types):
    """The objects of --json, all or those of these types, as pairs of the type and the data."""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(set(each) == {"time", "type", "data"} for each in found), found
    return [(each["type"], each["data"]) for each in found if not types or each["type"] in types]
