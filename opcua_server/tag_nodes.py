"""The nodes of tags, each made from its row of the tag table when somebody asks for it.

A tag is a variable with its unit, range, access and history. What a tag's Value says is one
attribute for all nodes that show the tag, so it stays while one of them holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

from opcua_server.bulk import A, SpaceBuilder, T, attribute
from opcua_server.lazy import LazyReferences
from opcua_server.store import LiveStore
from opcua_server.units import engineering_units
from twin.equipment.tag import Tag

IDS, C = ua.ObjectIds, ua.NodeClass
READ, WRITE, HISTORY = 1, 2, 4  # AccessLevel bits, OPC 10000-3, 8.57
DATA_TYPES = {"float": IDS.Double, "int": IDS.Int64, "bool": IDS.Boolean, "enum": IDS.UInt32}
HA = ua.NodeId(IDS.HasHistoricalConfiguration)
LISTS = 8  # stations whose references are kept although they could be made again; assumed


class TagNodes:
    """Makes the nodes of the tags of one server.

    `parents` gives the node of each station, `access` the AccessLevel of a tag. `adopted` are
    stations that have become more than objects: their tags name the type.
    """

    def __init__(
        self,
        builder: SpaceBuilder,
        tags: Sequence[Tag],
        parents: Mapping[str, ua.NodeId],
        store: LiveStore,
        access: Callable[[Tag], int],
    ) -> None:
        self.space, self.namespace = builder.space, builder.namespace
        self.tags, self.parents, self.store, self.access = tags, parents, store, access
        self.nodes = [builder.node_id(tag.key) for tag in tags]
        self.rows = {tag.key: row for row, tag in enumerate(tags)}
        self.adopted: dict[ua.NodeId, ua.NodeId] = {}
        self._configured: dict[int, ua.NodeId] = {}
        self._values: WeakValueDictionary[int, AttributeValue] = WeakValueDictionary()
        self._count = len(tags) + sum(len(properties(tag)) for tag in tags)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, row: int) -> NodeData:
        """The node of a row."""
        return self.space[self.nodes[row]]

    def row(self, node: ua.NodeId) -> int | None:
        """Row of a tag's own variable; None for any other node."""
        if node.NamespaceIndex != self.namespace or not isinstance(node.Identifier, str):
            return None
        return self.rows.get(node.Identifier)

    def has(self, node: ua.NodeId) -> bool:
        """Whether this is a tag or a property of one."""
        return self._row_of(node) is not None

    def _row_of(self, node: ua.NodeId) -> int | None:
        row = self.row(node)
        if row is None and node.NamespaceIndex == self.namespace:
            owner, _dot, name = str(node.Identifier).rpartition(".")
            above = self.rows.get(owner)
            if above is not None and name in properties(self.tags[above]):
                return above
        return row

    def value(self, node: ua.NodeId) -> ua.DataValue | None:
        """The present value of a tag; None for any other node."""
        row = self.row(node)
        return None if row is None else self.store.data_value(row)

    def ids(self) -> Iterator[ua.NodeId]:
        """All tags and their properties."""
        for node, tag in zip(self.nodes, self.tags, strict=True):
            yield node
            for name in properties(tag):
                yield ua.NodeId(f"{tag.key}.{name}", self.namespace)

    def make(self, node: ua.NodeId) -> list[NodeData]:
        """The tag of a node, with its properties."""
        row = self._row_of(node)
        if row is None:
            return []
        tag = self.tags[row]
        parent = self.parents[tag.station]
        sketch = Sketch(self.space, parent)
        builder = SpaceBuilder(sketch, self.namespace)
        made = add(builder, tag, parent, self._value(row), self.access(tag))
        if parent in self.adopted:
            made.references[0].TypeDefinition = self.adopted[parent]
        if row in self._configured:
            made.references.append(self._configuration(self._configured[row]))
        return list(sketch.made.values())

    def _value(self, row: int) -> AttributeValue:
        value = self._values.get(row)
        if value is None:
            store = self.store
            value = self._values[row] = AttributeValue(ua.DataValue())
            value.value = None
            value.value_callback = lambda _node, _attribute: store.data_value(row)
        return value

    # ---- references

    def hang(self) -> None:
        """Let each station refer to its tags."""
        below: dict[ua.NodeId, list[int]] = {}
        for row, tag in enumerate(self.tags):
            below.setdefault(self.parents[tag.station], []).append(row)
        for parent, rows in below.items():
            self._stretch(parent, rows, ua.NodeId(IDS.HasComponent), forward=True)

    def configure(self, configuration: ua.NodeId, rows: Sequence[int]) -> None:
        """Let rows have a HistoricalDataConfiguration."""
        self._stretch(configuration, rows, HA, forward=False)
        self._configured |= dict.fromkeys(rows, configuration)

    def _stretch(
        self, node: ua.NodeId, rows: Sequence[int], kind: ua.NodeId, forward: bool
    ) -> None:
        held = self.space[node]
        made = _kept(lambda: tuple(self._reference(row, kind, forward) for row in rows))
        held.references = LazyReferences(held.references, made, len(rows))

    def _reference(self, row: int, kind: ua.NodeId, forward: bool) -> ua.ReferenceDescription:
        tag = self.tags[row]
        name, title = ua.QualifiedName(tag.name, self.namespace), tag.title
        return ua.ReferenceDescription(
            kind, forward, self.nodes[row], name, ua.LocalizedText(title.en, "en"),
            C.Variable, ua.NodeId(type_of(tag)),
        )  # fmt: skip

    def _configuration(self, node: ua.NodeId) -> ua.ReferenceDescription:
        held = self.space[node].attributes
        name, title = (held[key].value.Value.Value for key in (A.BrowseName, A.DisplayName))
        kind = ua.NodeId(IDS.HistoricalDataConfigurationType)
        return ua.ReferenceDescription(HA, True, node, name, title, C.Object, kind)

    def korean(self, node: ua.NodeId) -> tuple[ua.LocalizedText, ua.LocalizedText] | None:
        """Korean DisplayName and Description of a tag."""
        row = self.row(node)
        return None if row is None else (ua.LocalizedText(self.tags[row].title.ko, "ko"),) * 2


