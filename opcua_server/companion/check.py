"""Checks every instance against its type, knowing no specification but what the types say.

Of each object and variable in a line's own namespace: are the mandatory members of its type,
supertypes and interfaces there, with the name, class, type, data type, value rank and reference
that are declared; is each value what its data type says; does no name in an official namespace
stand for something that specification does not know (OPC 10000-3, 6.2-6.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asyncua import ua

from opcua_server.companion.snapshot import Seen, Snapshot
from opcua_server.companion.wire import Wire

A, C, IDS = ua.AttributeIds, ua.NodeClass, ua.ObjectIds
SUBTYPE, TYPE = ua.NodeId(IDS.HasSubtype), ua.NodeId(IDS.HasTypeDefinition)
RULE, INTERFACE = ua.NodeId(IDS.HasModellingRule), ua.NodeId(IDS.HasInterface)
HIERARCHICAL, ADD_IN = ua.NodeId(IDS.HierarchicalReferences), ua.NodeId(IDS.HasAddIn)
MANDATORY, OPTIONAL = (
    ua.NodeId(IDS.ModellingRule_Mandatory),
    ua.NodeId(IDS.ModellingRule_Optional),
)
MANDATORY_PLACEHOLDER = ua.NodeId(IDS.ModellingRule_MandatoryPlaceholder)
STATE_MACHINE = ua.NodeId(IDS.StateMachineType)
NO_RANK = -1
# names that only the text of a specification gives: OPC 10000-100, 5.4 (table of FunctionalGroups)
RECOMMENDED = {
    "http://opcfoundation.org/UA/DI/": (
        *("Configuration", "Tuning", "Maintenance", "Diagnostics", "Statistics", "Status"),
        *("Operational", "OperationCounters", "Identification"),
    ),
    # OPC 10000-11, 5.2.3: what a variable's configuration is called
    "http://opcfoundation.org/UA/": ("HA Configuration",),
    # OPC 40001-1, 6.3: the folder that holds a machine's building blocks
    "http://opcfoundation.org/UA/Machinery/": ("MachineryBuildingBlocks",),
}


@dataclass(frozen=True)
class Deviation:
    """Where an instance is not what its type says, and how."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check(snapshot: Snapshot, own: int = 2) -> list[Deviation]:
    """Deviations of all instances in the namespace with index `own`; none when all is well."""
    return list(Checker(snapshot, own).deviations())


