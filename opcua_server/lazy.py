"""Nodes that are made when somebody asks for them: a hundred thousand tags cost little till then.

`LazyNodes` stands where asyncua keeps its nodes. What its source can make again is kept while it is
among the last asked for, and for good once somebody changed it: a reference more, another value, a
callback. `LazyReferences` are the references of a node to such nodes. Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from asyncua import ua
from asyncua.server.address_space import NodeData

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.address_space", "AddressSpace"),
    ("asyncua.server.address_space", "AttributeService.read"),
    ("asyncua.server.address_space", "ViewService._browse"),
)

RECENT = 4096  # made nodes kept although they could be made again; assumed


class Source(Protocol):
    """Who makes nodes."""

    def __len__(self) -> int:
        """How many there are."""

    def has(self, node: ua.NodeId) -> bool:
        """Whether it can make this one."""

    def ids(self) -> Iterator[ua.NodeId]:
        """All it can make."""

    def value(self, node: ua.NodeId) -> ua.DataValue | None:
        """The Value of one that is as it was made; None where only the node knows it."""

    def make(self, node: ua.NodeId) -> Sequence[NodeData]:
        """The node anew, with those that are made along with it."""


class LazyNodes(dict[ua.NodeId, NodeData]):
    """Nodes by their NodeIds: some held, the others made by `source` when asked for."""

    def __init__(self, nodes: dict[ua.NodeId, NodeData], source: Source) -> None:
        super().__init__(nodes)
        self.source = source
        self._most = sys.maxsize  # while a space is built nodes are held and changed at leisure
        self._recent: OrderedDict[ua.NodeId, tuple[NodeData, object]] = OrderedDict()

    def __missing__(self, node: ua.NodeId) -> NodeData:
        found = self._made(node)
        if found is None:
            raise KeyError(node)
        return found

    def get(self, node: ua.NodeId, default: Any = None) -> Any:
        """The node, made if need be."""
        found = dict.get(self, node)
        if found is None:
            found = self._made(node)
        return default if found is None else found

    def __contains__(self, node: object) -> bool:
        return dict.__contains__(self, node) or (
            isinstance(node, ua.NodeId) and self.source.has(node)
        )

    def __iter__(self) -> Iterator[ua.NodeId]:
        held = list(dict.__iter__(self))
        known = set(held)
        yield from held
        yield from (node for node in self.source.ids() if node not in known)

    def __len__(self) -> int:
        return dict.__len__(self) + sum(
            not dict.__contains__(self, node) for node in self.source.ids()
        )

    def keys(self) -> Any:
        """All NodeIds, of nodes held and to be made."""
        return list(self)

    def values(self) -> Any:
        """All nodes; the rest is made."""
        return (self[node] for node in self)

    def items(self) -> Any:
        """All nodes with their NodeIds; the rest is made."""
        return ((node, self[node]) for node in self)

    def untouched(self, node: ua.NodeId) -> bool:
        """Whether a node is neither held nor made."""
        return not dict.__contains__(self, node) and node not in self._recent

    def settle(self) -> None:
        """The space is built: from now on keep only what was changed, and the last asked for."""
        self._most = RECENT
        self.forget()

    def forget(self, most: int = 0) -> None:
        """Drop made nodes but the `most` last asked for; changed ones stay for good."""
        while len(self._recent) > most:
            node, (held, seal) = self._recent.popitem(last=False)
            if sealed(held) != seal:
                self[node] = held

    def _made(self, node: ua.NodeId) -> NodeData | None:
        held = self._recent.get(node)
        if held is not None:
            self._recent.move_to_end(node)
            return held[0]
        if not self.source.has(node):
            return None
        for one in self.source.make(node):
            if self.untouched(one.nodeid):
                self._recent[one.nodeid] = one, sealed(one)
        found = self._recent[node][0]
        self.forget(self._most)
        return found


def settle(nodes: dict[ua.NodeId, NodeData]) -> None:
    """Settle nodes, where they are lazy."""
    if isinstance(nodes, LazyNodes):
        nodes.settle()


def untouched(nodes: dict[ua.NodeId, NodeData], node: ua.NodeId) -> bool:
    """Whether a node is still to be made, so that nobody can have changed it."""
    return isinstance(nodes, LazyNodes) and nodes.untouched(node)


def sealed(node: NodeData) -> object:
    """What is equal as long as nobody changes a node."""
    told = tuple(
        (key, one, one.value, one.value_callback, one.value_setter, len(one.datachange_callbacks))
        for key, one in node.attributes.items()
    )
    return tuple(node.references), told, node.call


class LazyReferences(list[ua.ReferenceDescription]):
    """References of which a stretch, `count` long, is made when it is looked at."""

    def __init__(
        self,
        held: Sequence[ua.ReferenceDescription],
        make: Callable[[], Sequence[ua.ReferenceDescription]],
        count: int,
    ) -> None:
        super().__init__(held)
        self.place, self.more, self._make = len(held), count, make

    def __iter__(self) -> Iterator[ua.ReferenceDescription]:
        yield from islice(super().__iter__(), self.place)
        yield from self._make()
        yield from islice(super().__iter__(), self.place, None)

    def __len__(self) -> int:
        return super().__len__() + self.more

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __contains__(self, reference: object) -> bool:
        return any(one == reference for one in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and list(self) == list(other)

    __hash__ = None  # as of every list

    def remove(self, reference: ua.ReferenceDescription) -> None:
        """Remove a reference that is held."""
        held = list(super().__iter__())
        self.place -= held.index(reference) < self.place
        super().remove(reference)
