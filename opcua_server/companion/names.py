"""Names in place of ids: "Machinery:MachineIdentificationType", "DI:Identification"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from asyncua import ua

from opcua_server.companion.graph import Graph
from opcua_server.companion.instance import TYPES, BadInstance
from opcua_server.companion.sets import BY_NAME, TypeSet

Named: TypeAlias = str | int | ua.NodeId  # a type by name, by its standard number, or its id


class Names:
    """Types by name, and the objects below Objects where clients begin (Machines …).

    `loaded` are the nodes of the specifications, `own` is the namespace index of the line.
    """

    def __init__(
        self,
        graph: Graph,
        sets: Iterable[TypeSet],
        indices: Mapping[str, int],
        loaded: Iterable[ua.NodeId],
        own: int,
    ) -> None:
        self.graph = graph
        self.sets = tuple(sets)
        self.indices = indices
        self.own = own
        prefixes = {indices[one.uri]: one.name for one in self.sets}
        wanted = [one for one in loaded if graph.node_class(one) in TYPES]
        objects = graph.children(ua.NodeId(ua.ObjectIds.ObjectsFolder))
        wanted += [one.NodeId for one in objects if one.NodeId.NamespaceIndex in prefixes]
        self._nodes = {
            f"{prefixes[node.NamespaceIndex]}:{graph.browse_name(node).Name}": node
            for node in wanted
        }

    def index(self, name: str) -> int:
        """Namespace index of a specification by its short name."""
        return self.indices[BY_NAME[name].uri]

    def node(self, named: Named) -> ua.NodeId:
        """The node of that name. Raises BadInstance when there is none."""
        if isinstance(named, ua.NodeId):
            return named
        if isinstance(named, int):
            return ua.NodeId(named)
        found = self._nodes.get(named)
        if found is None and ":" not in named and hasattr(ua.ObjectIds, named):
            found = ua.NodeId(getattr(ua.ObjectIds, named))
        if found is None:
            raise BadInstance(f"no type {named!r} in {', '.join(one.name for one in self.sets)}")
        return found

    def name(self, named: str | ua.QualifiedName) -> ua.QualifiedName:
        """A BrowseName: "DI:Identification"; "UA:…" is standard, no prefix the line's own."""
        if isinstance(named, ua.QualifiedName):
            return named
        prefix, colon, name = named.partition(":")
        if colon and prefix in BY_NAME:
            return ua.QualifiedName(name, self.index(prefix))
        if colon and prefix == "UA":
            return ua.QualifiedName(name, 0)
        return ua.QualifiedName(named, self.own)

    def component(self, kind: Named, name: str) -> ua.NodeId:
        """What belongs to a type itself, such as a state of its state machine, by its name."""
        for one in self.graph.chain(self.node(kind)):
            for reference in self.graph.children(one):
                if reference.BrowseName.Name == name:
                    found: ua.NodeId = reference.NodeId
                    return found
        raise BadInstance(f"{kind} has no {name}")
