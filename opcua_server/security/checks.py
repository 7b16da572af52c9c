"""Is this client's certificate good enough? The steps of OPC 10000-4, 6.1.3, as a table in order.

Each step looks at one thing and says yes or no. Why a certificate is not trusted is nobody's
business but ours: for those steps the client hears BadSecurityChecksFailed only, the log and the
audit hear the true reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from opcua_server.security.certificates import LONGEST_CHAIN, issued_by, split
from opcua_server.security.trust import TrustList

# RSA key lengths of Basic256Sha256 and Aes256_Sha256_RsaPss (OPC 10000-7, 6.6.165 and 6.6.169)
LEAST_BITS, MOST_BITS = 2048, 4096
HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
HIDDEN = "BadSecurityChecksFailed"


@dataclass(frozen=True)
class Presented:
    """What a client showed: its certificate, the path to its root, and whom we trust."""

    leaf: x509.Certificate
    path: tuple[x509.Certificate, ...]  # the leaf first
    complete: bool  # the path ends at a self-signed certificate
    trust: TrustList
    now: datetime

    @property
    def issuers(self) -> tuple[x509.Certificate, ...]:
        """All of the path but the leaf."""
        return self.path[1:]


@dataclass(frozen=True)
class Step:
    """One check: the status when it fails, whether the client may know, and the check."""

    status: str
    told: bool
    passes: Callable[[Presented], bool]
    trust_only: bool = False  # what `--auto-trust` forgives


def present(der: bytes, trust: TrustList, now: datetime | None = None) -> Presented:
    """A client's certificate, with its path built. Raises ValueError when it is no certificate."""
    leaf, *sent = (x509.load_der_x509_certificate(part) for part in split(der))
    helpers = [*sent, *trust.issuers(), *trust.trusted()]
    path = [leaf]
    while not issued_by(path[-1], path[-1]) and len(path) < LONGEST_CHAIN:
        above = next((one for one in helpers if issued_by(path[-1], one)), None)
        if above is None:
            break
        path.append(above)
    complete = issued_by(path[-1], path[-1])
    return Presented(leaf, tuple(path), complete, trust, now or datetime.now(UTC))


def first_failure(shown: Presented, auto_trust: bool = False) -> Step | None:
    """The first step that fails; None for a good certificate."""
    for step in STEPS:
        if not (step.trust_only and auto_trust) and not step.passes(shown):
            return step
    return None


def _signed_rightly(shown: Presented) -> bool:
    own_name = shown.leaf.issuer == shown.leaf.subject
    return shown.complete or not own_name  # names itself, and did not sign


def _strong(shown: Presented) -> bool:
    for one in shown.path:
        key = one.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or not LEAST_BITS <= key.key_size <= MOST_BITS:
            return False
        if not isinstance(one.signature_hash_algorithm, HASHES):
            return False
    return True


def _trusted(shown: Presented) -> bool:
    trusted = shown.trust.trusted()
    return any(one in trusted for one in shown.path)


def _in_date(certificates: tuple[x509.Certificate, ...], now: datetime) -> bool:
    return all(c.not_valid_before_utc <= now <= c.not_valid_after_utc for c in certificates)


def _for_applications(shown: Presented) -> bool:
    """Signs, takes encrypted keys and data; for clients, if it says (OPC 10000-6, 6.2.2)."""
    found = shown.leaf.extensions
    try:
        usage = found.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    if not (usage.digital_signature and usage.key_encipherment and usage.data_encipherment):
        return False
    try:
        purposes = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in purposes


def _authorities(shown: Presented) -> bool:
    for one in shown.issuers:
        try:
            basic = one.extensions.get_extension_for_class(x509.BasicConstraints).value
            usage = one.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            return False
        if not (basic.ca and usage.key_cert_sign):
            return False
    return True


def _not_revoked(shown: Presented) -> bool:
    pairs = zip(shown.path, shown.issuers, strict=False)
    return not any(shown.trust.revoked(one, issuer) for one, issuer in pairs)


def _leaf_listed(shown: Presented) -> bool:
    """Whether the issuer of the client's certificate has said whom it revoked."""
    return all(shown.trust.has_list(issuer) for issuer in shown.issuers[:1])


def _issuers_listed(shown: Presented) -> bool:
    """The same of the issuers above it."""
    return all(shown.trust.has_list(issuer) for issuer in shown.issuers[1:])


STEPS: tuple[Step, ...] = (
    Step("BadCertificateInvalid", False, _signed_rightly),
    Step("BadCertificatePolicyCheckFailed", False, _strong),
    Step("BadCertificateChainIncomplete", False, lambda s: s.complete or _trusted(s), True),
    Step("BadCertificateUntrusted", False, _trusted, True),
    Step("BadCertificateTimeInvalid", True, lambda s: _in_date((s.leaf,), s.now)),
    Step("BadCertificateIssuerTimeInvalid", True, lambda s: _in_date(s.issuers, s.now)),
    Step("BadCertificateUseNotAllowed", True, _for_applications),
    Step("BadCertificateIssuerUseNotAllowed", True, _authorities),
    Step("BadCertificateRevocationUnknown", True, _leaf_listed, True),
    Step("BadCertificateIssuerRevocationUnknown", True, _issuers_listed, True),
    Step("BadCertificateRevoked", False, _not_revoked),
)
