"""The gate: which client applications may open a secure channel, and under which name."""

from __future__ import annotations

import logging
from pathlib import Path

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.security_policies import SecurityPolicyFactory
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from opcua_server.security.audit import Audit
from opcua_server.security.certificates import common_name, split, thumbprint, uris
from opcua_server.security.checks import HIDDEN, first_failure, present
from opcua_server.security.trust import TrustList
from twin.i18n import _

log = logging.getLogger("opcua_server.security")


class Gate:
    """Holds client certificates against the trust list of a PKI folder.

    `auto_trust` lets in whom nobody trusts yet; all other checks stay, and the trust list is not
    written to.
    """

    def __init__(self, folder: Path, auto_trust: bool, audit: Audit) -> None:
        self.trust = TrustList(folder)
        self.auto_trust = auto_trust
        self.audit = audit

    def admit(self, chain: bytes, address: str) -> None:
        """Let a channel be opened or renewed. Raises ServiceError with what the client may know."""
        try:
            shown = present(chain, self.trust)
            failure = first_failure(shown, self.auto_trust)
        except (ValueError, UnsupportedAlgorithm):
            self._refuse("BadCertificateInvalid", HIDDEN, "", address)
        if failure is None:
            return
        self.trust.set_aside(shown.leaf, split(chain)[0])
        who = f"{common_name(shown.leaf)} [{thumbprint(shown.leaf)}]"
        self._refuse(failure.status, failure.status if failure.told else HIDDEN, who, address)

    def _refuse(self, reason: str, told: str, who: str, address: str) -> None:
        self.audit.tell("certificate", reason, address=address, certificate=who)
        text = _("certificate of {who} from {address} refused: {reason}")
        log.warning("%s", text.format(who=who or "?", address=address, reason=reason))
        raise ServiceError(getattr(ua.StatusCodes, told))

    def check_name(self, leaf: bytes, application_uri: str | None, address: str) -> None:
        """The application must call itself what its certificate says (OPC 10000-4, 5.6.2.2)."""
        certificate = x509.load_der_x509_certificate(leaf)
        if application_uri not in uris(certificate):
            status = "BadCertificateUriInvalid"
            self._refuse(status, status, common_name(certificate), address)


class ChainFactory(SecurityPolicyFactory):
    """Security policies for clients that may send their issuers' certificates after their own.

    asyncua takes all of it for one certificate. `peer_chain` keeps what came.
    """

    @classmethod
    def like(cls, other: SecurityPolicyFactory) -> ChainFactory:
        """The same policy, with chains understood."""
        return cls(
            other.cls,
            other.mode,
            other.certificate,
            other.private_key,
            other.permission_ruleset,
            other.certificate_chain,
        )

    def create(self, peer_certificate: bytes | None) -> object:
        """The policy of one channel."""
        parts = split(peer_certificate or b"")
        policy = super().create(parts[0] if parts else peer_certificate)
        policy.peer_chain = peer_certificate
        return policy
