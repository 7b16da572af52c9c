"""Nodes of companion specifications, made from tables of facts, beside the standard ones.

asyncua's importer refuses several published sets and drops nodes of others, so nodes are made
here, straight into the address space as `bulk` does it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

from opcua_server.bulk import ARRAY_OF_ANY_LENGTH, A, T, attribute, constant
from opcua_server.companion.sets import SETS, TABLES, TypeSet
from opcua_server.companion.structures import definition
from opcua_server.companion.texts import texts_of

NAMESPACES = ua.NodeId(ua.ObjectIds.Server_NamespaceArray)
HAS_TYPE, HAS_RULE = "0.40", "0.37"
ONE_WAY = (HAS_TYPE, HAS_RULE)  # instances are not told from their types
C = ua.NodeClass
EMPTY = AttributeValue(ua.DataValue(ua.Variant()))


def register(space: AddressSpace) -> dict[str, int]:
    """Namespace index of every specification, entered in the NamespaceArray where it is not yet."""
    held = space[NAMESPACES].attributes[A.Value].value
    known = list(held.Value.Value)
    known += [one.uri for one in SETS if one.uri not in known]
    space[NAMESPACES].attributes[A.Value] = attribute(known, T.String, is_array=True)
    return {uri: index for index, uri in enumerate(known)}


def table_of(one: TypeSet, folder: Path = TABLES) -> dict[str, Any]:
    """The facts of a specification."""
    found: dict[str, Any] = json.loads((folder / f"{one.name}.json").read_text(encoding="utf-8"))
    return found


def load(
    space: AddressSpace, indices: Mapping[str, int], sets: Iterable[TypeSet]
) -> list[ua.NodeId]:
    """Put the types of `sets` into the address space, those that are not there yet.

    Returns the ids of all their nodes.
    """
    tables = [Table(table_of(one), indices, texts_of(one)) for one in sets]
    new = [table for table in tables if table.nodes[0] not in space]
    for table in new:
        table.add_nodes(space)
    for table in new:
        table.add_references(space)
    for table in new:
        table.add_definitions(space)
    return [node for table in tables for node in table.nodes]


class Table:
    """One table, with its ids read for the namespace indices of this server."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        indices: Mapping[str, int],
        texts: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.facts = facts
        self.texts = texts or {}
        self.spaces = [indices.get(uri, 0) for uri in facts["uris"]]
        self._ids: dict[Any, ua.NodeId] = {}
        self.nodes = [self.id(row[1]) for row in facts["nodes"]]

    def id(self, written: Any) -> ua.NodeId:
        """A NodeId as the table writes it; one object for each."""
        key = tuple(written) if isinstance(written, list) else written
        made = self._ids.get(key)
        if made is None:
            if isinstance(written, int):
                made = ua.NodeId(written, self.spaces[1])
            elif isinstance(written, str):
                place, _point, number = written.partition(".")
                made = ua.NodeId(int(number), self.spaces[int(place)])
            else:
                made = ua.NodeId(written[1], self.spaces[written[0]])
            self._ids[key] = made
        return made

    def name(self, written: str) -> ua.QualifiedName:
        """A BrowseName as the table writes it."""
        place, colon, name = written.partition(":")
        if colon and place.isdigit():
            return ua.QualifiedName(name, self.spaces[int(place)])
        return ua.QualifiedName(written, self.spaces[1])

    def add_nodes(self, space: AddressSpace) -> None:
        """Nodes with their attributes, without references."""
        for node_class, written, name, *more in self.facts["nodes"]:
            node_id = self.id(written)
            facts = more[0] if more else {}
            node = NodeData(node_id)
            browse = self.name(name)
            node.attributes = {
                A.NodeId: attribute(node_id, T.NodeId),
                A.NodeClass: constant(node_class, T.Int32),
                A.BrowseName: attribute(browse, T.QualifiedName),
                A.DisplayName: shown_as(browse.Name),
                A.WriteMask: constant(0, T.UInt32),
                A.UserWriteMask: constant(0, T.UInt32),
            }
            self._describe(node, C(node_class), facts)
            if self.texts:
                self._tell(node, self.texts.get(json.dumps(written)))
            space[node_id] = node

    def _tell(self, node: NodeData, texts: list[str] | None) -> None:
        """Texts of an imported NodeSet."""
        for key, text in zip((A.DisplayName, A.Description), texts or (), strict=False):
            if text:
                node.attributes[key] = shown_as(text)

    def _describe(self, node: NodeData, node_class: ua.NodeClass, facts: Mapping[str, Any]) -> None:
        told = node.attributes
        if node_class in (C.ObjectType, C.VariableType, C.DataType, C.ReferenceType):
            told[A.IsAbstract] = constant("IsAbstract" in facts, T.Boolean)
        if node_class == C.ReferenceType:
            told[A.Symmetric] = constant("Symmetric" in facts, T.Boolean)
            if "InverseName" in facts:
                told[A.InverseName] = attribute(
                    ua.LocalizedText(facts["InverseName"]), T.LocalizedText
                )
        if node_class == C.Object:
            told[A.EventNotifier] = constant(facts.get("EventNotifier", 0), T.Byte)
        if node_class == C.Method:
            told[A.Executable] = told[A.UserExecutable] = constant(True, T.Boolean)
        if node_class in (C.Variable, C.VariableType):
            self._describe_values(told, node_class, facts)

    def _describe_values(
        self, told: dict[Any, AttributeValue], node_class: ua.NodeClass, facts: Mapping[str, Any]
    ) -> None:
        rank = facts.get("ValueRank", -1)
        told[A.DataType] = attribute(self.id(facts["DataType"]), T.NodeId)
        told[A.ValueRank] = constant(rank, T.Int32)
        if rank > 0:
            sizes = facts.get("ArrayDimensions")
            told[A.ArrayDimensions] = (
                attribute(sizes, T.UInt32, is_array=True) if sizes else ARRAY_OF_ANY_LENGTH
            )
        if node_class == C.Variable:
            told[A.Value] = self._value(facts.get("Value"))
            told[A.AccessLevel] = told[A.UserAccessLevel] = constant(1, T.Byte)
            told[A.Historizing] = constant(False, T.Boolean)
            told[A.MinimumSamplingInterval] = constant(-1.0, T.Double)

    def _value(self, written: list[Any] | None) -> AttributeValue:
        if written is None:
            return AttributeValue(ua.DataValue(ua.Variant()))
        kind, value = written
        if kind == "EnumValueType":
            rows = [ua.EnumValueType(number, ua.LocalizedText(name)) for number, name in value]
            return attribute(rows, T.ExtensionObject, is_array=True)
        if kind == "Argument":
            return attribute([self._argument(*row) for row in value], T.ExtensionObject)
        convert = {13: moment, 17: self.id, 20: self.name, 21: ua.LocalizedText}.get(kind)
        if convert is not None:
            value = list(map(convert, value)) if isinstance(value, list) else convert(value)
        return attribute(value, T(kind), is_array=isinstance(value, list))

    def _argument(
        self, name: str, data_type: Any, rank: int, sizes: list[int] | None = None
    ) -> ua.Argument:
        return ua.Argument(name, self.id(data_type), rank, sizes or [0] * max(rank, 0))

    def add_references(self, space: AddressSpace) -> None:
        """References, in both directions where a client follows both."""
        rows = self.facts["references"]
        kinds = {tuple_of(source): target for source, target in rows.get(HAS_TYPE, ())}
        for written, listed in rows.items():
            reference = self.id(written if "." in written else int(written))
            both = written not in ONE_WAY
            for source, *targets in listed:
                above = self.id(source)
                for target in targets:
                    below = self.id(target)
                    kind = kinds.get(tuple_of(target))
                    ahead = pointer(space, reference, True, below, kind and self.id(kind))
                    space[above].references.append(ahead)
                    if both:
                        kind = kinds.get(tuple_of(source))
                        back = pointer(space, reference, False, above, kind and self.id(kind))
                        space[below].references.append(back)

    def add_definitions(self, space: AddressSpace) -> None:
        """DataTypeDefinition of structures and enumerations, members of base structures first."""
        written = {
            self.id(row[1]): row[3]["Definition"]
            for row in self.facts["nodes"]
            if len(row) > 3 and "Definition" in row[3]
        }
        for node_id in self.nodes:
            if node_id in written:
                made = definition(space, node_id, written[node_id], self.id)
                space[node_id].attributes[A.DataTypeDefinition] = attribute(made, T.ExtensionObject)


def pointer(
    space: AddressSpace,
    reference: ua.NodeId,
    forward: bool,
    target: ua.NodeId,
    kind: ua.NodeId | None = None,
) -> ua.ReferenceDescription:
    """A reference to `target`, described by the attributes it has."""
    attributes = space[target].attributes
    browse, display, node_class = (
        attributes[key].value.Value.Value for key in (A.BrowseName, A.DisplayName, A.NodeClass)
    )
    return ua.ReferenceDescription(
        reference, forward, target, browse, display, C(node_class), kind or ua.NodeId()
    )


@lru_cache(maxsize=4096)
def shown_as(name: str) -> AttributeValue:
    """DisplayName of a node whose name is all there is to show."""
    return attribute(ua.LocalizedText(name), T.LocalizedText)


def moment(text: str) -> datetime:
    """A moment as XML writes it."""
    return datetime.fromisoformat(text)


def tuple_of(written: Any) -> Any:
    """A written id that can be looked up."""
    return tuple(written) if isinstance(written, list) else written
