"""Nodes of tags are made when somebody asks, and are the same as if they had been there."""

from __future__ import annotations

import pytest
from asyncua import ua
from asyncua.server.address_space import AddressSpace, NodeData

import twin
from opcua_server import lazy
from opcua_server.bulk import A, attribute
from opcua_server.companion.snapshot import of_space
from opcua_server.companion.tools import served
from opcua_server.lazy import LazyNodes, LazyReferences, untouched

T = ua.VariantType


class Counting:
    """Makes nodes 0 to 9999 of namespace 2, and says how often."""

    def __init__(self) -> None:
        self.made = 0

    def __len__(self) -> int:
        return 10_000

    def has(self, node: ua.NodeId) -> bool:
        return node.NamespaceIndex == 2 and node.Identifier in range(10_000)

    def ids(self):
        return (ua.NodeId(number, 2) for number in range(10_000))

    def value(self, _node: ua.NodeId) -> None:
        return None

    def make(self, node: ua.NodeId) -> list[NodeData]:
        self.made += 1
        made = NodeData(node)
        made.attributes[A.Value] = attribute(node.Identifier, T.Int64)
        return [made]


@pytest.fixture
def space() -> AddressSpace:
    space = AddressSpace()
    space[ua.NodeId(1)] = NodeData(ua.NodeId(1))
    space._nodes = LazyNodes(space._nodes, Counting())
    space._nodes.settle()
    return space


def node(number: int) -> ua.NodeId:
    return ua.NodeId(number, 2)


def ask_for_many(space: AddressSpace) -> None:
    for number in range(100, 100 + lazy.RECENT + 1):
        assert space[node(number)].nodeid == node(number)


def test_a_node_is_made_once_while_it_is_among_the_last_asked_for(space):
    assert space[node(7)] is space[node(7)] is space._nodes.get(node(7))
    assert space._nodes.source.made == 1
    ask_for_many(space)
    assert untouched(space._nodes, node(7))
    assert space.read_attribute_value(node(7), A.Value).Value.Value == 7


def test_what_nobody_can_make_is_not_there(space):
    assert node(10_000) not in space
    assert node(9_999) in space
    assert space._nodes.get(node(10_000)) is None
    with pytest.raises(KeyError):
        space[node(10_000)]


async def test_a_changed_node_stays_for_good(space):
    async def told(_handle, _value):
        pass

    extra = ua.ReferenceDescription(NodeId=ua.NodeId(1))
    space[node(1)].references.append(extra)
    _status, handle = space.add_datachange_callback(node(2), A.Value, told)
    written = ua.DataValue(ua.Variant(-3, T.Int64))
    await space.write_attribute_value(node(3), A.Value, written)
    ask_for_many(space)
    assert space[node(1)].references == [extra]
    assert handle in space[node(2)].attributes[A.Value].datachange_callbacks
    space.delete_datachange_callback(handle)
    assert space.read_attribute_value(node(3), A.Value).Value.Value == -3


def test_keys_are_those_held_and_those_to_be_made_each_once(space):
    ask_for_many(space)
    keys = list(space.keys())
    assert len(keys) == len(set(keys)) == len(space._nodes) == 10_001


def test_references_to_tags_stand_where_they_were_put():
    def named(*numbers: int) -> list[ua.ReferenceDescription]:
        return [ua.ReferenceDescription(NodeId=node(number)) for number in numbers]

    held = named(1, 2)
    references = LazyReferences(held, lambda: named(3, 4), 2)
    references.append(named(5)[0])
    assert [one.NodeId.Identifier for one in references] == [1, 2, 3, 4, 5]
    assert len(references) == 5
    assert references[2] == named(3)[0]
    assert references == named(1, 2, 3, 4, 5)
    references.remove(held[0])
    assert [one.NodeId.Identifier for one in references] == [2, 3, 4, 5]


async def test_a_line_is_the_same_when_each_node_is_made_anew(monkeypatch):
    line = twin.load("electronics/smt-v1")
    async with served(line) as space:
        known = of_space(space).nodes
    monkeypatch.setattr(lazy, "RECENT", 1)
    async with served(line) as space:
        again = of_space(space).nodes
    assert again.keys() == known.keys()
    for key, seen in known.items():
        assert again[key].references == seen.references, key
        assert names_of(again[key]) == names_of(seen), key


def names_of(seen):
    """All that does not tell of the time."""
    return {key: value for key, value in seen.attributes.items() if key != A.Value}
