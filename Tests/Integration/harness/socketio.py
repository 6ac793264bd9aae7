"""Socket.IO on a scripted server: packets as they are on the wire, and a script that shows everything that its client
goes through. The `4` of Engine.IO's message packet stands before the type of each packet: `42["event"]`.

    async def conversation(server):
        session = await join(server, transport)
        await session.send('42["news",1]', END)

    assert talk(lua, conversation, transport).events == [["/", "news", 1]]
"""

import json

from .scripted import ScriptedServer

# Engine.IO's close packet, which ends a session without reconnection.
END = "1"

# Each line of the output is a JSON array. Handlers for "*" show what no handler of the test's setup takes. The client
# has more patience than the conversation, which may be the slower one on a busy machine.
SCRIPT = """\
local url = arg[1]
local c = require("socketio").Client{{reconnection = false, request_timeout = 60, {options}}}
local function plain(value)
  if value ~= eio.null and type(value) == "userdata" then
    return "bytes " .. tostring(value):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  end
  if type(value) == "table" then
    for key, member in pairs(value) do value[key] = plain(member) end
  end
  return value
end
local function show(...)
  local values = table.pack(...)
  for i = 1, values.n do
    if values[i] == nil then values[i] = eio.null else values[i] = plain(values[i]) end
  end
  values.n = nil
  print(eio.json.encode(values))
end
c.on("*", function(event, ns, ...) show("event", ns, event, ...) end, "*")
c.on("connect", function(ns) show("connect", ns) end, "*")
c.on("connect_error", function(ns, ...) show("connect_error", ns, ...) end, "*")
c.on("disconnect", function(ns, reason, detail) show("disconnect", ns, reason, detail.cause, detail.message) end, "*")
{setup}
local ok, err = pcall(c.connect, url, {{transports = arg[2], wait_timeout = 60, {connect}}})
if not ok then
  show("failed", err.message, err.phase, err.cause, err.refused, err.silent)
  return
end
show("connected")
{main}
"""


def connect(name="/", payload="{}"):
    """The CONNECT packet of a client, or with an object that has a sid that of a server."""
    return f"40{of(name)}{payload}"


def accept(name="/", sid="n1"):
    """The server's CONNECT."""
    return connect(name, json.dumps({"sid": sid}))


def of(name):
    """A namespace as it stands in a packet."""
    return "" if name == "/" else name + ","


def placeholder(number):
    return f'{{"_placeholder":true,"num":{number}}}'


async def join(server, transport, *names, **fields):
    """Answers the handshakes of Engine.IO and of these namespaces, `/` without any; returns the session."""
    names = names or ("/",)
    session = await server.open(transport, **fields)
    for name in names:
        assert await session.receive() == connect(name)
    await session.send(*(accept(name) for name in names))
    return session


async def nothing_before_pong(session):
    """The client sends nothing but the answer to a ping, which it gets after everything that was sent before."""
    await session.send("2")
    assert await session.receive() == "3"


async def lose(session):
    """The connection dies when the client has everything that was sent."""
    await nothing_before_pong(session)
    await session.vanish()


async def leave(session, *names):
    """Takes the client's disconnect()."""
    for name in names or ("/",):
        assert await session.receive() == "41" + of(name)
    assert await session.receive() == END


def observer(options="", connect="", setup="", main=""):
    """The script. `options` are those of the client, `connect` those of connect(), both in Lua; `setup` runs before
    connect() and `main` after it has returned."""
    return SCRIPT.format(options=options, connect=connect, setup=setup, main=main)


def talk(lua, conversation, transport="websocket", *, program=(), status=0, **script):
    """Runs the observing script against a conversation; `script` as in `observer`, `program` are options of the
    program, and without a transport the client upgrades."""
    result = None
    try:
        with ScriptedServer(conversation) as server:
            arguments = [server.url] + ([transport] if transport else [])
            result = lua.run(observer(**script), *arguments, options=program)
    except AssertionError as error:
        # The server only knows that its client is gone.
        if result is not None:
            error.add_note(str(result))
        raise
    assert result.status == status, result
    return Talk(result, server)


class Talk:
    """The lines that the script has shown, each as a list."""

    def __init__(self, result, server):
        self.result = result
        self.server = server
        self.shown = [json.loads(line) for line in result.lines]

    def of(self, word):
        """The lines that begin with the word, without it."""
        return [line[1:] for line in self.shown if line[0] == word]

    @property
    def events(self):
        return self.of("event")

    @property
    def disconnects(self):
        """Namespace and reason of each."""
        return [line[:2] for line in self.of("disconnect")]

    @property
    def failure(self):
        """The message, phase, cause, refused and silent namespaces of connect()'s error."""
        (failure,) = self.of("failed")
        return failure
