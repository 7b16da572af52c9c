"""Certificates of every kind a client may come with, and an authority to make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

URI = "urn:test:client"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def certificate_name(self) -> str:
        return str(self.certificate.subject.rfc4514_string()).removeprefix("CN=")

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Files of certificate and key."""
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / f"{name}.der", folder / f"{name}.pem"
        certificate.write_bytes(self.der)
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, key


@lru_cache(maxsize=8)
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A key, made once for all tests; `number` tells them apart."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@lru_cache(maxsize=1)
def curve_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def make(
    name: str = "client",
    issuer: Made | None = None,
    *,
    key: Any = None,
    uri: str = URI,
    begins: timedelta = -DAY,
    ends: timedelta = 30 * DAY,
    algorithm: Any = None,
    authority: bool = False,
    usage: bool = True,
    encipher: bool = True,
    purpose: Any = ExtendedKeyUsageOID.CLIENT_AUTH,
    signer: Any = None,
) -> Made:
    """A certificate; begins and ends count from now."""
    key = key or rsa_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=False
        )
    )
    if usage:
        builder = builder.add_extension(
            x509.KeyUsage(
                True, True, encipher, encipher, False, authority or issuer is None, authority,
                False, False,
            ),
            critical=True,
        )  # fmt: skip
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    signing = signer or (issuer.key if issuer else key)
    return Made(builder.sign(signing, algorithm or hashes.SHA256()), key)


def authority(name: str = "authority", issuer: Made | None = None, number: int = 1) -> Made:
    """A certificate authority."""
    return make(name, issuer, key=rsa_key(2048, number), authority=True, purpose=None)


def revocation(issuer: Made, *revoked: Made) -> bytes:
    """A revocation list in DER."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + DAY)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(now).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
