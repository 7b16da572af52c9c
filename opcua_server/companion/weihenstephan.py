"""OPC 40600 Weihenstephan Standards: packaging machines of a line as WSMachineType.

The types, the enumerations and the groups are the published ones. The specification leaves the data
points to the WS libraries, which nobody has published as a NodeSet: points are named as WS Pack
names them (`WS_Cur_State`), each in the line's own namespace. Without a tag number, since the
numbers are the libraries'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from asyncua import ua

from opcua_server.companion import health, packml
from opcua_server.companion.instance import Instance
from opcua_server.companion.machinery import add_blocks, machine_identification
from opcua_server.companion.nameplate import of_station
from opcua_server.companion.packml_states import state_values
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Row, View
from opcua_server.units import engineering_units
from twin.line.line import Station
from twin.trace.tables import State

VERSION = "WS Pack 08"  # the library whose names are used, version of 2016
T = ua.VariantType
# WSOperatingModeEnumerationType and WSProgramEnumerationType, OPC 40600, 9.1 and 9.2
AUTOMATIC = 8
PRODUCTION, CHANGEOVER, MAINTENANCE, BREAK = 1, 16, 32, 64
# machine profiles by kind; the words are ours, profiles are the library's to number
PROFILES: Mapping[str, str] = {
    "depalletiser": "Depalletizer",
    "filler": "Filler",
    "labeller": "Labeller",
    "vision": "Inspector",
    "shrink-packer": "Packer",
    "palletiser": "Palletizer",
}
PROGRAMS: Mapping[State, int] = {
    State.IDLE: BREAK,
    State.SETUP: CHANGEOVER,
    State.MAINTENANCE: MAINTENANCE,
}


class Point(NamedTuple):
    """A counter: its name in WS Pack and the tags that add up to it."""

    name: str
    tags: tuple[str, ...]


COUNTERS = (
    Point("WS_Tot_Packages", ("OutCount", "RejectCount")),
    Point("WS_Good_Packages", ("OutCount",)),
    Point("WS_Bad_Packages", ("RejectCount",)),
)
GROUPS = ("OperatingModes", "Programs", "OperatingStates", "Counters", "MeasuredValues",
          "Parameters")  # fmt: skip


def applies(session: Any, station: Station) -> bool:
    """Whether a station is a packaging machine with a meter of its speed that has PackML too."""
    return station.kind in PROFILES and station.fluid and packml.applies(session, station)


def add(plant: Plant, station: Station) -> None:
    """Make a station a WSMachineType, with the building blocks every machine has."""
    types, node = plant.types, plant.station(station.id)
    plate = machine_identification(of_station(plant.line, station))
    told = health.values(plant, station)
    machine = types.adopt(
        node,
        "Weihenstephan:WSMachineType",
        optional=GROUPS,
        values={
            **told,
            **{f"Identification/{name}": value for name, value in plate.items()},
            "WSMachineProfile": PROFILES[station.kind],
            "WSVersion": VERSION,
        },
        interfaces=(health.INTERFACE,) if told else (),
    )
    add_blocks(plant, station)
    _points(plant, station, machine)


def _points(plant: Plant, station: Station, machine: Instance) -> None:
    types = plant.types
    tag = f"{station.id}.State"

    def program(view: View) -> int | None:
        state = view.value(tag)
        return None if state is None else PROGRAMS.get(State(round(state)), PRODUCTION)

    for group, name, kind, given in (
        ("OperatingModes", "WS_Cur_Mode", "WSOperatingModeEnumerationType",
         ua.Variant(AUTOMATIC, T.Int32)),
        ("Programs", "WS_Cur_Prog", "WSProgramEnumerationType",
         Derived(program, T.Int32, of=tag)),
    ):  # fmt: skip
        made = types.instantiate(
            "Weihenstephan:WSBaseDataVariableType", f"{station.id}.{name}", name, machine[group],
            values={"": given},
        )  # fmt: skip
        types.narrow(made.node, f"Weihenstephan:{kind}")
    types.instantiate(
        "Weihenstephan:WSBaseStateMachineType", f"{station.id}.WS_Cur_State", "WS_Cur_State",
        machine["OperatingStates"], values=state_values(plant, station.id),
    )  # fmt: skip
    for point in COUNTERS:
        _counter(plant, station, machine, point)
    unit = engineering_units("1/h")
    design = 60.0 * packml.design_speed(plant, station)
    for group, name, given in (
        ("MeasuredValues", "WS_Cur_Mach_Spd", Row(f"{station.id}.Speed")),
        ("Parameters", "WS_Mach_Design_Spd", design),
    ):
        types.instantiate(
            "Weihenstephan:WSAnalogUnitType", f"{station.id}.{name}", name, machine[group],
            values={"": given, "EngineeringUnits": unit},
        )  # fmt: skip


def _counter(plant: Plant, station: Station, machine: Instance, point: Point) -> None:
    keys = [f"{station.id}.{tag}" for tag in point.tags]

    def value(view: View) -> int | None:
        held = [view.value(key) for key in keys]
        return None if any(one is None for one in held) else round(sum(held))

    plant.types.instantiate(
        "Weihenstephan:WSBaseDataVariableType", f"{station.id}.{point.name}", point.name,
        machine["Counters"], values={"": Derived(value, T.UInt32, of=keys[0])},
    )  # fmt: skip
