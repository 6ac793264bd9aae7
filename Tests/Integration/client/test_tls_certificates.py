"""Which certificates, keys and versions of TLS are accepted, and the words for those that are not."""

import re
import socket
import ssl
import subprocess
import threading
import warnings

import pytest

from harness.chains import Entity
from harness.scripted import ScriptedServer

# Names of constants, types and source files of the libraries below.
INTERNALS = re.compile(r"[A-Z]{2,}_[A-Z]|NIO|Boring|OPENSSL|[eE]rror:|\.cc\b|routines|0x")


def connect(lua, context, trusted, host="localhost", transport="polling", env=None, conversation=None):
    """Connects to a server with this context; `trusted` is the content of a ca_file."""
    (lua.folder / "trusted.pem").write_bytes(trusted)
    with ScriptedServer(conversation, tls=context) as server:
        return lua.observe(
            f"https://{host}:{server.port}", transport=transport, client='engineio.Client{ca_file = "trusted.pem"}', env=env)


class PlainServer:
    """Shakes hands and says no more; a handshake that fails ends with its alert, which asyncio's servers leave out."""

    def __init__(self, context):
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        raw, _ = self._listener.accept()
        with self._context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False) as connection:
            try:
                connection.do_handshake()
            except ssl.SSLError:
                pass
            # Reading to the end: a reset would take the alert with it.
            connection.shutdown(socket.SHUT_WR)
            while socket.socket.recv(connection, 4096):
                pass

    def refuse(self, lua, trusted, transport="polling"):
        (lua.folder / "trusted.pem").write_bytes(trusted)
        result = lua.observe(
            f"https://localhost:{self.port}", transport=transport, client='engineio.Client{ca_file = "trusted.pem"}')
        self._thread.join(5)
        self._listener.close()
        return result


def accepts(lua, context, trusted, *args, **how):
    async def conversation(server):
        await (await server.open("polling")).send("1")

    result = connect(lua, context, trusted, *args, conversation=conversation, **how)
    assert result.disconnect.text == "server disconnect", result


def refused(result, *words):
    """With these words, without the libraries' own."""
    text = result.failure.text
    assert result.failure.phase == "tls", result
    for word in words:
        assert word in text, text
    assert not INTERNALS.search(text), text


@pytest.fixture(scope="module")
def root():
    return Entity("Test Root", is_authority=True)


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_versions_are_refused(lua, root, transport, version):
    leaf = Entity("server", root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = leaf.server_context(lua.folder, version=getattr(ssl.TLSVersion, version))
    refused(PlainServer(context).refuse(lua, root.pem, transport), "TLS 1.1 or older", "TLS 1.2")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "ed25519", "rsa"])
def test_kinds_of_keys(lua, root, kind, version):
    leaf = Entity("server", root, kind=kind)
    accepts(lua, leaf.server_context(lua.folder, version=version), root.pem)


def test_authority_with_an_ed25519_key(lua):
    root = Entity("root", is_authority=True, kind="ed25519")
    accepts(lua, Entity("server", root).server_context(lua.folder), root.pem)


def test_rsa_pss_key_is_refused_in_words(lua, root):
    key, certificate = lua.folder / "pss.key", lua.folder / "pss.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", "-nodes", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    refused(PlainServer(context).refuse(lua, certificate.read_bytes()), "RSA-PSS")


def test_server_name_has_no_final_dot(lua, root, network_faults):
    seen = []
    leaf = Entity("server", root, hosts=["dotted.invalid"])
    context = leaf.server_context(lua.folder)
    context.sni_callback = lambda connection, name, context: seen.append(name)
    accepts(lua, context, root.pem, "dotted.invalid.", env=network_faults)
    assert set(seen) == {"dotted.invalid"}


# The certificate that the file has itself


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("usage", [True, False])
def test_named_certificate_is_trusted(lua, host, usage):
    own = Entity("server", usage=usage)
    accepts(lua, own.server_context(lua.folder), own.pem, host)


@pytest.mark.parametrize("chain", [True, False])
def test_named_certificate_of_an_unknown_authority_is_trusted(lua, root, chain):
    middle = Entity("middle", root, is_authority=True)
    leaf = Entity("server", middle)
    accepts(lua, leaf.server_context(lua.folder, *([middle] if chain else [])), leaf.pem)


def test_named_certificate_is_trusted_for_its_hosts_only(lua):
    own = Entity("server", hosts=["other.example", "more.example"])
    refused(connect(lua, own.server_context(lua.folder), own.pem), "another host", "other.example")


def test_named_certificate_is_trusted_in_its_time_only(lua):
    own = Entity("server", days=-1)
    refused(connect(lua, own.server_context(lua.folder), own.pem), "it has expired")


def test_certificate_of_the_same_name_is_not_the_named_one(lua):
    refused(connect(lua, Entity("server").server_context(lua.folder), Entity("server").pem), "self-signed (it can be given as ca_file)")


def test_named_certificate_vouches_for_no_other(lua):
    """Its key may sign what it likes."""
    own = Entity("server", usage=False)
    other = Entity("localhost", own)
    refused(connect(lua, other.server_context(lua.folder, own), own.pem), "could not be verified")


# The file

