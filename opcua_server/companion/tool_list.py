"""Tools of a machine tool and the life its control counts down (OPC 40501-1, 8.6).

A magazine holds sister tools that are used one after the other: those before the one in use are
spent and locked, those after it fresh; when the last is spent the magazine is filled again. How
worn an edge truly is, or that it chipped, the control does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from asyncua import ua

from opcua_server.companion.instance import Instance
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given, Row, View
from opcua_server.units import engineering_units
from twin.equipment import grinder
from twin.line.line import Station
from twin.physics import machining

NUMBER_BASED, BY_TOOL_LIFE, NOT_LOCKED = 0, 3, 0  # ToolManagement 12.8, ToolLocked 12.7
TIME_LIFE, DIAMETER_LIFE = 0, 6  # ToolLifeIndication, 12.6


class Life(NamedTuple):
    """A ToolLifeType: its name, unit, what is counted, what is left, and three marks on the way."""

    name: str
    unit: str
    indication: int
    left: Given
    new: float
    spent: float
    warns: float


def add(plant: Plant, station: Station, tool: Instance) -> None:
    """The tools that the station's control shows."""
    types = plant.types
    if types.shows(f"{station.id}.WheelDia"):
        _add_wheel(plant, station, tool)
    if not (types.shows(f"{station.id}.ToolNo") and types.shows(f"{station.id}.ToolLifeMin")):
        return
    parameters: Any = station.parameters
    whole = float(machining.tool_life(parameters.speed))
    for number in range(1, parameters.tools + 1):
        left = Derived(
            _left(station, number, whole), ua.VariantType.Double, of=f"{station.id}.ToolLifeMin"
        )
        life = Life("Life", "min", TIME_LIFE, left, new=whole, spent=0.0, warns=3.0)
        _add_tool(plant, tool, f"Tool{number}", number, life, Derived(_spent(station, number)))


def _left(station: Station, number: int, whole: float) -> Callable[[View], float | None]:
    """Life left of a place of the magazine: before the one in use it is spent, after it whole."""

    def value(view: View) -> float | None:
        used = view.value(f"{station.id}.ToolNo")
        if used is None:
            return None
        if number == used:
            return view.value(f"{station.id}.ToolLifeMin")
        return 0.0 if number < used else whole

    return value


def _spent(station: Station, number: int) -> Callable[[View], bool | None]:
    def value(view: View) -> bool | None:
        used = view.value(f"{station.id}.ToolNo")
        return None if used is None else number < used

    return value


def _add_wheel(plant: Plant, station: Station, tool: Instance) -> None:
    """The grinding wheel, whose life is its diameter."""
    diameter = Row(f"{station.id}.WheelDia")
    small = grinder.SMALLEST
    life = Life("Diameter", "mm", DIAMETER_LIFE, diameter, grinder.WHEEL, small, small + 5.0)
    _add_tool(plant, tool, "Wheel", 1, life, False)


def _add_tool(
    plant: Plant, tool: Instance, name: str, number: int, life: Life, locked: Given
) -> None:
    def reason(view: View) -> int:
        return BY_TOOL_LIFE if isinstance(locked, Derived) and locked.compute(view) else NOT_LOCKED

    made = plant.types.placeholder(
        tool, "Equipment/Tools/<Tool>", name, kind="MachineTool:ToolType",
        values={
            "Name": name,
            "Identifier": identifier(str(tool.node.Identifier), name),
            "ControlIdentifier1": number,
            "ControlIdentifierInterpretation": NUMBER_BASED,
            "Locked": locked,
            "Locked/ReasonForLocking": Derived(reason),
            "Location/Name": "Magazine",
            "Location/PlaceNumber": number,
        },
        optional=("ToolLife",),
    )  # fmt: skip
    plant.types.placeholder(
        made, "ToolLife/<ToolLifeEntry>", life.name,
        values={
            "": life.left,
            "EngineeringUnits": engineering_units(life.unit),
            "Indication": life.indication,
            "IsCountingUp": False,
            "StartValue": _double(life.new),
            "LimitValue": _double(life.spent),
            "WarningValue": _double(life.warns),
        },
    )  # fmt: skip


def identifier(station: str, name: str) -> str:
    """Identifier of a tool, unique in the line."""
    return f"{station}.{name}"


def _double(value: float) -> ua.Variant:
    return ua.Variant(float(value), ua.VariantType.Double)
