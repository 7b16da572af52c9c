"""Counting requests and sessions: of the whole server, and of each session by service."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asyncua import ua

LONGEST = 512  # characters of what a client calls itself that are kept; assumed
USERS = 100  # names a session's history of users holds; assumed

_COUNTERS = frozenset(
    one.name for one in dataclasses.fields(ua.SessionDiagnosticsDataType) if "Count" in one.name
)
# request -> counter of it in SessionDiagnosticsDataType (OPC 10000-5, 12.11)
COUNTER_OF: dict[ua.NodeId, str] = {
    ua.NodeId(number): f"{service}Count"
    for service, number in (
        (name.removesuffix("Request_Encoding_DefaultBinary"), getattr(ua.ObjectIds, name))
        for name in dir(ua.ObjectIds)
        if name.endswith("Request_Encoding_DefaultBinary")
    )
    if f"{service}Count" in _COUNTERS
}
OPENING = frozenset(
    ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary"))
    for name in ("CreateSession", "ActivateSession")
)
Codes = ua.StatusCodes
# answers that refuse for security: who it is, what he may, how he speaks
SECURITY = frozenset(
    getattr(Codes, name)
    for name in (
        "BadCertificateInvalid", "BadCertificateUriInvalid", "BadIdentityTokenInvalid",
        "BadIdentityTokenRejected", "BadNonceInvalid", "BadSecurityChecksFailed",
        "BadSecurityModeInsufficient", "BadSecurityModeRejected", "BadSecurityPolicyRejected",
        "BadSessionIdInvalid", "BadSessionNotActivated", "BadUserAccessDenied",
        "BadUserSignatureInvalid", "BadApplicationSignatureInvalid",
    )
)  # fmt: skip


@dataclass
class SessionTally:
    """What one session has asked for since it was created."""

    name: str = ""
    client: ua.ApplicationDescription = field(default_factory=ua.ApplicationDescription)
    server_uri: str = ""
    endpoint: str = ""
    most_response: int = 0
    locales: list[str] = field(default_factory=list)
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    last: datetime = field(default_factory=lambda: datetime.now(UTC))
    requests: list[int] = field(default_factory=lambda: [0, 0])  # in all, refused
    unauthorized: int = 0
    services: dict[str, list[int]] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)
    means: str = ""  # kind of the login

    @classmethod
    def of(cls, params: Any) -> SessionTally:
        """Of a session that a CreateSession request asks for."""
        told = params.ClientDescription
        client = ua.ApplicationDescription(
            _cut(told.ApplicationUri),
            _cut(told.ProductUri),
            ua.LocalizedText(_cut(told.ApplicationName.Text), _cut(told.ApplicationName.Locale)),
            told.ApplicationType,
        )
        most = int(params.MaxResponseMessageSize or 0)
        return cls(
            _cut(params.SessionName), client, _cut(params.ServerUri), _cut(params.EndpointUrl), most
        )

    def logged_in(self, user: Any, means: str, locales: Any) -> None:
        """Note who the session belongs to now (OPC 10000-5, 12.12)."""
        name, self.means = str(getattr(user, "name", None) or ""), means
        if locales:
            self.locales = [_cut(one) for one in locales[:16]]
        if not self.users or self.users[-1] != name:
            self.users = [*self.users, name][-USERS:]

    def count(self, request: ua.NodeId, code: int | None) -> None:
        """A request was answered, by a fault when `code` is given."""
        self.last = datetime.now(UTC)
        self.requests[0] += 1
        self.requests[1] += code is not None
        self.unauthorized += code == Codes.BadUserAccessDenied
        name = COUNTER_OF.get(request)
        if name is not None:
            counts = self.services.setdefault(name, [0, 0])
            counts[0] += 1
            counts[1] += code is not None


def _cut(text: str | None) -> str:
    return (text or "")[:LONGEST]


@dataclass
class Tally:
    """Counters of a server since its start (OPC 10000-5, 12.9)."""

    sessions: int = 0
    subscriptions: int = 0
    rejected_sessions: int = 0
    insecure_sessions: int = 0
    timeouts: int = 0
    aborts: int = 0
    rejected_requests: int = 0
    insecure_requests: int = 0

    def count(self, session: Any, request: ua.NodeId, code: int | None) -> None:
        """A request was answered: whose it was, and the fault's StatusCode if it was refused."""
        if session is not None:
            session.tally.count(request, code)
        if code is None:
            return
        insecure = code in SECURITY
        self.rejected_requests += 1
        self.insecure_requests += insecure
        if request in OPENING:
            self.rejected_sessions += 1
            self.insecure_sessions += insecure

    def ended(self, timed_out: bool, lost: bool) -> None:
        """A session is over: by its timeout, with its connection, or because the client said so."""
        self.timeouts += timed_out
        self.aborts += lost and not timed_out
