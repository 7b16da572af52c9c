"""An address space as read once: from a running server, or over TCP from any server.

The checker and the exporter look at nothing else, so they see what a client sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from asyncua import Client, ua
from asyncua.server.address_space import AddressSpace

A = ua.AttributeIds
ROOT = ua.NodeId(ua.ObjectIds.RootFolder)
AT_ONCE = 100  # nodes a request
READ = (
    A.NodeClass,
    A.BrowseName,
    A.DisplayName,
    A.Description,
    A.IsAbstract,
    A.Symmetric,
    A.InverseName,
    A.EventNotifier,
    A.Value,
    A.DataType,
    A.ValueRank,
    A.ArrayDimensions,
    A.AccessLevel,
    A.Historizing,
    A.MinimumSamplingInterval,
    A.DataTypeDefinition,
)


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
        for attribute in READ:
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
    ahead = [root]
    while ahead:
        batch, ahead = ahead[:AT_ONCE], ahead[AT_ONCE:]
        references.update(zip(batch, await _browse(client, batch), strict=True))
        known = {*references, *ahead}
        new = [one.target for node in batch for one in references[node] if one.forward]
        ahead += [node for node in dict.fromkeys(new) if node not in known]
    told = await _read(client, list(references))
    nodes = {node: Seen(node, told[node], found) for node, found in references.items()}
    return Snapshot(nodes, await client.get_namespace_array())


async def _browse(client: Client, nodes: list[ua.NodeId]) -> list[tuple[Reference, ...]]:
    wanted = ua.BrowseParameters()
    wanted.RequestedMaxReferencesPerNode = 0
    wanted.NodesToBrowse = [
        ua.BrowseDescription(
            node, ua.BrowseDirection.Both, ua.NodeId(), True, 0, ua.BrowseResultMask.All
        )
        for node in nodes
    ]
    results = await client.uaclient.browse(wanted)
    return [
        tuple(
            Reference(one.ReferenceTypeId, one.IsForward, ua.NodeId(*_plain(one.NodeId)))
            for one in result.References
        )
        for result in results
    ]


def _plain(node: ua.NodeId) -> tuple[Any, int]:
    return node.Identifier, node.NamespaceIndex


async def _read(
    client: Client, nodes: list[ua.NodeId]
) -> dict[ua.NodeId, dict[ua.AttributeIds, Any]]:
    told: dict[ua.NodeId, dict[ua.AttributeIds, Any]] = {}
    for first in range(0, len(nodes), AT_ONCE):
        batch = nodes[first : first + AT_ONCE]
        wanted = ua.ReadParameters()
        wanted.TimestampsToReturn = ua.TimestampsToReturn.Both
        wanted.NodesToRead = [
            ua.ReadValueId(NodeId=node, AttributeId=attribute)
            for node in batch
            for attribute in READ
        ]
        answers = iter(await client.uaclient.read(wanted))
        for node in batch:
            pairs = [(attribute, next(answers)) for attribute in READ]
            told[node] = {
                attribute: answer if attribute == A.Value else answer.Value.Value
                for attribute, answer in pairs
                if _there(answer, attribute == A.Value)
            }
    return told


def _there(answer: ua.DataValue, value: bool) -> bool:
    status = answer.StatusCode
    if status is not None and status.value == ua.StatusCodes.BadAttributeIdInvalid:
        return False
    return value or (answer.Value is not None and (status is None or status.is_good()))