FORMS = {
    "byte order mark": lambda pem, key: b"\xef\xbb\xbf" + pem,
    "CRLF": lambda pem, key: pem.replace(b"\n", b"\r\n"),
    "CR only in front": lambda pem, key: b"the root\r\n\r\n" + pem,
    "text around": lambda pem, key: b"Certificate:\n    Data: x\n" + pem + b"\nend\n",
    "key in front": lambda pem, key: key + pem,
    "key behind": lambda pem, key: pem + key,
    "twice": lambda pem, key: pem + pem,
    "several": lambda pem, key: Entity("another", is_authority=True).pem + pem + Entity("third").pem,
    "no newline at the end": lambda pem, key: pem.rstrip(),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_file(lua, root, form):
    leaf = Entity("server", root)
    accepts(lua, leaf.server_context(lua.folder), FORMS[form](root.pem, leaf.key_pem))


BAD_FILES = {
    "empty": (lambda root: b"", "it is empty"),
    "only a mark": (lambda root: b"\xef\xbb\xbf", "it is empty"),
    "DER": (lambda root: root.der, "DER"),
    "UTF-16": (lambda root: root.pem.decode().encode("utf-16"), "UTF-16"),
    "key": (lambda root: root.key_pem, "no certificate in PEM form"),
    "text": (lambda root: b"hello\n", "no certificate in PEM form"),
    "damaged": (lambda root: root.pem.replace(b"MII", b"!!!"), "damaged"),
    "second damaged": (lambda root: root.pem + root.pem.replace(b"MII", b"MIX"), "damaged"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_in_words(lua, root, name):
    content, word = BAD_FILES[name]
    (lua.folder / "bad.pem").write_bytes(content(root))
    result = lua.observe("https://127.0.0.1:1", transport="polling", client='engineio.Client{ca_file = "bad.pem"}')
    refused(result, "cannot read the certificates in bad.pem", word)


# Chains


def test_expired_intermediate_is_named(lua, root):
    middle = Entity("The Middle", root, is_authority=True, days=-2)
    result = connect(lua, Entity("server", middle).server_context(lua.folder, middle), root.pem)
    refused(result, '"The Middle" has expired')


def test_expired_root_is_named(lua):
    root = Entity("Old Root", is_authority=True, days=-2)
    refused(connect(lua, Entity("server", root).server_context(lua.folder), root.pem), '"Old Root" has expired')


@pytest.mark.parametrize("trusted", ["new", "both"])
def test_new_root_is_trusted_where_the_server_sends_an_expired_signature_of_it(lua, trusted):
    """As of Let's Encrypt in September 2021."""
    old = Entity("Old Root", is_authority=True, days=-2)
    new = Entity("New Root", is_authority=True)
    cross = Entity("New Root", old, key=new.key, is_authority=True)
    middle = Entity("R3", new, is_authority=True)
    context = Entity("server", middle).server_context(lua.folder, middle, cross)
    accepts(lua, context, new.pem if trusted == "new" else old.pem + new.pem)


def test_missing_intermediate_is_named(lua, root):
    middle = Entity("R3", root, is_authority=True)
    result = connect(lua, Entity("server", middle).server_context(lua.folder), root.pem)
    refused(result, 'its issuer "R3"', "does not send all certificates")


def test_issuer_that_is_not_an_authority_is_named(lua, root):
    middle = Entity("Nobody", root, usage=False)
    result = connect(lua, Entity("server", middle).server_context(lua.folder, middle), root.pem)
    refused(result, '"Nobody"')


@pytest.mark.parametrize("way", ["signed", "named"])
def test_name_in_the_common_name_alone_does_not_count(lua, root, way):
    leaf = Entity("localhost", root, hosts=())
    trusted = root.pem if way == "signed" else leaf.pem
    refused(connect(lua, leaf.server_context(lua.folder), trusted), "common name (CN) alone does not count")


def test_names_of_a_hostile_certificate_do_not_reach_the_terminal_as_they_are(lua):
    root = Entity("\x1b[31mred\n" + "x" * 55, is_authority=True)
    result = connect(lua, Entity("server", root).server_context(lua.folder), Entity("other").pem)
    refused(result, "?[31mred?")


# Servers that cannot be talked to

ANSWERS = {
    "http": (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS on this port"),
    "nothing": (b"", "the server closed the connection"),
    "handshake failure": (b"\x15\x03\x03\0\2\2\x28", "no cipher or kind of key in common"),
    "protocol version": (b"\x15\x03\x03\0\2\2\x46", "TLS 1.2"),
    "unrecognized name": (b"\x15\x03\x03\0\2\2\x70", "no certificate for this host name"),
    "internal error": (b"\x15\x03\x03\0\2\2\x50", "an error of its own"),
    "access denied": (b"\x15\x03\x03\0\2\2\x31", "the server ended it: access denied"),
    "unknown alert": (b"\x15\x03\x03\0\2\2\xfe", "TLS"),
    "damaged record": (b"\x16\x03\x03\0\5aaaaa", "does not keep to the TLS protocol"),
    "too long": (b"\x16\x03\x03\xff\xff" + b"a" * 70000, "does not keep to the TLS protocol"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_failed_handshakes_are_put_in_words(lua, transport, name):
    answer, words = ANSWERS[name]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            connection, _ = listener.accept()
            connection.recv(4096)
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(4096)
            connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        result = lua.observe(f"https://127.0.0.1:{listener.getsockname()[1]}", transport=transport)
        thread.join(5)
    refused(result, words)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_server_that_demands_a_certificate(lua, root, version):
    context = Entity("server", root).server_context(lua.folder, version=version)
    context.load_verify_locations(cadata=root.pem.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    result = PlainServer(context).refuse(lua, root.pem)
    assert "demands a certificate of the client" in result.failure.text, result
    assert not INTERNALS.search(result.failure.text)
