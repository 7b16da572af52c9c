"""Variables of instances: data type, rank, access, and the value they show.

Narrowing is allowed and done: where a type declares an abstract data type such as Number, the
variable says what it really carries (OPC 10000-3, 6.2.7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AttributeValue, NodeData

from opcua_server.bulk import ARRAY_OF_ANY_LENGTH, A, T, attribute, constant
from opcua_server.companion.derived import Derivations, DerivedValue, State
from opcua_server.companion.graph import ARGUMENTS, Graph, Source
from opcua_server.companion.instance import BadInstance, Plan
from opcua_server.companion.structures import builtin
from opcua_server.companion.values import Derived, Given, Row, View, declared_type, guessed, variant

# values that are the same in the type and in each of its instances
SHARED = (*ARGUMENTS, "EnumStrings", "EnumValues", "OptionSetValues")
HISTORY, READ = 4, 1  # AccessLevel bits, OPC 10000-3, 8.57


class Variables:
    """Gives variables their values.

    `line` is what `nodes.build` made, `rows` the place of each tag in it, `view` what derived
    values are computed from.
    """

    def __init__(
        self, graph: Graph, line: Any, rows: Mapping[str, int] | None, view: View | None
    ) -> None:
        self.graph = graph
        self.space = graph.space
        self.line = line
        self.rows = rows or {}
        self.view = view
        self.derivations = Derivations()

    def describe(self, node: NodeData, sources: Sequence[Source], path: str, plan: Plan) -> None:
        """Data type, rank, value and access of a variable: the most special that says them."""
        declared = sources[0].node
        data_type: ua.NodeId = self.graph.attribute(declared, A.DataType)
        rank = self.graph.attribute(declared, A.ValueRank)
        if path in plan.values:
            plan.met.add(path)
            rank = self._rank(plan.values[path], rank)
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

    def _rank(self, given: Given, declared: int) -> int:
        """A scalar or a row, where the type leaves it open (value ranks below -1)."""
        if declared >= -1:
            return declared
        if isinstance(given, Derived) and self.view is not None:
            given = given.compute(self.view)
        if isinstance(given, ua.Variant):
            return 1 if given.is_array else -1
        return 1 if isinstance(given, list | tuple) else -1

    def _shared(self, node: NodeData, sources: Sequence[Source]) -> AttributeValue | None:
        name = node.attributes[A.BrowseName].value.Value.Value.Name
        if name not in SHARED:
            return None
        for source in sources:
            on_variable = self.graph.node_class(source.node) == ua.NodeClass.Variable
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
        array = rank >= 0
        kind = self._kind(data_type, lambda: given)
        value = AttributeValue(self._constant(variant(kind, given, array)))
        return value, self._concrete(data_type, kind), READ

    def _constant(self, value: ua.Variant) -> ua.DataValue:
        """A value that has been so since the start."""
        since = datetime.now(UTC) if self.view is None else self.view.session.started_at
        return ua.DataValue(value, SourceTimestamp=since, ServerTimestamp=datetime.now(UTC))

    def _derived(
        self, given: Derived, data_type: ua.NodeId, rank: int
    ) -> tuple[AttributeValue, ua.NodeId, int]:
        view, derivations = self.view, self.derivations
        if view is None:
            raise BadInstance("derived values need a view")
        kind = declared_type(self.space, data_type) or given.kind or guessed(given.compute(view))

        def compute() -> ua.Variant:
            value = given.compute(view)
            return variant(kind, value, rank >= 0)

        def state() -> State:
            seen, told = (derivations.generation, view.now), view.told(given.of)
            if told is None:
                return State(seen, view.moment)
            return State((seen, told.StatusCode), told.SourceTimestamp, told.StatusCode)

        derived = DerivedValue(compute, state, given.absent)
        derivations.values.append(derived)
        return derived.attribute, self._concrete(data_type, kind), READ

    def _kind(self, data_type: ua.NodeId, value: Callable[[], Any]) -> ua.VariantType:
        """Variant type on the wire; the value is asked for only where the data type is abstract."""
        declared = declared_type(self.space, data_type)
        if declared is not None:
            return declared
        kind = guessed(value(), int(builtin(self.space, data_type).Identifier))
        if not self.graph.is_a(ua.NodeId(kind.value), data_type):
            name = self.graph.browse_name(data_type).Name
            raise BadInstance(f"{kind.name} is no {name}")
        return kind

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
