"""OPC 10000-100 DeviceHealth of a machine, as NAMUR NE 107 says it.

A machine that stopped by itself has failed; one in set-up or service is being checked. Otherwise
its own alarms speak: a measured value out of its limits means off specification, something that is
nearly used up means maintenance is required. A fault that no sensor shows leaves it NORMAL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opcua_server.companion import known
from opcua_server.companion.machine_states import MAINTENANCE_REQUIRED, NORMAL, OFF_SPEC
from opcua_server.companion.part import Plant
from opcua_server.companion.values import Derived, Given, View
from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.line.line import Station
from twin.trace.tables import State

QUIET = (State.STOPPED, State.IDLE, State.MAINTENANCE)


INTERFACE = "DI:IDeviceHealthType"


def values(plant: Plant, station: Station) -> dict[str, Given]:
    """Values of the interface IDeviceHealthType; none where the state is not shown."""
    if not plant.types.shows(f"{station.id}.State"):
        return {}
    return {"DeviceHealth": Derived(condition(plant, station), of=f"{station.id}.State")}


def condition(plant: Plant, station: Station) -> Callable[[View], int | None]:
    """What computes the DeviceHealth of a station."""
    alarms = [
        alarm
        for alarm in station.alarms
        if isinstance(alarm.when, Beyond)
        and plant.session.shown.level.alarms
        and plant.types.shows(f"{station.id}.{alarm.when.tag}")
        and (not alarm.when.of or plant.types.shows(f"{station.id}.{alarm.when.of}"))
    ]

    def value(view: View) -> int | None:
        row = known.now(view, station.id)
        if row is None or row.health != NORMAL:
            return None if row is None else row.health
        quiet = State(round(view.value(f"{station.id}.State"))) in QUIET
        found = {_kind(alarm) for alarm in alarms if not (quiet and alarm.while_on)
                 and _beyond(view, station.id, alarm)}  # fmt: skip
        return next((kind for kind in (OFF_SPEC, MAINTENANCE_REQUIRED) if kind in found), NORMAL)

    return value


def _kind(alarm: Alarm) -> int:
    return MAINTENANCE_REQUIRED if alarm.severity <= LOW else OFF_SPEC


def _beyond(view: View, station: str, alarm: Alarm) -> bool:
    """Whether the shown value is outside the alarm's limits now."""
    when: Any = alarm.when
    value = view.value(f"{station}.{when.tag}")
    aim = view.value(f"{station}.{when.of}") if when.of else 0.0
    if value is None or aim is None:
        return False
    off = float(value) - float(aim)
    above = when.high is not None and off > when.high
    return above or (when.low is not None and off < when.low)
