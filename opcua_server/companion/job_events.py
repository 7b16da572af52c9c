"""Events of job orders: one for each change of an order's state, told to who listens.

OPC 10031-4, 7.2.6 declares its event type abstract, so the events are of a subtype in the line's
own namespace that adds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from asyncua import ua

from opcua_server.alarms.build import NOTIFIES, SERVER
from opcua_server.bulk import A, attribute, constant
from opcua_server.companion import loader
from opcua_server.companion.job_values import NAMES, JobValues
from opcua_server.companion.part import Plant
from opcua_server.events.happening import Happening
from opcua_server.events.telling import tell
from twin.trace.book import Book, Entry
from twin.trace.job import JobState

T = ua.VariantType
BASE, NAME = "JobControl:ISA95JobOrderStatusEventType", "JobOrderStatusEventType"
SEVERITY = 200  # an ordinary message; assumed (OPC 10000-5, 6.4.2 leaves it to the server)


def event_type(plant: Plant) -> ua.NodeId:
    """The concrete subtype, made in the line's namespace."""
    own, space, base = plant.builder.node_id(NAME), plant.builder.space, plant.types.node(BASE)
    name = ua.QualifiedName(NAME, own.NamespaceIndex)
    node = type(space[base])(own)
    node.attributes = {
        A.NodeId: attribute(own, T.NodeId),
        A.NodeClass: constant(ua.NodeClass.ObjectType, T.Int32),
        A.BrowseName: attribute(name, T.QualifiedName),
        A.DisplayName: loader.shown_as(NAME),
        A.IsAbstract: constant(False, T.Boolean),
        A.WriteMask: constant(0, T.UInt32),
        A.UserWriteMask: constant(0, T.UInt32),
    }
    space[own] = node
    subtype = ua.NodeId(ua.ObjectIds.HasSubtype)
    space[base].references.append(loader.pointer(space, subtype, True, own, None))
    node.references.append(loader.pointer(space, subtype, False, base, None))
    return own


class JobEvents:
    """Tells every change of state once, to subscriptions that are there then."""

    def __init__(
        self,
        plant: Plant,
        values: JobValues,
        book: Callable[[], Book],
        source: ua.NodeId,
        others: Iterable[ua.NodeId],
    ) -> None:
        self.space = plant.space
        self._values = values
        self._book = book
        self._kind = event_type(plant)
        self._source = source
        self._chain = (source, *others, plant.line_id, SERVER)
        for node in self._chain:
            nodes = plant.builder.space
            nodes[node].attributes[A.EventNotifier] = constant(NOTIFIES, T.Byte)
        self._told: dict[int, int] = {entry.number: len(entry.changes) for entry in book().entries}

    async def publish(self) -> None:
        """Tell what is new."""
        listening = None
        for entry in self._book().entries:
            first, self._told[entry.number] = (
                self._told.get(entry.number, 0),
                len(entry.changes),
            )
            for t, state in entry.changes[first:]:
                if state == JobState.GONE:
                    continue
                if listening is None:
                    subs = self.space.subscriptions()
                    listening = [one for one in subs if one.monitored_item_srv._monitored_events]
                for sub in listening:
                    await tell(sub, self.happening(entry, t, state))

    def happening(self, entry: Entry, t: float, state: JobState) -> Happening:
        """The event of one change."""
        values = self._values
        key = f"{entry.order.id} {entry.number} {t!r} {state}".encode()
        text = f"Job order {entry.order.id}: {NAMES[state]}"
        fields: dict[str, tuple[Any, Any]] = {
            "EventId": (hashlib.blake2b(key, digest_size=16).digest(), T.ByteString),
            "EventType": (self._kind, T.NodeId),
            "SourceNode": (self._source, T.NodeId),
            "SourceName": ("JobOrderControl", T.String),
            "Time": (values.date(t), T.DateTime),
            "ReceiveTime": (datetime.now(UTC), T.DateTime),
            "Message": (ua.LocalizedText(text, "en"), T.LocalizedText),
            "Severity": (SEVERITY, T.UInt16),
            "JobOrder": (values.written(entry), T.ExtensionObject),
            "JobState": (values.state(state), T.ExtensionObject),
            "JobResponse": (values.response(entry, state), T.ExtensionObject),
        }
        told = {
            name: ua.Variant(value, kind, is_array=isinstance(value, list))
            for name, (value, kind) in fields.items()
        }
        return Happening(self._kind, told, self._chain)
