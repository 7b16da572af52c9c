"""Types that the servers of one process share: thirteen machines do not hold them thirteen times.

Nobody writes to a type: the nodes of types, and what they declare, are one set for all. What lies
below Objects (the Server object above all) is each server's own, and so are methods, which may be
given something to do. Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import count

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

from opcua_server.bulk import A, T, attribute
from opcua_server.companion.loader import NAMESPACES

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.address_space", "AddressSpace.__init__"),
    ("asyncua.server.address_space", "AddressSpace.add_datachange_callback"),
    ("asyncua.server.address_space", "AddressSpace.delete_datachange_callback"),
    ("asyncua.server.address_space", "NodeData"),
    ("asyncua.server.address_space", "AttributeValue"),
)

IDS = ua.ObjectIds
FOLDERS = tuple(
    ua.NodeId(number)
    for number in (
        IDS.RootFolder,
        IDS.TypesFolder,
        IDS.ObjectTypesFolder,
        IDS.VariableTypesFolder,
        IDS.DataTypesFolder,
        IDS.ReferenceTypesFolder,
        IDS.EventTypesFolder,
    )
)
INSTANCES = (ua.NodeId(IDS.ObjectsFolder), ua.NodeId(IDS.ViewsFolder))
DOWN = frozenset(
    ua.NodeId(number)
    for number in (
        IDS.Organizes,
        IDS.HasComponent,
        IDS.HasOrderedComponent,
        IDS.HasProperty,
        IDS.HasNotifier,
        IDS.HasEventSource,
        IDS.HasAddIn,
    )
)
HANDLES = count(1_000_000_000, 1_000_000_000)  # callbacks on a shared node must not meet


class SharedTypes:
    """The nodes of a server that has its types and nothing of a line yet."""

    def __init__(self, space: AddressSpace) -> None:
        self.nodes: dict[ua.NodeId, NodeData] = dict(space._nodes)
        self.own = tuple(sorted(_instances(space), key=ua.NodeId.to_string))
        # as they are now: the server they come from goes on to change its own
        self.nodes |= {node: _copied(space[node]) for node in self.own}

    def into(self, space: AddressSpace) -> None:
        """Fill an empty address space."""
        space._nodes = dict(self.nodes)
        for node in self.own:
            space[node] = _copied(self.nodes[node])
        space._datachange_callback_counter = next(HANDLES)


def _instances(space: AddressSpace) -> set[ua.NodeId]:
    """Nodes that each server has for itself."""
    found = {node for node in (*FOLDERS, *INSTANCES) if node in space}
    waiting = [node for node in INSTANCES if node in space]
    while waiting:
        for reference in space[waiting.pop()].references:
            node = reference.NodeId
            if reference.IsForward and reference.ReferenceTypeId in DOWN and node not in found:
                found.add(node)
                waiting.append(node)
    methods = {node for node, held in space._nodes.items() if _class(held) == ua.NodeClass.Method}
    return {node for node in found | methods if node in space}


def _class(node: NodeData) -> int:
    return int(node.attributes[A.NodeClass].value.Value.Value)


def _copied(node: NodeData) -> NodeData:
    new = NodeData(node.nodeid)
    new.references = list(node.references)
    for key, held in node.attributes.items():
        new.attributes[key] = AttributeValue(_own(held.value) if key == A.Value else held.value)
    return new


def _own(value: ua.DataValue | None) -> ua.DataValue | None:
    """A value of which nothing is shared that asyncua changes in place: lists, ServerStatus."""
    if value is None or value.Value is None:
        return value
    held = value.Value.Value
    if isinstance(held, list):
        held = list(held)
    elif isinstance(held, ua.ServerStatusDataType | ua.BuildInfo):
        held = copy.deepcopy(held)
    else:
        return value
    return replace(value, Value=replace(value.Value, Value=held))


def move_namespace(space: AddressSpace, line: str, shift: int) -> int:
    """Index of the line's namespace after it has moved `shift` times, behind all others."""
    held = space[NAMESPACES].attributes[A.Value].value
    known = list(held.Value.Value)
    for number in range(shift):
        known[known.index(line)] = f"urn:twin:moved:{number + 1}"
        known.append(line)
    if shift:
        space[NAMESPACES].attributes[A.Value] = attribute(known, T.String, is_array=True)
    return known.index(line)
