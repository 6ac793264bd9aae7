"""Certificates, line 69 of the wire cases, on both transports."""

import pytest

from harness.scripted import ScriptedServer


async def serve_one(server, transport):
    await (await server.open(transport)).send("1")


def trusting(authority):
    return f'engineio.Client{{ca_file = "{authority.ca_file}"}}'


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_c69_own_authority(lua, authority, transport, host):
    seen = []
    context = authority.valid().server_context()
    context.sni_callback = lambda connection, name, context: seen.append(name)

    async def conversation(server):
        await serve_one(server, transport)

    with ScriptedServer(conversation, tls=context) as server:
        result = lua.observe(f"https://{host}:{server.port}", transport=transport, client=trusting(authority))
    assert result.disconnect.text == "server disconnect"
    # An address is not a valid name for SNI (RFC 6066, section 3).
    assert set(seen) == {None if host == "127.0.0.1" else host}


@pytest.mark.parametrize("scheme", ["https", "wss"])
def test_c69_schemes(lua, authority, transport, scheme):
    async def conversation(server):
        await serve_one(server, transport)

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(f"{scheme}://127.0.0.1:{server.port}", transport=transport, client=trusting(authority))
    assert result.disconnect.text == "server disconnect"


BAD_CERTIFICATES = {
    "unknown authority": ("valid", False, ("authority", "issuer", "unable to get", "unknown ca")),
    "expired": ("expired", True, ("expired",)),
    "another host": ("for_another_host", True, ("host", "match")),
    "self-signed": ("self_signed", False, ("self-signed", "self signed")),
}


@pytest.mark.parametrize("kind_of_certificate", BAD_CERTIFICATES)
def test_c69_bad_certificates_are_named(lua, authority, transport, kind_of_certificate):
    issue, trusted, words = BAD_CERTIFICATES[kind_of_certificate]
    with ScriptedServer(tls=getattr(authority, issue)().server_context()) as server:
        result = lua.observe(server.url, transport=transport, client=trusting(authority) if trusted else "eio")
    assert (result.failure.type, result.failure.phase) == ("ConnectionError", "tls")
    assert any(word in result.failure.text.lower() for word in words), result.failure.text
    assert server.requests == []


@pytest.mark.parametrize("kind_of_certificate", BAD_CERTIFICATES)
def test_c69_verification_can_be_turned_off(lua, authority, transport, kind_of_certificate):
    async def conversation(server):
        await serve_one(server, transport)

    issue, _, _ = BAD_CERTIFICATES[kind_of_certificate]
    environment = dict.fromkeys(["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"], "/nonexistent")
    with ScriptedServer(conversation, tls=getattr(authority, issue)().server_context()) as server:
        result = lua.observe(
            server.url, transport=transport, client="engineio.Client{ssl_verify = false}", env=environment)
    assert result.disconnect.text == "server disconnect"


def test_c69_upgrade_is_verified_too(lua, authority):
    async def conversation(server):
        session = await server.open_upgraded()
        await session.send("1")

    with ScriptedServer(conversation, tls=authority.valid().server_context()) as server:
        result = lua.observe(server.url, client=trusting(authority))
    assert result.transport == "websocket"
    assert result.disconnect.text == "server disconnect"


def test_c69_missing_ca_file(lua, transport):
    with ScriptedServer() as server:
        result = lua.run("""
            print(pcall(function()
                require("engineio").Client{ca_file = "/nonexistent/ca.pem"}.connect(arg[1], {transports = {arg[2]}})
            end))
        """, server.url.replace("http:", "https:"), transport)
    assert "false" in result.stdout and "/nonexistent/ca.pem" in result.stdout
