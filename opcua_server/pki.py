"""The server's own certificate and key, made at the first start in a folder the user names.

PKI/own/server.der    certificate, to be trusted by clients
PKI/own/server.pem    private key, readable by its owner only

Beside them lie the folders of the trust list (`security/trust.py`). A certificate that we made is
renewed before it ends; one that an authority made is the authority's to renew, and is told about.
"""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from opcua_server.security.certificates import issued_by, read, uris
from opcua_server.security.trust import prepare
from twin.errors import UsageError
from twin.i18n import _

log = logging.getLogger("opcua_server.security")

APPLICATION_URI = "urn:twin:opcua-server"

# OPC 10000-7 allows 2048 to 4096 bits for these policies; 2048 is made in a tenth of a second
KEY_BITS = 2048
VALID_FOR = timedelta(days=365 * 5)
RENEW_BEFORE = timedelta(days=7)
WARN_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Identity:
    """Files of the server's certificate and private key."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, folder: Path, file: str = "server") -> Identity:
        """Where a server's own lie in a PKI folder; `file` is their name without the ending."""
        return cls(folder / "own" / f"{file}.der", folder / "own" / f"{file}.pem")


def own_identity(folder: Path, application_uri: str, file: str = "server") -> Identity:
    """Certificate and key in `folder`, made or renewed when missing, foreign or about to expire.

    `file` is what their files are called, without the ending. Raises UsageError when an
    authority's certificate there names another application: it is not ours to replace.
    """
    prepare(folder)
    identity = Identity.of(folder, file)
    if usable(identity, application_uri):
        warn_of_end(identity)
    elif issued_elsewhere(identity):
        if application_uri not in uris(read(identity.certificate)):
            text = _("{file} was issued for another application than {uri}")
            raise UsageError(text.format(file=identity.certificate, uri=application_uri))
        warn_of_end(identity)
    else:
        create(identity, application_uri)
    return identity


def forget(folder: Path, file: str) -> None:
    """Remove a certificate and its key, so that the next start makes new ones."""
    for ending in ("der", "pem"):
        (folder / "own" / f"{file}.{ending}").unlink(missing_ok=True)


def usable(identity: Identity, application_uri: str) -> bool:
    """Whether both files are there and the certificate names this application and is in date."""
    if not (identity.certificate.is_file() and identity.key.is_file()):
        return False
    try:
        certificate = read(identity.certificate)
        named = uris(certificate)
    except ValueError:
        return False
    in_date = certificate.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC)
    return application_uri in named and in_date


def issued_elsewhere(identity: Identity) -> bool:
    """Whether an authority made the certificate: it has a key and did not sign itself."""
    if not (identity.certificate.is_file() and identity.key.is_file()):
        return False
    try:
        certificate = read(identity.certificate)
    except ValueError:
        return False
    return not issued_by(certificate, certificate)


def warn_of_end(identity: Identity) -> None:
    """Say in the log that the certificate ends soon, and what to do."""
    ends = read(identity.certificate).not_valid_after_utc
    if ends - WARN_BEFORE < datetime.now(UTC):
        text = _("The server's certificate {file} ends on {date}: `twin pki renew` makes a new one")
        log.warning("%s", text.format(file=identity.certificate, date=f"{ends:%Y-%m-%d}"))


def create(identity: Identity, application_uri: str) -> None:
    """Make a key and a self-signed application certificate (OPC 10000-6, 6.2.2)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    host = socket.gethostname()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Production line twin")])
    alternatives = [
        x509.UniformResourceIdentifier(application_uri),
        x509.DNSName(host),
        x509.DNSName("localhost"),
        x509.IPAddress(ip_address("127.0.0.1")),
    ]
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,  # OPC 10000-6 table 35: a self-signed certificate signs itself
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    public = key.public_key()
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_whole(identity.key, private, 0o600)
    write_whole(identity.certificate, certificate.public_bytes(serialization.Encoding.DER), 0o644)


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file so that it is there whole or not at all, never readable by others meanwhile."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    partial.replace(path)
