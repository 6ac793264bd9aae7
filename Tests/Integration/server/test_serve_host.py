"""The address of `eio-lua serve`: `--host`."""

import http.client
import re
import socket

import pytest

from harness.embedded import EmbeddedServer

OTHERS = "warning: other machines can use this server, because of --host {}\n"


def status(host, port, **headers):
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("GET", "/engine.io/?EIO=4&transport=polling", headers=headers)
    answer = connection.getresponse().status
    connection.close()
    return answer


def own_address():
    """An address of this machine that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no network")
        return sender.getsockname()[0]


@pytest.mark.parametrize("host, url", [
    ("127.0.0.1", "http://127.0.0.1:"), ("127.1.2.3", "http://127.1.2.3:"), ("::1", "http://[::1]:"),
])
def test_loopback(lua, host, url):
    server = EmbeddedServer(lua, "--host", host)
    assert server.running.stdout == f"listening on {url}{server.port}\n"
    assert server.running.stderr == ""
    result = lua.run("eio.connect(arg[1]) eio.send('hello') print(eio.receive(5)) eio.disconnect()", f"{url}{server.port}")
    assert result.lines == ["hello"], result
    assert status(host, server.port, Host="page.example") == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "0:0::0"])
def test_all_addresses(lua, host):
    server = EmbeddedServer(lua, "--host", host)
    assert server.running.stdout == f"listening on http://{f'[{host}]' if ':' in host else host}:{server.port}\n"
    server.running.wait_for("\n", stream="stderr")
    assert server.running.stderr == OTHERS.format(host)
    assert status("127.0.0.1", server.port) == 200
    assert status("127.0.0.1", server.port, Host="192.0.2.7") == 200
    # Pages whose name was made to lead here, and pages of others.
    assert status("127.0.0.1", server.port, Host="page.example") == 403
    assert status("127.0.0.1", server.port, Origin="http://page.example") == 403


def test_one_address_of_this_machine(lua):
    address = own_address()
    server = EmbeddedServer(lua, "--host", address)
    server.running.wait_for("\n", stream="stderr")
    assert server.running.stderr == OTHERS.format(address)
    assert status(address, server.port) == 200
    assert status(address, server.port, Host="192.0.2.7") == 403
    with pytest.raises(OSError):
        status("127.0.0.1", server.port)


@pytest.mark.parametrize("value", ["", "localhost", "example.org", "1.2.3", "[::1]", "::1:5000:x", "127.0.0.1:5000", "-1"])
def test_wrong_addresses(lua, value):
    result = lua.command("serve", "--host", value).finish()
    assert result.status == 64
    assert "--host" in result.stderr and "it must be an IP address" in result.stderr


def test_address_of_another_machine(lua):
    result = lua.command("serve", "--port", "0", "--host", "192.0.2.1").finish()
    assert result.status == 1
    assert re.fullmatch(r"eio-lua: cannot listen at http://192\.0\.2\.1:0: .*\n", result.stderr)
