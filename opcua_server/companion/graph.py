"""Questions about types, answered from the references in an address space.

OPC 10000-3: subtypes (6.2), instance declarations (6.2.6), modelling rules (6.4.4), interfaces
(Annex F of 1.04; 4.10 of 1.05).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import A

IDS = ua.ObjectIds


def _id(number: int) -> ua.NodeId:
    return ua.NodeId(number)


HAS_SUBTYPE, HAS_TYPE = _id(IDS.HasSubtype), _id(IDS.HasTypeDefinition)
HAS_RULE, HAS_INTERFACE = _id(IDS.HasModellingRule), _id(IDS.HasInterface)
HAS_ENCODING, HIERARCHICAL = _id(IDS.HasEncoding), _id(IDS.HierarchicalReferences)
MANDATORY, OPTIONAL = _id(IDS.ModellingRule_Mandatory), _id(IDS.ModellingRule_Optional)
PLACEHOLDERS = (
    _id(IDS.ModellingRule_OptionalPlaceholder),
    _id(IDS.ModellingRule_MandatoryPlaceholder),
)
RULES = (MANDATORY, OPTIONAL, *PLACEHOLDERS)
ARGUMENTS = ("InputArguments", "OutputArguments")


class Source(NamedTuple):
    """A node of a type that says what an instance has; `scope` tells uses of one type apart."""

    node: ua.NodeId
    scope: int


class Member(NamedTuple):
    """A member that instances of a type have or may have.

    `sources` are its declarations, the most special first; `reference` leads to it, `rule` is its
    modelling rule.
    """

    name: ua.QualifiedName
    sources: tuple[Source, ...]
    reference: ua.NodeId
    rule: ua.NodeId

    @property
    def declaration(self) -> ua.NodeId:
        """The most special declaration."""
        return self.sources[0].node


class Graph:
    """Reads an address space whose types do not change any more."""

    def __init__(self, space: AddressSpace) -> None:
        self.space = space
        self._subtypes: dict[ua.NodeId, frozenset[ua.NodeId]] = {}

    def attribute(self, node: ua.NodeId, attribute: ua.AttributeIds) -> Any:
        """Value of an attribute; None where the node has none."""
        found = self.space[node].attributes.get(attribute)
        held = None if found is None else found.value
        return None if held is None or held.Value is None else held.Value.Value

    def node_class(self, node: ua.NodeId) -> ua.NodeClass:
        """NodeClass of a node."""
        return ua.NodeClass(self.attribute(node, A.NodeClass))

    def browse_name(self, node: ua.NodeId) -> ua.QualifiedName:
        """BrowseName of a node."""
        name: ua.QualifiedName = self.attribute(node, A.BrowseName)
        return name

    def targets(self, node: ua.NodeId, kind: ua.NodeId, forward: bool = True) -> list[ua.NodeId]:
        """Where references of exactly this kind lead."""
        return [
            reference.NodeId
            for reference in self.space[node].references
            if reference.ReferenceTypeId == kind and reference.IsForward == forward
        ]

    def type_of(self, node: ua.NodeId) -> ua.NodeId | None:
        """TypeDefinition of an object or variable."""
        return next(iter(self.targets(node, HAS_TYPE)), None)

    def rule_of(self, node: ua.NodeId) -> ua.NodeId | None:
        """Modelling rule of an instance declaration."""
        return next(iter(self.targets(node, HAS_RULE)), None)

    def chain(self, kind: ua.NodeId) -> list[ua.NodeId]:
        """A type and its supertypes, up to the root."""
        found = [kind]
        while above := self.targets(found[-1], HAS_SUBTYPE, forward=False):
            found.append(above[0])
        return found

    def is_a(self, kind: ua.NodeId, base: ua.NodeId) -> bool:
        """Whether `kind` is `base` or a subtype of it."""
        return kind == base or base in self.chain(kind)

    def subtypes(self, base: ua.NodeId) -> frozenset[ua.NodeId]:
        """A type and all below it."""
        known = self._subtypes.get(base)
        if known is None:
            below = self.targets(base, HAS_SUBTYPE)
            known = frozenset([base]).union(*(self.subtypes(one) for one in below))
            self._subtypes[base] = known
        return known

    def declared_by(self, kind: ua.NodeId) -> list[ua.NodeId]:
        """Types whose members an instance of `kind` has: supertypes and their interfaces."""
        found: list[ua.NodeId] = []
        for one in self.chain(kind):
            found.append(one)
            for interface in self.targets(one, HAS_INTERFACE):
                found += self.chain(interface)
        return list(dict.fromkeys(found))

    def children(self, node: ua.NodeId) -> Iterator[ua.ReferenceDescription]:
        """Forward hierarchical references, without those to subtypes."""
        kinds = self.subtypes(HIERARCHICAL)
        for reference in self.space[node].references:
            kind = reference.ReferenceTypeId
            if reference.IsForward and kind in kinds and kind != HAS_SUBTYPE:
                yield reference

    def members(self, sources: Iterable[Source]) -> list[Member]:
        """What the declarations and types `sources` (the most special first) say of members."""
        found: dict[tuple[int, str], list[tuple[Source, ua.NodeId, ua.NodeId]]] = {}
        for source in sources:
            on_method = self.node_class(source.node) == ua.NodeClass.Method
            for reference in self.children(source.node):
                rule = self.rule_of(reference.NodeId)
                if on_method and reference.BrowseName.Name in ARGUMENTS:
                    rule = MANDATORY
                if rule in RULES:
                    row = (Source(reference.NodeId, source.scope), reference.ReferenceTypeId, rule)
                    name = reference.BrowseName
                    found.setdefault((name.NamespaceIndex, name.Name), []).append(row)
        return [
            Member(
                ua.QualifiedName(name, index),
                tuple(row[0] for row in rows),
                rows[0][1],
                rows[0][2],
            )
            for (index, name), rows in found.items()
        ]

    def sources_of(
        self, member: Iterable[Source], kind: ua.NodeId | None, scope: int
    ) -> tuple[Source, ...]:
        """Declarations of a member's own members: its declarations, then its type's."""
        of_type = self.declared_by(kind) if kind is not None else []
        interfaces = [
            one
            for source in member
            for interface in self.targets(source.node, HAS_INTERFACE)
            for one in self.chain(interface)
        ]
        return (*member, *(Source(one, scope) for one in dict.fromkeys([*of_type, *interfaces])))
