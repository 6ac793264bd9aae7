"""The Socket.IO client of scripts against servers that are too old, and behind HAProxy."""

import pytest

from harness.socketio_peers import Peer

TRANSPORTS = {"polling": '{"polling"}', "websocket": '{"websocket"}', "upgrade": "nil"}


def test_a_server_of_socketio_2_is_named(lua, real_server, way):
    server = real_server("socketio-4")
    result = lua.run(f"""
        local ok, e = pcall(sio.connect, arg[1], {{transports = {TRANSPORTS[way]}}})
        print(e.type, e.status, e)
    """, server.url)
    [line] = result.lines
    assert line.startswith("ConnectionError\t400\t") and "unsupported version of the Socket.IO" in line


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two servers behind HAProxy."""
    peer = Peer("haproxy", tmp_path_factory.mktemp("pair"))
    yield peer
    peer.stop()


def test_haproxy_keeps_a_client_on_its_server(lua, pair, way):
    """Each request of a client and each of its connections goes to the same server, by the cookie of the first."""
    result = lua.run(f"""
        local servers, number = {{}}, 0
        for _ = 1, 6 do
          local client = require("socketio").Client{{reconnection_delay = 0.01}}
          local again = eio.create_event()
          client.on("hello", function() end)
          client.connect(arg[1], {{transports = {TRANSPORTS[way]}}})
          local here = client.call("where")
          if not servers[here] then number = number + 1 end
          servers[here] = true
          for _ = 1, 5 do assert(client.call("where") == here) end
          client.on("connect", function() again:set() end)
          client.emit("drop")
          again:wait()
          assert(client.call("where") == here)
          client.disconnect()
        end
        print(number)
    """, pair.url)
    assert result.lines == ["2"], result
