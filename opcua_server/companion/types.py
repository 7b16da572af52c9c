"""Types of companion specifications, and instances of them in a line's own namespace.

    types = Types(builder, ["Machinery"])
    item = types.instantiate(
        "Machinery:MachineIdentificationType", "oven.Identification", "DI:Identification",
        station, "HasAddIn", optional=("Model",), values={"SerialNumber": "OV-7", ...},
    )
    item["SerialNumber"]        # its NodeId

An instance has every mandatory member of its type, supertypes and interfaces, and of the optional
ones those that are named (OPC 10000-3, 6.4.4). Nothing is made up: a variable without a value is an
error, so that no member only looks as if it worked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AttributeValue, NodeData

from opcua_server.bulk import ARRAY_OF_ANY_LENGTH, A, SpaceBuilder, T, attribute, constant
from opcua_server.companion import loader, structures
from opcua_server.companion.calls import Call, Handler, Taken
from opcua_server.companion.derived import Derivations, DerivedValue
from opcua_server.companion.graph import (
    ARGUMENTS,
    HAS_INTERFACE,
    HAS_TYPE,
    MANDATORY,
    PLACEHOLDERS,
    Graph,
    Member,
    Source,
)
from opcua_server.companion.sets import BY_NAME, TypeSet, closure
from opcua_server.companion.values import Derived, Given, Row, View, variant, wire_type
from twin.trace.journal import Role

C = ua.NodeClass
# values that are the same in the type and in each of its instances
SHARED = (*ARGUMENTS, "EnumStrings", "EnumValues", "OptionSetValues")
HISTORY, READ = 4, 1  # AccessLevel bits, OPC 10000-3, 8.57


class BadInstance(ValueError):
    """An instance that would not be one of its type: says what is missing or wrong, and where."""


@dataclass
class Instance:
    """An instance: its node, type, and the NodeIds of its members by path ("State/Id")."""

    node: ua.NodeId
    type: ua.NodeId
    members: dict[str, ua.NodeId] = field(default_factory=dict)

    def __getitem__(self, path: str) -> ua.NodeId:
        return self.members[path]

    def __contains__(self, path: str) -> bool:
        return path in self.members


@dataclass
class _Plan:
    """What the caller wants of an instance; paths are ticked off as they are met."""

    optional: frozenset[str]
    values: Mapping[str, Given]
    kinds: Mapping[str, str | ua.NodeId]
    made: dict[Source, ua.NodeId] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    scopes: int = 0

    def wants(self, path: str) -> bool:
        """Whether an optional member was named, itself or a member below it."""
        below = f"{path}/"
        named = (*self.optional, *self.values, *self.kinds)
        return any(one == path or one.startswith(below) for one in named)


class Types:
    """Loads the types of the named specifications and makes instances of them.

    `line` is what `nodes.build` made (for `Row`), `view` what derived values are computed from.
    Raises KeyError for a name that is no specification's.
    """

    def __init__(
        self,
        builder: SpaceBuilder,
        names: Iterable[str] = tuple(BY_NAME),
        *,
        line: Any = None,
        rows: Mapping[str, int] | None = None,
        view: View | None = None,
    ) -> None:
        self.builder = builder
        self.space = builder.space
        self.sets: tuple[TypeSet, ...] = closure(names)
        self.line = line
        self.rows = rows or {}
        self.view = view
        self.derivations = Derivations()
        self.instances: list[Instance] = []
        self.indices = loader.register(self.space)
        loaded = loader.load(self.space, self.indices, self.sets)
        self.graph = Graph(self.space)
        data_types = [one for one in loaded if self.graph.node_class(one) == C.DataType]
        self.classes = structures.classes(self.space, data_types)
        self._named = self._names(loaded)

    def _names(self, loaded: Iterable[ua.NodeId]) -> dict[str, ua.NodeId]:
        """Types by name, and the objects below Objects where clients begin (Machines …)."""
        prefixes = {self.indices[one.uri]: one.name for one in self.sets}
        kinds = (C.ObjectType, C.VariableType, C.DataType, C.ReferenceType)
        wanted = [one for one in loaded if self.graph.node_class(one) in kinds]
        objects = self.graph.children(ua.NodeId(ua.ObjectIds.ObjectsFolder))
        wanted += [one.NodeId for one in objects if one.NodeId.NamespaceIndex in prefixes]
        names = {node: self.graph.browse_name(node).Name for node in wanted}
        return {f"{prefixes[node.NamespaceIndex]}:{name}": node for node, name in names.items()}

    def index(self, name: str) -> int:
        """Namespace index of a specification by its short name."""
        return self.indices[BY_NAME[name].uri]

    def node(self, named: str | int | ua.NodeId) -> ua.NodeId:
        """A type: "Machinery:MachineIdentificationType", "HasAddIn" of the standard, or its id."""
        if isinstance(named, ua.NodeId):
            return named
        if isinstance(named, int):
            return ua.NodeId(named)
        found = self._named.get(named)
        if found is None and ":" not in named and hasattr(ua.ObjectIds, named):
            found = ua.NodeId(getattr(ua.ObjectIds, named))
        if found is None:
            raise BadInstance(f"no type {named!r} in {', '.join(one.name for one in self.sets)}")
        return found

    def name(self, named: str | ua.QualifiedName) -> ua.QualifiedName:
        """A BrowseName: "DI:Identification"; without a prefix it is the line's own."""
        if isinstance(named, ua.QualifiedName):
            return named
        prefix, colon, name = named.partition(":")
        if colon and prefix in BY_NAME:
            return ua.QualifiedName(name, self.index(prefix))
        if colon and prefix == "UA":
            return ua.QualifiedName(name, 0)
        return ua.QualifiedName(named, self.builder.namespace)

    def structure(self, named: str | ua.NodeId) -> type:
        """Python class of a structure or enumeration, to make values of it."""
        return self.classes[self.node(named)]

    def component(self, kind: str | ua.NodeId, name: str) -> ua.NodeId:
        """What belongs to a type itself, such as a state of its state machine, by its name."""
        for one in self.graph.chain(self.node(kind)):
            for reference in self.graph.children(one):
                if reference.BrowseName.Name == name:
                    return reference.NodeId
        raise BadInstance(f"{kind} has no {name}")

    def shows(self, key: str) -> bool:
        """Whether the line shows the tag with this key."""
        return key in self.rows

    def instantiate(
        self,
        kind: str | ua.NodeId,
        node_id: str | ua.NodeId,
        browse_name: str | ua.QualifiedName,
        parent: str | ua.NodeId,
        reference: str | int | ua.NodeId = ua.ObjectIds.HasComponent,
        *,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, str | ua.NodeId] | None = None,
        interfaces: Iterable[str | ua.NodeId] = (),
        display: ua.LocalizedText | None = None,
    ) -> Instance:
        """An instance of a type below `parent`.

        Members are named by the BrowseNames on the way to them ("Identification/SerialNumber").
        `values` gives variables their value: a constant, `Row` or `Derived`; naming an optional
        member there makes it too. "" is the value of the instance itself, when it is a variable.
        `kinds` gives members a subtype of their declared type; `interfaces` adds interfaces.
        Raises BadInstance, naming every path that lacks a value or does not exist.
        """
        own = self._id(node_id)
        made = self._type(kind)
        node_class = C.Variable if self.graph.node_class(made) == C.VariableType else C.Object
        plan = _Plan(frozenset(optional), values or {}, kinds or {})
        name, above = self.name(browse_name), self._id(parent)
        self._add(own, node_class, name, above, self.node(reference), made, display)
        return self._fill(Instance(own, made), plan, interfaces)

    def _fill(
        self, instance: Instance, plan: _Plan, interfaces: Iterable[str | ua.NodeId]
    ) -> Instance:
        """Members of an instance whose node is there."""
        node = self.space[instance.node]
        sources = [Source(one, 0) for one in self.graph.declared_by(instance.type)]
        for interface in map(self.node, interfaces):
            self._refer(node, HAS_INTERFACE, interface)
            sources += [Source(one, 0) for one in self.graph.chain(interface)]
        if self.graph.node_class(node.nodeid) == C.Variable:
            self._describe(node, tuple(sources), "", plan)
        self._members(instance, instance.node, tuple(sources), "", plan)
        self._complain(instance.node, plan)
        self.instances.append(instance)
        return instance

    def adopt(
        self,
        node_id: str | ua.NodeId,
        kind: str | ua.NodeId,
        *,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, str | ua.NodeId] | None = None,
        interfaces: Iterable[str | ua.NodeId] = (),
    ) -> Instance:
        """Give an object that is there already a type (a station becomes a machine tool)."""
        own, made = self._id(node_id), self._type(kind)
        node = self.space[own]
        node.references = [one for one in node.references if one.ReferenceTypeId != HAS_TYPE]
        self._refer(node, HAS_TYPE, made)
        for reference in node.references:
            for back in self.space[reference.NodeId].references:
                if back.NodeId == own:
                    back.TypeDefinition = made
        plan = _Plan(frozenset(optional), values or {}, kinds or {})
        return self._fill(Instance(own, made), plan, interfaces)

    def placeholder(
        self,
        owner: Instance,
        path: str,
        name: str | ua.QualifiedName,
        *,
        kind: str | ua.NodeId | None = None,
        node_id: str | ua.NodeId | None = None,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, str | ua.NodeId] | None = None,
        display: ua.LocalizedText | None = None,
    ) -> Instance:
        """One thing that stands for a placeholder: path "Components/<Component>", its name.

        It is of the placeholder's type, or of the subtype `kind`.
        """
        above, _slash, wanted = path.rpartition("/")
        parent = owner[above] if above else owner.node
        sources = self._sources_at(owner, above)
        found = [one for one in self.graph.members(sources) if one.name.Name == wanted]
        if not found or found[0].rule not in PLACEHOLDERS:
            raise BadInstance(f"{owner.node.Identifier}: {path} is no placeholder")
        member = found[0]
        declared = self.graph.type_of(member.declaration)
        made = self._type(kind or declared)
        if declared is not None and not self.graph.is_a(made, declared):
            raise BadInstance(f"{owner.node.Identifier}: {path} takes another type")
        browse = self.name(name)
        own = self._id(node_id or f"{parent.Identifier}.{browse.Name}")
        node_class = self.graph.node_class(member.declaration)
        node = self._add(own, node_class, browse, parent, member.reference, made, display)
        instance = Instance(own, made)
        plan = _Plan(frozenset(optional), values or {}, kinds or {})
        below = self.graph.sources_of(member.sources, made, 0)
        if node_class == C.Variable:
            self._describe(node, below, "", plan)
        self._members(instance, own, below, "", plan)
        self._complain(own, plan)
        self.instances.append(instance)
        return instance

    def organize(
        self, folder: str | ua.NodeId, node: str | ua.NodeId, kind: str | int = "Organizes"
    ) -> None:
        """One more reference to a node that is there already."""
        self.refer(folder, kind, node)

    def refer(
        self, source: str | ua.NodeId, kind: str | int | ua.NodeId, target: str | ua.NodeId
    ) -> None:
        """A reference between two nodes, in both directions."""
        self._refer(self.space[self._id(source)], self.node(kind), self._id(target), both=True)

    def method(
        self,
        instance: Instance,
        path: str,
        role: Role,
        run: Callable[[Call], Any],
        station: str = "",
    ) -> None:
        """Let `run` answer the method at `path`, for users of at least `role`."""
        node = instance[path]
        owner = instance[path.rpartition("/")[0]] if "/" in path else instance.node
        taken = tuple(self._taken(one) for one in self._arguments(node, "InputArguments"))
        given = [self._taken(one) for one in self._arguments(node, "OutputArguments")]

        def write(outputs: Sequence[Any]) -> list[ua.Variant]:
            pairs = zip(given, outputs, strict=True)
            return [variant(one.kind or T.Variant, value, one.array) for one, value in pairs]

        handler = Handler(path.rpartition("/")[2], role, run, taken, write)
        self.line.methods[node] = (handler, owner, station)

    def _arguments(self, method: ua.NodeId, which: str) -> list[ua.Argument]:
        for reference in self.graph.children(method):
            if reference.BrowseName.Name == which:
                return list(self.graph.attribute(reference.NodeId, A.Value) or [])
        return []

    def _taken(self, argument: ua.Argument) -> Taken:
        kind = wire_type(self.space, argument.DataType, None)
        return Taken(argument.Name, kind, argument.ValueRank >= 0)

    def _sources_at(self, owner: Instance, path: str) -> tuple[Source, ...]:
        sources = tuple(Source(one, 0) for one in self.graph.declared_by(owner.type))
        for name in filter(None, path.split("/")):
            found = [one for one in self.graph.members(sources) if one.name.Name == name]
            if not found:
                raise BadInstance(f"{owner.node.Identifier}: no member {path}")
            kind = self.graph.type_of(found[0].declaration)
            sources = self.graph.sources_of(found[0].sources, kind, 0)
        return sources

    def _id(self, named: str | ua.NodeId) -> ua.NodeId:
        return named if isinstance(named, ua.NodeId) else self.builder.node_id(named)

    def _type(self, named: Any) -> ua.NodeId:
        found = self.node(named)
        if self.graph.attribute(found, A.IsAbstract):
            name = self.graph.browse_name(found).Name
            raise BadInstance(f"{name} is abstract: choose a subtype")
        return found

    def _complain(self, own: ua.NodeId, plan: _Plan) -> None:
        named = {*plan.optional, *plan.values, *plan.kinds} - {""}
        unknown = sorted(path for path in named if path not in plan.met)
        told = [f"no value for {path or 'itself'}" for path in sorted(plan.missing)]
        told += [f"no member {path}" for path in unknown]
        if told:
            raise BadInstance(f"{own.Identifier}: {'; '.join(told)}")

    def _members(
        self,
        instance: Instance,
        owner: ua.NodeId,
        sources: tuple[Source, ...],
        above: str,
        plan: _Plan,
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
                self._refer(self.space[owner], member.reference, known, both=True)
                instance.members[path] = known
                continue
            self._member(instance, owner, member, path, plan)

    def _member(
        self, instance: Instance, owner: ua.NodeId, member: Member, path: str, plan: _Plan
    ) -> None:
        node_class = self.graph.node_class(member.declaration)
        declared = self.graph.type_of(member.declaration)
        kind = plan.kinds.get(path, declared)
        if node_class in (C.Object, C.Variable):
            kind = self._type(kind)
            if declared is not None and not self.graph.is_a(kind, declared):
                raise BadInstance(f"{instance.node.Identifier}: {path} takes another type")
        own = self.builder.node_id(f"{instance.node.Identifier}.{path.replace('/', '.')}")
        node = self._add(own, node_class, member.name, owner, member.reference, kind)
        instance.members[path] = own
        for source in member.sources:
            plan.made.setdefault(source, own)
        plan.scopes += 1
        sources = self.graph.sources_of(member.sources, kind, plan.scopes)
        if node_class == C.Variable:
            self._describe(node, sources, path, plan)
        for interface in self.graph.targets(member.declaration, HAS_INTERFACE):
            self._refer(node, HAS_INTERFACE, interface)
        self._members(instance, own, sources, path, plan)

    def _add(
        self,
        own: ua.NodeId,
        node_class: ua.NodeClass,
        name: ua.QualifiedName,
        parent: ua.NodeId,
        reference: ua.NodeId,
        kind: Any,
        display: ua.LocalizedText | None = None,
    ) -> NodeData:
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
            self._refer(node, HAS_TYPE, kind)
        self._refer(self.space[parent], reference, own, both=True)
        return node

    def _refer(
        self, node: NodeData, kind: ua.NodeId, target: ua.NodeId, both: bool = False
    ) -> None:
        space = self.space
        ahead = loader.pointer(space, kind, True, target, self.graph.type_of(target))
        node.references.append(ahead)
        if both:
            own = self.graph.type_of(node.nodeid)
            back = loader.pointer(space, kind, False, node.nodeid, own)
            space[target].references.append(back)

    def _describe(self, node: NodeData, sources: Sequence[Source], path: str, plan: _Plan) -> None:
        """Data type, rank, value and access of a variable: the most special that says them."""
        declared = sources[0].node
        data_type: ua.NodeId = self.graph.attribute(declared, A.DataType)
        rank = self.graph.attribute(declared, A.ValueRank)
        if path in plan.values:
            plan.met.add(path)
            value, data_type, access = self._given(plan.values[path], data_type, rank, path)
        else:
            value, access = self._shared(node, sources), READ
            if value is None:
                plan.missing.append(path)
                return
        node.attributes |= {
            A.Value: value,
            A.DataType: attribute(data_type, T.NodeId),
            A.ValueRank: constant(rank, T.Int32),
            A.AccessLevel: constant(access, T.Byte),
            A.UserAccessLevel: constant(access, T.Byte),
            A.Historizing: constant(bool(access & HISTORY), T.Boolean),
            A.MinimumSamplingInterval: constant(0.0, T.Double),
        }
        if rank > 0:
            node.attributes[A.ArrayDimensions] = ARRAY_OF_ANY_LENGTH
        if isinstance(plan.values.get(path), Row):
            row = self.rows[plan.values[path].key]
            self.line.tags[node.nodeid] = row

    def _shared(self, node: NodeData, sources: Sequence[Source]) -> AttributeValue | None:
        name = node.attributes[A.BrowseName].value.Value.Value.Name
        if name not in SHARED:
            return None
        for source in sources:
            on_variable = self.graph.node_class(source.node) == C.Variable
            if on_variable and self.graph.attribute(source.node, A.Value) is not None:
                return self.space[source.node].attributes[A.Value]
        return None

    def _given(
        self, given: Given, data_type: ua.NodeId, rank: int, path: str
    ) -> tuple[AttributeValue, ua.NodeId, int]:
        """Attribute, data type (concrete where the declared one is abstract) and access."""
        if isinstance(given, Row):
            return self._tag(given, data_type, path)
        if isinstance(given, Derived):
            return self._derived(given, data_type, rank)
        array = rank >= 0 or (rank < -1 and isinstance(given, list | tuple))
        kind = wire_type(self.space, data_type, given)
        value = AttributeValue(ua.DataValue(variant(kind, given, array)))
        return value, self._concrete(data_type, kind), READ

    def _derived(
        self, given: Derived, data_type: ua.NodeId, rank: int
    ) -> tuple[AttributeValue, ua.NodeId, int]:
        view, derivations = self.view, self.derivations
        if view is None:
            raise BadInstance("derived values need a view")
        abstract = self.graph.attribute(data_type, A.IsAbstract)
        kind = wire_type(self.space, data_type, given.compute(view) if abstract else None)

        def compute() -> ua.Variant:
            value = given.compute(view)
            return variant(kind, value, rank >= 0 or (rank < -1 and isinstance(value, list)))

        derived = DerivedValue(compute, lambda: ((derivations.generation, view.now), view.moment))
        derivations.values.append(derived)
        return derived.attribute, self._concrete(data_type, kind), READ

    def _concrete(self, data_type: ua.NodeId, kind: ua.VariantType) -> ua.NodeId:
        abstract = self.graph.attribute(data_type, A.IsAbstract)
        own = ua.NodeId(kind.value)
        return own if abstract and self.graph.is_a(own, data_type) else data_type

    def _tag(
        self, given: Row, data_type: ua.NodeId, path: str
    ) -> tuple[AttributeValue, ua.NodeId, int]:
        if given.key not in self.rows:
            raise BadInstance(f"{path}: the line shows no tag {given.key}")
        tag = self.line.variables[self.rows[given.key]]
        carried: ua.NodeId = self.graph.attribute(tag.nodeid, A.DataType)
        if not self.graph.is_a(carried, data_type):
            name = self.graph.browse_name(data_type).Name
            raise BadInstance(f"{path}: takes {name}, which {given.key} is not; use Derived")
        access = self.graph.attribute(tag.nodeid, A.AccessLevel)
        return tag.attributes[A.Value], carried, access