class Checker:
    """Compares instances with types in one snapshot."""

    def __init__(self, snapshot: Snapshot, own: int) -> None:
        self.seen = snapshot
        self.own = own
        self.wire = Wire(snapshot)
        self._known = self._names()
        self._chain = lru_cache(maxsize=None)(self._supertypes)

    def deviations(self) -> Iterator[Deviation]:
        """All that is found."""
        for node in self.seen:
            if node.node.NamespaceIndex != self.own:
                continue
            for what in self._node(node):
                yield Deviation(self._path(node), what)

    def _names(self) -> set[tuple[int, str]]:
        """Names that types use or give to instances, or that a specification recommends."""
        known = {node.name for node in self.seen if node.node.NamespaceIndex != self.own}
        for node in self.seen:
            held = node.attributes.get(A.Value)
            if (
                node.name == (0, "DefaultInstanceBrowseName")
                and held
                and held.Value
                and held.Value.Value
            ):
                known.add((held.Value.Value.NamespaceIndex, held.Value.Value.Name))
        for index, uri in enumerate(self.seen.namespaces):
            known |= {(index, name) for name in RECOMMENDED.get(uri, ())}
        return known

    def instances(self) -> Iterator[tuple[Seen, Seen]]:
        """Objects and variables of our own with their types."""
        for node in self.seen:
            kinds = node.targets(TYPE)
            if node.node.NamespaceIndex == self.own and kinds:
                yield node, self.seen[kinds[0]]

    def _node(self, node: Seen) -> Iterator[str]:
        index, name = node.name
        if index >= len(self.seen.namespaces):
            yield f"has a name in namespace {index}, which does not exist"
            return
        if index != self.own and node.name not in self._known:
            yield f"{self.seen.namespaces[index]} has no {name}"
        yield from self._links(node)
        if node.node_class not in (C.Object, C.Variable):
            return
        kinds = node.targets(TYPE)
        if len(kinds) != 1 or kinds[0] not in self.seen:
            yield f"has {len(kinds)} type definitions that can be found"
            return
        kind = self.seen[kinds[0]]
        wanted = C.ObjectType if node.node_class == C.Object else C.VariableType
        if kind.node_class != wanted:
            yield f"is of {kind.name[1]}, which is no {wanted.name}"
        if kind.attributes.get(A.IsAbstract):
            yield f"is of {kind.name[1]}, which is abstract"
        declarations = self._declaring(kind.node)
        for interface in node.targets(INTERFACE):
            declarations += self._chain(interface)
        yield from self._members(node, declarations, "")
        if node.node_class == C.Variable:
            yield from self._declared(node, kind, "")
            yield from self.wire.faults(node)
        if STATE_MACHINE in self._chain(kind.node):
            yield from self._state(node, kind)

    def _links(self, node: Seen) -> Iterator[str]:
        for reference in node.references:
            if reference.target not in self.seen:
                yield f"refers to {reference.target.to_string()}, which is not there"
            elif reference.forward and self._is_a(reference.kind, HIERARCHICAL):
                back = self.seen[reference.target].targets(reference.kind, forward=False)
                if node.node not in back:
                    yield f"is not told of by {self.seen[reference.target].name[1]} below it"

    def _members(self, node: Seen, declaring: Iterable[ua.NodeId], at: str) -> Iterator[str]:
        """Deviations of the members of `node` from what the nodes `declaring` declare."""
        children = list(self._children(node))
        for name, declared in self._demands(declaring).items():
            first = declared[0]
            rule = next(iter(first.targets(RULE)), None)
            if rule not in (MANDATORY, OPTIONAL):
                if rule == MANDATORY_PLACEHOLDER:
                    yield from self._placeholder(children, first, at)
                continue
            found = [(kind, one) for kind, one in children if one.name == name]
            path = f"{at}/{name[1]}" if at else name[1]
            if not found and rule == MANDATORY:
                yield f"{path} is mandatory and missing"
            if len(found) > 1:
                yield f"{path} is there {len(found)} times"
            for kind, one in found[:1]:
                yield from self._member(kind, one, node, declared, path)

    def _member(
        self, kind: ua.NodeId, one: Seen, owner: Seen, declared: list[Seen], path: str
    ) -> Iterator[str]:
        first = declared[0]
        wanted = self._reference_to(first, owner)
        if wanted and not any(self._is_a(kind, each) for each in wanted):
            names = " or ".join(self.seen[each].name[1] for each in wanted)
            yield f"{path} hangs on {self.seen[kind].name[1]}, not {names}"
        if one.node_class != first.node_class:
            yield f"{path} is a {one.node_class.name}, not a {first.node_class.name}"
            return
        types, expected = one.targets(TYPE), first.targets(TYPE)
        if expected and not (types and self._is_a(types[0], expected[0])):
            named = self.seen[types[0]].name[1] if types else "no type"
            yield f"{path} is of {named}, not {self.seen[expected[0]].name[1]}"
        if one.node_class == C.Variable:
            yield from self._declared(one, first, path)
        if one.node_class == C.Method:
            yield from self._arguments(one, first, path)
        yield from self._members(one, [each.node for each in declared], path)

    def _placeholder(
        self, children: list[tuple[ua.NodeId, Seen]], declared: Seen, at: str
    ) -> Iterator[str]:
        wanted = declared.targets(TYPE)[0]
        types = [one.targets(TYPE) for _kind, one in children]
        if not any(kinds and self._is_a(kinds[0], wanted) for kinds in types):
            where = f"{at}/{declared.name[1]}" if at else declared.name[1]
            yield f"{where} is mandatory and has no {self.seen[wanted].name[1]}"

    def _declared(self, node: Seen, declared: Seen, path: str) -> Iterator[str]:
        """Data type and value rank, as narrow as declared or narrower."""
        label = path or "it"
        carried, wanted = (one.attributes.get(A.DataType) for one in (node, declared))
        if carried is None:
            yield f"{label} has no data type"
        elif wanted is not None and not self._is_a(carried, wanted):
            names = [self.seen[one].name[1] for one in (carried, wanted)]
            yield f"{label} carries {names[0]}, not {names[1]}"
        rank, allowed = (one.attributes.get(A.ValueRank, NO_RANK) for one in (node, declared))
        if not within_rank(rank, allowed):
            yield f"{label} has value rank {rank}, not {allowed}"

    def _arguments(self, node: Seen, declared: Seen, path: str) -> Iterator[str]:
        for label in ("InputArguments", "OutputArguments"):
            ours, theirs = (self._told(one, label) for one in (node, declared))
            if [shape(one) for one in ours] != [shape(one) for one in theirs]:
                yield f"{path} has other {label} than its type"

    def _told(self, method: Seen, label: str) -> list[Any]:
        for _kind, one in self._children(method):
            if one.name == (0, label):
                return list(one.attributes[A.Value].Value.Value or [])
        return []

    def _state(self, node: Seen, kind: Seen) -> Iterator[str]:
        """CurrentState names a state of the machine's type, and its Id leads to it."""
        told = {one.name: one for _kind, one in self._children(node)}
        state = told.get((0, "CurrentState"))
        if state is None:
            return
        value = state.attributes[A.Value]
        ids = [one for _kind, one in self._children(state) if one.name == (0, "Id")]
        if value.Value is None or value.Value.Value is None or not ids:
            return
        current = ids[0].attributes[A.Value].Value
        states = [
            one.target
            for each in self._chain(kind.node)
            for one in self.seen[each].references
            if one.forward and self._is_a(one.kind, HIERARCHICAL)
        ]
        if current is not None and current.Value == ua.NodeId() and not value.Value.Value.Text:
            return  # no state is taken now, such as the side of a limit that nothing is beyond
        if current is None or current.Value not in states:
            yield "CurrentState/Id is no state of its type"
        elif value.Value.Value.Text != self.seen[current.Value].name[1]:
            known = self.seen[current.Value].name[1]
            yield f"CurrentState says {value.Value.Value.Text}, its Id {known}"

    def _demands(self, declaring: Iterable[ua.NodeId]) -> dict[tuple[int, str], list[Seen]]:
        """Declarations by name, the most special first."""
        found: dict[tuple[int, str], list[Seen]] = {}
        for node in declaring:
            for _kind, one in self._children(self.seen[node]):
                if one.targets(RULE):
                    found.setdefault(one.name, []).append(one)
        return found

    def _reference_to(self, declared: Seen, owner: Seen) -> list[ua.NodeId]:
        """Kinds of reference that lead to a declaration."""
        return [
            one.kind
            for one in declared.references
            if not one.forward and self._is_a(one.kind, HIERARCHICAL) and one.target != owner.node
        ]

    def _children(self, node: Seen) -> Iterator[tuple[ua.NodeId, Seen]]:
        for one in node.references:
            below = one.forward and one.kind != SUBTYPE and one.target in self.seen
            if below and self._is_a(one.kind, HIERARCHICAL):
                yield one.kind, self.seen[one.target]

    def _declaring(self, kind: ua.NodeId) -> list[ua.NodeId]:
        found: list[ua.NodeId] = []
        for one in self._chain(kind):
            found.append(one)
            for interface in self.seen[one].targets(INTERFACE):
                found += self._chain(interface)
        return found

    def _supertypes(self, kind: ua.NodeId) -> tuple[ua.NodeId, ...]:
        found = [kind]
        while above := self.seen[found[-1]].targets(SUBTYPE, forward=False):
            found.append(above[0])
        return tuple(found)

    def _is_a(self, kind: ua.NodeId, base: ua.NodeId) -> bool:
        return base in self._chain(kind)

    def _path(self, node: Seen) -> str:
        identifier = node.node.Identifier
        return str(identifier)


def within_rank(rank: int, allowed: int) -> bool:
    """Whether a value rank is as declared or narrower (OPC 10000-3, 5.6.2, table 13)."""
    if allowed == -2:  # any
        return True
    if allowed == -3:  # a scalar or a row
        return rank in (-3, -1, 1)
    if allowed == 0:  # one or more dimensions
        return rank >= 0
    return rank == allowed


def shape(argument: Any) -> tuple[Any, ...]:
    """What two descriptions of an argument must have in common."""
    return argument.Name, argument.DataType, argument.ValueRank
