"""OPC 40001-1 Machinery: machines found in one folder, their nameplates, parts, states, counters.

Every station is a machine; so is the line, whose parts the stations are. The building blocks hang
below `MachineryBuildingBlocks` (6.3), identification and components on the machine itself too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncua import ua

from opcua_server.companion import health, known
from opcua_server.companion.finite import current, finite, last, under
from opcua_server.companion.instance import Instance
from opcua_server.companion.machine_parts import Part, parts_of
from opcua_server.companion.machine_wear import WEARS, Wear
from opcua_server.companion.nameplate import Nameplate, english, of_line, of_part, of_station
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given, Row
from opcua_server.units import engineering_units
from twin.line.line import Station

ITEM_STATE, MODE = "MachineryItemState", "MachineryOperationMode"
COUNTERS, LIFETIMES = "OperationCounters", "LifetimeCounters"
BLOCKS = "MachineryBuildingBlocks"
ITEM_TYPE = "Machinery:MachineryItemState_StateMachineType"
MODE_TYPE = "Machinery:MachineryOperationModeStateMachineType"


def identification(plate: Nameplate) -> dict[str, Given]:
    """Values of a MachineryItemIdentificationType (8.3)."""
    return {
        "Manufacturer": plate.manufacturer,
        "ManufacturerUri": plate.manufacturer_uri,
        "Model": plate.model,
        "ProductCode": plate.product_code,
        "SerialNumber": plate.serial_number,
        "ProductInstanceUri": plate.product_instance_uri,
        "DeviceClass": plate.device_class,
        "HardwareRevision": plate.hardware_revision,
        "SoftwareRevision": plate.software_revision,
        "YearOfConstruction": plate.year,
        "AssetId": plate.asset_id,
        "ComponentName": plate.component_name,
    }


def machine_identification(plate: Nameplate) -> dict[str, Given]:
    """Values of a MachineIdentificationType (8.6): of a whole machine."""
    place: dict[str, Given] = {"Location": plate.location} if plate.location else {}
    return {**identification(plate), **place}


def item_state(plant: Plant, station: str) -> dict[str, Given]:
    """Values of MachineryItemState (12)."""
    states, tag = finite(plant.types, ITEM_TYPE), f"{station}.State"
    return {
        **current(states, lambda view: _field(known.now(view, station), "item"), tag),
        **last(states, lambda view: known.last_change(view, station, "item"), tag),
    }


def operation_mode(plant: Plant, station: str, kind: str = MODE_TYPE) -> dict[str, Given]:
    """Values of MachineryOperationMode (13), of the given subtype of its type."""
    states, tag = finite(plant.types, kind), f"{station}.State"
    return {
        **current(states, lambda view: _field(known.now(view, station), "mode"), tag),
        **last(states, lambda view: known.last_change(view, station, "mode"), tag),
    }


def _field(row: Any, name: str) -> Any:
    return None if row is None else getattr(row, name)


def counters(station: str) -> dict[str, Given]:
    """Values of OperationCounters (14)."""
    tag = f"{station}.State"
    return {
        "PowerOnDuration": Derived(lambda view: known.power_on(view, station), of=tag),
        "OperationDuration": Derived(lambda view: known.operating(view, station), of=tag),
        "OperationCycleCounter": Derived(
            lambda view: known.cycles(view, station), ua.VariantType.UInt64, of=tag
        ),
    }


def wears(plant: Plant, station: Station) -> list[Wear]:
    """What the station shows of its wear."""
    rows = WEARS.get(station.kind, ())
    return [row for row in rows if plant.types.shows(f"{station.id}.{row.tag}")]


def blocks(plant: Plant, node: ua.NodeId) -> ua.NodeId:
    """The folder of a machine's building blocks, made when it is not there yet."""
    own = ua.NodeId(f"{node.Identifier}.{BLOCKS}", node.NamespaceIndex)
    if own not in plant.types.space:
        plant.types.instantiate("FolderType", own, f"Machinery:{BLOCKS}", node)
    return own


def add_station(plant: Plant, station: Station) -> None:
    """A station as a machine of no special kind."""
    types, node = plant.types, plant.station(station.id)
    plate = of_station(plant.line, station)
    told = health.values(plant, station)
    if told:
        types.adopt(node, "BaseObjectType", values=told, interfaces=(health.INTERFACE,))
    types.instantiate(
        "Machinery:MachineIdentificationType",
        f"{station.id}.Identification",
        "DI:Identification",
        node,
        "HasAddIn",
        values=machine_identification(plate),
    )
    add_blocks(plant, station)


