"""Making an instance member by member: which members, of which class and type, and where.

OPC 10000-3, 6.4.4: a mandatory member is always made, an optional one when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.server.address_space import NodeData

from opcua_server.bulk import A, SpaceBuilder, T, attribute, constant
from opcua_server.companion import loader
from opcua_server.companion.graph import (
    HAS_INTERFACE,
    HAS_TYPE,
    MANDATORY,
    PLACEHOLDERS,
    Graph,
    Member,
    Source,
)
from opcua_server.companion.values import Given

C = ua.NodeClass
TYPES = (C.ObjectType, C.VariableType, C.DataType, C.ReferenceType)


class BadInstance(ValueError):
    """An instance that would not be one of its type: says what is missing or wrong, and where."""


@dataclass
class Instance:
    """An instance: its node, type, and the NodeIds of its members by path ("State/Id").

    `sources` are the declarations that say what it has.
    """

    node: ua.NodeId
    type: ua.NodeId
    sources: tuple[Source, ...] = ()
    members: dict[str, ua.NodeId] = field(default_factory=dict)

    def __getitem__(self, path: str) -> ua.NodeId:
        return self.members[path]

    def __contains__(self, path: str) -> bool:
        return path in self.members


@dataclass
class Plan:
    """What the caller wants of an instance; paths are ticked off as they are met."""

    optional: frozenset[str]
    values: Mapping[str, Given]
    kinds: Mapping[str, ua.NodeId]
    made: dict[Source, ua.NodeId] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    scopes: int = 0

    def wants(self, path: str) -> bool:
        """Whether an optional member was named, itself or a member below it."""
        below = f"{path}/"
        named = (*self.optional, *self.values, *self.kinds)
        return any(one == path or one.startswith(below) for one in named)


class Maker:
    """Adds nodes of instances; `variables` gives those that are variables their value."""

    def __init__(self, builder: SpaceBuilder, graph: Graph, variables: Any) -> None:
        self.builder = builder
        self.space = builder.space
        self.graph = graph
        self.variables = variables

    def fill(
        self, instance: Instance, plan: Plan, interfaces: Iterable[ua.NodeId] = ()
    ) -> Instance:
        """Add the members of an instance whose node is there, and what `interfaces` ask for."""
        node = self.space[instance.node]
        for interface in interfaces:
            self.refer(node, HAS_INTERFACE, interface)
            added = tuple(Source(one, 0) for one in self.graph.chain(interface))
            instance.sources += added
        if self.graph.node_class(node.nodeid) == C.Variable:
            self.variables.describe(node, instance.sources, "", plan)
        self._members(instance, instance.node, instance.sources, "", plan)
        self._complain(instance.node, plan)
        return instance

    def of_type(self, own: ua.NodeId, kind: ua.NodeId) -> Instance:
        """An instance that is only what its type says."""
        sources = tuple(Source(one, 0) for one in self.graph.declared_by(kind))
        return Instance(own, kind, sources)

    def sources_at(self, owner: Instance, path: str) -> tuple[Source, ...]:
        """Declarations of the members of what lies at a path ("" for the instance itself)."""
        sources, walked = owner.sources, ""
        for name in filter(None, path.split("/")):
            walked = f"{walked}/{name}" if walked else name
            found = [one for one in self.graph.members(sources) if one.name.Name == name]
            if not found or walked not in owner:
                raise BadInstance(f"{owner.node.Identifier}: no member {walked}")
            sources = self.graph.sources_of(found[0].sources, self.graph.type_of(owner[walked]), 0)
        return sources

    def _complain(self, own: ua.NodeId, plan: Plan) -> None:
        named = {*plan.optional, *plan.values, *plan.kinds} - {""}
        unknown = sorted(path for path in named if path not in plan.met)
        told = [f"no value for {path or 'itself'}" for path in sorted(plan.missing)]
        told += [f"no member {path}" for path in unknown]
        if told:
            raise BadInstance(f"{own.Identifier}: {'; '.join(told)}")

    def concrete(self, kind: ua.NodeId, declared: ua.NodeId | None, where: str) -> ua.NodeId:
        """A type that can be used there: not abstract, and what is declared or a subtype of it."""
        name = self.graph.browse_name(kind).Name
        if self.graph.attribute(kind, A.IsAbstract):
            raise BadInstance(f"{where}: {name} is abstract; choose a subtype")
        if declared is not None and not self.graph.is_a(kind, declared):
            wanted = self.graph.browse_name(declared).Name
            raise BadInstance(f"{where}: takes {wanted}, which {name} is not")
        return kind

    def _members(
        self,
        instance: Instance,
        owner: ua.NodeId,
        sources: tuple[Source, ...],
        above: str,
        plan: Plan,
    ) -> None:
        for member in self.graph.members(sources):
            path = f"{above}/{member.name.Name}" if above else member.name.Name
            if member.rule in PLACEHOLDERS:
                continue
            if member.rule != MANDATORY and not plan.wants(path):
                continue
            plan.met.add(path)
            known = plan.made.get(member.sources[0])
            if known is not None:
                self.refer(self.space[owner], member.reference, known, both=True)
                instance.members[path] = known
                continue
            self._member(instance, owner, member, path, plan)

    def _member(
        self, instance: Instance, owner: ua.NodeId, member: Member, path: str, plan: Plan
    ) -> None:
        node_class = self.graph.node_class(member.declaration)
        declared = self.graph.type_of(member.declaration)
        kind = plan.kinds.get(path, declared)
        if node_class in (C.Object, C.Variable):
            kind = self.concrete(kind, declared, f"{instance.node.Identifier}: {path}")
        own = self.builder.node_id(f"{instance.node.Identifier}.{path.replace('/', '.')}")
        node = self.add(own, node_class, member.name, owner, member.reference, kind)
        instance.members[path] = own
        for source in member.sources:
            plan.made.setdefault(source, own)
        plan.scopes += 1
        sources = self.graph.sources_of(member.sources, kind, plan.scopes)
        if node_class == C.Variable:
            self.variables.describe(node, sources, path, plan)
        for interface in self.graph.targets(member.declaration, HAS_INTERFACE):
            self.refer(node, HAS_INTERFACE, interface)
        self._members(instance, own, sources, path, plan)

    def add(
        self,
        own: ua.NodeId,
        node_class: ua.NodeClass,
        name: ua.QualifiedName,
        parent: ua.NodeId,
        reference: ua.NodeId,
        kind: Any,
        display: ua.LocalizedText | None = None,
    ) -> NodeData:
        """A node with what every node has, below its parent."""
        if own in self.space:
            raise BadInstance(f"{own.Identifier}: there is a node of this id")
        node = NodeData(own)
        node.attributes = {
            A.NodeId: attribute(own, T.NodeId),
            A.NodeClass: constant(node_class, T.Int32),
            A.BrowseName: attribute(name, T.QualifiedName),
            A.DisplayName: (
                loader.shown_as(name.Name)
                if display is None
                else attribute(display, T.LocalizedText)
            ),
            A.WriteMask: constant(0, T.UInt32),
            A.UserWriteMask: constant(0, T.UInt32),
        }
        if node_class == C.Object:
            node.attributes[A.EventNotifier] = constant(0, T.Byte)
        if node_class == C.Method:
            node.attributes |= {
                A.Executable: constant(True, T.Boolean),
                A.UserExecutable: constant(True, T.Boolean),
            }
        self.space[own] = node
        if kind is not None:
            self.refer(node, HAS_TYPE, kind)
        self.refer(self.space[parent], reference, own, both=True)
        return node

    def refer(self, node: NodeData, kind: ua.NodeId, target: ua.NodeId, both: bool = False) -> None:
        """A reference from a node, described as browsing shows it; `both` adds its inverse."""
        space = self.space
        typed = None if kind == HAS_TYPE else self.graph.type_of(target)
        ahead = loader.pointer(space, kind, True, target, typed)
        node.references.append(ahead)
        if both and self.graph.node_class(target) not in TYPES:  # servers may share a type
            own = self.graph.type_of(node.nodeid)
            back = loader.pointer(space, kind, False, node.nodeid, own)
            space[target].references.append(back)
