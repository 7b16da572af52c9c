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


Declared = tuple[tuple[int, str], ua.NodeId, ua.NodeId, ua.NodeId]


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
        # of types and their declarations, which are asked of for every instance
        self._chains: dict[ua.NodeId, list[ua.NodeId]] = {}
        self._declaring: dict[ua.NodeId, list[ua.NodeId]] = {}
        self._interfaces: dict[ua.NodeId, list[ua.NodeId]] = {}
        self._declared: dict[ua.NodeId, list[Declared]] = {}

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
        for reference in self.space[node].references:  # it comes early, where there is one
            if reference.ReferenceTypeId == HAS_TYPE and reference.IsForward:
                found: ua.NodeId = reference.NodeId
                return found
        return None

    def rule_of(self, node: ua.NodeId) -> ua.NodeId | None:
        """Modelling rule of an instance declaration."""
        return next(iter(self.targets(node, HAS_RULE)), None)

    def chain(self, kind: ua.NodeId) -> list[ua.NodeId]:
        """A type and its supertypes, up to the root."""
        found = self._chains.get(kind)
        if found is None:
            above = self.targets(kind, HAS_SUBTYPE, forward=False)
            found = self._chains[kind] = [kind, *(self.chain(above[0]) if above else ())]
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
        known = self._declaring.get(kind)
        if known is None:
            found: list[ua.NodeId] = []
            for one in self.chain(kind):
                found += [one, *self.interfaces(one)]
            known = self._declaring[kind] = list(dict.fromkeys(found))
        return known

    def interfaces(self, node: ua.NodeId) -> list[ua.NodeId]:
        """Interfaces of a type or declaration, with their supertypes."""
        known = self._interfaces.get(node)
        if known is None:
            named = self.targets(node, HAS_INTERFACE)
            known = self._interfaces[node] = [one for each in named for one in self.chain(each)]
        return known

    def declared(self, node: ua.NodeId) -> list[Declared]:
        """What a type or declaration says of its members: name, declaration, reference, rule."""
        known = self._declared.get(node)
        if known is None:
            known = self._declared[node] = []
            on_method = self.node_class(node) == ua.NodeClass.Method
            for reference in self.children(node):
                name = (reference.BrowseName.NamespaceIndex, reference.BrowseName.Name)
                rule = self.rule_of(reference.NodeId)
                if on_method and name[1] in ARGUMENTS:
                    rule = MANDATORY
                if rule in RULES:
                    known.append((name, reference.NodeId, reference.ReferenceTypeId, rule))
        return known

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
            for name, node, reference, rule in self.declared(source.node):
                row = (Source(node, source.scope), reference, rule)
                found.setdefault(name, []).append(row)
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
        interfaces = [one for source in member for one in self.interfaces(source.node)]
        return (*member, *(Source(one, scope) for one in dict.fromkeys([*of_type, *interfaces])))