def add_blocks(plant: Plant, station: Station) -> None:
    """Building blocks of a station that has its Identification."""
    types, node = plant.types, plant.station(station.id)
    folder = blocks(plant, node)
    types.refer(folder, "HasAddIn", f"{station.id}.Identification")
    if not types.shows(f"{station.id}.State"):
        return
    for kind, name, values in (
        (ITEM_TYPE, f"Machinery:{ITEM_STATE}", item_state(plant, station.id)),
        (MODE_TYPE, f"Machinery:{MODE}", operation_mode(plant, station.id)),
        ("Machinery:MachineryOperationCounterType", f"DI:{COUNTERS}", counters(station.id)),
    ):
        own = f"{folder.Identifier}.{name.partition(':')[2]}"
        types.instantiate(kind, own, name, folder, "HasAddIn", values=values)


def add_lifetimes(plant: Plant, station: Station) -> None:
    """LifetimeCounters (15) of what wears, where the station shows it."""
    types, rows = plant.types, wears(plant, station)
    if not rows:
        return
    folder = blocks(plant, plant.station(station.id))
    made = types.instantiate(
        "Machinery:MachineryLifetimeCounterType",
        f"{folder.Identifier}.{LIFETIMES}",
        f"Machinery:{LIFETIMES}",
        folder,
        "HasAddIn",
    )
    for row in rows:
        _add_lifetime(plant, station, made, row)


def _add_lifetime(plant: Plant, station: Station, made: Instance, row: Wear) -> None:
    key = f"{station.id}.{row.tag}"
    tag, types = plant.session.shown.tags[key], plant.types
    kind = ua.VariantType.Int64 if tag.kind == "int" else ua.VariantType.Double
    convert = round if tag.kind == "int" else float

    def fact(of: Any) -> ua.Variant:
        return ua.Variant(convert(of(station.parameters)), kind)

    values: dict[str, Given] = {
        "": Row(key),
        "EngineeringUnits": engineering_units(tag.unit),
        "StartValue": fact(row.new),
        "LimitValue": fact(row.spent),
        "WarningValues": ua.Variant([fact(row.warns).Value], kind, is_array=True),
    }
    if row.indication:
        values["Indication"] = types.node(f"DI:{row.indication}")
    shown = types.placeholder(
        made, "<LifetimeVariable>", row.name, values=values, display=english(row.title)
    )
    plant.in_korean(shown.node, row.title)


def add_components(plant: Plant, station: Station) -> Mapping[Part, Instance]:
    """Components (11): the parts of a station whose tags are shown."""
    types, node = plant.types, plant.station(station.id)
    shown = [tag.name for tag in station.tags if types.shows(tag.key)]
    parts = parts_of(station.kind, shown)
    if not parts:
        return {}
    folder = types.instantiate(
        "Machinery:MachineComponentsType",
        f"{station.id}.Components",
        "Machinery:Components",
        node,
        "HasAddIn",
    )
    types.refer(blocks(plant, node), "HasAddIn", folder.node)
    made: dict[Part, Instance] = {}
    for part in parts:
        plate = of_part(plant.line, station, part.name, part.title, part.device_class)
        made[part] = types.placeholder(
            folder,
            "<Component>",
            part.name,
            values=under("Identification", identification(plate)),
            kinds={"Identification": "Machinery:MachineryComponentIdentificationType"},
            display=english(part.title),
        )
        plant.in_korean(made[part].node, part.title)
    return made


def add_line(plant: Plant) -> None:
    """The line as a machine whose components are its stations."""
    types, node = plant.types, plant.line_id
    types.instantiate(
        "Machinery:MachineIdentificationType",
        f"{node.Identifier}.Identification",
        "DI:Identification",
        node,
        "HasAddIn",
        values=machine_identification(of_line(plant.line)),
    )
    folder = blocks(plant, node)
    types.refer(folder, "HasAddIn", f"{node.Identifier}.Identification")
    components = types.instantiate(
        "Machinery:MachineComponentsType",
        f"{node.Identifier}.Components",
        "Machinery:Components",
        node,
        "HasAddIn",
    )
    types.refer(folder, "HasAddIn", components.node)
    for station in plant.line.stations:
        types.refer(components.node, "Organizes", plant.station(station.id))
    if not plant.line.stations:  # each has a server of its own: here it is a name
        for station in plant.line.whole.stations:
            plate = of_station(plant.line, station)
            made = types.placeholder(
                components,
                "<Component>",
                station.id,
                values=under("Identification", identification(plate)),
                kinds={"Identification": "Machinery:MachineryComponentIdentificationType"},
                display=english(station.title),
            )
            plant.in_korean(made.node, station.title)
