"""The signal tower on a machine tool (OPC 10000-200, 6; OPC 40501-1, 8.3.1).

Colours mean what IEC 60204-1, table 4, gives them: red a fault, yellow an abnormal condition, blue
that somebody must act, green normal work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asyncua import ua

from opcua_server.companion.instance import Instance
from opcua_server.companion.machine_states import MAINTENANCE_REQUIRED, OFF_SPEC
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, View
from twin.equipment.tag import Text
from twin.line.line import Station
from twin.trace.tables import State

SEGMENTED, CONTINUOUS = 0, 0  # StacklightOperationMode and SignalModeLight, OPC 10000-200, 7
RED, GREEN, BLUE, YELLOW = 1, 2, 3, 4  # SignalColor
PATH = "Monitoring/Stacklight"
Health = Callable[[View], int | None]


class Lamp(NamedTuple):
    """A lamp: name, title, colour, and when it is on."""

    name: str
    title: Text
    colour: int
    on: Callable[[State, int], bool]


# from the top down
LAMPS = (
    Lamp("Red", Text("Red lamp", "적색등"), RED, lambda state, health: state == State.DOWN),
    Lamp("Yellow", Text("Yellow lamp", "황색등"), YELLOW,
         lambda state, health: health in (OFF_SPEC, MAINTENANCE_REQUIRED)),
    Lamp("Blue", Text("Blue lamp", "청색등"), BLUE,
         lambda state, health: state in (State.HELD, State.SETUP, State.MAINTENANCE)),
    Lamp("Green", Text("Green lamp", "녹색등"), GREEN,
         lambda state, health: state == State.WORKING),
)  # fmt: skip


def add(plant: Plant, station: Station, tool: Instance, health: Health) -> None:
    """The lamps of a machine tool; `health` is its DeviceHealth."""
    key = f"{station.id}.State"
    for number, lamp in enumerate(LAMPS):
        made = plant.types.placeholder(
            tool, f"{PATH}/<OrderedObject>", lamp.name,
            values={
                "NumberInList": ua.Variant(number, ua.VariantType.UInt16),
                "SignalColor": lamp.colour,
                "SignalMode": CONTINUOUS,
                "SignalOn": Derived(_on(lamp, key, health), of=key),
            },
        )  # fmt: skip
        plant.in_korean(made.node, lamp.title)


def _on(lamp: Lamp, key: str, health: Health) -> Callable[[View], bool | None]:
    def value(view: View) -> bool | None:
        state, condition = view.value(key), health(view)
        if state is None or condition is None:
            return None
        return lamp.on(State(round(state)), condition)

    return value
