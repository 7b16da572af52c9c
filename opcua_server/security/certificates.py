"""Reading X.509 certificates: files, chains as OPC UA sends them, names and thumbprints."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

LONGEST_CHAIN = 8  # certificates; assumed
LARGEST_FILE = 65_536  # bytes; a certificate of 4096 bits has some 1,500


def split(der: bytes) -> list[bytes]:
    """The certificates of a chain, which stands as DER after DER (OPC 10000-6, 6.2.6).

    Raises ValueError when the lengths do not add up or there are too many.
    """
    parts: list[bytes] = []
    while der:
        size = _size(der)
        if size > len(der) or len(parts) == LONGEST_CHAIN:
            raise ValueError("not a chain of certificates")
        parts.append(der[:size])
        der = der[size:]
    return parts


def _size(der: bytes) -> int:
    """Bytes of the DER sequence that `der` begins with (X.690, 8.1.3)."""
    if len(der) < 2 or der[0] != 0x30:
        raise ValueError("not a DER sequence")
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    if not 1 <= count <= 4 or len(der) < 2 + count:
        raise ValueError("not a DER length")
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def read(path: Path) -> x509.Certificate:
    """The certificate in a file, DER or PEM. Raises ValueError or OSError."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("too large for a certificate")
    content = path.read_bytes()
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificate(content)
    return x509.load_der_x509_certificate(content)


def der_of(certificate: x509.Certificate) -> bytes:
    """A certificate's bytes."""
    return certificate.public_bytes(Encoding.DER)


def thumbprint(certificate: x509.Certificate) -> str:
    """What OPC UA tools show of a certificate: SHA-1 of its DER in hex (OPC 10000-6, 6.2.2)."""
    return hashlib.sha1(der_of(certificate), usedforsecurity=False).hexdigest().upper()


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate's DER in hex: what a user is recognised by."""
    return hashlib.sha256(der).hexdigest()


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name; "" where it has none."""
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        return str(attribute.value)
    return ""


def uris(certificate: x509.Certificate) -> list[str]:
    """Application URIs in the alternative names; an application's certificate has one."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer`'s key signed the certificate."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
