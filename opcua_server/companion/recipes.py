"""Control recipes of a line: what each product asks of each unit, and their download.

Units, products and parameters are named as in ISA-88, in the line's own namespace: there is no
published OPC UA specification of batch control. Every change enters the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite
from typing import Any

from asyncua import ua

from opcua_server.companion.calls import Call
from opcua_server.companion.own import Own, offer
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.values import Derived
from opcua_server.desk import Refused
from opcua_server.units import engineering_units
from twin.equipment.tag import Text
from twin.trace.trace import Trace

NAME = "Recipes"
T, Codes = ua.VariantType, ua.StatusCodes


def needs(session: Any) -> tuple[str, ...]:
    """Only the standard's types; where the line has recipes and can be told what to do."""
    line = session.line
    whole = getattr(session, "whole_line", True)  # a fleet's line server has it too
    if not whole or not hasattr(line, "scenario") or not session.shown.level.control:
        return ()
    return ("DI",) if line.recipe_limits else ()


class InForce:
    """Values of the control recipes as of now: the master's, and what the journal changed."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._read = 0
        self._values = {key: row.default for key, row in trace.line.recipe_limits.items()}

    def __getitem__(self, key: str) -> float:
        journal = self._trace.journal
        for command in journal[self._read :]:
            if command.kind == "recipe" and command.value is not None:
                self._values[command.target] = command.value
        self._read = len(journal)
        return float(self._values[key])


def _value(present: InForce, key: str, _view: Any) -> float:
    return present[key]


async def _download(call: Call) -> Sequence[Any]:
    """All parameters, or none when one is refused."""
    product, names, values = call.arguments
    limits = call.session.line.recipe_limits
    names, values = names or [], values or []
    if not names or len(names) != len(values):
        raise Refused(Codes.BadInvalidArgument, "as many values as parameters, at least one")
    for name, value in zip(names, values, strict=True):
        row = limits.get(f"{product}/{name}")
        if row is None:
            raise Refused(Codes.BadNotFound, f"no recipe parameter {product}/{name}"[:200])
        if not (isfinite(value) and row.low <= value <= row.high):
            told = f"{row.low:g} to {row.high:g} {row.unit}"
            raise Refused(Codes.BadOutOfRange, f"{name} goes from {told}, not {value:g}")
    for name, value in zip(names, values, strict=True):
        await call.desk.submit("recipe", f"{product}/{name}", float(value), call.user)
    return []


DOWNLOAD = Own(
    "DownloadRecipe",
    Text("Download a recipe", "레시피 다운로드"),
    "engineer",
    _download,
    (
        ("Product", T.String, "Product whose control recipe changes"),
        ("Parameters[]", T.String, "Parameters such as R101.HoldTime"),
        ("Values[]", T.Double, "Their values, each in its unit"),
    ),
)


def build(plant: Plant) -> None:
    """Add Recipes / product / unit.parameter below the line, and the download."""
    types, builder = plant.types, plant.builder
    folder = builder.node_id(NAME)
    types.instantiate("FolderType", folder, NAME, plant.line_id)
    present = InForce(plant.session.trace)
    for product in plant.line.products:
        types.instantiate("BaseObjectType", f"{NAME}.{product}", product, folder)
    for key, row in plant.line.recipe_limits.items():
        product, name = key.split("/", 1)
        types.instantiate(
            "AnalogItemType",
            f"{NAME}.{product}.{name}",
            name,
            f"{NAME}.{product}",
            display=ua.LocalizedText(row.title.en, "en"),
            values={
                "": Derived(partial(_value, present, key), T.Double),
                "EURange": ua.Range(float(row.low), float(row.high)),
                "EngineeringUnits": engineering_units(row.unit),
            },
        )
    offer(plant, folder, DOWNLOAD)


RECIPES = Part("recipes", needs, build)
