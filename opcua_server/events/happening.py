"""One event on its way to clients."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncua import ua

NULL = ua.Variant()
SERVER = ua.NodeId(ua.ObjectIds.Server)
Typed = tuple[Any, ua.VariantType]  # a value and its type on the wire


@dataclass(frozen=True)
class Happening:
    """An event: its type, the condition it is of, its fields by path, and who tells it.

    `chain` are the nodes at which clients may listen: source, line, Server.
    """

    kind: ua.NodeId
    fields: Mapping[str, ua.Variant]
    chain: tuple[ua.NodeId, ...]
    condition: ua.NodeId | None = None
    to_all: bool = False  # whatever a client filters: the marks of a refresh

    def value(self, clause: Any) -> ua.Variant:
        """The field a SimpleAttributeOperand means; Null for one the event does not have.

        The NodeId attribute of an empty path is the ConditionId (OPC 10000-9, 5.5.2).
        """
        path = "/".join(name.Name for name in clause.BrowsePath or [])
        if clause.AttributeId == ua.AttributeIds.NodeId and not path and self.condition:
            return ua.Variant(self.condition, ua.VariantType.NodeId)
        if clause.AttributeId != ua.AttributeIds.Value:
            return NULL
        return self.fields.get(path, NULL)

    def selected(self, clauses: Any) -> list[ua.Variant]:
        """Values of the selected fields."""
        return [self.value(clause) for clause in clauses or []]


def event_id(text: str) -> bytes:
    """An EventId that stands for a text."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def base_fields(
    number: bytes,
    kind: ua.NodeId,
    source: tuple[ua.NodeId, str],
    moment: datetime,
    message: str,
    severity: int,
) -> dict[str, Typed]:
    """Fields that every event has (OPC 10000-5, 6.4.2).

    `number` is its EventId, `source` the node it comes from and its name.
    """
    T = ua.VariantType
    return {
        "EventId": (number, T.ByteString),
        "EventType": (kind, T.NodeId),
        "SourceNode": (source[0], T.NodeId),
        "SourceName": (source[1], T.String),
        "Time": (moment, T.DateTime),
        "ReceiveTime": (moment, T.DateTime),
        "Message": (ua.LocalizedText(message, "en"), T.LocalizedText),
        "Severity": (severity, T.UInt16),
    }


def on_the_wire(fields: Mapping[str, Typed]) -> dict[str, ua.Variant]:
    """Fields as Variants; a list is an array."""
    return {
        name: ua.Variant(value, kind, is_array=isinstance(value, list))
        for name, (value, kind) in fields.items()
    }
