"""An address space as read once: from a running server, or over TCP from any server.

The checker and the exporter look at nothing else, so they see what a client sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from asyncua import Client, ua
from asyncua.server.address_space import AddressSpace

A, C = ua.AttributeIds, ua.NodeClass
ROOT = ua.NodeId(ua.ObjectIds.RootFolder)
AT_ONCE = 100  # nodes a request to browse
VALUES_AT_ONCE = 1000  # attributes a request to read
EVERY = (A.NodeClass, A.BrowseName, A.DisplayName, A.Description)
VALUES = (A.DataType, A.ValueRank, A.ArrayDimensions)
# attributes by NodeClass, OPC 10000-3, 5.9
READ = {
    C.Object: (*EVERY, A.EventNotifier),
    C.Variable: (
        *(*EVERY, A.Value, *VALUES),
        *(A.AccessLevel, A.Historizing, A.MinimumSamplingInterval),
    ),
    C.Method: EVERY,
    C.ObjectType: (*EVERY, A.IsAbstract),
    C.VariableType: (*EVERY, A.IsAbstract, *VALUES),
    C.ReferenceType: (*EVERY, A.IsAbstract, A.Symmetric, A.InverseName),
    C.DataType: (*EVERY, A.IsAbstract, A.DataTypeDefinition),
    C.View: (*EVERY, A.EventNotifier),
}


@dataclass(frozen=True)
class Reference:
    """A reference of a node."""

    kind: ua.NodeId
    forward: bool
    target: ua.NodeId


@dataclass(frozen=True)
class Seen:
    """A node: its attributes (a DataValue for Value, else the bare value) and references."""

    node: ua.NodeId
    attributes: dict[ua.AttributeIds, Any]
    references: tuple[Reference, ...]

    @property
    def name(self) -> tuple[int, str]:
        """BrowseName: namespace index and text."""
        browse = self.attributes[A.BrowseName]
        return browse.NamespaceIndex, browse.Name

    @property
    def node_class(self) -> ua.NodeClass:
        """What kind of node it is."""
        return ua.NodeClass(self.attributes[A.NodeClass])

    def targets(self, kind: ua.NodeId, forward: bool = True) -> list[ua.NodeId]:
        """Where references of exactly this kind lead."""
        return [
            one.target for one in self.references if one.kind == kind and one.forward == forward
        ]


class Snapshot:
    """Nodes by id, and the NamespaceArray."""

    def __init__(self, nodes: dict[ua.NodeId, Seen], namespaces: Iterable[str]) -> None:
        self.nodes = nodes
        self.namespaces = tuple(namespaces)

    def __getitem__(self, node: ua.NodeId) -> Seen:
        return self.nodes[node]

    def __contains__(self, node: object) -> bool:
        return node in self.nodes

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.nodes.values())


def of_space(space: AddressSpace) -> Snapshot:
    """An address space of this process."""
    nodes = {}
    for node_id in space.keys():  # noqa: SIM118 - not a mapping
        held = space[node_id]
        told = {}
        for attribute in READ[C(held.attributes[A.NodeClass].value.Value.Value)]:
            if attribute in held.attributes:
                value = space.read_attribute_value(node_id, attribute)
                told[attribute] = value if attribute == A.Value else value.Value.Value
        references = tuple(
            Reference(one.ReferenceTypeId, one.IsForward, one.NodeId) for one in held.references
        )
        nodes[node_id] = Seen(node_id, told, references)
    names = ua.NodeId(ua.ObjectIds.Server_NamespaceArray)
    return Snapshot(nodes, nodes[names].attributes[A.Value].Value.Value)


async def of_server(client: Client, root: ua.NodeId = ROOT) -> Snapshot:
    """All that a client finds below `root`, by following references forward."""
    references: dict[ua.NodeId, tuple[Reference, ...]] = {}
    classes = {root: C.Object}
    ahead = [root]
    while ahead:
        batch, ahead = ahead[:AT_ONCE], ahead[AT_ONCE:]
        for node, found in zip(batch, await _browse(client, batch), strict=True):
            references[node] = tuple(
                Reference(one.ReferenceTypeId, one.IsForward, plain(one.NodeId)) for one in found
            )
            for one in found:
                target = plain(one.NodeId)
                if one.IsForward and target not in classes:
                    classes[target] = C(one.NodeClass)
                    ahead.append(target)
    told = await _read(client, classes)
    nodes = {node: Seen(node, told[node], found) for node, found in references.items()}
    return Snapshot(nodes, await client.get_namespace_array())


async def _browse(client: Client, nodes: list[ua.NodeId]) -> list[list[ua.ReferenceDescription]]:
    wanted = ua.BrowseParameters()
    wanted.RequestedMaxReferencesPerNode = 0
    mask = ua.BrowseResultMask.ReferenceTypeInfo | ua.BrowseResultMask.NodeClass
    wanted.NodesToBrowse = [
        ua.BrowseDescription(node, ua.BrowseDirection.Both, ua.NodeId(), True, 0, mask)
        for node in nodes
    ]
    results = await client.uaclient.browse(wanted)
    return [list(result.References) for result in results]


def plain(node: ua.NodeId) -> ua.NodeId:
    """A NodeId without what an ExpandedNodeId adds."""
    return ua.NodeId(node.Identifier, node.NamespaceIndex)


async def _read(
    client: Client, classes: dict[ua.NodeId, ua.NodeClass]
) -> dict[ua.NodeId, dict[ua.AttributeIds, Any]]:
    told: dict[ua.NodeId, dict[ua.AttributeIds, Any]] = {node: {} for node in classes}
    pairs = [(node, key) for node, kind in classes.items() for key in READ[kind]]
    for first in range(0, len(pairs), VALUES_AT_ONCE):
        batch = pairs[first : first + VALUES_AT_ONCE]
        wanted = ua.ReadParameters()
        wanted.TimestampsToReturn = ua.TimestampsToReturn.Both
        wanted.NodesToRead = [ua.ReadValueId(NodeId=node, AttributeId=key) for node, key in batch]
        answers = await client.uaclient.read(wanted)
        for (node, key), answer in zip(batch, answers, strict=True):
            if _there(answer, key == A.Value):
                told[node][key] = answer if key == A.Value else answer.Value.Value
    return told


def _there(answer: ua.DataValue, value: bool) -> bool:
    status = answer.StatusCode
    if status is not None and status.value == ua.StatusCodes.BadAttributeIdInvalid:
        return False
    return value or (answer.Value is not None and (status is None or status.is_good()))
