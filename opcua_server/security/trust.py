"""The trust list: folders of certificates and revocation lists, read again when they change.

Files appear and go while the server runs; each question looks at names, sizes and times in the
folder first, so that a change counts for the next client that connects.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from cryptography import x509

from opcua_server.security.certificates import common_name, read, thumbprint
from twin.i18n import _

log = logging.getLogger("opcua_server.security")

TRUSTED, ISSUERS, REJECTED = "trusted/certs", "issuers/certs", "rejected/certs"
TRUSTED_CRL, ISSUERS_CRL = "trusted/crl", "issuers/crl"
FOLDERS = ("own", TRUSTED, TRUSTED_CRL, ISSUERS, ISSUERS_CRL, REJECTED)
MOST_REJECTED = 100  # files; the oldest goes first; assumed
T = TypeVar("T")


def prepare(folder: Path) -> None:
    """Make the folders of a PKI where they are missing; nobody else may look inside."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)


class Shelf(Generic[T]):
    """What the files of one folder hold; a file that cannot be read is named in the log once."""

    def __init__(self, folder: Path, load: Callable[[Path], T]) -> None:
        self.folder = folder
        self._load = load
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._held: dict[str, T] = {}

    def files(self) -> dict[str, T]:
        """File name -> content, as of now."""
        seen = self._look()
        if seen != self._seen:
            self._held = {}
            for name, _time, _size in seen:
                try:
                    self._held[name] = self._load(self.folder / name)
                except (OSError, ValueError) as error:
                    text = _("{file} is left out, it cannot be read: {reason}")
                    log.warning("%s", text.format(file=self.folder / name, reason=error))
            self._seen = seen
        return self._held

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        try:
            found = [(path.name, path.stat()) for path in self.folder.iterdir() if path.is_file()]
        except OSError:
            return ()
        return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in found))


def read_crl(path: Path) -> x509.CertificateRevocationList:
    """The revocation list in a file, DER or PEM. Raises ValueError or OSError."""
    content = path.read_bytes()
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_crl(content)
    return x509.load_der_x509_crl(content)


class TrustList:
    """The trusted certificates, the issuers that only complete chains, and the revoked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._trusted = Shelf(folder / TRUSTED, read)
        self._issuers = Shelf(folder / ISSUERS, read)
        self._crls = (Shelf(folder / TRUSTED_CRL, read_crl), Shelf(folder / ISSUERS_CRL, read_crl))

    def trusted(self) -> list[x509.Certificate]:
        """Certificates of applications, and of authorities all of whose applications may come."""
        return list(self._trusted.files().values())

    def issuers(self) -> list[x509.Certificate]:
        """Certificates that complete a chain and are not trusted for themselves."""
        return list(self._issuers.files().values())

    def has_list(self, issuer: x509.Certificate) -> bool:
        """Whether there is a revocation list that the issuer signed."""
        lists = [crl for shelf in self._crls for crl in shelf.files().values()]
        return any(crl.issuer == issuer.subject and _signed(crl, issuer) for crl in lists)

    def revoked(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        """Whether a revocation list of the issuer names the certificate."""
        for shelf in self._crls:
            for crl in shelf.files().values():
                if crl.issuer != issuer.subject or not _signed(crl, issuer):
                    continue
                number = certificate.serial_number
                if crl.get_revoked_certificate_by_serial_number(number) is not None:
                    return True
        return False

    def set_aside(self, certificate: x509.Certificate, der: bytes) -> None:
        """Keep a certificate that was turned away, for `twin pki trust` to find."""
        folder = self.folder / REJECTED
        path = folder / file_name(certificate)
        try:
            if path.exists():
                return
            there = sorted(folder.glob("*.der"), key=lambda file: file.stat().st_mtime)
            for old in there[: max(0, len(there) + 1 - MOST_REJECTED)]:
                old.unlink(missing_ok=True)
            path.write_bytes(der)
        except OSError as error:
            log.warning("%s", _("{file} cannot be written: {reason}").format(
                file=path, reason=error.strerror))  # fmt: skip


def _signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except TypeError:  # a kind of key that signs no lists
        return False


def file_name(certificate: x509.Certificate) -> str:
    """A name for a certificate's file: what people read, then what is unique."""
    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in common_name(certificate))
    return f"{plain[:60] or 'certificate'} [{thumbprint(certificate)}].der"
