"""A client that knows OPC UA and published specifications, and nothing of this product.

It begins at the `Machines` folder of OPC 40001-1 and goes on by BrowseNames and types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncua import Client, Node, ua

UA = "http://opcfoundation.org/UA/"
DI, IA, MACHINERY = f"{UA}DI/", f"{UA}IA/", f"{UA}Machinery/"
MACHINE_TOOL, PNEM = f"{UA}MachineTool/", f"{UA}PNEM/"
PROCESS_VALUES, PADIM = f"{UA}Machinery/ProcessValues/", f"{UA}PADIM/"
MACHINES_FOLDER, MACHINE_TOOL_TYPE = 1001, 13  # NodeIds of the published NodeSets
BLOCKS = (MACHINERY, "MachineryBuildingBlocks")
ITEM_STATE, MODE = (MACHINERY, "MachineryItemState"), (MACHINERY, "MachineryOperationMode")
COUNTERS, LIFETIMES = (DI, "OperationCounters"), (MACHINERY, "LifetimeCounters")
Name = tuple[str, str]


@dataclass
class Machine:
    """A machine as the folder shows it."""

    name: str
    node: Node


class SpecClient:
    """Finds and reads things by the names that specifications give them."""

    def __init__(self, client: Client, namespaces: list[str]) -> None:
        self.client = client
        self.namespaces = namespaces

    @classmethod
    async def of(cls, client: Client) -> SpecClient:
        """With the server's namespaces."""
        return cls(client, await client.get_namespace_array())

    def index(self, uri: str) -> int:
        """Namespace index of a specification."""
        return self.namespaces.index(uri)

    def qualified(self, name: Name) -> ua.QualifiedName:
        """A BrowseName; "" stands for OPC UA itself."""
        return ua.QualifiedName(name[1], self.index(name[0]) if name[0] else 0)

    async def machines(self) -> list[Machine]:
        """All machines of the server (OPC 40001-1, 9.2)."""
        folder = self.client.get_node(ua.NodeId(MACHINES_FOLDER, self.index(MACHINERY)))
        nodes = await folder.get_children(refs=ua.ObjectIds.Organizes)
        return [Machine((await node.read_browse_name()).Name, node) for node in nodes]

    async def machine(self, name: str) -> Node:
        """One machine by its BrowseName."""
        return next(one.node for one in await self.machines() if one.name == name)

    async def find(self, node: Node, *path: Name) -> Node | None:
        """What BrowseNames lead to (TranslateBrowsePathsToNodeIds); None where nothing is."""
        steps = [self.qualified(name) for name in path]
        try:
            return await node.get_child(steps)
        except ua.UaStatusCodeError:
            return None

    async def at(self, node: Node, *path: Name) -> Node:
        """The same where it must be there."""
        found = await self.find(node, *path)
        assert found is not None, f"no {path}"
        return found

    async def read(self, node: Node, *path: Name) -> Any:
        """Value at a path."""
        return await (await self.at(node, *path)).read_value()

    async def state(self, machine: Node, block: Name) -> str:
        """Name of a state machine's present state, which its Id must agree with."""
        state = await self.at(machine, BLOCKS, block, ("", "CurrentState"))
        text = (await state.read_value()).Text
        named = self.client.get_node(await self.read(state, ("", "Id")))
        assert (await named.read_browse_name()).Name == text
        return str(text)

    async def type_name(self, node: Node) -> str:
        """BrowseName of a node's type."""
        kind = self.client.get_node(await node.read_type_definition())
        return str((await kind.read_browse_name()).Name)
