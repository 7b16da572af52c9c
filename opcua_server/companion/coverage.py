"""What of each specification an address space has: instances of its types and their members.

Counted from the instances and the types' own declarations, so that no list of features is kept by
hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.companion.graph import (
    HAS_INTERFACE,
    MANDATORY,
    PLACEHOLDERS,
    Graph,
    Member,
    Source,
)
from opcua_server.companion.loader import NAMESPACES
from opcua_server.companion.sets import SETS, TypeSet

BY_URI = {one.uri: one for one in SETS}
VALUE = ua.AttributeIds.Value


@dataclass
class Covered:
    """A type or interface with instances: how many, and its members that some or none has.

    `used` and `unused` are the members that the type leaves open: optional ones and placeholders.
    """

    specification: TypeSet
    type_name: str
    instances: int = 0
    used: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)


def coverage(space: AddressSpace, own: int = 2) -> list[Covered]:
    """A row for each type of a specification that nodes of namespace `own` are instances of."""
    graph = Graph(space)
    uris = space[NAMESPACES].attributes[VALUE].value.Value.Value
    found: dict[ua.NodeId, Covered] = {}
    members: dict[ua.NodeId, list[Member]] = {}
    for node, kind in _instances(space, graph, own):
        specification = BY_URI.get(uris[kind.NamespaceIndex])
        if specification is None:
            continue
        if kind not in found:
            members[kind] = graph.members([Source(one, 0) for one in graph.declared_by(kind)])
            found[kind] = Covered(specification, str(graph.browse_name(kind).Name))
            found[kind].unused = {str(one.name.Name) for one in _left_open(members[kind])}
        found[kind].instances += 1
        _tick(graph, node, members[kind], found[kind])
    return sorted(found.values(), key=lambda row: (SETS.index(row.specification), row.type_name))


def _instances(
    space: AddressSpace, graph: Graph, own: int
) -> Iterator[tuple[ua.NodeId, ua.NodeId]]:
    """Nodes of our own with their type, and with every interface they have beside it."""
    for node in space.keys():  # noqa: SIM118 - asyncua's is no mapping
        if node.NamespaceIndex != own:
            continue
        kind = graph.type_of(node)
        if kind is not None:
            yield node, kind
        for interface in graph.targets(node, HAS_INTERFACE):
            yield node, interface


def _left_open(members: list[Member]) -> list[Member]:
    """Members that a type leaves open: optional ones and placeholders."""
    return [member for member in members if member.rule != MANDATORY]


def _tick(graph: Graph, node: ua.NodeId, members: list[Member], row: Covered) -> None:
    """Note which open members an instance has."""
    given = {_key(member.name) for member in members}
    children = {_key(one.BrowseName): one.NodeId for one in graph.children(node)}
    more = [graph.type_of(node) for name, node in children.items() if name not in given]
    for member in _left_open(members):
        if member.rule in PLACEHOLDERS:
            wanted = graph.type_of(member.declaration)
            there = any(kind and wanted and graph.is_a(kind, wanted) for kind in more)
        else:
            there = _key(member.name) in children
        if there:
            row.used.add(str(member.name.Name))
            row.unused.discard(str(member.name.Name))


def _key(name: ua.QualifiedName) -> tuple[int, str]:
    return name.NamespaceIndex, str(name.Name)
