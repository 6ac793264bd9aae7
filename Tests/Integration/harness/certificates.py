"""A certificate authority and the certificates that the TLS tests present, good and bad."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass
class Identity:
    """A certificate and its key as PEM files."""

    certificate: Path
    key: Path

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    def __init__(self, folder):
        self.folder = Path(folder)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test Authority")
        certificate = _builder(self._name, self._name, self._key, days=30).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).add_extension(_usage(signs_certificates=True), critical=True).sign(self._key, hashes.SHA256())
        self.ca_file = self._save("authority.pem", certificate)

    def valid(self):
        """For localhost, 127.0.0.1 and ::1."""
        return self._issue("valid", ["localhost"], ["127.0.0.1", "::1"])

    def expired(self):
        return self._issue("expired", ["localhost"], ["127.0.0.1"], days=-1)

    def for_another_host(self):
        return self._issue("another", ["other.example"], [])

    def self_signed(self):
        return self._issue("self-signed", ["localhost"], ["127.0.0.1"], self_signed=True)

    def _issue(self, name, hosts, addresses, days=30, self_signed=False):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        names = [x509.DNSName(host) for host in hosts] + [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
        certificate = _builder(subject, subject if self_signed else self._name, key, days).add_extension(
            x509.SubjectAlternativeName(names), critical=False
        ).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        ).add_extension(_usage(signs_certificates=False), critical=True).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        ).sign(key if self_signed else self._key, hashes.SHA256())
        key_file = self.folder / f"{name}.key"
        key_file.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return Identity(self._save(f"{name}.pem", certificate), key_file)

    def _save(self, name, certificate):
        path = self.folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject, issuer, key, days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(signs_certificates):
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False)