_LISTS: dict[Any, tuple[ua.ReferenceDescription, ...]] = {}


def _kept(
    make: Callable[[], tuple[ua.ReferenceDescription, ...]],
) -> Callable[[], tuple[ua.ReferenceDescription, ...]]:
    """The same, of which the last `LISTS` answers are kept in this process."""

    def made() -> tuple[ua.ReferenceDescription, ...]:
        found = _LISTS.pop(made, None)
        if found is None:
            found = make()
        _LISTS[made] = found
        while len(_LISTS) > LISTS:
            del _LISTS[next(iter(_LISTS))]
        return found

    return made


class Sketch(AddressSpace):
    """What a builder needs of an address space, where new nodes are kept apart."""

    def __init__(self, space: AddressSpace, parent: ua.NodeId) -> None:
        self.space = space
        self.made: dict[ua.NodeId, NodeData] = {}
        self.above = NodeData(parent)  # takes the reference to the new node
        self.above.attributes = space[parent].attributes

    def __getitem__(self, node: ua.NodeId) -> NodeData:
        if node == self.above.nodeid:
            return self.above
        made = self.made.get(node)
        return self.space[node] if made is None else made

    def __setitem__(self, node: ua.NodeId, held: NodeData) -> None:
        self.made[node] = held


def properties(tag: Tag) -> tuple[str, ...]:
    """Names of the properties of a tag."""
    if tag.kind == "enum":
        return ("EnumStrings",)
    if tag.kind == "bool":
        return ()
    return ("EURange", "EngineeringUnits") if tag.unit else ("EURange",)


def add(
    builder: SpaceBuilder, tag: Tag, parent: ua.NodeId, value: AttributeValue, access: int
) -> NodeData:
    """The node of a tag, with its properties."""
    node_id = builder.node_id(tag.key)
    title = ua.LocalizedText(tag.title.en, "en")
    node = builder.variable(
        node_id, tag.name, parent, type_of(tag), DATA_TYPES[tag.kind], value, access=access,
        historizing=bool(access & HISTORY), interval=tag.period * 1000.0,
        display=title, description=title,
    )  # fmt: skip
    told = {
        "EnumStrings": lambda: (IDS.LocalizedText, _labels(tag.labels), True),
        "EURange": lambda: (IDS.Range, _range(tag.low, tag.high), False),
        "EngineeringUnits": lambda: (IDS.EUInformation, _unit(tag.unit), False),
    }
    for name in properties(tag):
        data_type, held, array = told[name]()
        builder.property(node_id, name, data_type, held, array=array)
    return node


def type_of(tag: Tag) -> int:
    """The type of a tag's variable."""
    if tag.kind == "enum":
        return int(IDS.MultiStateDiscreteType)
    if tag.kind == "bool":
        return int(IDS.BaseDataVariableType)
    return int(IDS.AnalogUnitRangeType if tag.unit else IDS.AnalogItemType)


@lru_cache(maxsize=1024)
def _range(low: float, high: float) -> AttributeValue:
    return attribute(ua.Range(float(low), float(high)), T.ExtensionObject)


@lru_cache(maxsize=256)
def _unit(unit: str) -> AttributeValue:
    return attribute(engineering_units(unit), T.ExtensionObject)


@lru_cache(maxsize=256)
def _labels(labels: tuple[str, ...]) -> AttributeValue:
    return attribute([ua.LocalizedText(label, "en") for label in labels], T.LocalizedText)
