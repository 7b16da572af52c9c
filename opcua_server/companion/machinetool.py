"""OPC 40501-1 Machine Tools (umati) for machines that cut under a numerical control.

A station of such a kind gets MachineToolType itself. What it shows is what its control knows: mode,
channel, spindle, active program, tools with the life the control counts, and when the next tool
change and service are due.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from asyncua import ua

from opcua_server.companion import health, known, prognoses, stacklight, tool_list
from opcua_server.companion.finite import current, finite, under
from opcua_server.companion.instance import Instance
from opcua_server.companion.machinery import (
    BLOCKS,
    COUNTERS,
    ITEM_STATE,
    MODE,
    counters,
    item_state,
    machine_identification,
    operation_mode,
)
from opcua_server.companion.nameplate import of_station
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given, Row, View
from opcua_server.units import engineering_units
from twin.line.line import Station
from twin.version import __version__

MODE_TYPE = "MachineTool:MachineOperationModeStateMachineType"
SOFTWARE = "Identification/SoftwareIdentification"
PROGRAM_TYPE = "MachineTool:ProductionProgramStateMachineType"
AUTOMATIC_CHANNEL = 0  # ChannelMode, 12.1
STANDING = 30.0  # rpm below which a spindle stands, far above its meter's noise; assumed
GRINDS = 0.3  # kW of the wheel's drive above which the wheel turns; assumed


class Tool(NamedTuple):
    """How a kind of machine tool shows spindle, channel and tools.

    `rotates` tells from the value of the tag `spindle` whether it turns.
    """

    spindle: str
    rotates: Callable[[float], bool]
    override: str = ""


TOOLS = {
    "lathe": Tool("Srpm", lambda rpm: rpm > STANDING, "Fovr"),
    "mill": Tool("Srpm", lambda rpm: rpm > STANDING, "Fovr"),
    "grinder": Tool("SpindlePower", lambda kw: kw > GRINDS),
}


def applies(session: Any, station: Station) -> bool:
    """Whether the station is one and shows enough to be one: its state."""
    return station.kind in TOOLS and f"{station.id}.State" in session.shown.tags


def add(plant: Plant, station: Station) -> None:
    """Make a station a machine tool."""
    types, node = plant.types, plant.station(station.id)
    tool = types.adopt(
        node,
        "MachineTool:MachineToolType",
        values={**_identity(plant, station), **_blocks(plant, station), **_mode(station),
                **_program(plant, station), **_counts(station),
                **health.values(plant, station),
                f"{stacklight.PATH}/StacklightMode": stacklight.SEGMENTED},
        interfaces=(health.INTERFACE,),
        kinds={f"{BLOCKS}/{MODE}": MODE_TYPE},
        optional=("Equipment/Tools", "Notification/Prognoses", SOFTWARE),
    )  # fmt: skip
    types.refer(tool[BLOCKS], "HasAddIn", tool["Identification"])
    types.placeholder(
        tool, f"{SOFTWARE}/<SoftwareItem>", "Control",
        values={"Identifier": "twin", "SoftwareRevision": __version__},
    )  # fmt: skip
    for name in (ITEM_STATE, MODE, COUNTERS):
        types.refer(tool["Monitoring/MachineTool"], "HasAddIn", tool[f"{BLOCKS}/{name}"])
    _add_monitoring(plant, station, tool)
    stacklight.add(plant, station, tool, health.condition(plant, station))
    tool_list.add(plant, station, tool)
    prognoses.add(plant, station, tool)


def _identity(plant: Plant, station: Station) -> dict[str, Given]:
    return under("Identification", machine_identification(of_station(plant.line, station)))


def _blocks(plant: Plant, station: Station) -> dict[str, Given]:
    return {
        **under(f"{BLOCKS}/{ITEM_STATE}", item_state(plant, station.id)),
        **under(f"{BLOCKS}/{MODE}", operation_mode(plant, station.id, MODE_TYPE)),
        **under(f"{BLOCKS}/{COUNTERS}", counters(station.id)),
    }


def _mode(station: Station) -> dict[str, Given]:
    return {"Monitoring/MachineTool/OperationMode": _meant(station, "tool_mode")}


def _meant(station: Station, field: str) -> Derived:
    def value(view: View) -> Any:
        row = known.now(view, station.id)
        return None if row is None else getattr(row, field)

    return Derived(value, of=f"{station.id}.State")


def _program(plant: Plant, station: Station) -> dict[str, Given]:
    """The active program: the product set up and the revision the control runs."""
    products = plant.line.products

    def name(view: View) -> str | None:
        number = view.value(f"{station.id}.Product")
        if number is None:
            return None
        revision = view.value(f"{station.id}.ProgramRev")
        product = products[int(number) - 1] if number else ""
        return product if revision is None else f"{product} rev {int(revision)}"

    def state(view: View) -> str | None:
        return known.program(view, station.id)

    path = "Production/ActiveProgram"
    return {
        f"{path}/Name": Derived(name, of=f"{station.id}.Product"),
        f"{path}/NumberInList": 0,
        **under(
            f"{path}/State",
            current(finite(plant.types, PROGRAM_TYPE), state, f"{station.id}.State"),
        ),
    }


def _counts(station: Station) -> dict[str, Given]:
    def parts(view: View) -> int | None:
        t = known.looked(view, station.id)
        trace = view.session.trace
        place = trace.line.place(station.id)
        left = trace.index.departures(place)
        return None if t is None else int(np.searchsorted(left, t, side="right"))

    return {
        "Production/Statistics/PartsProducedInLifetime": Derived(parts, of=f"{station.id}.State")
    }


def _add_monitoring(plant: Plant, station: Station, tool: Instance) -> None:
    types, row = plant.types, TOOLS[station.kind]
    path = "Monitoring/<MonitoredElement>"
    key = f"{station.id}.{row.spindle}"
    if types.shows(key):

        def rotating(view: View) -> bool | None:
            held = view.value(key)
            return None if held is None else row.rotates(float(held))

        types.placeholder(
            tool, path, "Spindle", kind="MachineTool:SpindleMonitoringType",
            values={"Name": "Spindle", "IsRotating": Derived(rotating, of=key)},
        )  # fmt: skip
    feed = f"{station.id}.{row.override}"
    if row.override and types.shows(feed):
        tag = plant.session.shown.tags[feed]
        types.placeholder(
            tool, path, "Channel", kind="MachineTool:ChannelMonitoringType",
            values={
                "Name": "Channel",
                "ChannelMode": AUTOMATIC_CHANNEL,
                "ChannelState": _meant(station, "channel"),
                "FeedOverride": Row(feed),
                "FeedOverride/EngineeringUnits": engineering_units(tag.unit),
                "FeedOverride/EURange": ua.Range(float(tag.low), float(tag.high)),
            },
        )  # fmt: skip
