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

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from asyncua import ua

from opcua_server.bulk import A, SpaceBuilder, T, attribute
from opcua_server.companion import loader, structures
from opcua_server.companion.calls import Call, handler_of
from opcua_server.companion.graph import HAS_TYPE, PLACEHOLDERS, Graph
from opcua_server.companion.instance import BadInstance, Instance, Maker, Plan
from opcua_server.companion.names import Named, Names
from opcua_server.companion.sets import BY_NAME, TypeSet, closure
from opcua_server.companion.values import Given, View
from opcua_server.companion.variables import Variables
from opcua_server.lazy import untouched
from twin.trace.journal import Role

C = ua.NodeClass


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
        self.line = line
        self.sets: tuple[TypeSet, ...] = closure(names)
        self.instances: list[Instance] = []
        indices = loader.register(self.space)
        loaded = loader.load(self.space, indices, self.sets)
        self.graph = Graph(self.space)
        data_types = [one for one in loaded if self.graph.node_class(one) == C.DataType]
        self.classes = structures.classes(self.space, data_types)
        self.names = Names(self.graph, self.sets, indices, loaded, builder.namespace)
        self.variables = Variables(self.graph, line, rows, view)
        self._maker = Maker(builder, self.graph, self.variables)

    def node(self, named: Named) -> ua.NodeId:
        """A type or well-known object: "DI:DeviceType", "HasAddIn" of the standard, or its id."""
        return self.names.node(named)

    def index(self, name: str) -> int:
        """Namespace index of a specification by its short name."""
        return self.names.index(name)

    def structure(self, named: Named) -> type:
        """Python class of a structure or enumeration, to make values of it."""
        return self.classes[self.node(named)]

    def component(self, kind: Named, name: str) -> ua.NodeId:
        """What belongs to a type itself, such as a state of its state machine, by its name."""
        return self.names.component(kind, name)

    def shows(self, key: str) -> bool:
        """Whether the line shows the tag with this key."""
        return key in self.variables.rows

    def instantiate(
        self,
        kind: Named,
        node_id: str | ua.NodeId,
        browse_name: str | ua.QualifiedName,
        parent: str | ua.NodeId,
        reference: Named = ua.ObjectIds.HasComponent,
        *,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, Named] | None = None,
        interfaces: Iterable[Named] = (),
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
        made = self._maker.concrete(self.node(kind), None, str(own.Identifier))
        node_class = C.Variable if self.graph.node_class(made) == C.VariableType else C.Object
        name, above = self.names.name(browse_name), self._id(parent)
        self._maker.add(own, node_class, name, above, self.node(reference), made, display)
        instance = self._maker.of_type(own, made)
        return self._filled(instance, optional, values, kinds, interfaces)

    def adopt(
        self,
        node_id: str | ua.NodeId,
        kind: Named,
        *,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, Named] | None = None,
        interfaces: Iterable[Named] = (),
    ) -> Instance:
        """Give an object that is there already a type (a station becomes a machine tool)."""
        own = self._id(node_id)
        made = self._maker.concrete(self.node(kind), None, str(own.Identifier))
        node = self.space[own]
        for one in [one for one in node.references if one.ReferenceTypeId == HAS_TYPE]:
            node.references.remove(one)
        self._maker.refer(node, HAS_TYPE, made)
        if self.line is not None:
            self.line.variables.adopted[own] = made
        for reference in node.references:
            if untouched(self.space._nodes, reference.NodeId):
                continue
            for back in self.space[reference.NodeId].references:
                if back.NodeId == own:
                    back.TypeDefinition = made
        instance = self._maker.of_type(own, made)
        return self._filled(instance, optional, values, kinds, interfaces)

    def placeholder(
        self,
        owner: Instance,
        path: str,
        name: str | ua.QualifiedName,
        *,
        kind: Named | None = None,
        node_id: str | ua.NodeId | None = None,
        optional: Iterable[str] = (),
        values: Mapping[str, Given] | None = None,
        kinds: Mapping[str, Named] | None = None,
        display: ua.LocalizedText | None = None,
    ) -> Instance:
        """One thing that stands for a placeholder: path "Components/<Component>", its name.

        It is of the placeholder's type, or of the subtype `kind`.
        """
        above, _slash, wanted = path.rpartition("/")
        parent = owner[above] if above else owner.node
        members = self.graph.members(self._maker.sources_at(owner, above))
        found = [one for one in members if one.name.Name == wanted and one.rule in PLACEHOLDERS]
        if not found:
            raise BadInstance(f"{owner.node.Identifier}: {path} is no placeholder")
        member = found[0]
        browse = self.names.name(name)
        own = self._id(node_id or f"{parent.Identifier}.{browse.Name}")
        declared = self.graph.type_of(member.declaration)
        wanted_kind = declared if kind is None else self.node(kind)
        assert wanted_kind is not None
        made = self._maker.concrete(wanted_kind, declared, f"{owner.node.Identifier}: {path}")
        node_class = self.graph.node_class(member.declaration)
        self._maker.add(own, node_class, browse, parent, member.reference, made, display)
        instance = Instance(own, made, self.graph.sources_of(member.sources, made, 0))
        return self._filled(instance, optional, values, kinds, ())

    def _filled(
        self,
        instance: Instance,
        optional: Iterable[str],
        values: Mapping[str, Given] | None,
        kinds: Mapping[str, Named] | None,
        interfaces: Iterable[Named],
    ) -> Instance:
        subtypes = {path: self.node(kind) for path, kind in (kinds or {}).items()}
        plan = Plan(frozenset(optional), values or {}, subtypes)
        self._maker.fill(instance, plan, [self.node(one) for one in interfaces])
        self.instances.append(instance)
        return instance

    def refer(self, source: str | ua.NodeId, kind: Named, target: str | ua.NodeId) -> None:
        """A reference between two nodes that are there, in both directions."""
        node = self.space[self._id(source)]
        self._maker.refer(node, self.node(kind), self._id(target), both=True)

    def narrow(self, node: ua.NodeId, kind: Named) -> None:
        """Say which data type a variable carries, where its type leaves that open."""
        self.space[node].attributes[A.DataType] = attribute(self.node(kind), T.NodeId)

    def method(
        self,
        instance: Instance,
        path: str,
        role: Role,
        run: Callable[[Call], Any],
        station: str = "",
    ) -> None:
        """Let `run` answer the method at `path`, for users of at least `role`.

        Clients may name the instance's method or the one of its type (OPC 10000-4, 5.12.2).
        """
        node = instance[path]
        above, _slash, name = path.rpartition("/")
        owner = instance[above] if above else instance.node
        row = (handler_of(self.graph, node, name, role, run), owner, station)
        self.line.methods[node] = row
        for member in self.graph.members(self._maker.sources_at(instance, above)):
            if member.name.Name == name:
                for source in member.sources:
                    self.line.inherited[owner, source.node] = node

    def _id(self, named: str | ua.NodeId) -> ua.NodeId:
        return named if isinstance(named, ua.NodeId) else self.builder.node_id(named)
