"""A script by its name alone, as messages then show it, and the conversations that many scripts have with a server."""

from .scripted import ScriptedServer


def run(lua, text, *arguments, options=(), stdin="", env=None, timeout=30):
    """Runs the script to its end, whatever that is."""
    return lua.command(*options, lua.write(text).name, *arguments, stdin=stdin, env=env).finish(timeout)


def complete(lua, text, *arguments, status=0, **how):
    """Runs the script to its end, which must have this status."""
    result = run(lua, text, *arguments, **how)
    assert result.status == status, result
    return result


def lines_of(lua, text):
    """The output of a script that ends with status 0."""
    result = complete(lua, text)
    assert not result.stderr, result
    return result.lines


def message_of(lua, code):
    """The text of the error that this code raises; its place in the script must be right."""
    result = run(lua, f"local ok, err = pcall(function()\n{code}\nend)\nprint(ok, err)", timeout=5)
    assert result.status == 0, result
    assert result.stdout.startswith("false\tscript.lua:2: "), result
    return result.stdout.removeprefix("false\tscript.lua:2: ").removesuffix("\n")


def converse(lua, conversation, text, *arguments, status=0):
    """Runs a script against a scripted server; its first argument is the url. `requests` is what the server saw."""
    with ScriptedServer(conversation) as server:
        result = complete(lua, text, server.url, *arguments, status=status)
    result.requests = server.requests
    return result


def sending(transport, *packets):
    """A conversation that opens a session, sends these packets and ends the session."""
    async def conversation(server):
        session = await server.open(transport)
        await session.send(*packets, "1")

    return conversation


def ending(transport, reason):
    """A conversation that ends for this reason once the script has sent something."""
    async def conversation(server):
        session = await server.open(transport)
        await session.receive()
        if reason == "server disconnect":
            await session.send("1")
        elif reason == "transport error" and transport == "polling":
            await (await server.get()).answer("", status=500)
        elif reason == "transport error":
            await session.vanish()

    return conversation


def listening(transport, received):
    """A conversation that adds all packets up to the client's close packet to a list."""
    async def conversation(server):
        session = await server.open(transport)
        while "1" not in received:
            received.append(await session.receive())

    return conversation
