"""OPC 40001-2 Process Values: measured values with their set points and limits.

Every analog tag that a station measures is one. Its set point is the tag of the controlled
variable's set value; its limits are those of the alarms that watch it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asyncua import ua

from opcua_server.companion.instance import Instance
from opcua_server.companion.machine_parts import Part
from opcua_server.companion.nameplate import english
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Given, Row
from opcua_server.units import engineering_units
from twin.equipment.alarm import HIGH, Beyond
from twin.equipment.tag import Tag
from twin.field.levels import tag_class
from twin.line.line import Station

# measured tag -> its set value, where the name alone (X and XSet) does not say it
SET_POINTS: Mapping[str, str] = {
    "BeltSpeedActual": "BeltSpeed",
    "SqueegeePressure": "PressureSet",
    "SqueegeeSpeed": "SpeedSet",
    "HoldTemp": "HoldSet",
    "AirPressure": "AirSet",
    "TorqueMean": "TorqueSet",
    "FillMean": "FillSet",
    "GlueTemp": "GlueSet",
    "TunnelTemp": "TunnelSet",
    "CoolantTemp": "CoolantSet",
    "DosedKg": "DoseSP",
    "Brix": "BrixTarget",
}


def measured(station: Station, shown: Mapping[str, Tag]) -> list[Tag]:
    """Analog values that a station measures and that are shown: no counters, no energy."""
    return [
        tag
        for tag in station.tags
        if tag.key in shown
        and tag.kind == "float"
        and tag.unit not in ("", "1", "kWh")
        and tag.high > tag.low
        and tag_class(tag) == "process"
    ]


def set_point(tag: Tag, names: Iterable[str]) -> str | None:
    """Name of the tag with the set value of a measured one, among the station's `names`."""
    zone = f"{tag.name.removesuffix('Temp')}Set" if tag.name.startswith("Zone") else ""
    wanted = (SET_POINTS.get(tag.name, f"{tag.name}Set"), zone)
    return next((name for name in wanted if name in set(names)), None)


def limits(station: Station, tag: Tag) -> dict[str, float]:
    """Limits at which alarms of the station watch the value itself, by the name of the member."""
    found: dict[str, float] = {}
    for alarm in station.alarms:
        when = alarm.when
        if isinstance(when, Beyond) and when.tag == tag.name and not when.of:
            twice = "High" if alarm.severity >= HIGH and when.high is not None else ""
            lower = "Low" if alarm.severity >= HIGH and when.low is not None else ""
            if when.high is not None:
                found.setdefault(f"High{twice}Limit", when.high)
            if when.low is not None:
                found.setdefault(f"Low{lower}Limit", when.low)
    return found


def deviations(station: Station, tag: Tag) -> dict[str, float]:
    """Deviations from the set point at which alarms of the station speak up."""
    found: dict[str, float] = {}
    for alarm in station.alarms:
        when = alarm.when
        if isinstance(when, Beyond) and when.tag == tag.name and when.of:
            if when.high is not None:
                found.setdefault("HighDeviation", when.high)
            if when.low is not None:
                found.setdefault("LowDeviation", when.low)
    return found


def values_of(station: Station, tag: Tag, shown: Mapping[str, Tag]) -> dict[str, Given]:
    """Values of a ProcessValueType (7.1)."""
    unit = engineering_units(tag.unit)
    values: dict[str, Given] = {
        "SignalTag": tag.key,
        "AnalogSignal": Row(tag.key),
        "AnalogSignal/EngineeringUnits": unit,
        "AnalogSignal/EURange": ua.Range(float(tag.low), float(tag.high)),
    }
    for name, limit in limits(station, tag).items():
        values[f"AnalogSignal/{name}"] = ua.Variant(float(limit), ua.VariantType.Double)
        values[f"AnalogSignal/{name}/EngineeringUnits"] = unit
    names = [one.name for one in station.tags if one.key in shown]
    aim = set_point(tag, names)
    if aim is not None:
        aimed = shown[f"{station.id}.{aim}"]
        path = "ProcessValueSetpoint"
        values[path] = Row(aimed.key)
        values[f"{path}/EngineeringUnits"] = engineering_units(aimed.unit)
        values[f"{path}/EURange"] = ua.Range(float(aimed.low), float(aimed.high))
        for name, limit in deviations(station, tag).items():
            values[f"{path}/{name}"] = ua.Variant(float(limit), ua.VariantType.Double)
            values[f"{path}/{name}/EngineeringUnits"] = unit
    return values


def add(plant: Plant, station: Station, parts: Mapping[Part, Instance]) -> None:
    """The process values of a station, in one group, and each at the part it belongs to.

    The group has the name that OPC 10000-100, 5.4, recommends for process data.
    """
    types, shown = plant.types, plant.session.shown.tags
    tags = measured(station, shown)
    if not tags:
        return
    group = types.instantiate(
        "DI:FunctionalGroupType",
        f"{station.id}.Operational",
        "DI:Operational",
        plant.station(station.id),
    )
    for tag in tags:
        own = f"{group.node.Identifier}.{tag.name}"
        made = types.instantiate(
            "ProcessValues:ProcessValueType", own, tag.name, group.node,
            values=values_of(station, tag, shown), display=english(tag.title),
            kinds={"AnalogSignal": "ProcessValues:ProcessValueVariableType"},
        )  # fmt: skip
        plant.in_korean(made.node, tag.title)
        for part, instance in parts.items():
            if tag.name in part.tags:
                types.refer(instance.node, "Organizes", own)
