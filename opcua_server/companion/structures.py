"""Structures and enumerations: their DataTypeDefinition, and the Python classes that carry them.

OPC 10000-3, 8.47-8.52. Clients read the definitions to understand values; asyncua needs a class
for each, registered under its ids, to write and read them on the wire.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from asyncua import ua
from asyncua.common.structures104 import clean_name, make_enum, make_structure
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import A

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.common.structures104", "make_structure"),
    ("asyncua.common.structures104", "make_enum"),
    ("asyncua.ua.uatypes", "register_extension_object"),
    ("asyncua.ua.uatypes", "register_enum"),
)

HAS_SUBTYPE, HAS_ENCODING = ua.NodeId(ua.ObjectIds.HasSubtype), ua.NodeId(ua.ObjectIds.HasEncoding)
STRUCTURE, ENUMERATION = ua.NodeId(ua.ObjectIds.Structure), ua.NodeId(ua.ObjectIds.Enumeration)
BINARY = "Default Binary"
_made: dict[tuple[ua.NodeId, str], type] = {}  # classes of this process, by data type and content


def base_of(space: AddressSpace, data_type: ua.NodeId) -> ua.NodeId:
    """The supertype of a data type."""
    for reference in space[data_type].references:
        if reference.ReferenceTypeId == HAS_SUBTYPE and not reference.IsForward:
            found: ua.NodeId = reference.NodeId
            return found
    return ua.NodeId()


def builtin(space: AddressSpace, data_type: ua.NodeId) -> ua.NodeId:
    """The built-in type (or Structure, Enumeration, Number …) a data type goes back to."""
    while data_type.NamespaceIndex or data_type.Identifier > 29:
        data_type = base_of(space, data_type)
    return data_type


def encoding_of(space: AddressSpace, data_type: ua.NodeId) -> ua.NodeId:
    """Id of a structure's binary encoding."""
    for reference in space[data_type].references:
        if reference.ReferenceTypeId == HAS_ENCODING and reference.BrowseName.Name == BINARY:
            found: ua.NodeId = reference.NodeId
            return found
    return ua.NodeId()


def definition(
    space: AddressSpace,
    data_type: ua.NodeId,
    written: Mapping[str, Any],
    read: Callable[[Any], Any],
) -> Any:
    """A StructureDefinition or EnumDefinition; `read` makes a NodeId of a written one."""
    for kind in ("enum", "bits"):
        if kind in written:
            return ua.EnumDefinition(
                [
                    ua.EnumField(number, ua.LocalizedText(name), ua.LocalizedText(), name)
                    for name, number in written[kind]
                ]
            )
    union = "union" in written
    fields = [_field(read, *row) for row in written["union" if union else "struct"]]
    base = base_of(space, data_type)
    inherited = space[base].attributes.get(A.DataTypeDefinition)
    if inherited is not None and inherited.value is not None and base != STRUCTURE:
        above = inherited.value.Value.Value
        fields = [*(above.Fields if above is not None else []), *fields]
    return ua.StructureDefinition(
        encoding_of(space, data_type),
        base,
        structure_type(fields, union, {row[0] for row in flagged(written)}),
        fields,
    )


def flagged(written: Mapping[str, Any]) -> list[list[Any]]:
    """Fields whose values may be of a subtype."""
    rows = written.get("struct") or written.get("union") or []
    return [row for row in rows if len(row) > 2 and "AllowSubTypes" in row[2]]


def structure_type(
    fields: Iterable[ua.StructureField], union: bool, subtyped: set[str]
) -> ua.StructureType:
    """Which of the kinds of OPC 10000-3, 8.48 (StructureType) it is."""
    if subtyped:
        if union:
            return ua.StructureType.UnionWithSubtypedValues
        return ua.StructureType.StructureWithSubtypedValues
    if union:
        return ua.StructureType.Union
    if any(field.IsOptional for field in fields):
        return ua.StructureType.StructureWithOptionalFields
    return ua.StructureType.Structure


def _field(
    read: Callable[[Any], Any], name: str, data_type: Any, more: Mapping[str, Any] | None = None
) -> ua.StructureField:
    more = more or {}
    rank = more.get("ValueRank", -1)
    return ua.StructureField(
        Name=name,
        DataType=read(data_type),
        ValueRank=rank,
        ArrayDimensions=more.get("ArrayDimensions", [0] * max(rank, 0)),
        IsOptional="IsOptional" in more or "AllowSubTypes" in more,
    )


def classes(space: AddressSpace, data_types: Iterable[ua.NodeId]) -> dict[ua.NodeId, type]:
    """Python classes of data types, registered with asyncua for reading and writing."""
    waiting = {node: _definition_of(space, node) for node in data_types}
    found: dict[ua.NodeId, type] = {}
    for node, told in list(waiting.items()):
        if not isinstance(told, ua.StructureDefinition):
            del waiting[node]
            _register_plain(space, node, told, found)
    while waiting:
        ready = [node for node, told in waiting.items() if _known(told, node, waiting)]
        if not ready:
            raise ValueError(f"structures that need each other: {sorted(map(str, waiting))}")
        for node in ready:
            found[node] = _structure(space, node, waiting.pop(node))
    return found


def _definition_of(space: AddressSpace, node: ua.NodeId) -> Any:
    held = space[node].attributes.get(A.DataTypeDefinition)
    return None if held is None or held.value is None else held.value.Value.Value


def _known(told: Any, node: ua.NodeId, waiting: Mapping[ua.NodeId, Any]) -> bool:
    return all(field.DataType not in waiting or field.DataType == node for field in told.Fields)


def _name(space: AddressSpace, node: ua.NodeId) -> str:
    return clean_name(space[node].attributes[A.BrowseName].value.Value.Value.Name)


def _register_plain(
    space: AddressSpace, node: ua.NodeId, told: Any, found: dict[ua.NodeId, type]
) -> None:
    """An enumeration, or a simple type that is written as its built-in base."""
    base = builtin(space, node)
    name = _name(space, node)
    if told is not None and base == ENUMERATION:
        key = (node, f"{name}{told.Fields}")
        if key not in _made:
            _made[key] = make_enum(name, told, option_set=False)[name]
        found[node] = _made[key]
        with _quietly():
            ua.register_enum(name, node, _made[key])
    elif base.Identifier in ua.ObjectIdNames and base not in (STRUCTURE, ENUMERATION):
        ua.basetype_by_datatype[node] = ua.ObjectIdNames[base.Identifier]


def _structure(space: AddressSpace, node: ua.NodeId, told: ua.StructureDefinition) -> type:
    name = _name(space, node)
    key = (node, f"{name}{told}")
    with _quietly():
        if key not in _made:
            _made[key] = make_structure(node, name, told)[name]
        ua.register_extension_object(name, told.DefaultEncodingId, _made[key], node)
    return _made[key]


class _quietly:  # noqa: N801 - read as a statement: with _quietly():
    """asyncua warns of equal names in two namespaces; values are found by id, not by name."""

    def __enter__(self) -> None:
        self._logger = logging.getLogger("asyncua.ua.uatypes")
        self._level = self._logger.level
        self._logger.setLevel(logging.ERROR)

    def __exit__(self, *_error: object) -> None:
        self._logger.setLevel(self._level)
