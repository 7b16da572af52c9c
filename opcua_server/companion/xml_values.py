"""Ids, names and values as a UANodeSet file writes them (OPC 10000-6, 5.3 and Annex F)."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from asyncua import ua

from opcua_server.companion.snapshot import Snapshot

NODESET = "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"
TYPES = "http://opcfoundation.org/UA/2008/02/Types.xsd"
HAS_ENCODING = ua.NodeId(ua.ObjectIds.HasEncoding)
STANDARD = ("Range", "EUInformation", "Argument", "EnumValueType")


class Writer:
    """Writes for a file where namespace index i of the server has the place `places[i]`."""

    def __init__(self, snapshot: Snapshot, places: Mapping[int, int]) -> None:
        self.seen = snapshot
        self.places = places

    def id(self, node: ua.NodeId) -> str:
        """A NodeId."""
        place = self.places[node.NamespaceIndex]
        kind = "i" if isinstance(node.Identifier, int) else "s"
        return f"{f'ns={place};' if place else ''}{kind}={node.Identifier}"

    def name(self, name: ua.QualifiedName) -> str:
        """A BrowseName."""
        place = self.places[name.NamespaceIndex]
        return f"{place}:{name.Name}" if place else str(name.Name)

    def value(self, owner: ET.Element, held: ua.DataValue | None) -> None:
        """The value of a variable below its element.

        None for structures of companion specifications, which have XML schemas of their own.
        """
        if held is None or held.Value is None or held.Value.Value is None:
            return
        sent = held.Value
        array = isinstance(sent.Value, list)
        elements = sent.Value if array else [sent.Value]
        structured = sent.VariantType == ua.VariantType.ExtensionObject
        if structured and not all(type(one).__name__ in STANDARD for one in elements):
            return
        name = sent.VariantType.name
        value = ET.SubElement(owner, "Value")
        above = value
        if array:
            above = ET.SubElement(value, f"ListOf{name}", xmlns=TYPES)
        for one in elements:
            element = (
                ET.SubElement(above, name) if array else ET.SubElement(above, name, xmlns=TYPES)
            )
            self._content(element, one)

    def _content(self, element: ET.Element, value: Any) -> None:
        if isinstance(value, ua.LocalizedText):
            self._parts(element, [("Locale", value.Locale), ("Text", value.Text)])
        elif isinstance(value, ua.QualifiedName):
            place = self.places[value.NamespaceIndex]
            self._parts(element, [("NamespaceIndex", place), ("Name", value.Name)])
        elif isinstance(value, ua.NodeId):
            ET.SubElement(element, "Identifier").text = self.id(value)
        elif type(value).__name__ in STANDARD:
            kind = ET.SubElement(element, "TypeId")
            encoding = getattr(ua.ObjectIds, f"{type(value).__name__}_Encoding_DefaultXml")
            ET.SubElement(kind, "Identifier").text = f"i={encoding}"
            body = ET.SubElement(element, "Body")
            self._structure(ET.SubElement(body, type(value).__name__), value)
        else:
            element.text = plain(value)

    def _structure(self, element: ET.Element, value: Any) -> None:
        for field in dataclasses.fields(value):
            held = getattr(value, field.name)
            if held is None or (isinstance(held, ua.LocalizedText) and not held.Text):
                continue
            below = ET.SubElement(element, field.name)
            if isinstance(held, list):
                for one in held:
                    ET.SubElement(below, "UInt32").text = str(one)
            else:
                self._content(below, held)

    def _parts(self, element: ET.Element, parts: list[tuple[str, Any]]) -> None:
        for name, held in parts:
            if held is not None:
                ET.SubElement(element, name).text = str(held)


def plain(value: Any) -> str:
    """A simple value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "INF" if value > 0 else "-INF"
    return str(int(value)) if isinstance(value, int) else str(value)
