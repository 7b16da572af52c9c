"""Electric energy of a station by OPC 30141 (PROFIenergy), profile E2.

Active power and imported energy are the station's meter; nothing is exported. A level that shows
the energy counter but no power has that value alone, without the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncua import ua

from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given
from opcua_server.units import engineering_units
from twin.line.line import Station

# measurement ids of PROFIenergy (OPC 30141, Annex C.5); the meter's noise is 1 % of full scale,
# that is class 7 of the domain "percent of full scale"
POWER, IMPORT, EXPORT = ("AcActivePowerTotal", 34), ("AcActiveEnergyTotalImportLp", 200), (
    "AcActiveEnergyTotalExportLp", 201,
)  # fmt: skip
OF_FULL_SCALE, ONE_PERCENT = 1, 7
THOUSAND = 1000.0  # W of a kW
NAME = "EnergyMeasurement"


def scaled(key: str, kind: ua.VariantType | None = None) -> Derived:
    """A tag in kW or kWh as W or Wh."""

    def value(view: Any) -> float | None:
        held = view.value(key)
        return None if held is None else THOUSAND * float(held)

    return Derived(value, kind, of=key)


def measurement(name: str, number: int, unit: str, value: Given) -> dict[str, Given]:
    """Values of a MeasurementValueType at path `name` ("" for the variable itself)."""
    path: Callable[[str], str] = (lambda end: f"{name}/{end}") if name else (lambda end: end)
    return {
        name: value,
        path("PeMeasurementID"): number,
        path("AccuracyDomain"): OF_FULL_SCALE,
        path("AccuracyClass"): ONE_PERCENT,
        path("EngineeringUnits"): engineering_units(unit),
    }


def add(plant: Plant, station: Station, number: int) -> None:
    """The station's meter, as object number `number` of the line's energy management."""
    types, node = plant.types, plant.station(station.id)
    power, energy = f"{station.id}.Power", f"{station.id}.Energy"
    if not types.shows(energy):
        return
    own, name = f"{station.id}.{NAME}", NAME
    imported = measurement(IMPORT[0], IMPORT[1], "Wh", scaled(energy))
    values: dict[str, Given] = {"PeObjectNumber": number}
    if types.shows(power):
        values |= measurement(POWER[0], POWER[1], "W", scaled(power)) | imported
        values |= measurement(EXPORT[0], EXPORT[1], "Wh", 0.0)
        types.instantiate(
            "PnEm:EnergyMeasurementType", own, name, node,
            values=values, interfaces=("PnEm:IEnergyProfileE2Type",),
        )  # fmt: skip
    else:
        made = types.instantiate("PnEm:EnergyMeasurementType", own, name, node, values=values)
        alone = measurement("", IMPORT[1], "Wh", scaled(energy, ua.VariantType.Float))
        types.placeholder(made, "<MeasurementValue>", f"PnEm:{IMPORT[0]}", values=alone)
    types.refer(node, "PnEm:HasEnergyMeasurement", own)
