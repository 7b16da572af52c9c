"""A line's own namespace as a UANodeSet file (OPC 10000-6, Annex F).

Every node of the namespace with its references; values of properties and of what never changes.
Types are required models, not part of the file. The same line gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from xml.etree import ElementTree as ET

from asyncua import ua
from asyncua.ua.uaprotocol_auto import Argument  # what decoding makes; ua's is a subclass

from opcua_server.companion.loader import table_of
from opcua_server.companion.sets import SETS
from opcua_server.companion.snapshot import A, C, Reference, Seen, Snapshot
from opcua_server.companion.xml_values import NODESET, Writer

IDS = ua.ObjectIds
SUBTYPE, TYPE = ua.NodeId(IDS.HasSubtype), ua.NodeId(IDS.HasTypeDefinition)
HIERARCHICAL = ua.NodeId(IDS.HierarchicalReferences)
ELEMENTS = {
    C.Object: "UAObject",
    C.Variable: "UAVariable",
    C.Method: "UAMethod",
    C.ObjectType: "UAObjectType",
}
UA_URI = "http://opcfoundation.org/UA/"
DEFAULTS = {A.ValueRank: -1, A.AccessLevel: 1, A.Historizing: False, A.MinimumSamplingInterval: 0.0}


def nodeset(snapshot: Snapshot, own: int, version: str, live: Collection[ua.NodeId] = ()) -> str:
    """The namespace with index `own` as XML; `live` nodes get no value."""
    return Exporter(snapshot, own, version, live).text()


class Exporter:
    """Writes one namespace of a snapshot."""

    def __init__(
        self, snapshot: Snapshot, own: int, version: str, live: Collection[ua.NodeId]
    ) -> None:
        self.seen = snapshot
        self.own = own
        self.version = version
        self.live = live
        self.nodes = sorted(
            (node for node in snapshot if node.node.NamespaceIndex == own),
            key=lambda node: str(node.node.Identifier),
        )
        others = {self._index_of(node) for one in self.nodes for node in self._named(one)}
        used = [own, *sorted(others - {0, own})]
        self.places = {0: 0} | {index: place for place, index in enumerate(used, 1)}
        self.uris = [snapshot.namespaces[index] for index in used]
        self.writer = Writer(snapshot, self.places)
        self.aliases: dict[str, str] = {}
        self.below = {HIERARCHICAL, *self._subtypes(HIERARCHICAL)}

    def text(self) -> str:
        """The whole file."""
        root = ET.Element("UANodeSet", xmlns=NODESET)
        uris = ET.SubElement(root, "NamespaceUris")
        for uri in self.uris:
            ET.SubElement(uris, "Uri").text = uri
        self._models(root)
        aliases = ET.SubElement(root, "Aliases")
        for node in self.nodes:
            self._node(root, node)
        for name, target in sorted(self.aliases.items()):
            ET.SubElement(aliases, "Alias", Alias=name).text = target
        ET.indent(root, " ")
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            + ET.tostring(root, encoding="unicode")
            + "\n"
        )

    def _models(self, root: ET.Element) -> None:
        models = ET.SubElement(root, "Models")
        model = ET.SubElement(models, "Model", ModelUri=self.uris[0], Version=self.version)
        tables = [table_of(one) for one in SETS if one.uri in self.uris]
        asked = [row for table in tables for row in table["requires"] if row[0] == UA_URI]
        _uri, base, date = max(asked, key=lambda row: row[2] or "", default=[UA_URI, None, None])
        rows = [(UA_URI, base, date)]
        rows += [(table["uri"], table["version"], table["date"]) for table in tables]
        for uri, version, date in rows:
            told = {"ModelUri": uri, "Version": version, "PublicationDate": date}
            ET.SubElement(
                model, "RequiredModel", {key: value for key, value in told.items() if value}
            )

    def _node(self, root: ET.Element, node: Seen) -> None:
        told = node.attributes
        element = ET.SubElement(root, ELEMENTS[node.node_class])
        element.set("NodeId", self.writer.id(node.node))
        element.set("BrowseName", self.writer.name(told[A.BrowseName]))
        parents = [one for one in node.references if not one.forward and one.kind in self.below]
        if parents:
            element.set("ParentNodeId", self.writer.id(parents[0].target))
        if told.get(A.EventNotifier):
            element.set("EventNotifier", str(told[A.EventNotifier]))
        if node.node_class == C.Variable:
            self._variable(element, node)
        for key in (A.DisplayName, A.Description):
            self._text(element, key.name, told.get(key))
        references = ET.SubElement(element, "References")
        for reference in self._told(node):
            one = ET.SubElement(references, "Reference", ReferenceType=self._alias(reference.kind))
            if not reference.forward:
                one.set("IsForward", "false")
            one.text = self.writer.id(reference.target)
        if node.node_class == C.Variable and node.node not in self.live:
            self.writer.value(element, told.get(A.Value))

    def _variable(self, element: ET.Element, node: Seen) -> None:
        told = node.attributes
        element.set("DataType", self._alias(told[A.DataType]))
        for key, default in DEFAULTS.items():
            if key in told and told[key] != default:
                element.set(key.name, str(told[key]).lower())
        if told.get(A.ValueRank, -1) > 0:
            element.set("ArrayDimensions", ",".join(["0"] * told[A.ValueRank]))

    def _text(self, element: ET.Element, name: str, text: ua.LocalizedText | None) -> None:
        if text is not None and text.Text:
            shown = ET.SubElement(element, name)
            shown.text = text.Text
            if text.Locale:
                shown.set("Locale", text.Locale)

    def _told(self, node: Seen) -> Iterable[Reference]:
        """Type, parents, and what else leads on from it; each pair of our own is told once."""
        found = {
            (one.kind, one.forward, one.target): one
            for one in node.references
            if one.target in self.seen
            and (one.forward or one.target.NamespaceIndex != self.own or one.kind in self.below)
        }
        return [
            one
            for one in found.values()
            if not (
                one.forward and one.kind in self.below and one.target.NamespaceIndex == self.own
            )
        ]

    def _alias(self, node: ua.NodeId) -> str:
        """Name of a data or reference type."""
        name = self.seen[node].name[1]
        target = self.writer.id(node)
        if self.aliases.setdefault(name, target) != target:
            return target
        return name

    def _named(self, node: Seen) -> Iterable[ua.NodeId | ua.QualifiedName]:
        yield node.attributes[A.BrowseName]
        if A.DataType in node.attributes:
            yield node.attributes[A.DataType]
        value = node.attributes.get(A.Value)
        if value is not None and value.Value is not None and node.node not in self.live:
            held = value.Value.Value
            for one in held if isinstance(held, list) else [held]:
                if isinstance(one, ua.NodeId | ua.QualifiedName):
                    yield one
                if isinstance(one, Argument):
                    yield one.DataType
        for reference in node.references:
            yield reference.kind
            yield reference.target

    def _index_of(self, node: ua.NodeId | ua.QualifiedName) -> int:
        return int(node.NamespaceIndex)

    def _subtypes(self, kind: ua.NodeId) -> Iterable[ua.NodeId]:
        for below in self.seen[kind].targets(SUBTYPE):
            yield below
            yield from self._subtypes(below)
