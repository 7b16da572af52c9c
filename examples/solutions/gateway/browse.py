"""What there is to record: every variable of the line's namespace, with unit and range."""

from __future__ import annotations

from dataclasses import dataclass

from asyncua import Client, ua

Class = ua.NodeClass
WANTED = ("EngineeringUnits", "EURange")


@dataclass(frozen=True)
class Found:
    """A variable: its key, node, and the model around it."""

    key: str
    node: ua.NodeId
    datatype: str
    parent: str
    type: str
    unit: str = ""
    low: float | None = None
    high: float | None = None


async def find(client: Client) -> list[Found]:
    """Tags in the line's namespace (the server's third), by browsing from Objects.

    A tag's node is named STATION.Tag; what companion specifications show of it once more has a
    longer name, and is not recorded twice.
    """
    line = (await client.get_namespace_array())[2]
    index = await client.get_namespace_index(line)
    found: dict[str, Found] = {}
    seen: set[ua.NodeId] = set()
    todo = [client.nodes.objects.nodeid]
    while todo:
        here, todo = todo[:50], todo[50:]
        for parent, children in zip(here, await _children(client, here), strict=True):
            for child in children:
                if child.NodeId in seen:
                    continue
                seen.add(child.NodeId)
                key = child.NodeId.Identifier
                if child.NodeClass == Class.Object and child.NodeId.NamespaceIndex == index:
                    todo.append(child.NodeId)
                elif (
                    child.NodeClass == Class.Variable
                    and child.NodeId.NamespaceIndex == index
                    and isinstance(key, str)
                    and key.count(".") == 1
                    and child.TypeDefinition != ua.NodeId(ua.ObjectIds.PropertyType)
                ):
                    found[key] = Found(
                        key, child.NodeId, "", str(parent.Identifier),
                        str(child.TypeDefinition.Identifier),
                    )  # fmt: skip
    return await _described(client, list(found.values()))


async def _children(client: Client, nodes: list[ua.NodeId]) -> list[list[ua.ReferenceDescription]]:
    """Children of several nodes by hierarchical references."""
    wanted = [
        ua.BrowseDescription(
            node, ua.BrowseDirection.Forward, ua.NodeId(ua.ObjectIds.HierarchicalReferences),
            True, ua.NodeClass.Unspecified, ua.BrowseResultMask.All,
        )
        for node in nodes
    ]  # fmt: skip
    results = await client.uaclient.browse(ua.BrowseParameters(NodesToBrowse=wanted))
    everything = []
    for result in results:
        children = list(result.References or [])
        while result.ContinuationPoint:
            more = await client.uaclient.browse_next(
                ua.BrowseNextParameters(False, [result.ContinuationPoint])
            )
            result = more[0]
            children += result.References or []
        everything.append(children)
    return everything


async def _described(client: Client, variables: list[Found]) -> list[Found]:
    """The same with data types, units and ranges, read in a few requests."""
    types = await client.read_attributes(
        [client.get_node(one.node) for one in variables], ua.AttributeIds.DataType
    )
    described = []
    for begin in range(0, len(variables), 100):
        part = variables[begin : begin + 100]
        children = await _children(client, [one.node for one in part])
        properties: list[tuple[int, str, ua.NodeId]] = [
            (i, child.BrowseName.Name, child.NodeId)
            for i, mine in enumerate(children)
            for child in mine
            if child.BrowseName.Name in WANTED
        ]
        values = await client.read_values([client.get_node(node) for _i, _n, node in properties])
        told: dict[tuple[int, str], object] = {
            (i, name): value for (i, name, _node), value in zip(properties, values, strict=True)
        }
        for i, one in enumerate(part):
            unit = told.get((i, "EngineeringUnits"))
            extent = told.get((i, "EURange"))
            datatype = types[begin + i].Value
            described.append(
                Found(
                    one.key, one.node, _type_name(datatype), one.parent, one.type,
                    getattr(getattr(unit, "DisplayName", None), "Text", "") or "",
                    getattr(extent, "Low", None), getattr(extent, "High", None),
                )
            )  # fmt: skip
    return described


def _type_name(value: ua.Variant | None) -> str:
    node = value.Value if value is not None else None
    if node is None:
        return ""
    if node.NamespaceIndex == 0 and node.Identifier in ua.ObjectIdNames:
        return ua.ObjectIdNames[node.Identifier]
    return node.to_string()
