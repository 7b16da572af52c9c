"""Reads a published NodeSet file: facts for the tables, and the texts a user may add to them.

Facts are NodeIds, names, classes, types, references, modelling rules, data types, definitions of
structures and enumerations, arguments of methods, numbers of states. Texts (descriptions,
documentation, example values) stay out of them, and so do the type dictionaries that OPC 10000-5,
Annex D calls deprecated: the DataTypeDefinition attribute says the same. The same file gives the
same table. Schema: OPC 10000-6, Annex F.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

UA = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
ROOT = "http://opcfoundation.org/UA/"
CLASSES = {
    "UAObject": 1,
    "UAVariable": 2,
    "UAMethod": 4,
    "UAObjectType": 8,
    "UAVariableType": 16,
    "UAReferenceType": 32,
    "UADataType": 64,
}
HAS_TYPE_DEFINITION, HAS_PROPERTY, HAS_COMPONENT = "0.40", "0.46", "0.47"
DICTIONARIES = ("0.72", "0.69")  # DataTypeDictionaryType, DataTypeDescriptionType
NUMBERS = {"Boolean": 1, "Int32": 6, "UInt32": 7, "Int64": 8}
STRINGS = ("NamespaceUri", "NamespaceVersion", "StaticStringNodeIdPattern", "PackMLVersion")
LISTS = {"ListOfInt32": 6, "ListOfString": 12}
NAMES_OF_VALUES = ("EnumStrings", "OptionSetValues")


class NodeSet:
    """One XML file, with ids written as the tables write them."""

    def __init__(self, root: ElementTree.Element) -> None:
        model = root.find(f"{UA}Models/{UA}Model")
        if model is None:
            raise ValueError("names no model")
        self.root = root
        self.model = model
        self.uri = model.get("ModelUri", "")
        local = [ROOT] + [uri.text or "" for uri in root.findall(f"{UA}NamespaceUris/{UA}Uri")]
        others = sorted(uri for uri in local if uri not in (ROOT, self.uri))
        self.uris = [ROOT, self.uri, *others]
        self.local = [self.uris.index(uri) for uri in local]
        aliases = root.findall(f"{UA}Aliases/{UA}Alias")
        self.aliases = {alias.get("Alias", ""): (alias.text or "").strip() for alias in aliases}

    def id(self, text: str) -> Any:
        """An id: a number for our own nodes, "k.number" for those of uris[k], else [k, text]."""
        text = self.aliases.get(text.strip(), text.strip())
        found = re.fullmatch(r"(?:ns=(\d+);)?([is])=(.*)", text)
        if not found:
            raise ValueError(f"not a NodeId: {text}")
        space = self.local[int(found[1] or 0)]
        if found[2] == "s":
            return [space, found[3]]
        return int(found[3]) if space == 1 else f"{space}.{found[3]}"

    def name(self, text: str) -> str:
        """A BrowseName, with the place of its namespace in uris where it is not our own."""
        found = re.fullmatch(r"(?:(\d+):)?(.*)", text, re.DOTALL)
        assert found is not None
        space = self.local[int(found[1] or 0)]
        return found[2] if space == 1 else f"{space}:{found[2]}"

    def texts(self) -> dict[str, list[str]]:
        """DisplayName and Description of the nodes that have more than their name to say."""
        found = {}
        for node in self.root:
            if node.tag.removeprefix(UA) in CLASSES:
                shown = node.findtext(f"{UA}DisplayName", "").strip()
                told = node.findtext(f"{UA}Description", "").strip()
                name = node.get("BrowseName", "").rpartition(":")[2]
                if told or shown != name:
                    found[key(self.id(node.get("NodeId", "")))] = [shown, told]
        return found

    def table(self) -> dict[str, Any]:
        """All facts."""
        nodes = [node for node in self.root if node.tag.removeprefix(UA) in CLASSES]
        forward = self._references(nodes)
        dropped = self._dictionaries(forward)
        kept = [node for node in nodes if key(self.id(node.get("NodeId", ""))) not in dropped]
        required = self.model.findall(f"{UA}RequiredModel")
        references: dict[str, dict[str, list[Any]]] = {}
        for kind, source, target in forward:
            if key(source) not in dropped and key(target) not in dropped:
                row = references.setdefault(str(kind), {})
                row.setdefault(key(source), [source]).append(target)
        return {
            "uri": self.uri,
            "version": self.model.get("Version"),
            "date": self.model.get("PublicationDate"),
            "uris": self.uris,
            "requires": [
                [one.get("ModelUri"), one.get("Version"), one.get("PublicationDate")]
                for one in required
            ],
            "nodes": [self._node(node) for node in kept],
            "references": {kind: list(rows.values()) for kind, rows in references.items()},
        }

    def _references(self, nodes: list[ElementTree.Element]) -> list[tuple[Any, Any, Any]]:
        """References, each once and in its forward direction."""
        found: dict[str, tuple[Any, Any, Any]] = {}
        for node in nodes:
            here = self.id(node.get("NodeId", ""))
            for reference in node.findall(f"{UA}References/{UA}Reference"):
                there = self.id(reference.text or "")
                kind = self.id(reference.get("ReferenceType", ""))
                ahead = reference.get("IsForward", "true") == "true"
                row = (kind, here, there) if ahead else (kind, there, here)
                found[key(row)] = row
        return list(found.values())

    def _dictionaries(self, forward: list[tuple[Any, Any, Any]]) -> set[str]:
        """Nodes of the type dictionaries, with all that lies below them."""
        dropped = {
            key(source)
            for kind, source, target in forward
            if kind == HAS_TYPE_DEFINITION and target in DICTIONARIES
        }
        for _level in range(3):
            dropped |= {
                key(target)
                for kind, source, target in forward
                if kind in (HAS_PROPERTY, HAS_COMPONENT) and key(source) in dropped
            }
        return dropped

    def _node(self, node: ElementTree.Element) -> list[Any]:
        node_class = CLASSES[node.tag.removeprefix(UA)]
        name = self.name(node.get("BrowseName", ""))
        facts: dict[str, Any] = {}
        for field in ("IsAbstract", "Symmetric"):
            if node.get(field) == "true":
                facts[field] = True
        inverse = node.find(f"{UA}InverseName")
        if inverse is not None:
            facts["InverseName"] = inverse.text
        if node_class in (2, 16):
            facts["DataType"] = self.id(node.get("DataType", "i=24"))
            for field in ("ValueRank", "AccessLevel"):
                if node.get(field):
                    facts[field] = int(node.get(field, ""))
            if node.get("ArrayDimensions"):
                facts["ArrayDimensions"] = dimensions(node)
        if node.get("EventNotifier"):
            facts["EventNotifier"] = int(node.get("EventNotifier", ""))
        definition = node.find(f"{UA}Definition")
        if definition is not None:
            facts["Definition"] = self._definition(definition)
        value = node.find(f"{UA}Value")
        if value is not None:
            written = self._value(name.rpartition(":")[2], value[0])
            if written is not None:
                facts["Value"] = written
        row = [node_class, self.id(node.get("NodeId", "")), name]
        return [*row, facts] if facts else row

    def _definition(self, definition: ElementTree.Element) -> dict[str, Any]:
        fields = definition.findall(f"{UA}Field")
        if any(field.get("Value") is not None for field in fields):
            kind = "bits" if definition.get("IsOptionSet") == "true" else "enum"
            return {kind: [[one.get("Name"), int(one.get("Value", ""))] for one in fields]}
        rows = []
        for one in fields:
            row: list[Any] = [one.get("Name"), self.id(one.get("DataType", "i=24"))]
            more: dict[str, Any] = {}
            if one.get("ValueRank", "-1") != "-1":
                more["ValueRank"] = int(one.get("ValueRank", ""))
            if one.get("ArrayDimensions"):
                more["ArrayDimensions"] = dimensions(one)
            for flag in ("IsOptional", "AllowSubTypes"):
                if one.get(flag) == "true":
                    more[flag] = True
            rows.append([*row, more] if more else row)
        return {"union" if definition.get("IsUnion") == "true" else "struct": rows}

    def _value(self, name: str, value: ElementTree.Element) -> list[Any] | None:
        """[variant type, value] of those values that are facts of a type."""
        kind = plain(value)
        if kind in NUMBERS:
            text = text_of(value)
            return [NUMBERS[kind], text == "true" if kind == "Boolean" else int(text)]
        if kind == "DateTime":
            return [13, text_of(value)]
        if kind == "String" and name in STRINGS:
            return [12, text_of(value)]
        if kind == "QualifiedName":
            parts = {plain(part): text_of(part) for part in value}
            return [20, self.name(f"{parts.get('NamespaceIndex') or 0}:{parts['Name']}")]
        if kind == "ListOfNodeId":
            return [17, [self.id(text_of(one)) for one in value]]
        if kind in LISTS:
            convert = int if kind == "ListOfInt32" else str
            return [LISTS[kind], [convert(text_of(one)) for one in value]]
        if kind == "ListOfLocalizedText" and name in NAMES_OF_VALUES:
            return [21, [within(one, "Text") for one in value]]
        if kind == "ListOfExtensionObject":
            return self._structures(value)
        return None

    def _structures(self, value: ElementTree.Element) -> list[Any] | None:
        bodies = [body[0] for body in value.iter() if plain(body) == "Body" and len(body)]
        kinds = {plain(body) for body in bodies}
        if kinds == {"EnumValueType"}:
            rows = [[int(within(one, "Value")), deep(one, "DisplayName")] for one in bodies]
            return ["EnumValueType", rows]
        if kinds == {"Argument"}:
            return ["Argument", [self._argument(body) for body in bodies]]
        return None

    def _argument(self, body: ElementTree.Element) -> list[Any]:
        rank = int(within(body, "ValueRank") or -1)
        sizes = [
            int(text_of(one)) for part in body if plain(part) == "ArrayDimensions" for one in part
        ]
        row = [within(body, "Name"), self.id(deep(body, "DataType")), rank]
        return [*row, sizes] if sizes else row


def key(value: Any) -> str:
    """A text for what may hold lists."""
    return json.dumps(value)


def plain(element: ElementTree.Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: ElementTree.Element) -> str:
    """All text inside, without the blanks around it."""
    return "".join(element.itertext()).strip()


def within(element: ElementTree.Element, name: str) -> str:
    """Text of the child of that name; "" without one."""
    return next((text_of(child) for child in element if plain(child) == name), "")


def deep(element: ElementTree.Element, name: str) -> str:
    """Text of the Identifier or Text inside the child of that name."""
    for child in element:
        if plain(child) == name:
            return within(child, "Identifier") or within(child, "Text")
    return ""


def dimensions(element: ElementTree.Element) -> list[int]:
    """ArrayDimensions, written with commas."""
    return [int(one) for one in element.get("ArrayDimensions", "").split(",")]


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(table: dict[str, Any]) -> str:
    """Compact JSON, a node a line, so that a new version shows as a difference that can be read."""
    head = {name: table[name] for name in ("uri", "version", "date", "uris", "requires")}
    nodes = ",\n".join(compact(node) for node in table["nodes"])
    kinds = ",\n".join(
        f"{json.dumps(kind)}:[\n" + ",\n".join(compact(row) for row in rows) + "]"
        for kind, rows in table["references"].items()
    )
    opened = compact(head)[:-1]
    return f'{opened},\n"nodes":[\n{nodes}],\n"references":{{\n{kinds}}}}}\n'


def read(path: Path) -> NodeSet:
    """A NodeSet from its file. Raises ValueError, saying what is wrong with it."""
    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("a NodeSet has no document type of its own")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    if root.tag != f"{UA}UANodeSet":
        raise ValueError("not a UANodeSet")
    return NodeSet(root)
