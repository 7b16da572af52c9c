"""Nameplates of simulated machines and their parts: stable, and plainly not of a real maker.

A scenario says nothing of makers, so the facts are derived from the line's id and version and the
station's id alone: equal in every run, different for every machine.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from asyncua import ua

from twin.equipment.tag import Text
from twin.line.line import Line, Station
from twin.version import __version__

MAKER = Text("Twin (simulated machine)", "트윈 (가상 설비)")
MAKER_URI = "urn:twin:simulated"
FIRST_YEAR, YEARS = 2008, 16  # the plant grew over these years, assumed


class Nameplate(NamedTuple):
    """Facts of OPC 40001-1, 8.3: what identifies a machine or a part of it."""

    manufacturer: ua.LocalizedText
    manufacturer_uri: str
    model: ua.LocalizedText
    product_code: str
    serial_number: str
    product_instance_uri: str
    device_class: str
    hardware_revision: str
    software_revision: str
    year: int
    asset_id: str
    component_name: ua.LocalizedText
    location: str = ""


def of_line(line: Line) -> Nameplate:
    """Nameplate of the line as a machine of its own."""
    return _make(line, "", line.title, line.title, "Line", "line", line.id)


def of_station(line: Line, station: Station) -> Nameplate:
    """Nameplate of a station."""
    place = "" if station.layout is None else f"x {station.layout.x:g} m, y {station.layout.y:g} m"
    model, kind = station.equipment.title, station.kind
    plate = _make(line, station.id, station.title, model, model.en, kind, f"{line.id}/{station.id}")
    return plate._replace(location=place)


def of_part(line: Line, station: Station, name: str, title: Text, kind: str) -> Nameplate:
    """Nameplate of a part of a station, such as a spindle."""
    path = f"{station.id}.{name}"
    return _make(line, path, title, title, kind, f"{station.kind}-{name}", f"{line.id}/{path}")


def _make(
    line: Line, path: str, name: Text, model: Text, device_class: str, code: str, asset: str
) -> Nameplate:
    digest = hashlib.sha256(f"{line.id} {path}".encode()).hexdigest()
    serial = f"SIM-{digest[:10].upper()}"
    return Nameplate(
        manufacturer=english(MAKER),
        manufacturer_uri=MAKER_URI,
        model=english(model),
        product_code=f"SIM-{code}",
        serial_number=serial,
        product_instance_uri=f"{MAKER_URI}:{serial}",
        device_class=device_class,
        hardware_revision=line.version,
        software_revision=__version__,
        year=FIRST_YEAR + int(digest[10:14], 16) % YEARS,
        asset_id=asset,
        component_name=english(name),
    )


def english(text: Text) -> ua.LocalizedText:
    """A text as the address space holds it."""
    return ua.LocalizedText(text.en, "en")
