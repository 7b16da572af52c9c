"""Entries of the audit log as AuditEvents of the Server object (OPC 10000-5, 6.4.3 to 6.4.30).

They go to subscriptions of instructors only, on encrypted channels where the server has any: an
audit tells who does what. What is not filled in is left empty; inputs and tokens always are.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import datetime
from typing import Any

from asyncua import ua

from opcua_server.accounts import LineUser
from opcua_server.events.happening import Happening
from opcua_server.events.telling import tell

log = logging.getLogger("opcua_server.security")
IDS, T = ua.ObjectIds, ua.VariantType
SERVER = ua.NodeId(IDS.Server)
# beginning of an entry's `what` -> type of the event
BY_DEED = (
    ("log in", IDS.AuditActivateSessionEventType),
    ("write", IDS.AuditWriteUpdateEventType),
    ("call", IDS.AuditUpdateMethodEventType),
    ("certificate", IDS.AuditCertificateEventType),
)
# why a certificate was refused -> type of the event
BY_RESULT = {
    "BadCertificateUntrusted": IDS.AuditCertificateUntrustedEventType,
    "BadCertificateTimeInvalid": IDS.AuditCertificateExpiredEventType,
    "BadCertificateIssuerTimeInvalid": IDS.AuditCertificateExpiredEventType,
    "BadCertificateInvalid": IDS.AuditCertificateInvalidEventType,
    "BadCertificateRevoked": IDS.AuditCertificateRevokedEventType,
    "BadCertificateUseNotAllowed": IDS.AuditCertificateMismatchEventType,
    "BadCertificateUriInvalid": IDS.AuditCertificateDataMismatchEventType,
}
DONE, REFUSED = 100, 500  # severities: a trace of what was meant to be, and of what was not


def event_of(entry: dict[str, Any], server_uri: str) -> Happening:
    """The event for an entry of the audit log."""
    what, result = entry["what"], entry["result"]
    fallback = next((kind for deed, kind in BY_DEED if what.startswith(deed)), IDS.AuditEventType)
    kind = ua.NodeId(BY_RESULT.get(result, fallback))
    good = result == "Good"
    who = entry.get("user") or entry.get("certificate") or entry.get("address", "")
    moment = datetime.fromisoformat(entry["wall"])
    found = {
        "EventId": (uuid.uuid4().bytes, T.ByteString),
        "EventType": (kind, T.NodeId),
        "SourceNode": (SERVER, T.NodeId),
        "SourceName": (what.partition(" ")[0], T.String),
        "Time": (moment, T.DateTime),
        "ReceiveTime": (moment, T.DateTime),
        "Message": (ua.LocalizedText(f"{who}: {what}: {result}", "en"), T.LocalizedText),
        "Severity": (DONE if good else REFUSED, T.UInt16),
        "ActionTimeStamp": (moment, T.DateTime),
        "Status": (good, T.Boolean),
        "ServerId": (server_uri, T.String),
        "ClientUserId": (entry.get("user", ""), T.String),
    }
    fields = {name: ua.Variant(value, wire) for name, (value, wire) in found.items()}
    return Happening(kind, fields, (SERVER,))


class AuditEvents:
    """A listener of the audit log that tells instructors who have subscribed to events."""

    def __init__(self, core: Any, server_uri: str, secured: bool) -> None:
        self.core = core
        self.server_uri = server_uri
        self.secured = secured
        self._sending: set[asyncio.Task[None]] = set()

    def __call__(self, entry: dict[str, Any]) -> None:
        """Tell an entry to those who may hear it."""
        listeners = self._listeners()
        if listeners:
            event = event_of(entry, self.server_uri)
            task = asyncio.ensure_future(self._send(event, listeners))
            self._sending.add(task)
            task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("an audit event could not be sent: %r", task.exception())

    def _listeners(self) -> list[int]:
        """Subscriptions of instructors."""
        may_hear = {
            session.session_id
            for session in self.core._external_sessions.values()
            if isinstance(session.user, LineUser)
            and session.user.may("instructor")
            and (not self.secured or (session.channel is not None and session.channel.encrypted))
        }
        if not may_hear:
            return []
        known = self.core.subscription_service.subscriptions.items()
        return [number for number, sub in known if sub.session_id in may_hear]

    async def _send(self, event: Happening, listeners: list[int]) -> None:
        for number in listeners:
            sub = self.core.subscription_service.subscriptions.get(number)
            if sub is not None:
                await tell(sub, event)
