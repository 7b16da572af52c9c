"""Whether a value is what its variable's data type and value rank say (OPC 10000-3, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asyncua import ua

from opcua_server.companion.snapshot import Seen, Snapshot

A, IDS = ua.AttributeIds, ua.ObjectIds
SUBTYPE = ua.NodeId(IDS.HasSubtype)
STRUCTURE, ENUMERATION, ANYTHING = 22, 29, 24
GROUPS = {26: range(2, 12), 27: (2, 4, 6, 8), 28: (3, 5, 7, 9)}  # Number, Integer, UInteger
EMPTY_IS_A_VALUE = {12, 15, 16, 17, 18, 20, 21, 22}  # String … Structure: null is one of theirs


class Wire:
    """Compares values with data types."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.seen = snapshot

    def builtin(self, data_type: ua.NodeId) -> int:
        """Number of the built-in (or abstract standard) type a data type goes back to."""
        while data_type.NamespaceIndex or data_type.Identifier > 29:
            above = self.seen[data_type].targets(SUBTYPE, forward=False)
            if not above:
                return ANYTHING
            data_type = above[0]
        return int(data_type.Identifier)

    def faults(self, node: Seen) -> Iterator[str]:
        """What is wrong with the value of a variable."""
        data_type = node.attributes.get(A.DataType)
        held = node.attributes.get(A.Value)
        if data_type is None or data_type not in self.seen or held is None:
            yield "has no value that can be read"
            return
        good = held.StatusCode is None or held.StatusCode.is_good()
        base = self.builtin(data_type)
        value = held.Value
        array = value is not None and (value.is_array or isinstance(value.Value, list))
        if value is None or (value.Value is None and not array):
            if good and base not in EMPTY_IS_A_VALUE:
                yield "says Good and has no value"
            return
        rank = node.attributes.get(A.ValueRank, -1)
        if array != (rank >= 0) and rank >= -1:
            yield f"has value rank {rank} and {'an array' if array else 'one value'}"
        sent = value.VariantType.value
        if not fits(sent, base):
            yield f"carries {value.VariantType.name}, not {self.seen[data_type].name[1]}"
            return
        elements = value.Value if array else [value.Value]
        for one in elements or []:
            yield from self._element(one, data_type, base)

    def _element(self, value: Any, data_type: ua.NodeId, base: int) -> Iterator[str]:
        if base == ENUMERATION:
            told = self.seen[data_type].attributes.get(A.DataTypeDefinition)
            known = {field.Value for field in told.Fields} if told is not None else set()
            if known and int(value) not in known:
                yield f"{int(value)} is no value of {self.seen[data_type].name[1]}"
        elif base == STRUCTURE and value is not None:
            carried = self._data_type_of(value)
            if carried is None:
                yield f"{type(value).__name__} is no structure that is known"
            elif not self._is_a(carried, data_type):
                yield f"carries {type(value).__name__}, not {self.seen[data_type].name[1]}"

    def _data_type_of(self, value: Any) -> ua.NodeId | None:
        known: dict[type, ua.NodeId] = ua.datatype_by_extension_object
        found = known.get(type(value))
        if found is None:
            found = getattr(type(value), "data_type", None)
        return found

    def _is_a(self, data_type: ua.NodeId, base: ua.NodeId) -> bool:
        while data_type != base:
            if data_type not in self.seen:
                return False
            above = self.seen[data_type].targets(SUBTYPE, forward=False)
            if not above:
                return False
            data_type = above[0]
        return True


def fits(sent: int, base: int) -> bool:
    """Whether a built-in type on the wire may carry a value of a data type that goes back to it."""
    if base == ANYTHING:
        return True
    if base == ENUMERATION:
        return sent == ua.VariantType.Int32.value
    return sent in GROUPS.get(base, (base,))
