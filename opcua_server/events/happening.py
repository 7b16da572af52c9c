"""One event on its way to clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asyncua import ua

NULL = ua.Variant()


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

    def to_event_fields(self, clauses: Any) -> list[ua.Variant]:
        """Values of the selected fields; the name is asyncua's."""
        return [self.value(clause) for clause in clauses or []]
