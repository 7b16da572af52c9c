"""What a station's state means in PackML (ANSI/ISA-TR88.00.02), as one table.

The columns are names of states of OPC 30050's three state machines, one inside the other. Starved
and blocked are Suspended (the reason is outside), waiting for people or for a changeover is Held
(inside), an own stop is Aborted. The acting states (Starting, Holding, Clearing …) take no time in
this simulation and are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from asyncua import ua

from opcua_server.companion.finite import current, finite
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given, View
from twin.trace.tables import State

# ProductionMaintenanceModeEnum, OPC 30050
PRODUCE, MAINTENANCE, MANUAL = 1, 2, 3
MODES = "PackML:ProductionMaintenanceModeEnum"


class Packed(NamedTuple):
    """A row: state of each machine (None: not active, its superior is elsewhere), and the mode."""

    base: str
    machine: str | None
    execute: str | None
    mode: int = PRODUCE


def _running(execute: str, mode: int = PRODUCE) -> Packed:
    return Packed("Cleared", "Running", execute, mode)


PACKED: Mapping[State, Packed] = {
    State.STOPPED: Packed("Cleared", "Stopped", None),
    State.IDLE: _running("Idle"),
    State.STARVED: _running("Suspended"),
    State.WORKING: _running("Execute"),
    State.BLOCKED: _running("Suspended"),
    State.DOWN: Packed("Aborted", None, None),
    State.SETUP: _running("Held"),
    State.HELD: _running("Held"),
    State.MAINTENANCE: Packed("Cleared", "Stopped", None, MAINTENANCE),
    State.LOADING: _running("Held"),
}
# where each of the three is below the outermost, its type, its column
MACHINES = (
    ("", "PackML:PackMLBaseStateMachineType", "base"),
    ("MachineState/", "PackML:PackMLMachineStateMachineType", "machine"),
    ("MachineState/ExecuteState/", "PackML:PackMLExecuteStateMachineType", "execute"),
)


def packed(view: View, station: str) -> Packed | None:
    """The row of the state that clients are shown; None while nothing is known of it."""
    state = view.value(f"{station}.State")
    return None if state is None else PACKED[State(round(state))]


def field(station: str, name: str) -> Derived:
    """A column of the row as a value."""

    def value(view: View) -> object:
        row = packed(view, station)
        return None if row is None else getattr(row, name)

    return Derived(value, of=f"{station}.State")


def state_values(plant: Plant, station: str) -> dict[str, Given]:
    """Values of a PackMLBaseStateMachineType.

    A machine whose superior is in another state has Bad_StateNotActive (OPC 10000-16, 4.4.6).
    AvailableStates are those that this machine can show; none of them leads straight to another by
    a transition of the type, for all pass through acting states.
    """
    values: dict[str, Given] = {}
    for path, kind, column in MACHINES:
        of = finite(plant.types, kind)
        told = current(
            of, _column(station, column), f"{station}.State", ua.StatusCodes.BadStateNotActive
        )
        values |= {f"{path}{name}": given for name, given in told.items()}
        names = dict.fromkeys(getattr(row, column) for row in PACKED.values())
        shown = [of.states[name] for name in names if name is not None]
        values[f"{path}AvailableStates"] = [one.node for one in shown]
        ways = [
            way.node
            for pair, way in of.transitions.items()
            if {of.states[name] for name in pair} <= set(shown)
        ]
        values[f"{path}AvailableTransitions"] = ua.Variant(
            ways, ua.VariantType.NodeId, is_array=True
        )
    return values


def _column(station: str, name: str) -> Callable[[View], str | None]:
    def value(view: View) -> str | None:
        row = packed(view, station)
        return None if row is None else getattr(row, name)

    return value
