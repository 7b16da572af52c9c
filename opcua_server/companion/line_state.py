"""State and mode of the line as a machine: what its stations are together.

The line executes while any station does; with none executing it is out of service when any station
is, and so on down the order below. A rule of this product: OPC 40001-1 leaves open how a machine
made of machines sums up.
"""

from __future__ import annotations

from collections.abc import Callable

from opcua_server.companion import known
from opcua_server.companion.finite import current, finite
from opcua_server.companion.machinery import ITEM_STATE, ITEM_TYPE, MODE, MODE_TYPE, blocks
from opcua_server.companion.part import Plant
from opcua_server.companion.values import View

# the first of these that any station is in
ITEM_ORDER = ("Executing", "OutOfService", "NotExecuting", "NotAvailable")
MODE_ORDER = ("Processing", "Setup", "Maintenance", "None")


def add(plant: Plant) -> None:
    """MachineryItemState and MachineryOperationMode of the line, where all states are shown."""
    types = plant.types
    line = getattr(plant.line, "whole", plant.line)  # whose stations may have their own servers
    shown = getattr(plant.session, "whole", plant.session).shown.tags
    stations = [station.id for station in line.stations]
    if not stations or not all(f"{name}.State" in shown for name in stations):
        return
    folder = blocks(plant, plant.line_id)
    for kind, name, field, order in (
        (ITEM_TYPE, ITEM_STATE, "item", ITEM_ORDER),
        (MODE_TYPE, MODE, "mode", MODE_ORDER),
    ):
        types.instantiate(
            kind, f"{folder.Identifier}.{name}", f"Machinery:{name}", folder, "HasAddIn",
            values=current(finite(types, kind), _summed(stations, field, order)),
        )  # fmt: skip


def _summed(
    stations: list[str], field: str, order: tuple[str, ...]
) -> Callable[[View], str | None]:
    def value(view: View) -> str | None:
        rows = [known.now(view, station) for station in stations]
        found = {getattr(row, field) for row in rows if row is not None}
        return next((name for name in order if name in found), None)

    return value
