"""Logins by certificate: the user's key signs the server's certificate and the session's nonce."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto import uacrypto
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa

from opcua_server.security.checks import LEAST_BITS, MOST_BITS

# signatures of the offered policies; SHA-1 is not among them (OPC 10000-7, 6.6.165 and 6.6.169)
_VERIFY: dict[str, Callable[[Any, bytes, bytes], None]] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": uacrypto.verify_sha256,
    "http://opcfoundation.org/UA/security/rsa-pss-sha2-256": uacrypto.verify_pss_sha256,
}


class UserCertificate(bytes):
    """A user's certificate whose key signed the login; a channel's is ordinary bytes."""


def proved(der: bytes, challenge: bytes, signature: Any) -> UserCertificate:
    """The certificate, if its key signed the challenge and it is in date.

    Raises ServiceError: BadIdentityTokenInvalid for what is no certificate,
    BadIdentityTokenRejected for one out of date or too weak, BadUserSignatureInvalid
    (OPC 10000-4, 5.6.3.2).
    """
    codes = ua.StatusCodes
    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
    except ValueError:
        raise ServiceError(codes.BadIdentityTokenInvalid) from None
    in_date = (
        certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc
    )
    strong = isinstance(key, rsa.RSAPublicKey) and LEAST_BITS <= key.key_size <= MOST_BITS
    if not (in_date and strong):
        raise ServiceError(codes.BadIdentityTokenRejected)
    verify = _VERIFY.get(signature.Algorithm)
    if verify is None or not signature.Signature:
        raise ServiceError(codes.BadUserSignatureInvalid)
    try:
        verify(certificate, challenge, signature.Signature)
    except InvalidSignature:
        raise ServiceError(codes.BadUserSignatureInvalid) from None
    return UserCertificate(der)
