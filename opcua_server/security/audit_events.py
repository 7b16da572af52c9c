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
from asyncua.common import event_objects

from opcua_server.accounts import LineUser

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.common.event_objects", "AuditEvent"),
    ("asyncua.server.subscription_service", "SubscriptionService.trigger_event"),
    ("asyncua.server.monitored_item_service", "MonitoredItemService.trigger_event"),
)
log = logging.getLogger("opcua_server.security")
SERVER = ua.NodeId(ua.ObjectIds.Server)
# beginning of an entry's `what` -> type of the event
BY_DEED = (
    ("log in", event_objects.AuditActivateSessionEvent),
    ("write", event_objects.AuditWriteUpdateEvent),
    ("call", event_objects.AuditUpdateMethodEvent),
    ("certificate", event_objects.AuditCertificateEvent),
)
# why a certificate was refused -> type of the event
BY_RESULT = {
    "BadCertificateUntrusted": event_objects.AuditCertificateUntrustedEvent,
    "BadCertificateTimeInvalid": event_objects.AuditCertificateExpiredEvent,
    "BadCertificateIssuerTimeInvalid": event_objects.AuditCertificateExpiredEvent,
    "BadCertificateInvalid": event_objects.AuditCertificateInvalidEvent,
    "BadCertificateRevoked": event_objects.AuditCertificateRevokedEvent,
    "BadCertificateUseNotAllowed": event_objects.AuditCertificateMismatchEvent,
    "BadCertificateUriInvalid": event_objects.AuditCertificateDataMismatchEvent,
}
DONE, REFUSED = 100, 500  # severities: a trace of what was meant to be, and of what was not


def event_of(entry: dict[str, Any], server_uri: str) -> Any:
    """The event for an entry of the audit log."""
    what, result = entry["what"], entry["result"]
    fallback = next(
        (kind for deed, kind in BY_DEED if what.startswith(deed)), event_objects.AuditEvent
    )
    good = result == "Good"
    who = entry.get("user") or entry.get("certificate") or entry.get("address", "")
    text = f"{who}: {what}: {result}"
    event = BY_RESULT.get(result, fallback)(SERVER, text, DONE if good else REFUSED)
    event.emitting_node = SERVER
    event.EventId = uuid.uuid4().bytes
    event.SourceName = what.partition(" ")[0]
    event.Time = event.ReceiveTime = event.ActionTimeStamp = datetime.fromisoformat(entry["wall"])
    event.Status = good
    event.ServerId = server_uri
    event.ClientUserId = entry.get("user", "")
    for name, kind in event.data_types.items():
        if isinstance(kind, ua.NodeId):  # types that asyncua declares and cannot encode
            empty = getattr(event, name) is None
            event.data_types[name] = ua.VariantType.Null if empty else ua.VariantType.DateTime
    return event


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

    async def _send(self, event: Any, listeners: list[int]) -> None:
        for number in listeners:
            await self.core.subscription_service.trigger_event(event, number)
