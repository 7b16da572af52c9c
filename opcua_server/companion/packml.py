"""OPC 30050 PackML: discrete machines as PackMLBaseObjectType, from their own state and counters.

Status and Admin have what the control knows. There is one for each machine of a kind listed here,
below the machine as `PackML`, and in the folder PackMLObjects.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from asyncua import ua

from opcua_server.companion import known, packml_commands
from opcua_server.companion.packml_states import MODES, field, state_values
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.values import Derived, Given, View
from opcua_server.units import engineering_units
from twin.line.line import Station
from twin.trace.tables import EventKind, State

NAME = "PackML"
VERSION = "TR88.00.02-2015"  # PackMLVersion as OPC 30050's type gives it
# packaging machines, and machines that work board by board
PACKAGING = (
    "depalletiser", "filler", "labeller", "vision", "shrink-packer", "palletiser", "pail-filler",
)  # fmt: skip
BOARDS = ("loader", "printer", "spi", "placer", "reflow", "aoi", "ict", "unloader")
KINDS = (*PACKAGING, *BOARDS)
WINDOW = 600.0  # s over which a machine that works part by part tells its speed; assumed
PART_BY_PART = 60.0  # boards a minute, above any such machine's speed: its EURange; assumed
HEADROOM = 1.2  # Speed goes to so many times the fastest rate (twin.equipment.standard)


class Tally(NamedTuple):
    """Tags that count what was made and what of it was bad."""

    good: str
    bad: str


OF_FLOW, OF_PARTS = Tally("OutCount", "RejectCount"), Tally("Passed", "Rejected")


def tally(station: Station) -> Tally:
    """Counters of a station."""
    return OF_FLOW if station.fluid else OF_PARTS


def applies(session: Any, station: Station) -> bool:
    """Whether a station is such a machine and tells state, counters and, with a meter, speed."""
    names = ("State", *tally(station), *(("Speed",) if station.fluid else ()))
    shown = session.shown.tags
    return station.kind in KINDS and all(f"{station.id}.{name}" in shown for name in names)


def needs(session: Any) -> tuple[str, ...]:
    """PackML, where a machine of the line is one."""
    line = session.line
    if not hasattr(line, "scenario"):
        return ()
    return ("PackML",) if any(applies(session, one) for one in line.stations) else ()


def build(plant: Plant) -> None:
    """Add the machines."""
    for station in plant.line.stations:
        if applies(plant.session, station):
            add(plant, station)


def add(plant: Plant, station: Station) -> None:
    """A station's PackML object."""
    types, node = plant.types, plant.station(station.id)
    top = design_speed(plant, station) if station.fluid else PART_BY_PART
    values: dict[str, Given] = {
        "TagID": station.id,
        "PackMLVersion": VERSION,
        **{f"BaseStateMachine/{k}": v for k, v in state_values(plant, station.id).items()},
        **{f"Status/{k}": v for k, v in _status(plant, station, top).items()},
        **{f"Admin/{k}": v for k, v in _admin(plant, station).items()},
    }
    made = types.instantiate(
        "PackML:PackMLBaseObjectType", f"{station.id}.{NAME}", NAME, node,
        optional=packml_commands.OPTIONAL, values=values,
    )  # fmt: skip
    types.narrow(made["Status/UnitModeCurrent"], MODES)
    types.refer(types.node("PackML:PackMLObjects"), "Organizes", made.node)
    assert types.variables.view is not None
    packml_commands.offer(plant, made, station.id, types.variables.view)


def design_speed(plant: Plant, station: Station) -> float:
    """Fastest speed of a machine that material flows through, units a minute."""
    tag = plant.line.tags[f"{station.id}.Speed"]
    return float(tag.high) / HEADROOM / 60.0


def _status(plant: Plant, station: Station, top: float) -> dict[str, Given]:
    scale = ua.Range(0.0, top)
    now, while_on = _speeds(station, top)
    return {
        "UnitModeCurrent": field(station.id, "mode"),
        "UnitSupportedModes": plant.types.node(MODES),
        "CurMachSpeed": now,
        "CurMachSpeed/EURange": scale,
        "CurMachSpeed/EngineeringUnits": engineering_units("1/min"),
        "MachSpeed": while_on,
        "MachSpeed/EURange": scale,
        "MachSpeed/EngineeringUnits": engineering_units("1/min"),
        "EquipmentBlocked": _is(station, State.BLOCKED),
        "EquipmentStarved": _is(station, State.STARVED),
    }


def _is(station: Station, wanted: State) -> Derived:
    def value(view: View) -> bool | None:
        state = view.value(f"{station.id}.State")
        return None if state is None else round(state) == wanted

    return Derived(value, of=f"{station.id}.State")


def _speeds(station: Station, top: float) -> tuple[Derived, Any]:
    """CurMachSpeed and MachSpeed, units a minute.

    A machine that material flows through has a meter and a design speed. One that works part by
    part has neither: it tells the parts that left it in the last ten minutes, over all of that time
    and over the time it worked.
    """
    if station.fluid:
        key = f"{station.id}.Speed"

        def metered(view: View) -> float | None:
            held = view.value(key)
            return None if held is None else float(held) / 60.0

        return Derived(metered, of=key), top

    def rate(view: View, working: bool) -> float | None:
        t = known.looked(view, station.id)
        if t is None:
            return None
        since = max(t - WINDOW, 0.0)
        index = view.session.trace.index
        left = index.departures(view.session.trace.line.place(station.id))
        parts = np.searchsorted(left, [since, t], side="right")
        spent = known.worked(view, station.id, since, t) if working else t - since
        return 60.0 * float(parts[1] - parts[0]) / spent if spent > 0.0 else 0.0

    tag = f"{station.id}.State"
    return (
        Derived(lambda view: rate(view, False), of=tag),
        Derived(lambda view: rate(view, True), of=tag),
    )


def _admin(plant: Plant, station: Station) -> dict[str, Given]:
    row = tally(station)
    counts = plant.types.structure("PackML:PackMLCountDataType")
    unit = engineering_units("1")

    def told(name: str, of: tuple[str, ...]) -> Derived:
        def value(view: View) -> list[Any] | None:
            held = [view.value(f"{station.id}.{tag}") for tag in of]
            if any(one is None for one in held):
                return None
            count = round(sum(held))
            return [counts(ID=1, Name=name, Unit=unit, Count=count, AccCount=count)]

        return Derived(value, of=f"{station.id}.{of[0]}")

    values: dict[str, Given] = {
        "ProdProcessedCount": told("processed", row),
        "ProdDefectiveCount": told("defective", (row.bad,)),
        "AccTimeSinceReset": Derived(_since_reset(station.id), of=f"{station.id}.State"),
    }
    if station.fluid:
        values["MachDesignSpeed"] = design_speed(plant, station)
    return values


def _since_reset(station: str) -> Any:
    def value(view: View) -> int | None:
        t = known.looked(view, station)
        if t is None:
            return None
        trace = view.session.trace
        resets = trace.index.events(EventKind.RESET, trace.line.place(station)).t
        row = int(np.searchsorted(resets, t, side="right")) - 1
        return int(t - float(resets[row])) if row >= 0 else int(t)

    return value


PACKML = Part("packml", needs, build)
